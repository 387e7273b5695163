// SPDX-License-Identifier: MIT
//
// Tables that are put together at run time, for bridges to other parsers and for tools that read
// descriptions of command lines. Needs the C++ library; programs that only declare do not.
#pragma once

#include "options/option_table.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace kindling::options {

/// One option, verb, group or namespace. Texts that are empty are not there, but for those that say
/// otherwise.
struct Described {
    unsigned flags = 0; ///< metadata, is_verb, optional_arg and so on
    char short_name = 0;
    std::string name;
    bool takes_argument = false; ///< `metavar` may be empty all the same
    std::string metavar;
    bool is_hidden = false;
    std::string help;
    std::string type;
    std::string scope;
    std::string details;
    int64_t data = 0;
    unsigned count_min = 0, count_max = 0;
};

/// Appends records; what follows a namespace marker is in that namespace. Texts that are too long
/// for a record are cut, names of more than `name_size_max` bytes are refused.
class TableBuilder {
public:
    /// The id that a parser returns for it; 0 if it has no usable name.
    int add(const Described& described) {
        // What is described may belong to verbs, and verbs may have more that is checked.
        static constexpr auto* needed [[gnu::used]] = &option_parser_note_group;
        static constexpr auto* needed_check [[gnu::used]] = &option_link_verb_check;
        bool is_real = !(described.flags & metadata);
        if (is_real && described.name.empty() && !described.short_name) return 0;
        if (is_real && described.name.size() > name_size_max) return 0;
        RecordHeader header = header_of(described);
        std::string texts;
        append(texts, described.name, header.name_size);
        append(texts, described.metavar, header.metavar_size);
        append(texts, described.help, header.help_size);
        append(texts, described.type, header.type_size);
        append(texts, described.scope, header.scope_size);
        append(texts, described.details, header.details_size);
        texts.resize((texts.size() + 7) / 8 * 8);
        header.size_bytes = static_cast<uint16_t>(sizeof(header) + texts.size());
        size_t end = words_.size();
        words_.resize(end + header.size_bytes / 8);
        std::memcpy(words_.data() + end, &header, sizeof(header));
        std::memcpy(words_.data() + end + sizeof(header) / 8, texts.data(), texts.size());
        return header.id;
    }

    /// Appends the records that a scope has, as they are: their numbers, places and namespaces too.
    void add_all(const Scope& scope) {
        for (Option each; (each = next_of(scope, each));) {
            size_t end = words_.size();
            words_.resize(end + each.record_size_bytes() / 8);
            std::memcpy(words_.data() + end, each.record(), each.record_size_bytes());
        }
    }

    /// Valid until the next `add`.
    Table table() const {
        auto* first = reinterpret_cast<const unsigned char*>(words_.data());
        return {first, first + 8 * words_.size(), false};
    }

private:
    static constexpr size_t text_size_max = 8000;

    static size_t least(size_t a, size_t b) { return a < b ? a : b; }

    static void append(std::string& texts, const std::string& text, size_t size) {
        texts.append(text, 0, size);
        texts.push_back('\0');
    }

    RecordHeader header_of(const Described& described) {
        unsigned flags = described.flags;
        if (described.takes_argument || !described.metavar.empty()) flags |= takes_argument;
        if (!described.name.empty()) flags |= has_long_name;
        if (described.is_hidden) flags |= is_hidden;
        const char* name = described.name.empty() ? nullptr : described.name.c_str();
        if (flags & namespace_marker) name_space_ = namespace_of(name);
        RecordHeader header{};
        header.flags = flags;
        header.id = first_case(described.flags, described.short_name, name, sequence_);
        header.name_space = name_space_;
        header.sequence = static_cast<uint16_t>(sequence_++);
        header.data = described.data;
        header.count_min = static_cast<uint16_t>(described.count_min);
        header.count_max = static_cast<uint16_t>(described.count_max);
        header.format = OPTION_RECORD_FORMAT;
        header.short_name = static_cast<unsigned char>(described.short_name);
        header.name_size = static_cast<uint8_t>(least(described.name.size(), OPTION_TEXT_SIZE_MAX));
        header.name_hash = name ? hash_name(name, header.name_size) : 0;
        header.metavar_size =
            static_cast<uint8_t>(least(described.metavar.size(), OPTION_TEXT_SIZE_MAX));
        header.help_size = static_cast<uint16_t>(least(described.help.size(), text_size_max));
        header.type_size = static_cast<uint16_t>(least(described.type.size(), text_size_max));
        header.scope_size = static_cast<uint16_t>(least(described.scope.size(), text_size_max));
        header.details_size = static_cast<uint16_t>(least(described.details.size(), text_size_max));
        return header;
    }

    std::vector<uint64_t> words_;
    unsigned sequence_ = 0;
    uint32_t name_space_ = 0;
};

} // namespace kindling::options
