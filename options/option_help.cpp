// SPDX-License-Identifier: MIT
#include "options/option_help.hpp"

#include "options/option_program.hpp"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace kindling::options {
namespace {

constexpr size_t text_columns_max = 80;
constexpr size_t indent_of_names = 2;
constexpr size_t indent_of_long_names = 5; ///< under the long names of "-s --long"
constexpr size_t indent_of_more = 4;       ///< of a line that goes on
constexpr size_t help_columns_min = 24;    ///< below that, help goes to a line of its own
constexpr size_t names_columns_max = 34;   ///< wider names too
// In a terminal that is not wide, a verb with many arguments goes on below itself.
constexpr size_t verb_columns_max = 25;
constexpr size_t verb_lines_max = 3;
constexpr size_t wide_columns = 100;

bool is_shown(Option row) {
    return !row.has(is_hidden) && !row.has(group_marker | positional_entry | namespace_marker);
}

/// What a page is about.
struct Subject {
    const Command& command;
    const Scope& options;
    Table verbs;
    Option verb;           ///< nothing on the page of the whole program
    const char* path = ""; ///< of the verb
};

/// The tables of a page, in order.
enum class Part : uint8_t { verbs, own_options, options, end };

Scope scope_of(const Subject& subject, Part part) {
    if (part == Part::options) return subject.options;
    if (part == Part::verbs) return verbs_of(subject.verbs, subject.path);
    return subject.verb ? own_options_of(subject.options, subject.verb) : Scope();
}

/// The rows of a part, in order, less the groups that are of no use to the verb.
class Rows {
public:
    [[gnu::noinline]] Rows(const Subject& subject, Part part)
        : listing_(scope_of(subject, part)),
          path_(part == Part::options && subject.verb ? subject.path : nullptr) {}

    Option next() {
        while (Option row = listing_.next())
            if (is_shown(row) && (!path_ || is_for_verb(group(), path_))) return row;
        return {};
    }
    Option group() const { return listing_.group(); }

private:
    Listing listing_;
    const char* path_;
};

/// Of a deprecated one the details are a warning, which nobody asked for here.
const char* footer_of(Option verb) {
    return verb.has(is_deprecated) ? nullptr : verb.details().data();
}

size_t indent_of(Option row) {
    bool is_long_only = !row.has(is_verb | help_entry_verbatim) && !row.short_name();
    return is_long_only ? indent_of_long_names : indent_of_names;
}

void write_names(Sink sink, Option row) {
    if (!row.has(is_verb)) return write_synopsis(sink, row, " ");
    if (row.has(default_verb)) sink("[");
    sink(row.name());
    if (row.has(takes_argument)) sink(" ");
    sink(row.metavar());
    if (row.has(default_verb)) sink("]");
}

/// A terminal without Unicode gets three dots for the one character; the rest stays.
class Plain {
public:
    Plain(Sink to, bool use_unicode) : to_(to), use_unicode_(use_unicode) {}

    Sink sink() {
        auto write = [](void* context, const char* data, size_t size) {
            static_cast<Plain*>(context)->write({data, size});
        };
        return use_unicode_ ? to_ : Sink{write, this};
    }
    size_t width_of(Text text) const {
        size_t width = options::width_of(text);
        for (size_t at = 0; !use_unicode_ && at < text.size(); at++)
            if (starts_with({text.data() + at, text.size() - at}, ellipsis)) width += 2;
        return width;
    }

private:
    static constexpr Text ellipsis = "…";

    void write(Text text) {
        for (size_t at = 0; at < text.size();) {
            Text rest(text.data() + at, text.size() - at);
            Text next(rest.data(), first_character(rest).size);
            to_(equal(next, ellipsis) ? Text("...") : next);
            at += next.size();
        }
    }

    Sink to_;
    bool use_unicode_;
};

size_t width_of_names(Option row, bool use_unicode) {
    struct Width {
        size_t columns;
        Plain plain;
    } width{indent_of(row), {{}, use_unicode}};
    auto count = [](void* context, const char* data, size_t size) {
        Width& sum = *static_cast<Width*>(context);
        sum.columns += sum.plain.width_of({data, size});
    };
    write_names({count, &width}, row);
    return width.columns;
}

class Page {
public:
    Page(Sink sink, const HelpStyle& style, const Subject& subject)
        : plain_(sink, style.use_unicode), sink_(plain_.sink()), style_(style), subject_(subject) {}

    void write() {
        const Command& command = subject_.command;
        bool is_whole = !subject_.verb;
        usage();
        // Texts of records end in a NUL too.
        paragraph(is_whole ? command.abstract : subject_.verb.help().data());
        if (!is_whole && subject_.verb.has(online_only))
            paragraph("It does nothing in a chroot or offline.");
        each_row(false);
        column_ = widest_ + 1 + help_columns_min <= style_.columns ? widest_ + 1
                                                                   : indent_of_long_names + 3;
        each_row(true);
        paragraph(is_whole ? command.footer : footer_of(subject_.verb));
        see(command.man_page);
    }

private:
    /// "Usage: name rest", and the rest of further lines under the first. A name that takes half of
    /// the line is not what they are put under.
    void usage() {
        const Command& command = subject_.command;
        Text name = command.name;
        color("\x1b[90m");
        put(style_.use_color ? "> " : "Usage: ");
        color("\x1b[0m");
        write_escaped(sink_, name);
        column_ = (style_.use_color ? 2 : 7) + width_of_escaped(name);
        size_t indent = column_ < style_.columns / 2 ? column_ + 1 : indent_of_more;
        const char* arguments = "[OPTION…]";
        if (subject_.verb && subject_.verb.has(option_required))
            arguments = "OPTION…";
        else if (!subject_.verb && command.arguments)
            arguments = command.arguments;
        else if (!subject_.verb && Rows(subject_, Part::verbs).next())
            arguments = "[OPTION…] VERB …";
        usage_words(arguments, indent);
        usage_words(subject_.path, indent);
        if (subject_.verb) usage_words(subject_.verb.metavar().data(), indent);
        put('\n');
    }

    void usage_words(const char* text, size_t indent) {
        column_ = words(text, column_, indent, style_.columns);
    }

    void paragraph(const char* text) {
        if (!text || !*text) return;
        put('\n');
        words(text, 0, 0, least(style_.columns, text_columns_max));
        put('\n');
    }

    /// Goes over all rows, to write them or to see how wide their names are: help texts start at
    /// the same column in all tables.
    void each_row(bool writes) {
        constexpr const char* titles[] = {"Verbs", "Options of the verb", "Options"};
        for (auto part = Part::verbs; part != Part::end; part = Part(unsigned(part) + 1)) {
            Rows rows(subject_, part);
            Option heading;
            bool is_first = true;
            while (Option row = rows.next()) {
                size_t width = width_of_names(row, style_.use_unicode);
                if (is_broken(row, width)) width = indent_of_names + verb_columns_max;
                if (!writes) {
                    if (width > widest_ && width <= names_columns_max) widest_ = width;
                    continue;
                }
                if (is_first || !(heading == rows.group())) {
                    heading = rows.group();
                    title(heading ? heading.name() : titles[unsigned(part)]);
                }
                is_first = false;
                write_row(row, width);
            }
        }
    }

    void see(const char* page) {
        if (!page || !*page) return;
        put("\nSee ");
        if (style_.use_links) {
            put("\x1b]8;;man:");
            put(page);
            put("\x1b\\");
        }
        put(page);
        if (style_.use_links) put("\x1b]8;;\x1b\\");
        words("for details.", 4 + width_of(Text(page)), 0, style_.columns);
        put('\n');
    }

    void put(const char* text) { sink_(text); }
    void color(const char* text) {
        if (style_.use_color) put(text);
    }
    void put(char c) { sink_({&c, 1}); }

    void new_line(size_t indent) {
        put('\n');
        write_blanks(sink_, indent);
    }

    static size_t least(size_t a, size_t b) { return a < b ? a : b; }

    size_t columns_but_one() const { return style_.columns - (style_.columns > 0); }

    static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

    static size_t width_of_escaped(Text text) {
        size_t width = 0;
        auto count = [](void* context, const char* data, size_t size) {
            *static_cast<size_t*>(context) += width_of({data, size});
        };
        write_escaped({count, &width}, text);
        return width;
    }

    /// Writes words behind `column`, with single blanks between them; what does not fit into
    /// `columns` goes to a new line, behind `indent`. Gives the column behind them.
    size_t words(Text text, size_t column, size_t indent, size_t columns) {
        bool starts_line = column == 0;
        for (size_t at = 0, end = 0; at < text.size(); at = end) {
            while (at < text.size() && is_space(text[at])) at++;
            for (end = at; end < text.size() && !is_space(text[end]);) end++;
            if (end == at) break;
            Text word(text.data() + at, end - at);
            size_t width = plain_.width_of(word);
            if (!starts_line && column + 1 + width > columns && column > indent) {
                new_line(indent);
                column = indent;
                starts_line = true;
            }
            if (!starts_line) put(' ');
            sink_(word);
            column += width + !starts_line;
            starts_line = false;
        }
        return column;
    }

    void title(Text text) {
        put('\n');
        color("\x1b[4m");
        // The colon is as good as a part of the last word.
        words(text, 0, 0, columns_but_one());
        color("\x1b[0m");
        put(":\n");
    }

    bool is_broken(Option row, size_t width) const {
        bool is_long = style_.columns < wide_columns && width > indent_of_names + verb_columns_max;
        return row.has(is_verb) && (is_long || width > style_.columns);
    }

    /// The names of a verb are many words; those of an option belong together.
    void write_row(Option row, size_t width) {
        bool is_long_verb = is_broken(row, width_of_names(row, style_.use_unicode));
        bool is_open = is_long_verb && row.has(default_verb);
        Text arguments, help = help_of(row);
        size_t column = indent_of(row);
        write_blanks(sink_, column);
        if (is_long_verb) {
            column += start_of_verb(row);
            arguments = row.metavar();
        } else {
            write_names(sink_, row);
            column = width;
        }
        for (size_t number = 1;; number++) {
            size_t end = columns_but_one();
            if (number < verb_lines_max) end = least(end, indent_of_names + verb_columns_max);
            if (!arguments.is_empty()) column = line_of(arguments, column, end, number == 1);
            if (is_open && arguments.is_empty()) {
                put(']');
                column++;
                is_open = false;
            }
            if (column < column_ && !help.is_empty()) {
                write_blanks(sink_, column_ - column);
                line_of(help, column_, style_.columns, false);
            }
            put('\n');
            if (arguments.is_empty() && help.is_empty()) return;
            column = arguments.is_empty() ? 0 : indent_of_names + indent_of_more;
            write_blanks(sink_, column);
        }
    }

    /// What it is for, and the values of a choice, so that nobody writes them twice.
    Text help_of(Option row) {
        const Type type = parse_type(row.type());
        if (row.has(is_verb) || type.kind != TypeKind::choice) return row.help();
        help_size_ = 0;
        auto append = [](void* context, const char* data, size_t size) {
            Page& page = *static_cast<Page*>(context);
            bool fits = size <= sizeof(page.help_) - page.help_size_;
            if (fits && size) memcpy(page.help_ + page.help_size_, data, size);
            page.help_size_ = fits ? page.help_size_ + size : sizeof(page.help_);
        };
        const Sink sink{append, this};
        sink(row.help());
        sink(": ");
        write_enumeration(sink, type.parameter, " or ");
        return help_size_ < sizeof(help_) ? Text(help_, help_size_) : row.help();
    }

    /// "name" or "[name" of a row that goes on; gives its columns.
    size_t start_of_verb(Option verb) {
        bool is_default = verb.has(default_verb);
        if (is_default) put('[');
        sink_(verb.name());
        return is_default + width_of(verb.name());
    }

    /// Writes the words at the start of a text that fit until `end`, and if it stands alone, at
    /// least one. Takes them off the text, and gives the column behind them.
    size_t line_of(Text& text, size_t column, size_t end, bool is_behind_word) {
        for (bool is_first = true;; is_first = false) {
            size_t at = 0, stop;
            while (at < text.size() && is_space(text[at])) at++;
            for (stop = at; stop < text.size() && !is_space(text[stop]);) stop++;
            Text word(text.data() + at, stop - at);
            bool has_blank = is_behind_word || !is_first;
            size_t width = has_blank + plain_.width_of(word);
            if (word.is_empty()) text = {};
            if (word.is_empty() || (has_blank && column + width > end)) return column;
            if (has_blank) put(' ');
            sink_(word);
            column += width;
            text = text.from(stop);
        }
    }

    Plain plain_;
    Sink sink_;
    HelpStyle style_;
    const Subject& subject_;
    char help_[1024]; ///< of a row, with its values
    size_t help_size_ = 0;
    size_t widest_ = 0; ///< columns of names
    size_t column_ = 0; ///< where help texts start; of the first line, where it goes on
};

void copy_first(char (&to)[64], Text list) {
    Items items(list, '|');
    Text first = "";
    items.next(first);
    size_t size = first.size() < sizeof(to) ? first.size() : sizeof(to) - 1;
    memcpy(to, first.data(), size);
    to[size] = 0;
}

bool is_set(const char* name) {
    const char* value = getenv(name);
    return value && *value;
}

bool uses_unicode() {
    constexpr const char* names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (const char* name : names) {
        if (!is_set(name)) continue;
        const char* locale = getenv(name);
        return strstr(locale, "UTF-8") || strstr(locale, "utf8") || strstr(locale, "UTF8");
    }
    return false;
}

} // namespace

void read_command(Table commands, Text name, CommandTexts& texts) {
    copy_first(texts.name, name);
    texts.command = {};
    texts.command.name = texts.name;
    Option found, only;
    size_t count = 0;
    const Scope scope{commands, {}, {}};
    for (Option each; (each = next_of(scope, each));) {
        only = each;
        count++;
        if (has_item(each.name(), name)) found = each;
    }
    if (!found && count == 1) found = only;
    if (!found) return;
    copy_first(texts.man_page, found.type());
    texts.command.abstract = found.help().data();
    if (!found.metavar().is_empty()) texts.command.arguments = found.metavar().data();
    if (!found.details().is_empty()) texts.command.footer = found.details().data();
    if (*texts.man_page) texts.command.man_page = texts.man_page;
}

bool uses_color(int fd) {
    if (is_set("NO_COLOR")) return false;
    const char* force = getenv("CLICOLOR_FORCE");
    if (force && *force && strcmp(force, "0") != 0) return true;
    const char* term = getenv("TERM");
    return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

HelpStyle style_of(int fd) {
    HelpStyle style;
    style.columns = terminal_columns(fd);
    if (style.columns > text_columns_max) style.columns = text_columns_max;
    style.use_color = uses_color(fd);
    style.use_links = style.use_color && isatty(fd);
    style.use_unicode = uses_unicode();
    return style;
}

void write_help(Sink sink, const Command& command, const Scope& options, Table verbs,
                const HelpStyle& style) {
    Page(sink, style, {command, options, verbs}).write();
}

void write_verb_help(Sink sink, const Command& command, const VerbChoice& choice,
                     const Scope& options, const HelpStyle& style) {
    // A null table has no rows.
    Table below = choice.verb.has(has_verbs) ? choice.table : Table{};
    Page(sink, style, {command, options, below, choice.verb, choice.path}).write();
}

void write_help(Sink sink, const Command& command, const Parser& parser, Table verbs,
                const HelpStyle& style) {
    const char* words[verb_depth_max];
    size_t count = parser.look_ahead(words, verb_depth_max);
    VerbChoice choice = follow_verbs(verbs, count, words);
    // What follows a verb may be its arguments.
    if (choice.error == VerbError::none && choice.verb)
        return write_verb_help(sink, command, choice, parser.scope(), style);
    write_help(sink, command, parser.scope(), verbs, style);
}

} // namespace kindling::options
