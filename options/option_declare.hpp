// SPDX-License-Identifier: MIT
//
// How C++ turns one declaration into two case labels and a record; option_macros.h is what programs
// use. The macros come from a system header as far as warnings go: a program may ask for any.
#pragma once

#include "options/option_record.hpp"

#pragma GCC system_header

// used, retain: no reader of the variable is visible to compiler and linker. no_reorder: GCC
// reverses the order at -O2. aligned: GCC would leave gaps. Clang needs no order, and would pad
// for its address sanitizer.
#ifdef __clang__
#define OPTION_SECTION_(name)                                                                      \
    __attribute__((section(name), used, retain, aligned(8), no_sanitize("address")))
#else
#define OPTION_SECTION_(name) __attribute__((section(name), used, retain, no_reorder, aligned(8)))
#endif

// The text of a record with its parts in place, not built by a function: this compiles fastest.
#define OPTION_TEXT_(text, member) decltype(::kindling::options::Literal{text}) member
#define OPTION_RECORD_(section, counter, line, space, flags, short_, name, metavar, type, data,    \
                       min, max, help, scope, details)                                             \
    static constexpr struct {                                                                      \
        ::kindling::options::RecordHeader header_;                                                 \
        OPTION_TEXT_(name, name_);                                                                 \
        OPTION_TEXT_(metavar, metavar_);                                                           \
        OPTION_TEXT_(help, help_);                                                                 \
        OPTION_TEXT_(type, type_);                                                                 \
        OPTION_TEXT_(scope, scope_);                                                               \
        OPTION_TEXT_(details, details_);                                                           \
    } OPTION_JOIN(option_record_, counter) OPTION_SECTION_(section) = {                            \
        ::kindling::options::make_header({flags, short_, data, min, max, line, counter, space,     \
                                          __FILE_NAME__, name, metavar, help, type, scope,         \
                                          details}),                                               \
        {name},                                                                                    \
        {metavar},                                                                                 \
        {help},                                                                                    \
        {type},                                                                                    \
        {scope},                                                                                   \
        {details}}

#define OPTION_CHECK_PLACE_                                                                        \
    static_assert(!::kindling::options::is_in_template(__PRETTY_FUNCTION__),                       \
                  "options and verbs must not stand in templates and generic lambdas");

// The record stands between case and label, so that declarations can be stacked without a warning
// about falling through. The label at the end takes the author's colon.
#define OPTION_CASE_(...) OPTION_CASE_NEEDING_(, __VA_ARGS__)
#define OPTION_CASE_NEEDING_(needed, section, counter, space, flags, short_, name, ...)            \
    case ::kindling::options::first_case(flags, short_, name, counter):                            \
    case ::kindling::options::second_case(flags, short_, counter):                                 \
        OPTION_CHECK_PLACE_                                                                        \
        needed OPTION_RECORD_(section, counter, __LINE__, space, flags, short_, name,              \
                              __VA_ARGS__);                                                        \
        [[maybe_unused]] OPTION_JOIN(option_label_, counter)

// An enumerator, because control may jump past it; its scope is the switch.
#define OPTION_NAMED_CASE_(section, counter, identifier, space, flags, name)                       \
    case ::kindling::options::first_case(flags, 0, name, counter):                                 \
    case ::kindling::options::second_case(flags, 0, counter):                                      \
        OPTION_CHECK_PLACE_                                                                        \
        enum : uint32_t { identifier = ::kindling::options::namespace_of(name) };                  \
        OPTION_RECORD_(section, counter, __LINE__, space, flags, 0, name, nullptr, nullptr, 0, 0,  \
                       0, nullptr, nullptr, nullptr);                                              \
        [[maybe_unused]] OPTION_JOIN(option_label_, counter)

// Nothing reads it: it makes the linker take the function from the library.
#define OPTION_NEEDS_(function, counter)                                                           \
    static constexpr auto* OPTION_JOIN(option_needs_, counter) __attribute__((used)) = &function;

// Without optimization, too, nothing is left of what is false.
#define OPTION_IF_(condition) if constexpr (condition)
#define OPTION_IS_GIVEN_(text) (::kindling::options::size_of_text(text) > 0)
#define OPTION_NULL_ nullptr
#define OPTION_TABLE_TYPE_ ::kindling::options::Table

#define OPTION_ERROR_VALUE_(parser) (parser).error()

#ifdef NDEBUG
#define OPTION_IS_CHECKED_ false
#else
#define OPTION_IS_CHECKED_ true
#endif

// The empty branch keeps an author's `else` behind the loop from being taken for ours.
#define OPTION_LOOP_(option, parser)                                                               \
    if ([[maybe_unused]] constexpr uint32_t option_namespace_ =                                    \
            ::kindling::options::namespace_of_loop(__FILE_NAME__, __func__, __LINE__);             \
        false) {                                                                                   \
    } else                                                                                         \
        for (int option = (parser).next(option_namespace_);                                        \
             option != ::kindling::options::done_id; option = (parser).next(option_namespace_))
