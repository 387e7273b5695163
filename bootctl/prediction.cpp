// SPDX-License-Identifier: MIT
#include "bootctl/prediction.hpp"

#include "base/text.hpp"
#include "bootctl/at_once.hpp"
#include "bootctl/entry_lookup.hpp"
#include "bootctl/loader_choice.hpp"
#include "bootctl/stub_companions.hpp"
#include "core/load_options.hpp"
#include "core/loader_conf.hpp"
#include "core/pe.hpp"

#include <algorithm>

namespace kindling {

namespace {

using bls::EntryKind;

constexpr std::string_view loader_conf_path = "/loader/loader.conf";
constexpr std::string_view stub_product = "systemd-stub";
/// Stubs from this one on may add what no file says.
constexpr std::uint64_t stub_with_secrets = 261;

constexpr std::uint64_t image_size_max = 2ull * 1024 * 1024 * 1024; ///< the loader's own limit
/// What we are ready to hold in memory. The loader has no such limit, its machine has.
constexpr std::uint64_t initrd_size_max = 4ull * 1024 * 1024 * 1024;

/// Product and version that a program says of itself; nothing if it is no program or says none.
std::optional<pe::LoaderInfo> info_of(Bytes file) {
    auto image = pe::parse(file);
    return image ? pe::loader_info(file, *image) : std::nullopt;
}

/// The number that a version starts with; 0 if none.
std::uint64_t major_of(std::string_view version) {
    std::size_t digits = std::min(version.find_first_not_of("0123456789"), version.size());
    return parse_decimal(version.substr(0, digits), UINT32_MAX).value_or(0);
}

std::string quote(std::string_view text) {
    return '"' + std::string(text) + '"';
}

/// One prediction on its way.
class Maker {
public:
    Maker(BootSource& source, const PredictionOptions& options, Prediction& made, Notice& failure)
        : source_(source), options_(options), made_(made), failure_(failure) {}

    Result<void> make() {
        LoaderChoice loader = TRY(choose_loader(source_, options_.loader, options_.architecture,
                                                made_.remarks, failure_));
        auto found = bls::discover(source_.esp(), source_.xbootldr(),
                                   {options_.architecture, loader.esp_path});
        made_.entry =
            TRY(look_up_entry(source_, found, options_.entry_id, made_.remarks, failure_));
        made_.loader_path = std::move(loader.name);
        made_.loader = std::move(loader.contents);
        TRY(check_program(made_.loader, made_.loader_path));
        TRY(read_loader_conf());
        if (options_.progress) options_.progress->begin("Reading the files of the entry");
        TRY(read_files());
        made_.load_options = bls::load_options(made_.entry, made_.initrd);
        if (const DiskImage* disk = source_.disk()) made_.gpt_event = disk->gpt_event;
        TRY(predict());
        choose_registers();
        return {};
    }

private:
    Volume& volume() {
        return made_.entry.source == bls::EntrySource::xbootldr ? *source_.xbootldr()
                                                                : source_.esp();
    }
    /// A file beside the entry, as a person knows it.
    std::string name_of(std::string_view path) {
        bool is_on_esp = made_.entry.source == bls::EntrySource::esp;
        return (is_on_esp ? source_.esp_target() : *source_.xbootldr_target()).name_of(path);
    }

    /// Remembers what to tell: "cannot DO: REASON".
    Error fail(const Error& error, const std::string& what, std::string hint = {}) {
        failure_ = {"cannot " + what + ": " + reason_of(error), std::move(hint)};
        return error;
    }
    void remark(std::string text, std::string hint = {}) {
        made_.remarks.push_back({std::move(text), std::move(hint)});
    }

    /// What the loader and firmware refuse, we refuse.
    Result<void> check_program(Bytes file, const std::string& name) {
        auto checked = [&]() -> Result<void> {
            pe::Image image = TRY(pe::parse(file));
            TRY(pe::authenticode_pieces(file, image));
            std::string_view machine = pe::architecture_of(image.machine);
            bool is_mixed = options_.architecture == "ia32" && machine == "x64";
            if (machine != options_.architecture && !is_mixed)
                return Error{Errc::unsupported, "it is for another architecture"};
            return {};
        }();
        if (!checked) return fail(checked.error(), "start " + quote(name));
        return {};
    }

    Result<void> read_loader_conf() {
        auto text = bls::read_whole(source_.esp(), loader_conf_path, bls::loader_conf_size_max);
        if (text) {
            made_.loader_conf = std::move(*text);
            has_loader_conf_ = true;
            return {};
        }
        Errc code = text.error().code;
        if (code == Errc::not_found) return {};
        std::string name = quote(source_.esp_target().name_of(loader_conf_path));
        if (code != Errc::too_large && code != Errc::invalid)
            return fail(text.error(), "read " + name);
        remark("the loader will not use " + name + ": " + text.error().what);
        return {};
    }

    /// Image and initrds at once. What is wrong with them is told in the order of the boot.
    Result<void> read_files() {
        Result<std::vector<std::byte>> image = std::vector<std::byte>();
        Result<initrd::Plan> initrd = initrd::Plan();
        std::string at_file = made_.entry.file_path;
        TRY(for_each_at_once("file of entry", 2, [&](std::size_t part) -> Result<void> {
            if (part == 0)
                image = bls::read_whole(volume(), made_.entry.image_path, image_size_max);
            else
                initrd = build_initrd(at_file);
            return {};
        }));
        TRY(take_image(std::move(image)));
        if (!initrd) return fail(initrd.error(), "use " + quote(name_of(at_file)));
        made_.initrd = std::move(*initrd);
        made_.skipped = made_.initrd.skipped;
        return check_extras();
    }

    Result<void> take_image(Result<std::vector<std::byte>> image) {
        if (image && image->empty()) image = Error{Errc::invalid, "is empty"};
        std::string name = name_of(made_.entry.image_path);
        if (!image) return fail(image.error(), "read " + quote(name));
        made_.image = std::move(*image);
        return check_program(made_.image, name);
    }

    Result<initrd::Plan> build_initrd(std::string& at_file) {
        initrd::Plan plan = TRY(initrd::plan(volume(), made_.entry, 0, at_file));
        if (plan.size_bytes > initrd_size_max)
            return Error{Errc::too_large, "the combined initrd is over 4 GiB"};
        made_.initrd_blob.resize(plan.size_bytes);
        TRY(initrd::fill(volume(), plan, made_.initrd_blob, at_file));
        made_.initrd_blob.resize(plan.size_bytes);
        return plan;
    }

    /// The rules by which the loader refuses an entry for its extras.
    Result<void> check_extras() {
        for (const initrd::SkippedExtra& skipped : made_.skipped)
            remark("extra " + quote(skipped.path) + " is left out: " + skipped.reason);
        std::vector<bls::Remark> ignored;
        auto conf = bls::parse_loader_conf(to_text(made_.loader_conf), ignored);
        if (conf.strict_extras && !made_.skipped.empty()) {
            const initrd::SkippedExtra& first = made_.skipped[0];
            failure_ = {"the loader will refuse " + quote(made_.entry.id) + ": extra " +
                            quote(first.path) + " cannot be packed: " + first.reason,
                        "mend the extra, or remove strict-extras from loader.conf"};
            return Error{Errc::invalid, "extra cannot be packed and strict-extras is set"};
        }
        if (made_.entry.kind == EntryKind::efi && !made_.entry.extras.empty())
            remark("extra lines have no effect on an efi entry");
        bool is_old = made_.entry.kind == EntryKind::linux_ && !made_.initrd.packed.empty() &&
                      !pe::parse(made_.image)->supports_initrd_protocol();
        if (!is_old) return {};
        failure_ = {"the loader will refuse " + quote(made_.entry.id) +
                        ": its kernel is too old for extra (no initrd protocol)",
                    "use a kernel of Linux 5.8 or later, or remove the extra lines"};
        return Error{Errc::unsupported, "kernel is too old for extra (no initrd protocol)"};
    }

    pcr::BootInputs inputs() {
        pcr::BootInputs inputs;
        inputs.loader = made_.loader;
        if (has_loader_conf_) inputs.loader_conf = made_.loader_conf;
        if (!made_.gpt_event.empty()) inputs.gpt_event = made_.gpt_event;
        inputs.entry = &made_.entry;
        inputs.image = made_.image;
        inputs.initrd = &made_.initrd;
        inputs.initrd_blob = made_.initrd_blob;
        inputs.load_options = made_.load_options;
        return inputs;
    }

    Result<void> predict() {
        if (made_.entry.is_uki()) TRY(read_stub());
        auto plan = made_.entry.is_uki() ? pcr::predict_uki(inputs(), made_.companions, made_.arena)
                    : made_.entry.kind == EntryKind::linux_ ? pcr::predict_linux(inputs())
                                                            : pcr::predict_loader(inputs());
        if (!plan)
            return fail(plan.error(),
                        "predict what " + quote(name_of(made_.entry.image_path)) + " measures");
        made_.plan = std::move(*plan);
        return {};
    }

    /// What is known of the stub decides which files beside the image it reads.
    Result<void> read_stub() {
        std::string at_file;
        auto companions = list_companions(volume(), made_.entry.image_path, at_file);
        if (!companions) return fail(companions.error(), "read " + quote(name_of(at_file)));
        auto info = info_of(made_.image);
        if (!info || info->product != stub_product) {
            remark("the stub of " + quote(made_.entry.image_path) +
                   " is not systemd's; assumed is that it measures the same");
            if (!is_empty(*companions))
                remark("companion files are ignored, because this stub is not known to read them");
            return {};
        }
        std::uint64_t version = major_of(info->version);
        if (version == 0 || version >= stub_with_secrets)
            remark("PCR 9 holds only if the stub passes no boot secret and derives no console= "
                   "from the firmware");
        made_.companions = std::move(*companions);
        auto read = read_companions(volume(), made_.companions, made_.companion_files, at_file);
        if (!read) return fail(read.error(), "read " + quote(name_of(at_file)));
        return {};
    }

    void choose_registers() {
        switch (made_.entry.kind) {
        case EntryKind::linux_:
            made_.pcrs = {4, 5, 9, 12, 13};
            break;
        case EntryKind::efi:
            made_.pcrs = {4, 12};
            remark("PCR 5 is left out, and what the program itself measures is not known");
            return;
        default:
            made_.pcrs = {4, 5, 9, 11, 12, 13};
        }
        if (made_.entry.kind == EntryKind::linux_) remark_old_kernel();
        if (!made_.gpt_event.empty()) return;
        made_.pcrs.erase(made_.pcrs.begin() + 1);
        if (source_.disk())
            remark("PCR 5 is left out, because the primary partition table is damaged",
                   "repair the table");
        else
            remark("PCR 5 is left out, because the partition table is not known",
                   "name the whole disk with --image=");
    }

    void remark_old_kernel() {
        bool is_measured = std::any_of(made_.plan.begin(), made_.plan.end(),
                                       [](const pcr::Event& event) { return event.pcr == 9; });
        bool has_something = !made_.initrd_blob.empty() || !made_.load_options.empty();
        if (has_something && !is_measured)
            remark("this kernel measures neither its initrd nor its options");
    }

    BootSource& source_;
    const PredictionOptions& options_;
    Prediction& made_;
    Notice& failure_;
    bool has_loader_conf_ = false;
};

} // namespace

Result<std::unique_ptr<Prediction>>
make_prediction(BootSource& source, const PredictionOptions& options, Notice& failure) {
    auto made = std::make_unique<Prediction>();
    TRY(Maker(source, options, *made, failure).make());
    return made;
}

} // namespace kindling
