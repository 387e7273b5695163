// SPDX-License-Identifier: MIT
//
// Exercises efi/ on real firmware. One line per case on the console, "PASS name" or "FAIL name:
// why", then "DONE" and power off. run_firmware_test.py makes the disk that the cases expect.
#include "base/hex.hpp"
#include "core/measure.hpp"
#include "efi/clock.hpp"
#include "efi/disk.hpp"
#include "efi/facts.hpp"
#include "efi/images.hpp"
#include "efi/initrd.hpp"
#include "efi/path.hpp"
#include "efi/screen.hpp"
#include "efi/system.hpp"
#include "efi/tpm.hpp"
#include "efi/variables.hpp"

#include <algorithm>
#include <array>

using namespace kindling;

namespace {

constexpr Guid test_vendor = "5f0c2a9e-7c1b-4b0e-9c3d-6a1e2f3b4c5d"_guid;

/// What the cases work on.
struct Bench {
    efi::FileSystemVolume& esp;
    efi::FirmwareVariables& variables;
    efi::FirmwareTpm& tpm;
    efi::FirmwareImages& images;
    efi::TscClock& clock;
};

/// Why a case failed; empty if it passed.
using Verdict = std::string;

/// The first of the claims that does not hold.
struct Claim {
    bool holds;
    const char* text;
};
Verdict first_broken(std::initializer_list<Claim> claims) {
    for (const Claim& claim : claims)
        if (!claim.holds) return claim.text;
    return {};
}

template <class T>
bool failed_with(const Result<T>& result, Errc code) {
    return !result && result.error().code == code;
}

Verdict lists_directories(Bench& bench) {
    auto root = bench.esp.list("/");
    auto test = bench.esp.list("test");
    if (!root || !test) return "cannot list";
    std::vector<std::string> names;
    for (const FileInfo& info : *test) names.push_back(info.name);
    std::vector<std::string> expected{"Mixed Case.TXT", "big.bin", "empty",
                                      "read-only.txt",  "sub",     "umlaut-long-\xc3\xa4.txt"};
    if (names != expected) {
        std::string other = "other names:";
        for (const std::string& name : names) other += " '" + name + "'";
        return other;
    }
    return first_broken({{(*test)[1].size_bytes == 3 * 1024 * 1024 + 5, "wrong size"},
                         {(*test)[4].is_directory, "sub is no directory"},
                         {failed_with(bench.esp.list("/nowhere"), Errc::not_found), "missing"},
                         {failed_with(bench.esp.list("/test/empty"), Errc::invalid), "a file"}});
}

Verdict says_what_a_path_is(Bench& bench) {
    auto mixed = bench.esp.info("/TEST/mixed case.txt");
    auto sub = bench.esp.info("test/sub");
    if (!mixed || !sub) return "cannot get information";
    return first_broken(
        {{mixed->name == "Mixed Case.TXT", "name is not as stored"},
         {mixed->size_bytes == 6 && !mixed->is_directory, "wrong size"},
         {sub->is_directory, "no directory"},
         {failed_with(bench.esp.info("/test/nothing"), Errc::not_found), "missing file"},
         {failed_with(bench.esp.info("/test\\empty"), Errc::not_found), "backslash"}});
}

/// `big.bin` holds (i * 7 + i / 251) mod 256 at offset i.
std::byte pattern(std::size_t i) {
    return static_cast<std::byte>(i * 7 + i / 251);
}

Verdict reads_files(Bench& bench) {
    std::vector<std::byte> big(3 * 1024 * 1024 + 100);
    auto size = bench.esp.read("/test/big.bin", 0, big);
    if (!size || *size != 3 * 1024 * 1024 + 5) return "wrong length";
    for (std::size_t i = 0; i < *size; i++)
        if (big[i] != pattern(i)) return "wrong contents";
    std::array<std::byte, 16> piece{};
    auto middle = bench.esp.read("test/big.bin", 1024 * 1024 - 3, piece);
    auto tail = bench.esp.read("test/big.bin", 3 * 1024 * 1024, piece);
    auto behind = bench.esp.read("test/big.bin", 1ull << 40, piece);
    auto all_ones = bench.esp.read("test/big.bin", ~0ull, piece);
    auto empty = bench.esp.read("test/empty", 0, piece);
    auto nothing = bench.esp.read("test/empty", 0, {});
    return first_broken(
        {{middle && *middle == 16, "middle"},
         {tail && *tail == 5 && piece[0] == pattern(3 * 1024 * 1024), "tail"},
         {behind && *behind == 0, "behind the end"},
         {all_ones && *all_ones == 0, "offset of all ones"},
         {empty && *empty == 0 && nothing && *nothing == 0, "empty file"},
         {failed_with(bench.esp.read("/test/sub", 0, piece), Errc::invalid), "directory"},
         {failed_with(bench.esp.read("/test/no", 0, piece), Errc::not_found), "missing"}});
}

Verdict renames_files(Bench& bench) {
    auto& esp = bench.esp;
    if (!esp.rename("/test/sub/entry+3.conf", "entry+2-1.conf")) return "cannot rename";
    auto there = esp.info("/test/sub/entry+2-1.conf");
    auto gone = esp.info("/test/sub/entry+3.conf");
    std::string long_name(200, 'n');
    auto longer = esp.rename("/test/sub/entry+2-1.conf", long_name);
    auto back = esp.rename("/test/sub/" + long_name, "short");
    std::array<std::byte, 8> piece{};
    auto read = esp.read("/test/sub/short", 0, piece);
    return first_broken(
        {{there && there->name == "entry+2-1.conf", "new name is missing"},
         {failed_with(gone, Errc::not_found), "old name is still there"},
         {longer.has_value() && back.has_value(), "long name"},
         {read && *read == 7, "contents"},
         {failed_with(esp.rename("/test/sub/short", "other"), Errc::exists), "existing name"},
         {failed_with(esp.rename("/test/sub/none", "x"), Errc::not_found), "missing file"},
         {failed_with(esp.rename("/test/read-only.txt", "x"), Errc::denied), "read-only file"},
         {failed_with(esp.rename("/test/sub/short", "../x"), Errc::invalid), "name with slash"}});
}

Verdict keeps_variables(Bench& bench) {
    auto& variables = bench.variables;
    using Storage = Variables::Storage;
    std::vector<std::byte> large(4096, std::byte{0x5a});
    auto unset = variables.get(test_vendor, "A");
    auto set = variables.set(test_vendor, "A", to_bytes("one"), Storage::volatile_);
    auto again = variables.set(test_vendor, "A", to_bytes("two two"), Storage::volatile_);
    auto got = variables.get(test_vendor, "A");
    auto stronger = variables.set(test_vendor, "A", to_bytes("nv"), Storage::non_volatile);
    auto got_stronger = variables.get(test_vendor, "A");
    auto set_large = variables.set(test_vendor, "B", large, Storage::volatile_);
    auto got_large = variables.get(test_vendor, "B");
    auto names = efi::list_variables(test_vendor);
    auto removed = variables.remove(test_vendor, "A");
    auto removed_again = variables.remove(test_vendor, "A");
    auto emptied = variables.set(test_vendor, "B", {}, Storage::volatile_);
    std::vector<std::byte> huge(1024 * 1024);
    auto set_huge = variables.set(test_vendor, "C", huge, Storage::volatile_);
    return first_broken(
        {{failed_with(unset, Errc::not_found), "unset"},
         {set && again && got && to_text(*got) == "two two", "set twice"},
         {stronger && got_stronger && to_text(*got_stronger) == "nv", "other attributes"},
         {set_large && got_large && *got_large == large, "large"},
         {names && names->size() == 2, "list"},
         {removed && removed_again && emptied, "remove"},
         {failed_with(variables.get(test_vendor, "A"), Errc::not_found), "still there"},
         {failed_with(variables.get(test_vendor, "B"), Errc::not_found), "emptied"},
         {failed_with(set_huge, Errc::no_space) || failed_with(set_huge, Errc::io), "huge"}});
}

Verdict builds_event_structures(Bench&) {
    std::string_view conf = "timeout 3\n";
    pcr::Event event = pcr::loader_conf_event(to_bytes(conf));
    auto tagged = efi::event_structure(event.pcr, event.type, efi::event_data(event));
    pcr::Event ipl = pcr::make_event(12, pcr::EventType::ipl, pcr::Actor::loader,
                                     "Entry credentials initrd", "", Bytes());
    auto plain = efi::event_structure(ipl.pcr, ipl.type, efi::event_data(ipl));
    return first_broken(
        {{to_hex(tagged) == "320000000e0000000100050000000600000"
                            "02a58bcf5180000006c006f0061006400650072002e0063006f006e0066000000",
          "tagged event"},
         {plain.size() == 68 &&
              to_hex(Bytes(plain).first(18)) == "440000000e00000001000c0000000d000000",
          "IPL event"}});
}

Verdict measures(Bench& bench) {
    std::string_view conf = "timeout 3\n";
    pcr::Event event = pcr::loader_conf_event(to_bytes(conf));
    auto first = bench.tpm.measure(event);
    auto options =
        bench.tpm.measure(pcr::command_line_event(pcr::Actor::loader, "root=/dev/sda2 quiet"));
    auto nothing = bench.tpm.measure(
        pcr::make_event(12, pcr::EventType::ipl, pcr::Actor::loader, "empty", "", Bytes()));
    if (!first || !options || !nothing) return "an event was refused";
    if (!bench.tpm.is_present())
        return first_broken({{!*first && !*options && bench.tpm.active_banks() == 0, "no TPM"}});
    if (!*first || !*options || !*nothing) return "no digest";
    return first_broken(
        {{to_hex(**first) == "c135274c6471e4e4178533086b5b680104d1e0c3c4605dbd0820426201c0555d",
          "digest of loader.conf"},
         {to_hex(**options) == "469b01a64e200265a0de3391388b03211305ca3cd83cb29035af0c9c598af002",
          "digest of options"},
         {**nothing == sha256({}), "digest of nothing"},
         {bench.tpm.active_banks() == 2, "active banks"}});
}

Verdict allocates_pages(Bench& bench) {
    auto none = bench.images.allocate(0);
    auto some = bench.images.allocate(4097);
    if (!none || !some) return "cannot allocate";
    auto address = reinterpret_cast<std::uintptr_t>(some->bytes().data());
    some->bytes().back() = std::byte{1};
    return first_broken(
        {{none->bytes().empty(), "size 0"},
         {some->bytes().size() == 4097, "size"},
         {address % 4096 == 0 && address < 1ull << 32, "place"},
         {failed_with(bench.images.allocate(1ull << 50), Errc::no_memory), "1 PiB"},
         {failed_with(bench.images.allocate(~0ull), Errc::no_memory), "all bytes"}});
}

Verdict offers_initrds(Bench& bench) {
    if (efi::initrd_provider()) return "somebody offers one already";
    auto before = bench.images.previous_initrd();
    std::string_view contents = "abcdefg";
    auto offer = efi::InitrdRegistration::offer(to_bytes(contents));
    EFI_HANDLE handle = efi::initrd_provider();
    if (!offer || !handle) return "not registered";
    auto* file = efi::protocol_of<EFI_LOAD_FILE_PROTOCOL>(handle, efi::protocols::load_file2);
    efi::DevicePath end = efi::cut({}, 0);
    EFI_DEVICE_PATH* path = efi::to_efi(end);
    char buffer[16] = {};
    auto load = [&](EFI_LOAD_FILE_PROTOCOL* self, EFI_DEVICE_PATH* rest, BOOLEAN policy,
                    UINTN* size, void* to) { return file->LoadFile(self, rest, policy, size, to); };
    UINTN size = 0, small = 6, exact = 7, large = 16;
    Verdict verdict = first_broken(
        {{before && before->bytes().empty(), "previous initrd out of nothing"},
         {load(nullptr, path, FALSE, &size, nullptr) == EFI_INVALID_PARAMETER, "no self"},
         {load(file, nullptr, FALSE, &size, nullptr) == EFI_INVALID_PARAMETER, "no path"},
         {load(file, path, FALSE, nullptr, nullptr) == EFI_INVALID_PARAMETER, "no size"},
         {load(file, path, TRUE, &size, nullptr) == EFI_UNSUPPORTED, "boot policy"},
         {load(file, path, FALSE, &size, nullptr) == EFI_BUFFER_TOO_SMALL && size == 7, "size"},
         {load(file, path, FALSE, &small, buffer) == EFI_BUFFER_TOO_SMALL && small == 7, "small"},
         {load(file, path, FALSE, &exact, buffer) == EFI_SUCCESS && exact == 7, "exact"},
         {std::string_view(buffer) == contents, "contents"},
         {load(file, path, FALSE, &large, buffer) == EFI_SUCCESS && large == 7, "large"}});
    if (!verdict.empty()) return verdict;
    auto previous = bench.images.previous_initrd();
    return first_broken(
        {{previous && equal(std::as_const(*previous).bytes(), to_bytes(contents)), "read back"},
         {(*offer)->withdraw().has_value() && (*offer)->withdraw().has_value(), "withdraw"},
         {!efi::initrd_provider(), "still there"}});
}

Verdict displaces_other_providers(Bench& bench) {
    std::string_view old_contents = "old", new_contents = "new one";
    auto old = efi::InitrdRegistration::offer(to_bytes(old_contents));
    auto now = efi::InitrdRegistration::offer(to_bytes(new_contents));
    if (!old || !now) return "not registered";
    auto sees = [&](std::string_view contents) {
        auto seen = bench.images.previous_initrd();
        return seen && equal(std::as_const(*seen).bytes(), to_bytes(contents));
    };
    bool new_wins = sees(new_contents);
    bool withdrawn = (*now)->withdraw().has_value();
    bool none_left = !efi::initrd_provider();
    (*now)->restore_displaced();
    bool restored = sees(old_contents);
    // The owner of a displaced provider can still withdraw it, and it is not restored then.
    auto third = efi::InitrdRegistration::offer(to_bytes(new_contents));
    bool old_withdrawn = (*old)->withdraw().has_value();
    bool third_withdrawn = third && (*third)->withdraw().has_value();
    if (third) (*third)->restore_displaced();
    return first_broken({{new_wins, "the new one does not win"},
                         {withdrawn && none_left, "withdraw"},
                         {restored, "the old one is not restored"},
                         {old_withdrawn && third_withdrawn, "withdraw while displaced"},
                         {!efi::initrd_provider(), "a ghost was restored"}});
}

Verdict time_passes(Bench& bench) {
    std::uint64_t a = bench.clock.since_start_us();
    efi::stall(20'000);
    std::uint64_t b = bench.clock.since_start_us();
    return first_broken({{b > a, "stands still"},
                         {b - a >= 10'000 && b - a < 10'000'000, "runs at another speed"},
                         {!bench.clock.since_power_on_us(), "trusted in a virtual machine"},
                         {efi::ticks_to_us(~0ull, 3'000'000'000) == 6'148'914'691'236'517ull,
                          "conversion overflows"}});
}

Verdict refuses_what_is_no_program(Bench& bench) {
    std::vector<std::byte> garbage(8192, std::byte{0x41});
    auto wrong = bench.images.load(bench.esp, "/test/garbage.efi", garbage);
    auto short_one = bench.images.load(bench.esp, "/x.efi", Bytes(garbage).first(3));
    std::string long_path(5000, 'a');
    return first_broken(
        {{failed_with(wrong, Errc::invalid) || failed_with(wrong, Errc::unsupported), "garbage"},
         {!short_one, "3 bytes"},
         {!bench.images.load(bench.esp, long_path, garbage), "long path"}});
}

Verdict starts_programs(Bench& bench) {
    std::vector<std::byte> program(64 * 1024);
    auto size = bench.esp.read("/test/sub/returns.efi", 0, program);
    if (!size || *size == program.size()) return "cannot read program";
    Bytes contents = Bytes(program).first(*size);
    std::string_view initrd = "initrd";
    auto good = bench.images.load(bench.esp, "/test/sub/returns.efi", contents);
    if (!good) return "cannot load";
    auto started = bench.images.start(*good, "kindling.return", to_bytes(initrd));
    bench.images.unload(*good);
    bool clean = !efi::initrd_provider();
    auto bad = bench.images.load(bench.esp, "/test/sub/returns.efi", contents);
    if (!bad) return "cannot load again";
    auto failed = bench.images.start(*bad, "kindling.fail", {});
    bench.images.unload(*bad);
    bench.images.unload(0);
    return first_broken({{started.has_value(), "success is reported as failure"},
                         {clean, "initrd is still registered"},
                         {failed_with(failed, Errc::io), "failure is not reported"},
                         {!failed && failed.error().cause == EFI_ABORTED, "status is lost"}});
}

Verdict survives_bugs(Bench& bench) {
    std::vector<std::byte> program(64 * 1024);
    auto size = bench.esp.read("/test/sub/returns.efi", 0, program);
    if (!size) return "cannot read program";
    Bytes contents = Bytes(program).first(*size);
    for (const char* bug : {"kindling.assert", "kindling.exhaust"}) {
        auto image = bench.images.load(bench.esp, "/test/sub/returns.efi", contents);
        if (!image) return "cannot load";
        auto ended = bench.images.start(*image, bug, {});
        if (ended || ended.error().cause != EFI_ABORTED) return bug;
    }
    return {};
}

Verdict reads_device_paths(Bench& bench) {
    const efi::DevicePath& path = bench.esp.device_path();
    auto drive = efi::hard_drive_of(path);
    if (!drive || !drive->partition_guid) return "no hard drive node";
    efi::DevicePath disk = efi::cut(path, drive->node_offset);
    auto file = efi::with_file(path, "/EFI/BOOT/X.EFI");
    std::string text = efi::to_text(path);
    return first_broken(
        {{drive->partition_number == 1, "partition number"},
         {kindling::to_text(*drive->partition_guid) == "4b494e44-4c49-4e47-0000-000000000001",
          "partition GUID"},
         {efi::partition_uuid(bench.esp) == "4B494E44-4C49-4E47-0000-000000000001", "upper case"},
         {efi::starts_with(path, disk) && !efi::starts_with(disk, path), "prefix"},
         {file && efi::file_of(*file) == "/EFI/BOOT/X.EFI", "file"},
         {file && efi::starts_with(*file, path), "file on volume"},
         {!efi::with_file(path, std::string(40000, 'a')), "long file"},
         {text.find("HD(1,GPT,") != text.npos, "text"},
         {!efi::copy_path(nullptr), "null"}});
}

Verdict finds_xbootldr(Bench& bench) {
    auto xbootldr = efi::find_xbootldr(bench.esp);
    if (!xbootldr) return xbootldr.error().what;
    return first_broken(
        {{xbootldr->info("/xbootldr.txt").has_value(), "another volume"},
         {efi::partition_uuid(*xbootldr) == "4B494E44-4C49-4E47-0000-000000000002", "GUID"}});
}

Verdict knows_its_origin(Bench&) {
    auto origin = efi::origin();
    if (!origin) return origin.error().what;
    return first_broken(
        {{origin->path == "/EFI/BOOT/BOOTX64.EFI", "path"},
         {origin->identifier.find("BOOTX64.EFI") != std::string::npos, "identifier"},
         {origin->url.empty(), "URL"},
         {efi::firmware_info() == "EDK II 1.00", "firmware"},
         {efi::firmware_type().starts_with("UEFI 2."), "type"}});
}

Verdict times_out_without_keys(Bench& bench) {
    efi::ConsoleScreen screen;
    std::uint64_t before = bench.clock.since_start_us();
    auto key = screen.read_key(200);
    std::uint64_t waited = bench.clock.since_start_us() - before;
    auto at_once = screen.read_key(0);
    return first_broken({{key && !*key, "a key out of nothing"},
                         {waited > 50'000, "did not wait"},
                         {at_once && !*at_once, "timeout of 0"}});
}

struct Case {
    const char* name;
    Verdict (*run)(Bench& bench);
};
constexpr Case cases[] = {
    {"directories are listed in order", lists_directories},
    {"a path is described as stored", says_what_a_path_is},
    {"files are read in pieces and to the end", reads_files},
    {"files are renamed and nothing is overwritten", renames_files},
    {"variables are kept, replaced and removed", keeps_variables},
    {"event structures have the golden bytes", builds_event_structures},
    {"events are measured and their digests come back", measures},
    {"memory is given as pages or not at all", allocates_pages},
    {"an initrd is offered by the rules", offers_initrds},
    {"a displaced initrd comes back if it still exists", displaces_other_providers},
    {"time passes", time_passes},
    {"what is no program is refused", refuses_what_is_no_program},
    {"a program is started and its status comes back", starts_programs},
    {"a bug ends the program and not the machine", survives_bugs},
    {"device paths are cut and extended", reads_device_paths},
    {"the extended boot loader partition is found", finds_xbootldr},
    {"the program knows where it came from", knows_its_origin},
    {"waiting for a key ends in time", times_out_without_keys},
};

void run_all(efi::ConsoleScreen& screen, Bench& bench) {
    for (const Case& test : cases) {
        Verdict verdict = test.run(bench);
        if (verdict.empty())
            screen.print("PASS " + std::string(test.name) + "\n");
        else
            screen.print("FAIL " + std::string(test.name) + ": " + verdict + "\n");
    }
}

} // namespace

extern "C" EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* table) {
    efi::set_system(image, table);
    efi::TscClock clock;
    efi::ConsoleScreen screen;
    screen.print("\n");
    auto origin = efi::origin();
    auto esp = efi::own_volume(origin ? origin->device : nullptr);
    if (esp) {
        efi::FirmwareVariables variables;
        efi::FirmwareTpm tpm;
        efi::FirmwareImages images({&*esp});
        Bench bench{*esp, variables, tpm, images, clock};
        run_all(screen, bench);
    } else {
        screen.print("FAIL open the volume: " + std::string(esp.error().what) + "\n");
    }
    screen.print("DONE\n");
    efi::runtime_services().ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, nullptr);
    return EFI_SUCCESS;
}
