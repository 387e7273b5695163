// SPDX-License-Identifier: MIT
#include "base/text.hpp"
#include "bootctl/list_verb.hpp"
#include "core/entry_name.hpp"

#include <algorithm>

namespace kindling {

namespace {

constexpr std::size_t label_columns = 13;

bool is_type2(const bls::Entry& entry) {
    return entry.kind == bls::EntryKind::type2;
}

/// A UKI found in /EFI/Linux has profile 0 if it has none.
std::optional<std::uint32_t> profile_of(const bls::Entry& entry) {
    return is_type2(entry) ? entry.profile.value_or(0) : entry.profile;
}

/// What the snippet says; of an image bootctl has never told it.
std::string_view architecture_of(const bls::Entry& entry) {
    return is_type2(entry) ? std::string_view() : entry.architecture;
}

/// The id without "@PROFILE"; empty if it has none.
std::string id_without_profile(const bls::Entry& entry) {
    if (!is_type2(entry)) return {};
    std::string_view name = std::string_view(entry.file_path);
    name.remove_prefix(name.rfind('/') + 1);
    std::string id = to_lower(bls::strip_counter(name, bls::uki_suffix));
    return entry.id.starts_with(id + '@') ? id : std::string();
}

/// Writes the lines of one block.
class Block {
public:
    Block(std::string& out, const OutputStyle& style) : out_(out), style_(style) {}

    void line(std::string_view label, std::string_view value) {
        if (value.empty()) return;
        out_.append(label_columns - std::min(label_columns, label.size()), ' ');
        out_ += label;
        out_ += ": " + escaped(value) + '\n';
    }
    void title(std::string_view value, bool is_default) {
        out_.append(label_columns - 5, ' ');
        out_ += "title: " + emphasized(escaped(value), style_);
        out_ += is_default ? " (default)\n" : "\n";
    }
    void file(std::string_view label, const EntryDetails& details, const std::string& path,
              const char* problem = nullptr) {
        if (path.empty()) return;
        std::string value = details.root + path;
        if (problem) value += " (" + std::string(problem) + ')';
        line(label, value);
    }
    /// Files that `details` may know a problem of.
    void files(std::string_view label, const EntryDetails& details,
               const std::vector<std::string>& paths) {
        for (const std::string& path : paths) {
            auto problem = details.problems.find(path);
            file(label, details, path,
                 problem == details.problems.end() ? nullptr : problem->second);
        }
    }
    void companions(const EntryDetails& details, const CompanionSet* companions) {
        if (!companions) return;
        auto addon = companions->addons.begin(); // in the order of the files
        for (const std::string& path : companions->files) {
            file("extra", details, path);
            if (addon == companions->addons.end() || addon->path != path) continue;
            line("options", (style_.use_unicode ? "└─" : "`-") + addon->options);
            addon++;
        }
    }

private:
    std::string& out_;
    const OutputStyle& style_;
};

bool has_addons(const EntryDetails& details) {
    return details.global_companions &&
           (!details.global_companions->addons.empty() || !details.own_companions->addons.empty());
}

void write_names(Block& block, const bls::Entry& entry, const EntryDetails& details) {
    std::string without_profile = id_without_profile(entry);
    block.line("id", without_profile.empty()
                         ? entry.id
                         : entry.id + " (without profile: " + without_profile + ')');
    block.line("source", details.root + entry.file_path +
                             (entry.source == bls::EntrySource::esp
                                  ? " (on the EFI System Partition)"
                                  : " (on the Extended Boot Loader Partition)"));
    if (entry.tries)
        block.line("tries", std::to_string(entry.tries->left) + " left; " +
                                std::to_string(entry.tries->done) + " done");
    block.line("sort-key", entry.sort_key);
    block.line("version", entry.version);
    block.line("uname", entry.uname);
    block.line("machine-id", entry.machine_id);
    block.line("architecture", architecture_of(entry));
}

void write_entry(Block& block, const bls::Entry& entry, const EntryDetails& details,
                 bool is_default) {
    block.line("type", is_type2(entry) ? "Boot Loader Specification Type #2 (UKI, .efi)"
                                       : "Boot Loader Specification Type #1 (.conf)");
    block.title(entry.show_title, is_default);
    write_names(block, entry, details);
    if (entry.kind == bls::EntryKind::linux_ || is_type2(entry))
        block.file("linux", details, entry.image_path);
    if (entry.kind == bls::EntryKind::efi) block.file("efi", details, entry.image_path);
    if (entry.kind == bls::EntryKind::uki) block.file("uki", details, entry.image_path);
    block.line("uki-url", entry.url);
    if (auto profile = profile_of(entry)) block.line("profile", std::to_string(*profile));
    block.files("initrd", details, entry.initrds);
    block.line("options", entry.options);
    block.companions(details, details.global_companions);
    block.companions(details, details.own_companions);
    for (const ExtraState& extra : details.extras)
        block.file("extra", details, extra.path, extra.skipped);
    if (has_addons(details)) block.line("cmdline", details.cmdline);
    if (!entry.devicetree.empty()) block.files("devicetree", details, {entry.devicetree});
    block.files("devicetree-overlay", details, entry.devicetree_overlays);
}

void write_texts_if(json::Writer& writer, std::string_view key,
                    const std::vector<std::string>& values) {
    if (!values.empty()) writer.texts(key, values);
}

/// What the entry starts, under the key that says how.
void write_payload(json::Writer& writer, const bls::Entry& entry) {
    switch (entry.kind) {
    case bls::EntryKind::linux_:
    case bls::EntryKind::type2:
        return writer.text("linux", entry.image_path);
    case bls::EntryKind::efi:
        return writer.text("efi", entry.image_path);
    case bls::EntryKind::uki:
        return writer.text("uki", entry.image_path);
    case bls::EntryKind::uki_url:
        return writer.text("ukiUrl", entry.url);
    }
}

void write_addons(json::Writer& writer, const EntryDetails& details) {
    if (!has_addons(details)) return writer.null("addons");
    writer.key("addons");
    writer.begin_array();
    for (const CompanionSet* companions : {details.global_companions, details.own_companions}) {
        bool is_global = companions == details.global_companions;
        for (const Addon& addon : companions->addons) {
            writer.begin_object();
            writer.text(is_global ? "globalAddon" : "localAddon", addon.path);
            writer.text("options", addon.options);
            writer.end_object();
        }
    }
    writer.end_array();
}

void write_extras(json::Writer& writer, const EntryDetails& details) {
    std::vector<std::string> paths;
    for (const CompanionSet* companions : {details.global_companions, details.own_companions})
        if (companions)
            paths.insert(paths.end(), companions->files.begin(), companions->files.end());
    for (const ExtraState& extra : details.extras) paths.push_back(extra.path);
    write_texts_if(writer, "extras", paths);
    writer.key("extra");
    writer.begin_array();
    for (const ExtraState& extra : details.extras) {
        writer.begin_object();
        writer.text("path", extra.path);
        extra.kind ? writer.text("kind", cpio::to_text(*extra.kind)) : writer.null("kind");
        extra.size_bytes ? writer.number("size", *extra.size_bytes) : writer.null("size");
        extra.skipped ? writer.text("skipped", extra.skipped) : writer.null("skipped");
        writer.end_object();
    }
    writer.end_array();
}

void write_entry(json::Writer& writer, const bls::Entry& entry, const EntryDetails& details,
                 std::optional<bool> is_default) {
    writer.begin_object();
    writer.text("type", is_type2(entry) ? "type2" : "type1");
    writer.text("source", entry.source == bls::EntrySource::esp ? "esp" : "xbootldr");
    writer.text("id", entry.id);
    writer.text("path", details.root + entry.file_path);
    writer.text("root", details.root);
    writer.text_if("title", entry.title);
    writer.text("showTitle", entry.show_title);
    writer.text_if("sortKey", entry.sort_key);
    writer.text_if("version", entry.version);
    writer.text_if("uname", entry.uname);
    writer.text_if("machineId", entry.machine_id);
    writer.text_if("architecture", architecture_of(entry));
    writer.text_if("options", entry.options);
    write_payload(writer, entry);
    if (auto profile = profile_of(entry)) writer.number("profile", *profile);
    write_texts_if(writer, "initrd", entry.initrds);
    writer.text_if("devicetree", entry.devicetree);
    write_texts_if(writer, "devicetreeOverlay", entry.devicetree_overlays);
    writer.boolean("isReported", false);
    if (entry.tries) writer.number("triesLeft", entry.tries->left);
    if (entry.tries) writer.number("triesDone", entry.tries->done);
    if (is_default) writer.boolean("isDefault", *is_default);
    write_addons(writer, details);
    writer.text_if("cmdline", details.cmdline);
    write_extras(writer, details);
    writer.end_object();
}

} // namespace

std::string to_text(const ListReport& report, const OutputStyle& style) {
    std::string out;
    for (std::size_t i = 0; i < report.details.size(); i++) {
        if (i > 0) out += '\n';
        Block block(out, style);
        write_entry(block, report.discovery.entries[i], report.details[i],
                    report.default_index == i);
    }
    return out;
}

std::string to_json(const ListReport& report, json::Layout layout) {
    json::Writer writer(layout);
    writer.begin_array();
    for (std::size_t i = 0; i < report.details.size(); i++) {
        std::optional<bool> is_default;
        if (report.default_index) is_default = *report.default_index == i;
        write_entry(writer, report.discovery.entries[i], report.details[i], is_default);
    }
    writer.end_array();
    return writer.take();
}

} // namespace kindling
