// SPDX-License-Identifier: MIT
#include "bootctl/boot_source.hpp"

#include "host/error.hpp"
#include "host/files.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace kindling {

namespace {

constexpr const char* boot_path_failed = "cannot open the boot path";
constexpr const char* no_esp_mounted = "no EFI system partition is mounted";

bool is_mount_point(int fd) {
    struct statx status {};
    if (::statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) < 0) return false;
    return (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) &&
           (status.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

bool is_fat(int fd) {
    struct statfs status {};
    return ::fstatfs(fd, &status) == 0 && status.f_type == MSDOS_SUPER_MAGIC;
}

bool are_one_file_system(int a, int b) {
    struct stat status_a {
    }, status_b{};
    return ::fstat(a, &status_a) == 0 && ::fstat(b, &status_b) == 0 &&
           status_a.st_dev == status_b.st_dev;
}

/// The first mounted FAT file system in the usual places.
Result<std::string> find_esp(const std::string& root) {
    bool was_denied = false;
    for (const char* place : {"/efi", "/boot", "/boot/efi"}) {
        std::string path = root + place;
        auto fd = host::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
        if (fd && is_mount_point(fd->get()) && is_fat(fd->get())) return path;
        was_denied |= !fd && fd.error().code == Errc::denied;
    }
    if (was_denied) return Error{Errc::denied, no_esp_mounted, 0, EACCES};
    return Error{Errc::not_found, no_esp_mounted};
}

/// /boot, if entries are there and it is not the ESP.
std::optional<std::string> find_xbootldr(const std::string& root, const std::string& esp) {
    std::string path = root + "/boot";
    auto fd = host::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
    auto esp_fd = host::open_at(AT_FDCWD, esp, O_RDONLY | O_DIRECTORY);
    if (!fd || !esp_fd || !is_mount_point(fd->get())) return std::nullopt;
    if (are_one_file_system(fd->get(), esp_fd->get())) return std::nullopt;
    if (!host::open_at(fd->get(), "loader/entries", O_RDONLY | O_DIRECTORY)) return std::nullopt;
    return path;
}

} // namespace

Result<std::unique_ptr<InstallTarget>> BootSource::open_part(ImagePart& part, std::string name,
                                                             const ByteRange& range,
                                                             const SourceOptions& options) {
    part.storage = std::make_unique<FileStorage>(image_, range.offset, range.size_bytes);
    part.files = std::make_unique<fat::FileSystem>(TRY(fat::FileSystem::open(*part.storage)));
    return std::unique_ptr<InstallTarget>(
        std::make_unique<FatTarget>(*part.files, std::move(name), fat::to_stamp(options.now_s)));
}

Result<void> BootSource::open_image(const SourceOptions& options) {
    // O_NONBLOCK: a pipe in the place of an image must not stop us for ever.
    int access = options.is_writable ? O_RDWR : O_RDONLY;
    image_ = TRY(host::open_at(AT_FDCWD, *options.image, access | O_NONBLOCK));
    ByteRange whole{0, TRY(host::size_of(image_.get()))};
    if (options.is_writable && ::flock(image_.get(), LOCK_EX | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK) return Error{Errc::denied, "another program uses the image"};
        return host::last_error("cannot lock the image");
    }
    FileStorage disk(image_, 0, whole.size_bytes);
    if (TRY(has_gpt(disk))) disk_ = TRY(read_disk_image(disk));
    esp_ = TRY(open_part(esp_part_, *options.image, disk_ ? disk_->esp : whole, options));
    if (disk_ && disk_->xbootldr)
        xbootldr_ = TRY(
            open_part(xbootldr_part_, *options.image + " (XBOOTLDR)", *disk_->xbootldr, options));
    return {};
}

Result<void> BootSource::open_directories(const SourceOptions& options) {
    std::string esp = options.esp_path ? *options.esp_path : TRY(find_esp(options.root));
    esp_directory_ = std::make_unique<DirectoryVolume>(TRY(DirectoryVolume::open(esp)));
    esp_ = std::make_unique<DirectoryTarget>(*esp_directory_, esp);
    std::optional<std::string> boot = options.boot_path;
    if (!boot && !options.esp_path) boot = find_xbootldr(options.root, esp);
    if (!boot || *boot == esp) return {};
    auto opened = DirectoryVolume::open(*boot);
    if (!opened) {
        Error error = opened.error();
        error.what = boot_path_failed;
        return error;
    }
    xbootldr_directory_ = std::make_unique<DirectoryVolume>(std::move(*opened));
    xbootldr_ = std::make_unique<DirectoryTarget>(*xbootldr_directory_, *boot);
    return {};
}

void BootSource::narrate(const SourceOptions& options) {
    if (options.choices) {
        options.choices("EFI system partition: \"" + esp_->name_of("/") + '"');
        options.choices(xbootldr_ ? "XBOOTLDR: \"" + xbootldr_->name_of("/") + '"'
                                  : "XBOOTLDR: none");
        if (disk_) options.choices("the image has a GPT");
    }
    if (!options.accesses) return;
    esp_->narrate(options.accesses);
    if (xbootldr_) xbootldr_->narrate(options.accesses);
}

Result<std::unique_ptr<BootSource>> BootSource::open(const SourceOptions& options) {
    auto source = std::make_unique<BootSource>();
    if (options.image && (options.esp_path || options.boot_path))
        return Error{Errc::invalid, "an image and a directory were named"};
    if (options.image)
        TRY(source->open_image(options));
    else
        TRY(source->open_directories(options));
    source->narrate(options);
    return source;
}

Notice explain(const SourceOptions& options, const Error& error) {
    if (error.what == no_esp_mounted) {
        std::string text = std::string(no_esp_mounted) + " at /efi, /boot or /boot/efi";
        if (error.code == Errc::denied) text += " that you may read";
        return {text, "name one with --esp-path=DIRECTORY or --image=FILE"};
    }
    std::string path = error.what == boot_path_failed ? options.boot_path.value_or("/boot")
                       : options.image                ? *options.image
                                                      : options.esp_path.value_or("the ESP");
    std::string hint;
    if (error.code == Errc::not_found) hint = "check the path";
    if (error.code == Errc::denied) hint = "check who may use it, and who does now";
    if (options.image && (error.code == Errc::invalid || error.code == Errc::truncated))
        hint = "an image holds a GPT with an EFI system partition, or is a FAT file system";
    return {"cannot use \"" + path + "\": " + reason_of(error), hint};
}

} // namespace kindling
