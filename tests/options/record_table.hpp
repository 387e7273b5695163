// SPDX-License-Identifier: MIT
//
// Tables of records that are put together at run time, so that each test has its own.
#pragma once

#include "options/option_table.hpp"

#include <cstring>
#include <vector>

namespace kindling::options {

/// A record like those of the macros. Pass nullptr for a text that is not there.
template <class Name, class Metavar, class Help>
consteval auto option_record(char short_name, const Name& name, const Metavar& metavar,
                             const Help& help, unsigned flags = 0, int64_t data = 0) {
    return make_record(Declaration{flags, short_name, data}, literal(name), literal(metavar),
                       literal(help), literal(nullptr));
}

template <class Name>
consteval auto group_record(const Name& name) {
    return make_record(Declaration{group_marker}, literal(name), literal(nullptr), literal(nullptr),
                       literal(nullptr));
}

template <class Name>
consteval auto namespace_record(const Name& name) {
    return make_record(Declaration{namespace_marker}, literal(name), literal(nullptr),
                       literal(nullptr), literal(nullptr));
}

template <class Text, class Help>
consteval auto verbatim_record(const Text& text, const Help& help) {
    return make_record(Declaration{help_entry_verbatim}, literal(text), literal(nullptr),
                       literal(help), literal(nullptr));
}

template <class Name, class Arguments, class Help, class Options = decltype(nullptr)>
consteval auto verb_record(const Name& name, const Arguments& arguments, unsigned min, unsigned max,
                           const Help& help, unsigned flags = 0,
                           const Options& own_options = nullptr) {
    return make_record(Declaration{is_verb | flags, 0, 0, 0, min, max}, literal(name),
                       literal(arguments), literal(help), literal(own_options));
}

/// Records in a row.
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
    Option operator[](const char* name) const { return find_long({table()}, name); }

private:
    template <class R>
    void add(const R& record) {
        static_assert(sizeof(R) % 8 == 0);
        size_t end = words_.size();
        words_.resize(end + sizeof(R) / 8);
        std::memcpy(words_.data() + end, &record, sizeof(R));
    }

    std::vector<uint64_t> words_;
};

} // namespace kindling::options
