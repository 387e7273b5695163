// SPDX-License-Identifier: MIT
#include "options/option_program.hpp"

#include <string.h>

namespace kindling::options {
namespace {

constexpr uint32_t first_loop_namespace = 0x40000001u; ///< names have smaller ones
constexpr Text ellipsis = "…";

Option record_at(const unsigned char* at) {
    return Option(at);
}

size_t count_options(const Scope& scope) {
    size_t count = 0;
    for (Option each; (each = next_real_of(scope, each));) count++;
    return count;
}

bool take_end(Text& text, Text end) {
    if (text.size() < end.size()) return false;
    size_t size = text.size() - end.size();
    if (memcmp(text.data() + size, end.data(), end.size()) != 0) return false;
    text = {text.data(), size};
    return true;
}

/// Takes brackets and dots off the end of a word; true if there were dots.
bool take_dots(Text& word) {
    bool has_dots = false;
    for (;;) {
        if (take_end(word, ellipsis) || take_end(word, "..."))
            has_dots = true;
        else if (!take_end(word, "]"))
            return has_dots;
    }
}

/// True for "[FILE]…" and for "[FROM" of "[FROM TO]"; false for "[USER@]HOST".
bool is_in_brackets(Text word) {
    if (word.is_empty() || word[0] != '[') return false;
    unsigned depth = 0;
    for (size_t i = 0; i < word.size(); i++) {
        if (word[i] == '[') depth++;
        if (word[i] != ']' || --depth > 0) continue;
        Text rest(word.data() + i + 1, word.size() - i - 1);
        take_dots(rest);
        return rest.is_empty();
    }
    return true;
}

} // namespace

Option find_command(Table commands, const char* name) {
    Listing listing({commands});
    while (Option each = listing.next())
        if (each.has(is_command) && (!name || has_item(each.name(), name))) return each;
    return {};
}

Scope options_of(const Program& program, Option command) {
    if (!command || command.scope().is_empty()) return program.options;
    Scope scope = program.options;
    scope.name_space = command.scope().data();
    return scope;
}

Scope main_scope(Table options) {
    Scope best{options};
    size_t best_count = count_options(best);
    uint32_t last = 0;
    for (const unsigned char* at = options.first; at != options.end;) {
        Option record = record_at(at);
        at += record.record_size_bytes();
        // Records of a loop lie together, so that most of them are skipped here.
        uint32_t id = record.name_space();
        if (id < first_loop_namespace || id == last) continue;
        last = id;
        Scope scope{options, Namespace::of_id(id)};
        size_t count = count_options(scope);
        if (count <= best_count) continue;
        best = scope;
        best_count = count;
    }
    return best;
}

Scope verbs_of(const Table& verbs, const char* path) {
    return {verbs, *path ? path : nullptr, {}};
}

bool has_any_verb(const Program& program) {
    return static_cast<bool>(next_real_of(verbs_of(program.verbs, ""), {}));
}

bool is_asked_by_verb(const Program& program) {
    return static_cast<bool>(find_verb(program.verbs, complete_values_name));
}

Scope own_options_of(const Scope& options, Option verb) {
    if (verb.scope().is_empty() || verb.has(is_alias)) return {};
    return {options.table, verb.scope().data(), {}};
}

bool is_for_verb(Option group, Text verb_path) {
    if (!group || group.scope().is_empty()) return true;
    Items items(group.scope(), '|');
    for (Text each; items.next(each);) {
        if (!starts_with(verb_path, each)) continue;
        if (verb_path.size() == each.size() || verb_path[each.size()] == ' ') return true;
    }
    return false;
}

Option positional_of(const Scope& options) {
    for (Option each; (each = next_of(options, each));)
        if (each.has(positional_entry)) return each;
    return {};
}

bool append_verb(char (&path)[verb_path_size_max + 1], Text name) {
    size_t size = strlen(path);
    if (size + 1 + name.size() > verb_path_size_max) return false;
    if (size) path[size++] = ' ';
    memcpy(path + size, name.data(), name.size());
    path[size + name.size()] = 0;
    return true;
}

// The type of a command is its manual pages, and it does not count words.
Positionals::Positionals(Option verb)
    : words_(verb && !verb.has(has_verbs) ? verb.metavar() : Text(), ' '),
      types_(verb && verb.has(is_verb) ? verb.type() : Text(), ';'),
      count_min_(verb && verb.has(is_verb) ? verb.count_min() : count_unlimited) {}

bool Positionals::next_word(Positional& word) {
    for (Text text; words_.next(text);) {
        word = {};
        word.is_optional = depth_ > 0 || is_in_brackets(text);
        for (size_t i = 0; i < text.size(); i++) {
            if (text[i] == '[') depth_++;
            if (text[i] == ']' && depth_ > 0) depth_--;
        }
        while (is_in_brackets(text)) text = {text.data() + 1, text.size() - 1};
        word.is_repeatable = take_dots(text);
        bool is_option = starts_with(text, "-") || starts_with(text, "OPTION");
        if (is_option || (text.is_empty() && !word.is_repeatable)) continue;
        word.name = text;
        return true;
    }
    return false;
}

bool Positionals::next(Positional& positional) {
    Positional word;
    while (next_word(word)) {
        if (word.name.is_empty()) { // dots alone
            waiting_.is_repeatable = true;
            continue;
        }
        types_.next(type_);
        word.type = type_;
        word.is_optional |= count_++ >= count_min_;
        positional = waiting_;
        waiting_ = word;
        bool had_waiting = has_waiting_;
        has_waiting_ = true;
        if (had_waiting) return true;
    }
    positional = waiting_;
    bool had_waiting = has_waiting_;
    has_waiting_ = false;
    return had_waiting;
}

bool Paragraphs::next(Text& paragraph) {
    size_t first = 0;
    while (first < rest_.size() && rest_[first] == '\n') first++;
    size_t end = first;
    while (end < rest_.size() &&
           !(rest_[end] == '\n' && end + 1 < rest_.size() && rest_[end + 1] == '\n'))
        end++;
    paragraph = {rest_.data() + first, end - first};
    rest_ = {rest_.data() + end, rest_.size() - end};
    return !paragraph.is_empty();
}

} // namespace kindling::options
