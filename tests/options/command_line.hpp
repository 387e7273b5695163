// SPDX-License-Identifier: MIT
//
// A command line as main gets it, and what a parser makes of it, in texts that compare well.
#pragma once

#include "options/option.hpp"

#include <string>
#include <vector>

namespace kindling::options {

using Words = std::vector<std::string>;

/// argc and argv for words; the program's name comes first.
class CommandLine {
public:
    explicit CommandLine(Words words) : words_(std::move(words)) {
        words_.insert(words_.begin(), "program");
        for (std::string& word : words_) argv_.push_back(word.data());
        argv_.push_back(nullptr);
    }

    int argc() const { return static_cast<int>(words_.size()); }
    char** argv() { return argv_.data(); }

private:
    Words words_;
    std::vector<char*> argv_;
};

/// "name" or "name=argument"; "-s" for an option without a long name; "+word" for a positional.
inline std::string event_of(const Parser& parser, int id) {
    if (id == error_id) return "error";
    if (id == positional_id) return std::string("+") + parser.argument();
    Option option = parser.option();
    std::string name =
        option.has(has_long_name) ? option.name().data() : std::string("-") + option.short_name();
    return parser.argument() ? name + "=" + parser.argument() : name;
}

inline Words positionals_of(const Parser& parser) {
    return {parser.positionals(), parser.positionals() + parser.positionals_count()};
}

/// Collects what is written to a sink.
class TextSink {
public:
    Sink sink() {
        auto write = [](void* context, const char* data, size_t size) {
            static_cast<std::string*>(context)->append(data, size);
        };
        return {write, &text_};
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

inline std::string error_text(const ParseError& error) {
    TextSink text;
    write_error(text.sink(), error, "program");
    return text.text();
}

} // namespace kindling::options
