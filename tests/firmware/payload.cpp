// SPDX-License-Identifier: MIT
//
// Stands in for a Linux kernel: says on the console what it was given, then turns the machine off.
// Each part stands between "@@BEGIN name" and "@@END name" lines:
//
//     load-options    the bytes in hex
//     cmdline         the same as text
//     initrd          size and SHA-256 of what LoadFile2 gives; "none" if nobody provides one
//     initrd-head     its first bytes in hex
//     variables       "Name-guid hex" for each variable of the loader's two vendors
//     done
#include "base/hex.hpp"
#include "base/text.hpp"
#include "core/loader_interface.hpp"
#include "efi/images.hpp"
#include "efi/initrd.hpp"
#include "efi/screen.hpp"
#include "efi/system.hpp"
#include "efi/variables.hpp"

#include <algorithm>
#include <utility>

using namespace kindling;

namespace {

constexpr std::size_t head_size_max = 512;

class Reporter {
public:
    void begin(const char* name) { screen_.print("@@BEGIN " + std::string(name) + "\n"); }
    void line(const std::string& text) { screen_.print(text + "\n"); }
    void end(const char* name) { screen_.print("@@END " + std::string(name) + "\n"); }

private:
    efi::ConsoleScreen screen_;
};

void report_load_options(Reporter& reporter) {
    auto* image =
        efi::protocol_of<EFI_LOADED_IMAGE>(efi::own_image(), efi::protocols::loaded_image);
    Bytes options;
    if (image && image->LoadOptions)
        options = {static_cast<const std::byte*>(image->LoadOptions), image->LoadOptionsSize};
    reporter.begin("load-options");
    reporter.line(to_hex(options));
    reporter.end("load-options");
    reporter.begin("cmdline");
    reporter.line(from_ucs2_bytes(options));
    reporter.end("cmdline");
}

void report_initrd(Reporter& reporter) {
    efi::FirmwareImages images({});
    auto initrd = efi::read_initrd(images);
    Bytes bytes = initrd ? std::as_const(*initrd).bytes() : Bytes();
    reporter.begin("initrd");
    if (!initrd)
        reporter.line(std::string("error ") + initrd.error().what);
    else if (bytes.empty())
        reporter.line("none");
    else
        reporter.line(std::to_string(bytes.size()) + " " + to_hex(sha256(bytes)));
    reporter.end("initrd");
    reporter.begin("initrd-head");
    reporter.line(to_hex(bytes.first(std::min(bytes.size(), head_size_max))));
    reporter.end("initrd-head");
}

void report_variables(Reporter& reporter) {
    efi::FirmwareVariables variables;
    reporter.begin("variables");
    for (const Guid& vendor : {loader_interface::vendor, loader_interface::kindling_vendor}) {
        auto names = efi::list_variables(vendor);
        if (!names) continue;
        for (const std::string& name : *names) {
            auto data = variables.get(vendor, name);
            if (data) reporter.line(name + "-" + to_text(vendor) + " " + to_hex(*data));
        }
    }
    reporter.end("variables");
}

/// Words on the command line let a test see what happens when a program comes back.
bool ends_otherwise(EFI_STATUS& status) {
    auto* self = efi::protocol_of<EFI_LOADED_IMAGE>(efi::own_image(), efi::protocols::loaded_image);
    if (!self || !self->LoadOptions) return false;
    Bytes options(static_cast<const std::byte*>(self->LoadOptions), self->LoadOptionsSize);
    std::string text = from_ucs2_bytes(options);
    auto says = [&](std::string_view word) { return text.find(word) != text.npos; };
    ASSERT(!says("kindling.assert"));
    if (says("kindling.exhaust")) {
        std::vector<std::byte> too_much(std::size_t{1} << 50);
        // Otherwise a compiler may leave the allocation out.
        __asm__ volatile("" : : "r"(too_much.data()) : "memory");
    }
    status = says("kindling.fail") ? EFI_ABORTED : EFI_SUCCESS;
    return says("kindling.fail") || says("kindling.return");
}

} // namespace

extern "C" EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* table) {
    efi::set_system(image, table);
    Reporter reporter;
    reporter.line("");
    report_load_options(reporter);
    report_initrd(reporter);
    report_variables(reporter);
    reporter.begin("done");
    reporter.end("done");
    EFI_STATUS status = EFI_SUCCESS;
    if (ends_otherwise(status)) return status;
    efi::runtime_services().ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, nullptr);
    return EFI_ABORTED;
}
