// SPDX-License-Identifier: MIT
//
// Tables of records that are put together at run time, so that each test has its own.
#pragma once

#include "options/option_table.hpp"

#include <cstring>
#include <vector>

namespace kindling::options {

/// A record like those of the macros.
template <size_t Size>
struct alignas(8) TestRecord {
    RecordHeader header;
    char texts[Size];
};

/// What is declared, with the bytes of its texts as a number.
template <size_t Size>
consteval auto test_record(const Declaration& declared) {
    TestRecord<(Size + 6 + 7) / 8 * 8> record{};
    record.header = make_header(declared);
    size_t at = 0;
    for (const char* text : {declared.name, declared.metavar, declared.help, declared.type,
                             declared.scope, declared.details}) {
        for (size_t i = 0; i < size_of_text(text); i++) record.texts[at++] = text[i];
        at++;
    }
    record.header.size_bytes = sizeof(record);
    return record;
}

/// The texts are template arguments' types, so that records are no larger than they need.
template <class T>
constexpr size_t bytes_of = sizeof(T);
template <>
inline constexpr size_t bytes_of<decltype(nullptr)> = 0;

/// Pass nullptr for a text that is not there.
template <class Name, class Metavar, class Help, class Type = decltype(nullptr)>
consteval auto one_option(char short_name, const Name& name, const Metavar& metavar,
                          const Help& help, unsigned flags = 0, int64_t data = 0,
                          const Type& type = nullptr) {
    return test_record<bytes_of<Name> + bytes_of<Metavar> + bytes_of<Help> + bytes_of<Type>>(
        {.flags = flags,
         .short_name = short_name,
         .data = data,
         .name = name,
         .metavar = metavar,
         .help = help,
         .type = type});
}

template <class Name, class Verbs = decltype(nullptr)>
consteval auto group_record(const Name& name, const Verbs& verbs = nullptr) {
    return test_record<bytes_of<Name> + bytes_of<Verbs>>(
        {.flags = group_marker, .name = name, .scope = verbs});
}

template <class Name>
consteval auto namespace_record(const Name& name) {
    return test_record<bytes_of<Name>>(
        {.flags = namespace_marker, .name_space = namespace_of(name), .name = name});
}

template <class Name, class Target, class Message = decltype(nullptr)>
consteval auto alias_record(char short_name, const Name& name, const Target& target,
                            unsigned flags = 0, const Message& message = nullptr) {
    return test_record<bytes_of<Name> + bytes_of<Target> + bytes_of<Message>>(
        {.flags = is_alias | flags,
         .short_name = short_name,
         .name = name,
         .scope = target,
         .details = message});
}

template <class Text, class Help>
consteval auto verbatim_record(const Text& text, const Help& help) {
    return test_record<bytes_of<Text> + bytes_of<Help>>(
        {.flags = help_entry_verbatim, .name = text, .help = help});
}

template <class Name, class Arguments, class Help, class Options = decltype(nullptr)>
consteval auto verb_record(const Name& name, const Arguments& arguments, unsigned min, unsigned max,
                           const Help& help, unsigned flags = 0,
                           const Options& own_options = nullptr) {
    return test_record<bytes_of<Name> + bytes_of<Arguments> + bytes_of<Help> + bytes_of<Options>>(
        {.flags = is_verb | flags,
         .count_min = min,
         .count_max = max,
         .name = name,
         .metavar = arguments,
         .help = help,
         .scope = own_options});
}

/// Records in a row. Each gets its place as sequence; what follows a namespace is in it.
class RecordTable {
public:
    template <class... Records>
    explicit RecordTable(const Records&... records) {
        (add(records), ...);
    }
    RecordTable(const RecordTable&) = delete;

    Table table() const {
        auto* first = reinterpret_cast<const unsigned char*>(words_.data());
        return {first, first + 8 * words_.size()};
    }

    /// The option or verb of that name, which must be there.
    Option operator[](const char* name) const { return find_long({table(), {}, {}}, name); }

private:
    template <class R>
    void add(const R& record) {
        static_assert(sizeof(R) % 8 == 0);
        size_t end = words_.size();
        R placed = record;
        if (placed.header.flags & namespace_marker) name_space_ = placed.header.name_space;
        placed.header.name_space = name_space_;
        placed.header.sequence = static_cast<uint16_t>(end);
        words_.resize(end + sizeof(R) / 8);
        std::memcpy(words_.data() + end, &placed, sizeof(R));
    }

    std::vector<uint64_t> words_;
    uint32_t name_space_ = 0;
};

} // namespace kindling::options
