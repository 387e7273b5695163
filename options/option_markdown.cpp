// SPDX-License-Identifier: MIT
//
// Source: GitHub Flavored Markdown, tables; in a cell a pipe is escaped, also in code.
#include "options/option_document.hpp"

namespace kindling::options {
namespace {

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// The character as it may stand in a line.
Text clean(Text rest, Character next) {
    if (next.code < 0x20 || (next.code >= 0x7f && next.code < 0xa0)) return " ";
    if (next.code == 0xfffd) return "\xef\xbf\xbd";
    return {rest.data(), next.size};
}

void write_text(Sink sink, Text text) {
    for (size_t at = 0; at < text.size();) {
        Text rest(text.data() + at, text.size() - at);
        Character next = first_character(rest);
        at += next.size;
        switch (next.code) {
        case '<':
            sink("&lt;");
            break;
        case '&':
            sink("&amp;");
            break;
        case '\\':
        case '`':
        case '*':
        case '_':
        case '[':
        case ']':
        case '|':
        case '~':
        case '#':
            sink("\\");
            [[fallthrough]];
        default:
            sink(clean(rest, next));
        }
    }
}

/// Code, which may come in pieces: between `begin_code` and its end.
void write_code_piece(Sink sink, Text text) {
    for (size_t at = 0; at < text.size();) {
        Text rest(text.data() + at, text.size() - at);
        Character next = first_character(rest);
        at += next.size;
        // What would end the code.
        if (next.code == '`')
            sink("'");
        else if (next.code == '|')
            sink("\\|");
        else
            sink(clean(rest, next));
    }
}

void write_code(Sink sink, Text text) {
    if (text.is_empty()) return;
    sink("`");
    write_code_piece(sink, text);
    sink("`");
}

/// What may stand in an anchor; other bytes in hexadecimal.
void write_anchor_piece(Sink sink, Text text) {
    constexpr const char* digits = "0123456789abcdef";
    for (size_t i = 0; i < text.size(); i++) {
        unsigned char byte = static_cast<unsigned char>(text[i]);
        char hexadecimal[] = {'x', digits[byte >> 4], digits[byte & 15]};
        if (text[i] == ' ')
            sink("-");
        else if (is_letter_or_digit(text[i]) || text[i] == '-' || text[i] == '_')
            sink({text.data() + i, 1});
        else
            sink({hexadecimal, sizeof(hexadecimal)});
    }
}

class MarkdownPage final : public DocumentParts {
public:
    explicit MarkdownPage(Sink sink) : sink_(sink) {}

    void title(const Program& program, Option command) {
        Items names(command.name(), '|');
        Text name;
        names.next(name);
        sink_("# ");
        write_text(sink_, name);
        sink_("\n\n");
        paragraphs(command.help());
        if (!command.help().is_empty()) sink_("\n");
        sink_("`");
        write_code_piece(sink_, name);
        sink_(" ");
        Text usage = has_any_verb(program) ? "[OPTION…] VERB …" : "[OPTION…]";
        if (!command.metavar().is_empty()) usage = command.metavar();
        write_code_piece(sink_, usage);
        sink_("`\n");
    }

    void part(Text title) override {
        sink_("\n## ");
        sink_(title);
        sink_("\n");
        first_column_ = equal(title, "Verbs") ? "Verb" : "Option";
        is_in_table_ = false;
    }

    void heading(Text title, Text verbs) override {
        sink_("\n### ");
        write_text(sink_, title);
        sink_("\n");
        is_in_table_ = false;
        for_verbs(sink_, verbs, [this](Text verb) { write_code(sink_, verb); });
    }

    void verb(Option verb, Text path) override {
        begin_row();
        anchor("verb-", path);
        sink_("`");
        write_code_piece(sink_, path);
        if (verb.has(takes_argument)) sink_(" ");
        write_code_piece(sink_, verb.metavar());
        sink_("` | ");
        texts(verb);
        if (verb.has(default_verb)) sink_(" (runs when no verb is given)");
        if (verb.has(online_only)) sink_(" (does nothing in a chroot or offline)");
        if (verb.has(option_required)) sink_(" (needs an option)");
        sink_(" |\n");
    }

    void option(Option option, Text path) override {
        begin_row();
        if (!option.has(help_entry | help_entry_verbatim)) anchor_of(option, path);
        names(option);
        sink_(" | ");
        texts(option);
        Choices choices(parse_type(option.type()));
        for (Choice each; choices.next(each);) {
            sink_("<br>");
            write_code(sink_, each.name);
            if (!each.help.is_empty()) sink_(": ");
            write_text(sink_, each.help);
        }
        sink_(" |\n");
    }

    void end(Option command) {
        if (command.details().is_empty()) return;
        sink_("\n");
        paragraphs(command.details());
    }

private:
    void begin_row() {
        if (!is_in_table_) {
            sink_("\n| ");
            sink_(first_column_);
            sink_(" | Meaning |\n| --- | --- |\n");
        }
        is_in_table_ = true;
        sink_("| ");
    }

    void anchor(Text kind, Text name) {
        sink_("<a id=\"");
        sink_(kind);
        write_anchor_piece(sink_, name);
        sink_("\"></a>");
    }

    void anchor_of(Option option, Text path) {
        char short_name = option.short_name();
        sink_("<a id=\"opt-");
        write_anchor_piece(sink_, path);
        if (!path.is_empty()) sink_(".");
        if (option.has(has_long_name)) {
            write_anchor_piece(sink_, option.name());
        } else {
            sink_("-");
            write_anchor_piece(sink_, {&short_name, 1});
        }
        sink_("\"></a>");
    }

    /// "`-s`, `--long=ARG`"
    void names(Option option) {
        sink_("`");
        auto write = [](void* context, const char* data, size_t size) {
            Text text(data, size);
            Sink sink = static_cast<MarkdownPage*>(context)->sink_;
            // What stands between the names.
            equal(text, "` `") ? sink("`, `") : write_code_piece(sink, text);
        };
        write_synopsis({write, this}, option, "` `");
        sink_("`");
    }

    void texts(Option row) {
        write_text(sink_, row.help());
        Paragraphs paragraphs(row.details());
        for (Text each; paragraphs.next(each);) {
            sink_("<br>");
            write_text(sink_, each);
        }
    }

    void paragraphs(Text text) {
        Paragraphs paragraphs(text);
        bool is_first = true;
        for (Text each; paragraphs.next(each); is_first = false) {
            if (!is_first) sink_("\n");
            write_text(sink_, each);
            sink_("\n");
        }
    }

    Sink sink_;
    Text first_column_;
    bool is_in_table_ = false;
};

} // namespace

void write_markdown(Sink sink, const Program& program, Option command) {
    if (!command) return;
    MarkdownPage page(sink);
    page.title(program, command);
    visit(page, program, command);
    page.end(command);
}

} // namespace kindling::options
