// SPDX-License-Identifier: MIT
//
// Sections of a manual page and a markdown page, made from the tables. The same tables give the
// same bytes.
#pragma once

#include "options/option_program.hpp"

namespace kindling::options {

/// The sections VERBS and OPTIONS in the language of scdoc(5), each if there is anything to show in
/// it. Groups are sub-headings; the long text of an option follows its help. Texts from outside can
/// not become commands of scdoc or roff.
void write_man_sections(Sink sink, const Program& program, Option command);

/// A page of markdown with a table per group. An option has the anchor opt-NAME, "opt--s" if it has
/// only a short name, "opt-VERB.NAME" if only a verb understands it; a verb has verb-NAME. Of a
/// path of verbs the blanks become dashes.
void write_markdown(Sink sink, const Program& program, Option command);

/// What a document goes through, in order. Hidden names are left out. No function is pure: that
/// would need the C++ library.
class DocumentParts {
public:
    /// "Verbs" or "Options", if anything follows.
    virtual void part(Text) {}

    /// A group; `verbs` are those that its options are for, separated by '|', empty for all.
    virtual void heading([[maybe_unused]] Text title, [[maybe_unused]] Text verbs) {}

    /// `path` is that of the verb, with its own name.
    virtual void verb(Option, [[maybe_unused]] Text path) {}

    /// `path` is empty but for options that only that verb understands.
    virtual void option(Option, [[maybe_unused]] Text path) {}

protected:
    ~DocumentParts() = default;

    /// "For a, b and c.", each written by `write`; nothing without verbs.
    template <class Write>
    static void for_verbs(Sink sink, Text verbs, Write write) {
        Items items(verbs, '|');
        Text verb, next;
        if (!items.next(verb)) return;
        sink("\nFor ");
        for (bool is_first = true, is_more = true; is_more; is_first = false, verb = next) {
            is_more = items.next(next);
            if (!is_first) sink(is_more ? ", " : " and ");
            write(verb);
        }
        sink(".\n");
    }
};
void visit(DocumentParts& parts, const Program& program, Option command);

} // namespace kindling::options
