// SPDX-License-Identifier: MIT
#include "options/option_help.hpp"

namespace kindling::options {
namespace {

constexpr size_t text_columns_max = 80;
constexpr size_t indent_of_names = 2;
constexpr size_t indent_of_long_names = 5; ///< under the long names of "-s --long"
constexpr size_t help_columns_min = 24;    ///< below that, help goes to a line of its own
constexpr size_t names_columns_max = 34;   ///< wider names too

bool is_shown(Option row) {
    return !row.has(is_hidden) && !row.has(group_marker | positional_entry | namespace_marker);
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

size_t width_of_names(Option row) {
    size_t width = indent_of(row);
    auto count = [](void* context, const char* data, size_t size) {
        *static_cast<size_t*>(context) += width_of({data, size});
    };
    write_names({count, &width}, row);
    return width;
}

/// The column at which help texts start, the same for all tables of a page.
size_t help_column(const Scope* const* scopes, size_t count, size_t columns) {
    size_t widest = 0;
    for (size_t i = 0; i < count; i++) {
        Walk walk(*scopes[i]);
        while (Option row = walk.next()) {
            size_t width = is_shown(row) ? width_of_names(row) : 0;
            if (width > widest && width <= names_columns_max) widest = width;
        }
    }
    bool fits = widest + 1 + help_columns_min <= columns;
    return fits ? widest + 1 : indent_of_long_names + 3;
}

class Page {
public:
    Page(Sink sink, const HelpStyle& style, size_t column)
        : sink_(sink), style_(style), column_(column) {}

    void usage(Text name, Text rest, Option verb = {}) {
        styled("\x1b[90m", style_.use_color ? "> " : "Usage: ");
        sink_(name);
        sink_(" ");
        // A terminal without Unicode gets three dots for the one character.
        for (size_t at = 0; at < rest.size();) {
            Character next = first_character({rest.data() + at, rest.size() - at});
            bool is_ellipsis = next.code == 0x2026 && !style_.use_unicode;
            sink_(is_ellipsis ? Text("...") : Text(rest.data() + at, next.size));
            at += next.size;
        }
        if (verb) {
            sink_(" ");
            sink_(verb.name());
            if (verb.has(takes_argument)) sink_(" ");
            sink_(verb.metavar());
        }
        sink_("\n");
    }

    void paragraph(Text text) {
        if (text.is_empty()) return;
        sink_("\n");
        write_wrapped(sink_, text, 0, least(style_.columns, text_columns_max));
        sink_("\n");
    }

    void groups(const Scope& scope, Text first_title) {
        Walk walk(scope);
        Option heading;
        bool is_first = true;
        while (Option row = walk.next()) {
            if (!is_shown(row)) continue;
            if (is_first || !(heading == walk.group())) {
                heading = walk.group();
                title(heading ? heading.name() : first_title);
            }
            is_first = false;
            this->row(row);
        }
    }

    void man_page(Text page) {
        if (page.is_empty()) return;
        sink_("\nSee ");
        if (style_.use_links) {
            sink_("\x1b]8;;man:");
            sink_(page);
            sink_("\x1b\\");
        }
        sink_(page);
        if (style_.use_links) sink_("\x1b]8;;\x1b\\");
        sink_(" for details.\n");
    }

private:
    static size_t least(size_t a, size_t b) { return a < b ? a : b; }

    void styled(Text on, Text text) {
        if (style_.use_color) sink_(on);
        sink_(text);
        if (style_.use_color) sink_("\x1b[0m");
    }

    void title(Text text) {
        sink_("\n");
        styled("\x1b[4m", text);
        sink_(":\n");
    }

    void row(Option row) {
        write_blanks(sink_, indent_of(row));
        write_names(sink_, row);
        size_t width = width_of_names(row);
        if (width < column_) {
            write_blanks(sink_, column_ - width);
        } else {
            sink_("\n");
            write_blanks(sink_, column_);
        }
        write_wrapped(sink_, row.help(), column_, style_.columns);
        sink_("\n");
    }

    Sink sink_;
    HelpStyle style_;
    size_t column_;
};

} // namespace

void write_help(Sink sink, const Command& command, const Scope& options, Table verbs,
                const HelpStyle& style) {
    Scope verb_scope{verbs};
    const Scope* scopes[] = {&verb_scope, &options};
    Page page(sink, style, help_column(scopes, 2, style.columns));
    Text arguments = verbs.first == verbs.end ? "[OPTION…]" : "[OPTION…] VERB …";
    page.usage(command.name, command.arguments ? command.arguments : arguments);
    page.paragraph(command.abstract);
    page.groups(verb_scope, "Verbs");
    page.groups(options, "Options");
    page.paragraph(command.footer);
    page.man_page(command.man_page);
}

void write_verb_help(Sink sink, const Command& command, Option verb, const Scope& options,
                     const HelpStyle& style) {
    bool has_own = verb.has(has_details);
    Scope own{options.table, has_own ? verb.details().data() : nullptr};
    const Scope* scopes[] = {&options, has_own ? &own : &options};
    Page page(sink, style, help_column(scopes, 2, style.columns));
    page.usage(command.name, "[OPTION…]", verb);
    page.paragraph(verb.help());
    if (has_own) page.groups(own, "Options of the verb");
    page.groups(options, "Options");
    page.man_page(command.man_page);
}

} // namespace kindling::options
