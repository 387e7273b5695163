// SPDX-License-Identifier: MIT
#include "options/option_complete.hpp"

#include "options/option_complete_scripts.hpp"

#include <string.h>

namespace kindling::options {
namespace {

/// More rows than any program has: what a crafted file could make of its verbs.
constexpr size_t verb_rows_max = 8192;
constexpr size_t name_of_function_max = 64;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// True if all shells take the text as it stands for one word.
bool is_plain(Text text) {
    if (text.is_empty()) return false;
    for (size_t i = 0; i < text.size(); i++) {
        bool is_mark = text[i] == '-' || text[i] == '_' || text[i] == '.' || text[i] == '/';
        if (!is_letter_or_digit(text[i]) && !is_mark) return false;
    }
    return true;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// "install|list", of an option that is not for every verb.
Text verbs_of_group(Option group) {
    return group ? group.scope() : Text();
}

bool ends_in_comma(Text text) {
    return !text.is_empty() && text[text.size() - 1] == ',';
}

/// Writes one script.
class Script {
public:
    Script(Sink sink, Shell shell, const Program& program, Option command, Text name)
        : sink_(sink), shell_(shell), program_(program), command_(command),
          options_(options_of(program, command)), names_(command ? command.name() : name) {
        Items items(names_, '|');
        items.next(name_);
    }

    void write() {
        write_head();
        write_options();
        write_verbs();
        if (shell_ != Shell::fish) common(completion_scan_script);
        common(shell_ == Shell::bash  ? completion_bash_script
               : shell_ == Shell::zsh ? completion_zsh_script
                                      : completion_fish_script);
        write_tail();
    }

private:
    /// Text that the shell reads as one word, whatever is in it.
    void word(Text text) {
        if (is_plain(text)) return sink_(text);
        sink_("'");
        for (size_t i = 0; i < text.size(); i++) {
            char c = text[i];
            if (c == '\'')
                sink_(shell_ == Shell::fish ? "\\'" : "'\\''");
            else if (c == '\\' && shell_ == Shell::fish)
                sink_("\\\\");
            else
                sink_({is_control(c) ? " " : &text.data()[i], 1});
        }
        sink_("'");
    }

    void next_word(Text text) {
        sink_(" ");
        word(text);
    }

    /// The name of the program's function: "_" and its name, as far as functions may be called so.
    void function() {
        sink_("_");
        for (size_t i = 0; i < name_.size() && i < name_of_function_max; i++)
            sink_({is_letter_or_digit(name_[i]) ? &name_.data()[i] : "_", 1});
    }

    /// A part that is the same for every program, with what stands for names replaced.
    void common(Text text) {
        for (size_t at = 0; at < text.size();) {
            Text rest(text.data() + at, text.size() - at);
            size_t plain = 0;
            while (plain < rest.size() && rest[plain] != '@') plain++;
            sink_({rest.data(), plain});
            rest = {rest.data() + plain, rest.size() - plain};
            at += plain + replace(rest);
        }
    }

    /// What stands at the start of the text and is not written as it is; gives its size.
    size_t replace(Text text) {
        constexpr Text name = "@NAME@", dynamic = "@DYNAMIC@", own = "@@";
        if (text.is_empty()) return 0;
        if (starts_with(text, own)) return function(), own.size();
        if (starts_with(text, name)) return word(name_), name.size();
        if (starts_with(text, dynamic)) return write_dynamic(), dynamic.size();
        sink_("@");
        return 1;
    }

    /// The words that ask the program for values; the type is "dynamic:WHAT".
    void write_dynamic() {
        bool is_verb = static_cast<bool>(find_verb(program_.verbs, complete_values_name));
        sink_(is_verb ? "" : "--");
        sink_(complete_values_name);
        sink_(is_verb ? " " : "=");
        sink_(shell_ == Shell::fish ? "(string replace dynamic: '' -- $type)"
                                    : "\"${type#dynamic:}\"");
    }

    void write_head() {
        if (shell_ == Shell::zsh) {
            sink_("#compdef");
            each_name([](Script& script, Text name) { script.next_word(name); });
            sink_("\n");
        }
        sink_("# Completes the words of ");
        for (size_t i = 0; i < name_.size(); i++)
            sink_({is_control(name_[i]) ? " " : &name_.data()[i], 1});
        sink_(" in ");
        sink_(shell_ == Shell::bash ? "bash" : shell_ == Shell::zsh ? "zsh" : "fish");
        sink_(". Made from its declarations: do not edit.\n");
    }

    template <class Function>
    void each_name(Function write) {
        Items items(names_, '|');
        for (Text name; items.next(name);) write(*this, name);
    }

    void write_tail() {
        if (shell_ == Shell::bash) {
            common("\ncomplete -F @@");
            each_name([](Script& script, Text name) { script.next_word(name); });
            sink_("\n");
        } else if (shell_ == Shell::zsh) {
            common("\n# A file in $fpath is called to complete; one that is sourced registers.\n"
                   "case ${zsh_eval_context[-1]} in\n"
                   "*func) @@_main \"$@\" ;;\n"
                   "*) compdef @@_main");
            each_name([](Script& script, Text name) { script.next_word(name); });
            sink_(" ;;\nesac\n");
        } else {
            sink_("\n");
            each_name([](Script& script, Text name) {
                script.sink_("complete -c");
                script.next_word(name);
                script.common(" -f -a '(@@_complete)'\n");
            });
        }
    }

    void begin(const char* table) {
        sink_("\n");
        if (shell_ == Shell::fish) sink_("function ");
        function();
        sink_("_");
        sink_(table);
        sink_(shell_ == Shell::fish ? " -S\n" : "() {\n");
        is_empty_ = true;
    }

    void end() {
        // A function must do something.
        if (is_empty_) sink_(shell_ == Shell::fish ? "" : "    :\n");
        sink_(shell_ == Shell::fish ? "end\n" : "}\n");
    }

    void row() {
        is_empty_ = false;
        sink_(shell_ == Shell::fish ? "    $argv[1]" : "    \"$1\"");
    }

    void write_options() {
        begin("options");
        // The options of a verb first: they hide those of the program.
        for (const unsigned char* at = program_.verbs.first; at != program_.verbs.end;) {
            Option verb(at);
            at += verb.record_size_bytes();
            if (!has_own_options(verb) || !(first_with_options(verb.scope()) == verb)) continue;
            write_rows(own_options_of(options_, verb), verb.scope());
        }
        write_rows(options_, "");
        end();
    }

    static bool has_own_options(Option verb) {
        return !verb.has(metadata | is_alias) && !verb.scope().is_empty();
    }

    Option first_with_options(Text space) const {
        for (const unsigned char* at = program_.verbs.first; at != program_.verbs.end;) {
            Option verb(at);
            at += verb.record_size_bytes();
            if (has_own_options(verb) && equal(verb.scope(), space)) return verb;
        }
        return {};
    }

    void write_rows(const Scope& scope, Text space) {
        Listing listing(scope);
        while (Option option = listing.next())
            if (!option.has(metadata)) write_row(scope, space, option, listing.group());
    }

    void write_row(const Scope& scope, Text space, Option named, Option group) {
        Option option = resolve(scope, named);
        if (!option) return;
        row();
        next_word(space);
        next_word(verbs_of_group(group));
        next_name(option, option.name(), !option.has(has_long_name));
        next_name(named, "", named.short_name() != 0);
        sink_(" ");
        if (named.has(has_long_name)) sink_("--");
        if (named.has(has_long_name)) sink_(named.name());
        if (!named.has(has_long_name)) word("");
        bool takes = option.has(takes_argument);
        next_word(!takes ? "" : option.has(optional_arg) ? "?" : "=");
        write_flags(named.has(is_hidden) ? "h" : "",
                    option.has(repeatable) || ends_in_comma(option.type()) ? "r" : "",
                    option.has(stops_parsing) ? "s" : "");
        next_word(option.type());
        next_word(named.help());
        sink_("\n");
    }

    /// "-s" if there is such a name, else the other text.
    void next_name(Option option, Text other, bool is_short) {
        char name[] = {'-', option.short_name()};
        next_word(is_short ? Text(name, sizeof(name)) : other);
    }

    void write_flags(Text first, Text second, Text third) {
        sink_(" ");
        if (first.is_empty() && second.is_empty() && third.is_empty()) word("");
        sink_(first);
        sink_(second);
        sink_(third);
    }

    void write_verbs() {
        begin("verbs");
        write_start();
        char path[verb_path_size_max + 1] = "";
        rows_left_ = verb_rows_max;
        write_verbs_below(path, 0);
        end();
    }

    /// What the first word without dash is: a verb, or an argument of the program.
    void write_start() {
        bool has_verbs = static_cast<bool>(Walk(verbs_of(program_.verbs, "")).next_real());
        Option positional;
        Walk walk(options_);
        for (Option each; !positional && (each = walk.next());)
            if (each.has(positional_entry)) positional = each;
        row();
        for (int i = 0; i < 3; i++) next_word("");
        next_word(has_verbs ? "v" : "");
        next_word("");
        next_word("");
        next_word(positional && !has_verbs ? positional.type() : Text());
        next_word("");
        sink_("\n");
    }

    void write_verbs_below(const char* path, size_t depth) {
        Scope scope = verbs_of(program_.verbs, path);
        Listing listing(scope);
        for (Option named; rows_left_ && (named = listing.next());) {
            Option verb = named.has(metadata) ? Option{} : resolve(scope, named);
            char below[verb_path_size_max + 1];
            strcpy(below, path);
            if (!verb || !append_verb(below, verb.name())) continue;
            rows_left_--;
            write_verb(path, named, verb, below);
            if (verb.has(has_verbs) && named == verb && depth + 1 < verb_depth_max)
                write_verbs_below(below, depth + 1);
        }
    }

    void write_verb(const char* parent, Option named, Option verb, const char* path) {
        row();
        next_word(parent);
        next_word(named.name());
        next_word(path);
        write_flags(named.has(is_hidden) ? "h" : "", verb.has(has_verbs) ? "v" : "", "");
        next_word(verb.scope());
        write_count(verb.count_max());
        next_word(verb.type());
        next_word(named.help());
        sink_("\n");
    }

    void write_count(unsigned count) {
        if (count == count_unlimited) return next_word("");
        char digits[8];
        size_t at = sizeof(digits);
        do {
            digits[--at] = static_cast<char>('0' + count % 10);
            count /= 10;
        } while (count);
        next_word({digits + at, sizeof(digits) - at});
    }

    Sink sink_;
    Shell shell_;
    const Program& program_;
    Option command_;
    Scope options_;
    Text names_, name_;
    bool is_empty_ = true;
    size_t rows_left_ = 0;
};

bool is_called(Option command, Text name) {
    return name.is_empty() || has_item(command.name(), name);
}

bool has_control(Text text) {
    for (size_t i = 0; i < text.size(); i++)
        if (is_control(text[i])) return true;
    return false;
}

} // namespace

void write_completion(Sink sink, Shell shell, const Program& program, Text name) {
    Listing commands({program.commands});
    Option command = commands.next();
    while (command && !(command.has(is_command) && is_called(command, name)))
        command = commands.next();
    Script(sink, shell, program, command, name).write();
}

void write_candidate(Sink sink, Text value, Text description) {
    if (value.is_empty() || has_control(value)) return;
    sink(value);
    if (!description.is_empty()) sink("\t");
    for (size_t i = 0; i < description.size(); i++)
        sink({is_control(description[i]) ? " " : &description.data()[i], 1});
    sink("\n");
}

} // namespace kindling::options
