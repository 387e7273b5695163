// SPDX-License-Identifier: MIT
#include "bootctl/install.hpp"

#include <algorithm>
#include <cerrno>

namespace kindling {

namespace {

constexpr std::string_view own_product = "kindling";
constexpr std::string_view own_path = "EFI/kindling/kindling-bootx64.efi";
constexpr std::string_view removable_path = "EFI/BOOT/BOOTX64.EFI";
constexpr std::string_view backup_path = "EFI/BOOT/BOOTX64.EFI.bak";
constexpr std::string_view initial_loader_conf = "#timeout 3\n#console-mode keep\n";
constexpr std::string_view entries_kind = "type1\n";

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

std::string hint_for(const Error& error) {
    switch (error.code) {
    case Errc::no_space:
        return "make room on the partition, then run install again";
    case Errc::denied:
        return error.cause == EROFS ? "mount the partition writable, then run install again"
                                    : "run as a user who may write there";
    case Errc::exists:
        return "move it away, then run install again";
    case Errc::io:
        return "check the file system and the disk, then run install again";
    case Errc::invalid:
        return "check what is in the way on the partition";
    default:
        return {};
    }
}

/// The whole file; nothing if there is none. Errors: as Volume; too_large.
Result<std::optional<std::vector<std::byte>>> read_whole(Volume& volume, std::string_view path) {
    auto info = volume.info(path);
    if (!info && info.error().code == Errc::not_found)
        return std::optional<std::vector<std::byte>>{};
    if (!info) return info.error();
    if (info->is_directory) return Error{Errc::invalid, "is a directory"};
    if (info->size_bytes > loader_size_max) return Error{Errc::too_large, "file is too large"};
    std::vector<std::byte> contents(info->size_bytes);
    contents.resize(TRY(volume.read(path, 0, contents)));
    return std::optional(std::move(contents));
}

/// Does the steps one by one; each is skipped after a failure.
class Installation {
public:
    explicit Installation(const InstallOptions& options) : options_(options) {}

    void create_directory(InstallTarget& target, std::string_view path);
    void create_if_absent(InstallTarget& target, std::string_view path, std::string_view contents);
    void put_loader(InstallTarget& target, std::string_view path);
    void put_removable_loader(InstallTarget& target);
    void refuse(std::string text, std::string hint, Errc code);

    InstallReport take() { return std::move(report_); }

private:
    void fail(InstallTarget& target, std::string_view path, std::string_view doing,
              const Error& error);
    void write(InstallTarget& target, std::string_view path, Bytes contents,
               const std::string& what);
    void back_up(InstallTarget& target, Bytes foreign);
    std::string done(std::string_view past, std::string_view would) const {
        return options_.dry_run ? "would " + std::string(would) : std::string(past);
    }

    const InstallOptions& options_;
    InstallReport report_;
};

void Installation::refuse(std::string text, std::string hint, Errc code) {
    report_.failure = Notice{std::move(text), std::move(hint)};
    report_.failure_code = code;
}

void Installation::fail(InstallTarget& target, std::string_view path, std::string_view doing,
                        const Error& error) {
    refuse("cannot " + std::string(doing) + " " + quoted(target.name_of(path)) + ": " +
               reason_of(error),
           hint_for(error), error.code);
}

void Installation::create_directory(InstallTarget& target, std::string_view path) {
    if (report_.failure) return;
    auto info = target.volume().info(path);
    if (info && info->is_directory) return;
    if (info) return fail(target, path, "create", {Errc::exists, "a file has its name"});
    if (info.error().code != Errc::not_found) return fail(target, path, "create", info.error());
    if (!options_.dry_run)
        if (auto created = target.create_directory(path); !created)
            return fail(target, path, "create", created.error());
    report_.changes.push_back(done("created", "create") + " directory " +
                              quoted(target.name_of(path)));
}

void Installation::write(InstallTarget& target, std::string_view path, Bytes contents,
                         const std::string& what) {
    if (!options_.dry_run) {
        if (auto written = target.replace_file(path, contents); !written)
            return fail(target, path, "write", written.error());
        auto back = read_whole(target.volume(), path);
        if (!back) return fail(target, path, "read back", back.error());
        if (!*back || !equal(**back, contents))
            return fail(target, path, "write", {Errc::io, "it does not read back as written"});
    }
    report_.changes.push_back(what);
}

void Installation::create_if_absent(InstallTarget& target, std::string_view path,
                                    std::string_view contents) {
    if (report_.failure) return;
    auto info = target.volume().info(path);
    if (info && !info->is_directory) return;
    if (info) return fail(target, path, "create", {Errc::exists, "a directory has its name"});
    if (info.error().code != Errc::not_found) return fail(target, path, "create", info.error());
    write(target, path, to_bytes(contents),
          done("created", "create") + " " + quoted(target.name_of(path)));
}

void Installation::put_loader(InstallTarget& target, std::string_view path) {
    if (report_.failure) return;
    auto present = read_whole(target.volume(), path);
    if (!present) return fail(target, path, "read", present.error());
    if (*present && equal(**present, options_.loader)) return;
    std::string verb = *present ? done("replaced", "replace") : done("created", "create");
    write(target, path, options_.loader,
          verb + " " + quoted(target.name_of(path)) + " with " + quoted(options_.loader_name));
}

void Installation::back_up(InstallTarget& target, Bytes foreign) {
    auto backup = read_whole(target.volume(), backup_path);
    if (!backup) return fail(target, backup_path, "read", backup.error());
    if (*backup && equal(**backup, foreign)) return;
    if (*backup)
        return fail(target, backup_path, "create", {Errc::exists, "another backup has its name"});
    write(target, backup_path, foreign,
          done("kept", "keep") + " " + quoted(target.name_of(removable_path)) + " as " +
              quoted(target.name_of(backup_path)));
}

void Installation::put_removable_loader(InstallTarget& target) {
    if (report_.failure) return;
    auto present = read_whole(target.volume(), removable_path);
    if (!present) return fail(target, removable_path, "read", present.error());
    if (*present && product_of(**present) != own_product) {
        if (!options_.force) {
            std::string_view product = product_of(**present);
            report_.warnings.push_back(
                {"left " + quoted(target.name_of(removable_path)) + " alone: it belongs to " +
                     (product.empty() ? "another product" : quoted(product)),
                 "use --force to replace it; the old one is kept as BOOTX64.EFI.bak"});
            return;
        }
        back_up(target, **present);
    }
    put_loader(target, removable_path);
}

} // namespace

std::string_view product_of(Bytes program) {
    constexpr std::string_view mark = "#### LoaderInfo: ";
    std::string_view text = to_text(program);
    std::size_t start = text.find(mark);
    if (start == std::string_view::npos) return {};
    text.remove_prefix(start + mark.size());
    std::string_view line = text.substr(0, text.find(" ####"));
    if (line.size() == text.size() || line.size() > 255) return {};
    return line.substr(0, line.find(' '));
}

InstallReport install(InstallTarget& esp, InstallTarget* xbootldr, const InstallOptions& options) {
    Installation installation(options);
    if (options.loader.size() > loader_size_max || !to_text(options.loader).starts_with("MZ") ||
        product_of(options.loader) != own_product) {
        installation.refuse(quoted(options.loader_name) + " is not a Kindling boot loader",
                            "name the built loader with --loader=", Errc::invalid);
        return installation.take();
    }
    InstallTarget& boot = xbootldr ? *xbootldr : esp;
    for (std::string_view path : {"EFI", "EFI/kindling", "EFI/BOOT", "loader"})
        installation.create_directory(esp, path);
    for (std::string_view path : {"loader", "loader/entries"})
        if (&boot != &esp || path != "loader") installation.create_directory(boot, path);
    installation.put_loader(esp, own_path);
    installation.put_removable_loader(esp);
    installation.create_if_absent(esp, "loader/loader.conf", initial_loader_conf);
    installation.create_if_absent(boot, "loader/entries.srel", entries_kind);
    return installation.take();
}

} // namespace kindling
