// SPDX-License-Identifier: MIT
//
// Source: scdoc(5). A backslash takes the meaning off the character behind it, but not in headings,
// and a dot at the start of a line stays one for roff.
#include "options/option_document.hpp"

namespace kindling::options {
namespace {

constexpr size_t line_columns = 96;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c < 0;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

bool is_one_of(char c, Text set) {
    for (size_t i = 0; i < set.size(); i++)
        if (set[i] == c) return true;
    return false;
}

/// Writes one piece of text into what may be the middle of a line.
void write_plain(Sink sink, Text text) {
    for (size_t at = 0; at < text.size();) {
        Text rest(text.data() + at, text.size() - at);
        Character next = first_character(rest);
        at += next.size;
        bool is_control = next.code < 0x20 || (next.code >= 0x7f && next.code < 0xa0);
        if (next.code == 0xfffd || is_control) {
            sink(is_control ? " " : "\xef\xbf\xbd");
            continue;
        }
        if (is_one_of(rest[0], "\\*_+~`")) sink("\\");
        sink({rest.data(), next.size});
    }
}

class ManSections final : public DocumentParts {
public:
    explicit ManSections(Sink sink) : sink_(sink) {}

    void part(Text title) override {
        if (!is_first_) sink_("\n");
        is_first_ = false;
        sink_("# ");
        for (size_t i = 0; i < title.size(); i++) {
            char c = title[i];
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
            sink_({&c, 1});
        }
        sink_("\n");
    }

    void heading(Text title, Text verbs) override {
        sink_("\n## ");
        for (size_t at = 0; at < title.size();) {
            Text rest(title.data() + at, title.size() - at);
            Character next = first_character(rest);
            bool is_plain = next.code >= 0x20 && next.code != '\\' && next.code != 0xfffd &&
                            !(next.code >= 0x7f && next.code < 0xa0);
            sink_(is_plain ? Text(rest.data(), next.size) : Text(" "));
            at += next.size;
        }
        sink_("\n");
        for_verbs(sink_, verbs, [this](Text verb) { bold(verb); });
    }

    void verb(Option verb, Text path) override {
        sink_("\n");
        bold(path);
        arguments(verb.metavar());
        sink_("\n");
        texts(verb);
        if (verb.has(default_verb)) sink_("\n\tRuns when no verb is given.\n");
        if (verb.has(online_only)) sink_("\n\tDoes nothing in a chroot or offline.\n");
        if (verb.has(option_required)) sink_("\n\tNeeds an option.\n");
    }

    void option(Option option, Text) override {
        sink_("\n");
        names(option);
        sink_("\n");
        texts(option);
        choices(parse_type(option.type()));
    }

private:
    void bold(Text text) {
        if (text.is_empty()) return;
        sink_("*");
        write_plain(sink_, text);
        sink_("*");
    }

    void italic(Text text) {
        if (text.is_empty()) return;
        sink_("_");
        write_plain(sink_, text);
        sink_("_");
    }

    /// "[_FILE_...]": brackets and dots are no part of a name.
    void arguments(Text synopsis) {
        Items words(synopsis, ' ');
        for (Text word; words.next(word);) {
            sink_(" ");
            for (size_t at = 0; at < word.size();) {
                size_t end = at;
                while (end < word.size() && !is_one_of(word[end], "[]|.")) end++;
                italic_word({word.data() + at, end - at});
                if (end < word.size()) sink_({word.data() + end, 1});
                at = end + 1;
            }
        }
    }

    void italic_word(Text word) {
        constexpr Text ellipsis = "…";
        bool has_dots =
            word.size() >= ellipsis.size() &&
            equal({word.data() + word.size() - ellipsis.size(), ellipsis.size()}, ellipsis);
        Text name(word.data(), word.size() - (has_dots ? ellipsis.size() : 0));
        starts_with(name, "-") ? bold(name) : italic(name);
        if (has_dots) sink_("...");
    }

    void names(Option option) {
        if (option.has(help_entry_verbatim)) return bold(option.name());
        char short_name[] = {'-', option.short_name()};
        bool has_long = option.has(has_long_name);
        if (option.short_name()) bold({short_name, sizeof(short_name)});
        if (option.short_name() && has_long) sink_(", ");
        if (has_long) {
            sink_("*--");
            write_plain(sink_, option.name());
            sink_("*");
        }
        if (!option.has(takes_argument)) return;
        bool is_optional = option.has(optional_arg);
        if (!has_long) sink_(" ");
        if (is_optional) sink_("[");
        if (has_long) sink_("=");
        bool has_blank = is_one_of(' ', option.metavar());
        if (has_blank) sink_("'");
        italic(option.metavar());
        if (has_blank) sink_("'");
        if (is_optional) sink_("]");
    }

    void texts(Option row) {
        paragraph("\t", row.help(), true);
        Paragraphs paragraphs(row.details());
        for (Text each; paragraphs.next(each);) {
            sink_("\n");
            paragraph("\t", each, false);
        }
    }

    void choices(const Type& type) {
        Choices all(type);
        bool is_first = true;
        for (Choice each; all.next(each); is_first = false) {
            if (is_first) sink_("\n");
            sink_("\t- ");
            bold(each.name);
            if (!each.help.is_empty()) {
                sink_(": ");
                filled(each.help, line_columns);
            }
            sink_("\n");
        }
    }

    /// Takes the meaning off what begins a line.
    void guard(char first) {
        if (first == '.') sink_("**");
        if (is_one_of(first, "#-[]|;")) sink_("\\");
    }

    void paragraph(Text indent, Text text, bool is_sentence) {
        sink_(indent);
        size_t at = 0;
        while (at < text.size() && is_blank(text[at])) at++;
        if (at == text.size()) return sink_("\\ \n");
        guard(text[at]);
        filled({text.data() + at, text.size() - at}, 4);
        bool is_open =
            is_letter_or_digit(text[text.size() - 1]) || is_one_of(text[text.size() - 1], ")]'\"");
        if (is_sentence && is_open) sink_(".");
        sink_("\n");
    }

    /// Words with one blank between them. Lines are broken only where nothing can mistake the next
    /// word for a command, and not at all if they already are at the end.
    void filled(Text text, size_t column) {
        bool is_first = true, may_break = column < line_columns;
        for (size_t at = 0; at < text.size();) {
            if (is_blank(text[at])) {
                at++;
                continue;
            }
            size_t end = at;
            while (end < text.size() && !is_blank(text[end])) end++;
            Text word(text.data() + at, end - at);
            size_t width = width_of(word);
            bool is_full = column + 1 + width > line_columns;
            if (!is_first && is_full && may_break && is_letter_or_digit(word[0])) {
                sink_("\n\t");
                column = 4;
            } else if (!is_first) {
                sink_(" ");
                column++;
            }
            write_plain(sink_, word);
            column += width;
            is_first = false;
            at = end;
        }
    }

    Sink sink_;
    bool is_first_ = true;
};

} // namespace

void write_man_sections(Sink sink, const Program& program, Option command) {
    ManSections sections(sink);
    visit(sections, program, command);
}

} // namespace kindling::options
