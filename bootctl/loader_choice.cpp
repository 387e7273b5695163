// SPDX-License-Identifier: MIT
#include "bootctl/loader_choice.hpp"

#include "bootctl/install.hpp"
#include "bootctl/loader_file.hpp"
#include "core/discovery.hpp"
#include "core/pe.hpp"

namespace kindling {

namespace {

constexpr std::string_view product = "kindling";

bool is_ours(Bytes file) {
    auto image = pe::parse(file);
    if (!image) return false;
    auto info = pe::loader_info(file, *image);
    return info && info->product == product;
}

std::string fallback_path(std::string_view architecture) {
    std::string path = "/EFI/BOOT/BOOT";
    for (char c : architecture) path += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return path + ".EFI";
}

std::string own_path(std::string_view architecture) {
    return "/EFI/kindling/kindling-boot" + std::string(architecture) + ".efi";
}

std::string quote(std::string_view text) {
    return '"' + std::string(text) + '"';
}

/// The loader at `path`; empty contents if there is none.
Result<LoaderChoice> read_from_esp(BootSource& source, const std::string& path, Notice& failure) {
    LoaderChoice loader{source.esp_target().name_of(path), path, {}};
    auto contents = bls::read_whole(source.esp(), path, loader_size_max);
    if (contents)
        loader.contents = std::move(*contents);
    else if (contents.error().code != Errc::not_found) {
        failure = {"cannot read " + quote(loader.name) + ": " + reason_of(contents.error()), ""};
        return contents.error();
    }
    return loader;
}

Result<LoaderChoice> find_on_esp(BootSource& source, std::string_view architecture,
                                 std::vector<Notice>& remarks, Notice& failure) {
    LoaderChoice fallback = TRY(read_from_esp(source, fallback_path(architecture), failure));
    LoaderChoice own = TRY(read_from_esp(source, own_path(architecture), failure));
    bool is_fallback_ours = is_ours(fallback.contents);
    if (!is_fallback_ours && own.contents.empty()) {
        failure = {fallback.contents.empty()
                       ? "there is no boot loader of ours on the EFI system partition"
                       : quote(fallback.name) + " is another program",
                   "name the loader that will run with --loader=FILE"};
        return Error{Errc::not_found, "no boot loader of ours"};
    }
    LoaderChoice& chosen = is_fallback_ours ? fallback : own;
    if (!fallback.contents.empty() && !own.contents.empty() && fallback.contents != own.contents)
        remarks.push_back({fallback.esp_path + " and " + own.esp_path +
                               " differ; assumed is that firmware starts " + chosen.esp_path,
                           "name the loader that will run with --loader=FILE"});
    return std::move(chosen);
}

} // namespace

Result<LoaderChoice> choose_loader(BootSource& source, const std::optional<std::string>& named,
                                   std::string_view architecture, std::vector<Notice>& remarks,
                                   Notice& failure) {
    LoaderChoice loader;
    if (named) {
        auto file = read_loader(named);
        if (!file) {
            failure = {"cannot read the boot loader " + quote(*named) + ": " +
                           reason_of(file.error()),
                       "name a file with --loader="};
            return file.error();
        }
        loader = {std::move(file->path), "", std::move(file->contents)};
    } else {
        loader = TRY(find_on_esp(source, architecture, remarks, failure));
    }
    if (!is_ours(loader.contents))
        remarks.push_back({quote(loader.name) + " does not say that it is kindling; assumed is "
                                                "that it measures like kindling",
                           ""});
    return loader;
}

std::string loader_path_of(BootSource& source, std::string_view architecture) {
    std::vector<Notice> ignored;
    Notice failure;
    auto loader = choose_loader(source, std::nullopt, architecture, ignored, failure);
    return loader ? loader->esp_path : std::string();
}

} // namespace kindling
