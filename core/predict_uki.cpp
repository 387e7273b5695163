// SPDX-License-Identifier: MIT
#include "core/predict_uki.hpp"

#include "base/text.hpp"
#include "core/uki.hpp"
#include "cpio/companions.hpp"

#include <algorithm>
#include <array>

namespace kindling::pcr {

namespace {

constexpr std::uint32_t profile_tag = 0x13aed6db;
constexpr std::array<std::byte, 3> padding{};

/// Companions of one kind: where the stub packs them and how it measures the archive.
struct CompanionKind {
    std::vector<Companion> Companions::*list;
    cpio::CompanionTarget target;
    std::uint8_t pcr;
    std::string_view description;
};

/// In the order of measuring and packing.
constexpr std::array<CompanionKind, 6> companion_kinds{{
    {&Companions::credentials, {".extra/credentials", 0500, 0400}, 12, "Credentials initrd"},
    {&Companions::global_credentials,
     {".extra/global_credentials", 0500, 0400},
     12,
     "Global credentials initrd"},
    {&Companions::sysexts, {".extra/sysext", 0555, 0444}, 13, "System extension initrd"},
    {&Companions::global_sysexts,
     {".extra/global_sysext", 0555, 0444},
     13,
     "Global system extension initrd"},
    {&Companions::confexts, {".extra/confext", 0555, 0444}, 12, "Configuration extension initrd"},
    {&Companions::global_confexts,
     {".extra/global_confext", 0555, 0444},
     12,
     "Global configuration extension initrd"},
}};

/// A section that the stub hands on as a file of its own.
struct Metadata {
    std::string_view section;
    std::string_view file_name;
};

constexpr std::array<Metadata, 4> metadata{{
    {".pcrsig", "tpm2-pcr-signature.json"},
    {".pcrpkey", "tpm2-pcr-public-key.pem"},
    {".osrel", "os-release"},
    {".profile", "profile"},
}};

/// Sections of add-ons that are measured one by one.
struct AddonPart {
    std::string_view section;
    std::uint32_t tag;
};

constexpr AddonPart addon_devicetree{".dtb", 0x6c46f751};
constexpr AddonPart addon_initrd{".initrd", 0x49dffe0f};
constexpr AddonPart addon_microcode{".ucode", 0xdac08e1a};

using Pieces = std::vector<Bytes>;

Result<pe::Program> open_program(std::string_view name, Bytes file, std::uint32_t profile) {
    pe::Image image = TRY(pe::parse(file));
    return pe::Program{name, file, image.machine, TRY(uki::sections_of(image, profile))};
}

/// A command line as it comes out of the stub, which works in UCS-2.
std::string command_line_of(std::string_view text) {
    return uki::clean_command_line(to_utf8(to_ucs2(text)));
}

void append_word(std::string& text, std::string_view word) {
    if (!text.empty() && !word.empty()) text += ' ';
    text += word;
}

/// The initrd that the kernel gets; every part starts at a multiple of 4, the end is padded too.
class CombinedInitrd {
public:
    void add(const Pieces& part) {
        std::uint64_t size = 0;
        for (Bytes piece : part) size += piece.size();
        pieces_.insert(pieces_.end(), part.begin(), part.end());
        if (size % 4 != 0) pieces_.push_back(Bytes(padding).first(4 - size % 4));
    }
    Pieces take() { return std::move(pieces_); }

private:
    Pieces pieces_;
};

/// What the loader passed, as the stub understands it.
struct PassedOptions {
    std::uint32_t profile = 0;
    std::string command_line; ///< empty if none
};

/// Text with control characters is taken for firmware's garbage and ignored as a whole. "@N" in
/// front, alone or with a blank behind, chooses a profile.
PassedOptions parse_options(std::string_view load_options) {
    PassedOptions passed;
    std::string text = to_utf8(to_ucs2(load_options));
    auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
    if (std::any_of(text.begin(), text.end(), is_control)) return passed;
    if (text.starts_with('@')) {
        std::size_t end = std::min(text.find(' '), text.size());
        auto number = parse_decimal(std::string_view(text).substr(1, end - 1), UINT32_MAX);
        if (number) {
            passed.profile = static_cast<std::uint32_t>(*number);
            text.erase(0, end); // cleaning takes the blank
        }
    }
    passed.command_line = uki::clean_command_line(text);
    return passed;
}

/// Builds the plan in the order in which the stub works.
class Stub {
public:
    Stub(Plan& plan, const Companions& companions, Arena& arena)
        : plan_(plan), companions_(companions), arena_(arena) {}

    Result<void> run(const BootInputs& inputs) {
        PassedOptions passed = parse_options(inputs.load_options);
        image_ = TRY(open_program(inputs.entry->image_path, inputs.image, passed.profile));
        const pe::Section* kernel = image_.find(".linux");
        if (!kernel) return Error{Errc::not_found, "image has no .linux section"};
        measure_profile(passed.profile);
        TRY(measure_sections());
        if (!passed.command_line.empty())
            plan_.push_back(command_line_event(Actor::stub, passed.command_line));
        TRY(load_addons(companions_.global_addons));
        TRY(load_addons(companions_.addons));
        std::string command_line = passed.command_line;
        if (command_line.empty()) command_line = command_line_of(TRY(image_.text_of(".cmdline")));
        append_word(command_line, TRY(measure_addon_command_lines()));
        TRY(measure_addon_parts());
        Pieces initrd = TRY(combine_initrd(inputs.initrd_blob));
        append_kernel_events(plan_, TRY(pe::contents(image_.file, *kernel)), command_line,
                             std::move(initrd));
        return {};
    }

private:
    void measure_profile(std::uint32_t profile) {
        if (profile == 0) return;
        std::string number = std::to_string(profile);
        plan_.push_back(make_event(12, EventType::event_tag, Actor::stub, number, "profile",
                                   to_ucs2_bytes(number)));
        plan_.back().tag = profile_tag;
    }

    Result<void> measure_sections() {
        for (std::string_view name : uki::measured_sections) {
            if (!image_.find(name)) continue;
            std::vector<std::byte> with_nul;
            append(with_nul, to_bytes(name));
            with_nul.push_back(std::byte{0});
            plan_.push_back(make_event(11, EventType::ipl, Actor::stub, name, "name of a section",
                                       std::move(with_nul)));
            plan_.push_back(make_event(11, EventType::ipl, Actor::stub, name,
                                       "contents of a section", Bytes()));
            plan_.back().pieces = TRY(image_.contents_of(name, arena_));
        }
        return {};
    }

    /// Firmware measures every add-on; the stub takes those that fit its image.
    Result<void> load_addons(const std::vector<Companion>& addons) {
        std::string uname = TRY(image_.text_of(".uname"));
        for (const Companion& addon : addons) {
            plan_.push_back(TRY(image_event(addon.contents, addon.path)));
            pe::Program program = TRY(open_program(addon.name, addon.contents, 0));
            std::string wanted = TRY(program.text_of(".uname"));
            bool is_other_kernel = !uname.empty() && !wanted.empty() && uname != wanted;
            if (program.find(".linux") || is_other_kernel || program.machine != image_.machine)
                continue;
            addons_.push_back(std::move(program));
        }
        return {};
    }

    Result<std::string> measure_addon_command_lines() {
        std::string all;
        for (const pe::Program& addon : addons_)
            append_word(all, command_line_of(TRY(addon.text_of(".cmdline"))));
        if (!all.empty()) plan_.push_back(command_line_event(Actor::stub, all));
        return all;
    }

    Result<void> measure_addon_parts() {
        for (AddonPart part : {addon_devicetree, addon_initrd, addon_microcode}) {
            for (const pe::Program& addon : addons_) {
                if (!addon.find(part.section)) continue;
                plan_.push_back(make_event(12, EventType::event_tag, Actor::stub, addon.name,
                                           part.section, Bytes()));
                plan_.back().tag = part.tag;
                plan_.back().pieces = TRY(addon.contents_of(part.section, arena_));
            }
        }
        return {};
    }

    Result<Pieces> combine_initrd(Bytes loader_initrd) {
        CombinedInitrd initrd;
        for (auto addon = addons_.rbegin(); addon != addons_.rend(); ++addon)
            initrd.add(TRY(addon->contents_of(addon_microcode.section, arena_)));
        initrd.add(TRY(image_.contents_of(".ucode", arena_)));
        initrd.add({loader_initrd});
        initrd.add(TRY(image_.contents_of(".initrd", arena_)));
        for (const CompanionKind& kind : companion_kinds)
            initrd.add({TRY(measure_companions(kind))});
        for (const Metadata& one : metadata) {
            if (!image_.find(one.section)) continue;
            std::vector<std::byte> contents = TRY(image_.copy_of(one.section));
            initrd.add({TRY(pack({".extra", 0555, 0444},
                                 {{"", std::string(one.file_name), Bytes(contents)}}))});
        }
        for (const pe::Program& addon : addons_)
            initrd.add(TRY(addon.contents_of(addon_initrd.section, arena_)));
        return initrd.take();
    }

    /// The archive of all companions of one kind; empty if there are none.
    Result<Bytes> measure_companions(const CompanionKind& kind) {
        const std::vector<Companion>& list = companions_.*kind.list;
        if (list.empty()) return Bytes();
        Bytes archive = TRY(pack(kind.target, list));
        std::string names = std::to_string(list.size()) + (list.size() == 1 ? " file" : " files");
        for (std::size_t i = 0; i < list.size(); i++) names += (i ? ", " : ": ") + list[i].name;
        plan_.push_back(
            make_event(kind.pcr, EventType::ipl, Actor::stub, kind.description, names, archive));
        return archive;
    }

    Result<Bytes> pack(const cpio::CompanionTarget& target, const std::vector<Companion>& files) {
        std::vector<cpio::Companion> members;
        for (const Companion& file : files) members.push_back({file.name, file.contents.size()});
        cpio::CompanionsLayout layout = TRY(cpio::lay_out(target, members));
        std::vector<std::byte>& archive = arena_.emplace_back(layout.size_bytes);
        cpio::write_frame(target, members, layout, archive);
        for (std::size_t i = 0; i < files.size(); i++)
            std::copy(files[i].contents.begin(), files[i].contents.end(),
                      archive.begin() + static_cast<std::ptrdiff_t>(layout.payloads[i].offset));
        return Bytes(archive);
    }

    Plan& plan_;
    const Companions& companions_;
    Arena& arena_;
    pe::Program image_;
    std::vector<pe::Program> addons_;
};

} // namespace

Result<Plan> predict_uki(const BootInputs& inputs, const Companions& companions, Arena& arena) {
    Plan plan = TRY(predict_loader(inputs));
    TRY(Stub(plan, companions, arena).run(inputs));
    return plan;
}

} // namespace kindling::pcr
