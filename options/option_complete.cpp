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

/// Lines and columns stay what they are, whatever is in the text.
void write_visible(Sink sink, Text text) {
    for (size_t i = 0; i < text.size(); i++) sink({is_control(text[i]) ? " " : &text.data()[i], 1});
}

/// Writes one script.
class Script {
public:
    Script(Sink sink, Shell shell, const Program& program, Option command, Text name)
        : sink_(sink), shell_(shell), program_(program), options_(options_of(program, command)),
          names_(command ? command.name() : name) {
        Items items(names_, '|');
        items.next(name_);
        unpack_firsts();
    }

    /// The script at that place of `packed_script_starts`.
    void write(size_t which) {
        size_t at = packed_script_starts[which];
        while (unsigned symbol = symbol_at(at++)) write_symbol(symbol);
    }

private:
    static unsigned symbol_at(size_t i) {
        size_t bit = i * packed_symbol_bits;
        const unsigned char* bytes = packed_scripts + bit / 8;
        return (bytes[0] | bytes[1] << 8) >> bit % 8 & ((1u << packed_symbol_bits) - 1);
    }

    void write_symbol(unsigned symbol) {
        if (symbol < parts_count) return write_part(static_cast<Part>(symbol));
        if (symbol < packed_first_pair) return put(static_cast<char>(symbol));
        size_t pair = symbol - packed_first_pair;
        write_symbol(firsts_[pair]);
        write_symbol(symbol_at(pair));
    }

    void unpack_firsts() {
        unsigned symbol = 0, pair = 0;
        for (size_t bit = 0; pair < packed_script_starts[0]; bit++) {
            if (packed_firsts[bit / 8] >> bit % 8 & 1)
                firsts_[pair++] = static_cast<uint16_t>(symbol);
            else
                symbol++;
        }
    }

    void write_part(Part part) {
        switch (part) {
        case Part::function:
            return function();
        case Part::name:
            return word(name_);
        case Part::names:
            return names();
        case Part::title:
            return write_visible(sink_, name_);
        case Part::options:
            return write_options();
        case Part::verbs:
            return write_verbs();
        case Part::scan:
            return write(static_cast<size_t>(Shell::fish) + 1);
        case Part::dynamic:
            return write_dynamic();
        default:
            return;
        }
    }

    void put(char c) { sink_({&c, 1}); }

    /// Text that the shell reads as one word, whatever is in it.
    void word(Text text) {
        bool is_quoted = !is_plain(text);
        if (is_quoted) put('\'');
        for (size_t i = 0; i < text.size(); i++) {
            char c = text[i];
            if (c == '\'' && shell_ != Shell::fish) sink_("'\\'");
            if ((c == '\'' || c == '\\') && shell_ == Shell::fish) put('\\');
            put(is_control(c) ? ' ' : c);
        }
        if (is_quoted) put('\'');
    }

    /// One more column of a row.
    void column(Text text) {
        put(' ');
        word(text);
    }

    /// "_" and the name of the program, as far as functions may be called so.
    void function() {
        put('_');
        for (size_t i = 0; i < name_.size() && i < name_of_function_max; i++)
            put(is_letter_or_digit(name_[i]) ? name_[i] : '_');
    }

    void names() {
        Items items(names_, '|');
        for (Text name; items.next(name); column(name))
            if (shell_ == Shell::fish) sink_(" -c");
    }

    /// The words that ask the program for values, up to what kind of them.
    void write_dynamic() {
        bool is_verb = is_asked_by_verb(program_);
        if (!is_verb) sink_("--");
        sink_(complete_values_name);
        put(is_verb ? ' ' : '=');
    }

    void begin_row() { sink_(shell_ == Shell::fish ? "$argv[1]" : "\"$1\""); }

    void write_options() {
        // The options of a verb first: they hide those of the program.
        for (const unsigned char* at = program_.verbs.first; at != program_.verbs.end;) {
            Option verb(at);
            at += verb.record_size_bytes();
            if (has_own_options(verb) && first_with_options(verb.scope()) == verb)
                write_rows(own_options_of(options_, verb), verb.scope());
        }
        write_rows(options_, "");
    }

    static bool has_own_options(Option verb) {
        return !verb.has(metadata | is_alias) && !verb.scope().is_empty();
    }

    Option first_with_options(Text space) const {
        for (const unsigned char* at = program_.verbs.first;; at += Option(at).record_size_bytes())
            if (has_own_options(Option(at)) && equal(Option(at).scope(), space)) return Option(at);
    }

    void write_rows(const Scope& scope, Text space) {
        Listing listing(scope);
        while (Option named = listing.next()) {
            Option option = named.has(metadata) ? Option() : resolve(scope, named);
            if (option) write_row(space, named, option, listing.group());
        }
    }

    void write_row(Text space, Option named, Option option, Option group) {
        begin_row();
        column(space);
        column(verbs_of_group(group));
        if (option.has(has_long_name))
            column(option.name());
        else
            short_name(option);
        short_name(named);
        bool is_long = named.has(has_long_name);
        sink_(is_long ? " --" : " ");
        word(is_long ? named.name() : Text());
        column(!option.has(takes_argument) ? "" : option.has(optional_arg) ? "?" : "=");
        flags(named.has(is_hidden) ? 'h' : 0,
              option.has(repeatable) || ends_in_comma(option.type()) ? 'r' : 0,
              option.has(stops_parsing) ? 's' : 0);
        end_row(option.type(), named.help());
    }

    void end_row(Text type, Text help) {
        column(type);
        column(help);
        put('\n');
    }

    /// "-s"; empty if there is no such name.
    void short_name(Option option) {
        char name[] = {'-', option.short_name()};
        column({name, name[1] ? sizeof(name) : 0});
    }

    void flags(char first, char second, char third = 0) {
        const char given[] = {first, second, third};
        char flags[sizeof(given)];
        size_t count = 0;
        for (char each : given)
            if (each) flags[count++] = each;
        column({flags, count});
    }

    void write_verbs() {
        write_start();
        rows_left_ = verb_rows_max;
        write_verbs_below(0);
    }

    /// What the first word without dash is: a verb, or an argument of the program.
    void write_start() {
        bool has_verbs = has_any_verb(program_);
        Option positional = positional_of(options_);
        begin_row();
        sink_(has_verbs ? " '' '' '' v '' ''" : " '' '' '' '' '' ''");
        end_row(positional && !has_verbs ? positional.type() : Text(), "");
    }

    void write_verbs_below(size_t depth) {
        Scope scope = verbs_of(program_.verbs, path_);
        size_t size = strlen(path_);
        Listing listing(scope);
        for (Option named; rows_left_ && (named = listing.next());) {
            Option verb = named.has(metadata) ? Option{} : resolve(scope, named);
            if (!verb || !append_verb(path_, verb.name())) continue;
            rows_left_--;
            write_verb({path_, size}, named, verb);
            if (verb.has(has_verbs) && named == verb && depth + 1 < verb_depth_max)
                write_verbs_below(depth + 1);
            path_[size] = 0;
        }
    }

    void write_verb(Text parent, Option named, Option verb) {
        begin_row();
        column(parent);
        column(named.name());
        column(path_);
        flags(named.has(is_hidden) ? 'h' : 0, verb.has(has_verbs) ? 'v' : 0);
        column(verb.scope());
        count(verb.count_max());
        end_row(verb.type(), named.help());
    }

    void count(unsigned count) {
        char digits[10];
        size_t at = sizeof(digits);
        if (count != count_unlimited) {
            do digits[--at] = static_cast<char>('0' + count % 10);
            while (count /= 10);
        }
        column({digits + at, sizeof(digits) - at});
    }

    Sink sink_;
    Shell shell_;
    const Program& program_;
    Scope options_;
    Text names_, name_;
    uint16_t firsts_[packed_pairs_max]; ///< the first symbol of each pair
    size_t rows_left_ = 0;
    char path_[verb_path_size_max + 1] = ""; ///< of the verbs that rows are written of
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
    Script(sink, shell, program, command, name).write(static_cast<size_t>(shell));
}

void write_candidate(Sink sink, Text value, Text description) {
    if (value.is_empty() || has_control(value)) return;
    sink(value);
    if (!description.is_empty()) sink("\t");
    write_visible(sink, description);
    sink("\n");
}

} // namespace kindling::options
