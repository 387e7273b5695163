// SPDX-License-Identifier: MIT
#include "core/discovery.hpp"

#include "base/text.hpp"
#include "core/entry_name.hpp"
#include "core/order.hpp"
#include "core/type1.hpp"
#include "core/uki.hpp"

namespace kindling::bls {

namespace {

constexpr std::string_view snippets_directory = "/loader/entries";
constexpr std::string_view ukis_directory = "/EFI/Linux";

Result<std::vector<std::byte>> read_sized(Volume& volume, std::string_view path,
                                          std::uint64_t size_bytes, std::uint64_t size_max) {
    if (size_bytes > size_max) return Error{Errc::too_large, "file is too large"};
    std::vector<std::byte> contents(size_bytes);
    contents.resize(TRY(volume.read(path, 0, contents)));
    return contents;
}

/// Collects what one volume has.
class Finder {
public:
    Finder(Volume& volume, EntrySource source, const DiscoveryOptions& options, Discovery& found)
        : volume_(volume), source_(source), options_(options), found_(found) {}

    void find_snippets() { for_each(snippets_directory, snippet_suffix, &Finder::add_snippet); }
    void find_ukis() { for_each(ukis_directory, uki_suffix, &Finder::add_uki); }

private:
    using Add = Result<void> (Finder::*)(const std::string& path, const FileInfo& file);

    void for_each(std::string_view directory, std::string_view suffix, Add add) {
        auto files = volume_.list(directory);
        if (!files && files.error().code == Errc::not_found) return;
        if (!files) return hide(directory, files.error());
        for (const FileInfo& file : *files) {
            if (file.is_directory || !is_entry_name(file.name, suffix)) continue;
            std::string path = concat({directory, "/", file.name});
            if (auto added = (this->*add)(path, file); !added) hide(path, added.error());
        }
    }

    void hide(std::string_view path, const Error& error, std::string_view subject = {},
              bool is_expected = false) {
        found_.hidden.push_back(
            {source_, std::string(path), std::string(subject), error, is_expected});
    }

    Result<void> push(Entry&& entry) {
        if (found_.entries.size() == entries_max)
            return Error{Errc::too_large, "there are too many entries"};
        found_.entries.push_back(std::move(entry));
        return {};
    }

    Result<void> add_snippet(const std::string& path, const FileInfo& file) {
        auto text = TRY(read_sized(volume_, path, file.size_bytes, snippet_size_max));
        auto snippet = parse_entry(to_text(text), options_.architecture);
        if (!snippet && snippet.error().code == Errc::unsupported) {
            hide(path, snippet.error(), {}, true);
            return {};
        }
        if (!snippet) return snippet.error();
        for (const Remark& remark : snippet->remarks)
            found_.remarks.push_back({source_, path, remark});
        Entry& entry = snippet->entry;
        EntryName name = parse_entry_name(file.name, snippet_suffix);
        entry.source = source_;
        entry.file_path = path;
        entry.id = std::move(name.id);
        entry.tries = name.tries;
        return add_if_bootable(entry);
    }

    Result<void> add_if_bootable(Entry& entry) {
        if (entry.kind == EntryKind::uki_url)
            return Error{Errc::unsupported, "booting from a URL is not supported"};
        if (entry.kind == EntryKind::efi && source_ == EntrySource::esp &&
            equals_ignoring_case(entry.image_path, options_.loader_path)) {
            hide(entry.file_path, {Errc::unsupported, "starts this boot loader itself"}, {}, true);
            return {};
        }
        auto image = volume_.info(entry.image_path);
        Error error = image ? Error{Errc::invalid, "is a directory"} : image.error();
        if (image && !image->is_directory) return push(std::move(entry));
        hide(entry.file_path, error, entry.image_path);
        return {};
    }

    Result<void> add_uki(const std::string& path, const FileInfo& file) {
        auto profiles = uki::read_entries(volume_, path, options_.architecture);
        if (!profiles && profiles.error().code == Errc::unsupported) {
            hide(path, profiles.error(), {}, true);
            return {};
        }
        if (!profiles) return profiles.error();
        auto tries = parse_entry_name(file.name, uki_suffix).tries;
        for (Entry& entry : *profiles) {
            entry.source = source_;
            entry.file_path = entry.image_path = path;
            entry.tries = tries;
            TRY(push(std::move(entry)));
        }
        return {};
    }

    Volume& volume_;
    EntrySource source_;
    const DiscoveryOptions& options_;
    Discovery& found_;
};

} // namespace

Discovery discover(Volume& esp, Volume* xbootldr, const DiscoveryOptions& options) {
    Discovery found;
    auto look = [&](Volume& volume, EntrySource source) {
        Finder finder(volume, source, options, found);
        finder.find_ukis();
        finder.find_snippets();
    };
    look(esp, EntrySource::esp);
    if (xbootldr) look(*xbootldr, EntrySource::xbootldr);
    sort_entries(found.entries);
    make_titles_unique(found.entries);
    return found;
}

Result<std::vector<std::byte>> read_whole(Volume& volume, std::string_view path,
                                          std::uint64_t size_max) {
    auto info = volume.info(path);
    if (!info) return info.error();
    if (info->is_directory) return Error{Errc::invalid, "is a directory"};
    return read_sized(volume, path, info->size_bytes, size_max);
}

} // namespace kindling::bls
