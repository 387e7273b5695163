// SPDX-License-Identifier: MIT
#include "boot/start.hpp"

#include "base/text.hpp"
#include "boot/report.hpp"
#include "boot/show.hpp"
#include "core/load_options.hpp"
#include "core/loader_interface.hpp"
#include "core/measure.hpp"
#include "core/pe.hpp"

namespace kindling::boot {

namespace {

/// A loaded program; unloaded when it goes out of scope.
struct LoadedImage {
    Images& images;
    Images::Handle handle = 0;
    bool supports_initrd_protocol = true;

    LoadedImage(Images& owner, Images::Handle loaded) : images(owner), handle(loaded) {}
    LoadedImage(LoadedImage&& other) noexcept
        : images(other.images), handle(std::exchange(other.handle, 0)),
          supports_initrd_protocol(other.supports_initrd_protocol) {}
    ~LoadedImage() { images.unload(handle); }
};

Result<LoadedImage> load(Machine& machine, Volume& volume, const bls::Entry& entry) {
    auto info = volume.info(entry.image_path);
    if (!info) return info.error();
    if (info->is_directory) return Error{Errc::invalid, "is a directory"};
    if (info->size_bytes == 0) return Error{Errc::invalid, "is empty"};
    if (info->size_bytes > image_size_max) return Error{Errc::too_large, "is over 2 GiB"};
    Pages pages = TRY(machine.images.allocate(info->size_bytes));
    std::size_t size = TRY(volume.read(entry.image_path, 0, pages.bytes()));
    Bytes contents = pages.bytes().first(size);
    auto headers = pe::parse(contents);
    LoadedImage image(machine.images, TRY(machine.images.load(volume, entry.image_path, contents)));
    if (headers) image.supports_initrd_protocol = headers->supports_initrd_protocol();
    return image;
}

/// Says which extras are left out, the first `told` of which were said before.
///
/// Errors: invalid, if that must not happen.
Result<void> check_skipped(Machine& machine, const initrd::Plan& plan, std::size_t told,
                           const StartOptions& options, std::string& at_file) {
    for (std::size_t i = told; i < plan.skipped.size(); i++) {
        show(machine.screen, Severity::warning, plan.skipped[i].path, plan.skipped[i].reason);
        at_file = plan.skipped[i].path;
    }
    if (options.strict_extras && !plan.skipped.empty())
        return Error{Errc::invalid, "extra cannot be packed and strict-extras is set"};
    return {};
}

struct Initrd {
    initrd::Plan plan;
    Pages pages;

    Bytes blob() const { return pages.bytes().first(plan.size_bytes); }
};

Result<void> build_initrd(Machine& machine, Volume& volume, const bls::Entry& entry,
                          const StartOptions& options, Initrd& initrd, std::string& at_file) {
    Pages previous;
    // Without extras a UKI is left with whatever an earlier stage registered.
    if (entry.is_uki() && !entry.extras.empty()) {
        auto earlier = machine.images.previous_initrd();
        if (earlier)
            previous = std::move(*earlier);
        else
            show(machine.screen, Severity::warning, "initrd of an earlier stage", earlier.error());
    }
    auto planned = initrd::plan(volume, entry, previous.bytes().size(), at_file);
    if (!planned) return planned.error();
    initrd.plan = std::move(*planned);
    TRY(check_skipped(machine, initrd.plan, 0, options, at_file));
    std::size_t told = initrd.plan.skipped.size();
    initrd.pages = TRY(machine.images.allocate(initrd.plan.size_bytes));
    TRY(initrd::fill(volume, initrd.plan, initrd.pages.bytes(), at_file));
    TRY(check_skipped(machine, initrd.plan, told, options, at_file));
    if (entry.is_uki() && initrd.plan.packed.empty()) {
        // Nothing to add: the image keeps what the earlier stage registered.
        initrd.plan.previous_size = initrd.plan.size_bytes = 0;
        return {};
    }
    MutableBytes front = initrd.pages.bytes().first(previous.bytes().size());
    std::copy(previous.bytes().begin(), previous.bytes().end(), front.begin());
    return {};
}

/// Sends the events in order. Errors: io, for an event that must not be missing.
Result<void> measure(Machine& machine, const pcr::Plan& plan, std::vector<Measured>& measured,
                     std::string& at_file) {
    for (const pcr::Event& event : plan) {
        auto digest = machine.tpm.measure(event);
        if (digest && *digest) {
            measured.push_back(
                {event.pcr, event.type, event.size_bytes(), **digest, event.description});
        } else if (!digest) {
            at_file = event.origin;
            if (event.must_succeed) return digest.error();
            show(machine.screen, Severity::warning, event.origin, digest.error());
        }
    }
    return {};
}

/// What the operating system wants to know; a failure to say it never stops the boot.
void tell_report(Machine& machine, Report& report) {
    if (auto now = machine.clock.since_power_on_us())
        tell(machine, "LoaderTimeExecUSec", to_decimal(*now));
    report.time_us = machine.clock.since_start_us();
    check(machine.screen, "the report variable", write_report(machine.variables, report));
}

} // namespace

Result<void> start_entry(Machine& machine, const bls::Entry& entry, const StartOptions& options,
                         std::string& at_file) {
    at_file = entry.file_path;
    if (entry.kind == bls::EntryKind::uki_url)
        return Error{Errc::unsupported, "booting from a URL is not supported"};
    Volume* volume = entry.source == bls::EntrySource::xbootldr ? machine.xbootldr : &machine.esp;
    ASSERT(volume != nullptr);
    if (entry.kind == bls::EntryKind::efi && !entry.extras.empty())
        show(machine.screen, Severity::warning, entry.file_path,
             "extra lines have no effect on an efi entry");

    at_file = entry.image_path;
    LoadedImage image = TRY(load(machine, *volume, entry));
    Initrd initrd;
    TRY(build_initrd(machine, *volume, entry, options, initrd, at_file));
    at_file = entry.image_path;
    // A UKI's headers are those of its stub, which passes on what we register.
    if (entry.kind == bls::EntryKind::linux_ && !initrd.plan.packed.empty() &&
        !image.supports_initrd_protocol)
        return Error{Errc::unsupported, "kernel is too old for extra (no initrd protocol)"};

    std::string load_options = bls::load_options(entry, initrd.plan);
    Report report{&entry, &initrd.plan, options.strict_extras, {}, 0};
    TRY(measure(machine, pcr::entry_events(initrd.plan, initrd.blob(), load_options),
                report.measured, at_file));
    tell_report(machine, report);
    at_file = entry.image_path;
    return machine.images.start(image.handle, load_options, initrd.blob());
}

} // namespace kindling::boot
