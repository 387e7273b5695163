// SPDX-License-Identifier: MIT
#include "options/option_document.hpp"

namespace kindling::options {
namespace {

constexpr Text own_options_title = "Options of ";

bool is_shown(Option row) {
    return !row.has(is_hidden) && !row.has(group_marker | positional_entry | namespace_marker);
}

bool contains(Text text, Text part) {
    for (size_t at = 0; at + part.size() <= text.size(); at++)
        if (equal({text.data() + at, part.size()}, part)) return true;
    return false;
}

/// The verbs that a group is for; nothing if its title names them already.
Text verbs_to_tell(Option group) {
    Items verbs(group.scope(), '|');
    for (Text verb; verbs.next(verb);)
        if (!contains(group.name(), verb)) return group.scope();
    return {};
}

class Visit {
public:
    Visit(DocumentParts& parts, const Program& program) : parts_(parts), program_(program) {
        for (const unsigned char* at = program.verbs.first; at != program.verbs.end;
             at += Option(at).record_size_bytes())
            verbs_count_++;
    }

    void verbs() {
        verbs_left_ = verbs_count_;
        is_first_ = true;
        verbs_below("", 0, &Visit::verb);
    }

    void options(Option command) {
        is_first_ = true;
        options_of_scope(options_of(program_, command), "");
        verbs_left_ = verbs_count_;
        verbs_below("", 0, &Visit::own_options);
    }

private:
    void verbs_below(const char* path, unsigned depth, void (Visit::*show)(Option, Option, Text)) {
        Listing listing(verbs_of(program_.verbs, path));
        while (Option each = listing.next()) {
            if (!is_shown(each)) continue;
            // A table that was not made by us could have the same verbs below every verb.
            if (verbs_left_ == 0 || depth == verb_depth_max) return;
            verbs_left_--;
            char below[verb_path_size_max + 1] = "";
            append_verb(below, path);
            if (!append_verb(below, each.name())) continue;
            (this->*show)(each, depth ? Option() : listing.group(), below);
            if (each.has(has_verbs)) verbs_below(below, depth + 1, show);
        }
    }

    void verb(Option each, Option group, Text path) {
        bool is_below = !group && !is_first_;
        begin_row("Verbs", is_below ? group_ : group);
        parts_.verb(each, path);
    }

    void own_options(Option each, Option, Text path) {
        options_of_scope(own_options_of(program_.options, each), path);
    }

    void options_of_scope(const Scope& scope, Text path) {
        Listing listing(scope);
        bool has_heading = path.is_empty();
        while (Option each = listing.next()) {
            if (!is_shown(each)) continue;
            if (!has_heading) {
                if (is_first_) parts_.part("Options");
                is_first_ = false;
                heading_of_verb(path);
                group_ = listing.group();
                has_heading = true;
            }
            begin_row("Options", listing.group());
            parts_.option(each, path);
        }
    }

    void heading_of_verb(Text path) {
        char title[verb_path_size_max + 16];
        size_t size = 0;
        const Text texts[] = {own_options_title, path};
        for (Text text : texts)
            for (size_t i = 0; i < text.size() && size < sizeof(title); i++)
                title[size++] = text[i];
        parts_.heading({title, size}, {});
    }

    /// Names the part and the group, where they begin.
    void begin_row(Text part, Option group) {
        if (is_first_) {
            parts_.part(part);
            // The heading of the part says it already.
            if (group && !equal(group.name(), part))
                parts_.heading(group.name(), verbs_to_tell(group));
        } else if (!(group == group_)) {
            parts_.heading(group ? group.name() : part, group ? verbs_to_tell(group) : Text());
        }
        is_first_ = false;
        group_ = group;
    }

    DocumentParts& parts_;
    const Program& program_;
    Option group_;
    bool is_first_ = true;
    size_t verbs_count_ = 0, verbs_left_ = 0;
};

} // namespace

void visit(DocumentParts& parts, const Program& program, Option command) {
    Visit visit(parts, program);
    visit.verbs();
    visit.options(command);
}

} // namespace kindling::options
