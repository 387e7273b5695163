// SPDX-License-Identifier: MIT
#include "core/predict_uki.hpp"

#include "base/hex.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "core/uki.hpp"
#include "tests/catch.hpp"
#include "tests/core/pe_image.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;
using pcr::Actor;
using pcr::EventType;
using tests::PeImage;
using tests::PeSection;

namespace {

const std::string kernel = std::string("kernel\0Linux initrd\0LOADED_IMAGE::LoadOptions\0", 46);

PeImage program(std::vector<PeSection> sections) {
    PeImage image;
    image.sections = std::move(sections);
    return image;
}

std::vector<PeSection> small_sections() {
    return {{".text", "stub"},
            {".osrel", "ID=example\nNAME=\"Example OS\"\n"},
            {".cmdline", "quiet root=/dev/vda2"},
            {".initrd", "an initrd of an odd size."},
            {".linux", kernel}};
}

/// One boot and all that its inputs borrow.
struct Boot {
    fakes::FakeVolume volume;
    bls::Entry entry;
    std::vector<std::byte> loader = program({{".text", "loader"}}).build(), image, blob;
    std::string load_options;
    initrd::Plan initrd;
    pcr::Companions companions;
    pcr::Arena arena;
    std::deque<std::vector<std::byte>> files;

    explicit Boot(std::vector<PeSection> sections) : image(program(std::move(sections)).build()) {
        entry.kind = bls::EntryKind::uki;
        entry.image_path = "/uki.efi";
    }

    /// A companion that lives as long as the boot.
    pcr::Companion file(std::string name, Bytes contents) {
        files.emplace_back(contents.begin(), contents.end());
        return {"/dir/" + name, name, files.back()};
    }
    pcr::Companion file(std::string name, std::string_view text) {
        return file(std::move(name), to_bytes(text));
    }
    pcr::Companion addon(std::string name, std::vector<PeSection> sections) {
        return file(std::move(name), program(std::move(sections)).build());
    }

    Result<pcr::Plan> predict() {
        std::string at_file;
        initrd = initrd::plan(volume, entry, 0, at_file).value();
        blob.resize(initrd.size_bytes);
        REQUIRE(initrd::fill(volume, initrd, blob, at_file));
        pcr::BootInputs inputs;
        inputs.loader = loader;
        inputs.entry = &entry;
        inputs.image = image;
        inputs.initrd = &initrd;
        inputs.initrd_blob = blob;
        inputs.load_options = load_options;
        return pcr::predict_uki(inputs, companions, arena);
    }
};

pcr::Plan plan_of(Boot& boot) {
    auto plan = boot.predict();
    REQUIRE(plan);
    return std::move(*plan);
}

Error rejection_of(Boot& boot) {
    auto plan = boot.predict();
    REQUIRE_FALSE(plan);
    return plan.error();
}

std::string bytes_of(const pcr::Event& event) {
    std::string all;
    for (Bytes piece : event.pieces) all += to_text(piece);
    return all;
}

std::string digest_of(const pcr::Event& event) {
    return to_hex(sha256(to_bytes(bytes_of(event))));
}

std::vector<std::string> digests(const pcr::Plan& plan, std::uint8_t number) {
    std::vector<std::string> found;
    for (const pcr::Event& event : plan)
        if (event.pcr == number) found.push_back(digest_of(event));
    return found;
}

/// "ACTOR DESCRIPTION" of the events of one register, joined with bars.
std::string events(const pcr::Plan& plan, std::uint8_t number) {
    std::string all;
    for (const pcr::Event& event : plan)
        if (event.pcr == number)
            all += (all.empty() ? "" : " | ") + std::string(to_text(event.actor)) + " " +
                   event.description;
    return all;
}

/// The event with that description; the last, if there are several.
const pcr::Event& event_of(const pcr::Plan& plan, std::string_view description) {
    const pcr::Event* found = nullptr;
    for (const pcr::Event& event : plan)
        if (event.description == description) found = &event;
    REQUIRE(found);
    return *found;
}

std::string combined_initrd(const pcr::Plan& plan) {
    return bytes_of(event_of(plan, "Linux initrd"));
}

std::string kernel_options(const pcr::Plan& plan) {
    return from_ucs2_bytes(to_bytes(bytes_of(event_of(plan, "LOADED_IMAGE::LoadOptions"))));
}

} // namespace

// The digests of the first two cases come from tests/qemu/oracle.py.
TEST_CASE("an image with its own command line is measured as the oracle says", "[predict]") {
    Boot boot(small_sections());
    pcr::Plan plan = plan_of(boot);
    CHECK(digests(plan, 9) ==
          std::vector<std::string>{
              "06fff8e27868ec50a16b7cb13a27a1b261e691595bc9e98b3773b3dc907ade37",
              "bb5a5d978c10d8db914ae2b4c95cabe71a454533c2470198b5160b8e147b2c91"});
    CHECK(digests(plan, 11) ==
          std::vector<std::string>{
              "0da293e37ad5511c59be47993769aacb91b243f7d010288e118dc90e95aaef5a",
              "6c1efd6d26973733fb41b7f03bcd931686534086d822bd8803d6020faddb4f88",
              "3fb9e4e3cc810d4326b5c13cef18aee1f9df8c5f4f7f5b96665724fa3b846e08",
              "a499dfc6812ddc81447e52a2da857b436bb1c97a72aa766ced84000099810390",
              "461203a89f23e36c3a4dc817f905b00484d2cf7e7d9376f13df91c41d84abe46",
              "743fdd8b0b4e5877caacc365de9fbd72d525f75e2ee82701b2c37a49215bc51d",
              "15ee37e75f1e8d42080e91fdbbd2560780918c81fe3687ae6d15c472bbdaac75",
              "c5be6dfd0367f6493f53280d153efc9064ccaae8e410d96329216c53c625f63f"});
    CHECK(digests(plan, 12).empty());
    CHECK(digests(plan, 13).empty());
}

TEST_CASE("an entry with options and extras is measured as the oracle says", "[predict]") {
    Boot boot(small_sections());
    boot.load_options = "console=ttyS0 \xc3\xa4";
    boot.volume.add("/x/foo.cred", "hello\n");
    boot.volume.add("/x/b.sysext.raw", "BB");
    boot.volume.add("/x/d.confext.raw", "DDDD");
    boot.entry.extras = {"/x/foo.cred", "/x/b.sysext.raw", "/x/d.confext.raw"};
    pcr::Plan plan = plan_of(boot);
    CHECK(digests(plan, 9) ==
          std::vector<std::string>{
              "e88713bf7624dbb1d72d033d652b887027801833a4c3993204e090285ca6a566",
              "0598cbf0cc6025c36fe648def251edc30476ef9a0fba536a37e0ac41d5ba9cd8"});
    CHECK(digests(plan, 12) ==
          std::vector<std::string>{
              "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd",
              "87da64b75f13edfbec2a289d68d20a81a3576e0ae086fa8a66c91ffd9be03143",
              "e88713bf7624dbb1d72d033d652b887027801833a4c3993204e090285ca6a566",
              "e88713bf7624dbb1d72d033d652b887027801833a4c3993204e090285ca6a566"});
    CHECK(digests(plan, 13) ==
          std::vector<std::string>{
              "4643624691e76f31828354b98ed65ef469048e325de97437dd7ff7db83e853fc"});
    CHECK(events(plan, 12) == "loader Entry credentials initrd | "
                              "loader Entry configuration extension initrd | "
                              "loader console=ttyS0 \xc3\xa4 | stub console=ttyS0 \xc3\xa4");
}

TEST_CASE("the firmware measures loader and image, and not the kernel inside", "[predict]") {
    Boot boot(small_sections());
    pcr::Plan plan = plan_of(boot);
    CHECK(events(plan, 4) == "firmware Calling EFI Application from Boot Option | "
                             "firmware separator | firmware the loader | firmware /uki.efi");
    CHECK(events(plan, 5) == "firmware separator | firmware Exit Boot Services Invocation | "
                             "firmware Exit Boot Services Returned with Success");
    CHECK(events(plan, 9) == "kernel LOADED_IMAGE::LoadOptions | kernel Linux initrd");
}

TEST_CASE("names and contents of known sections are measured in a fixed order", "[predict]") {
    const std::vector<std::pair<std::string, std::string>> names{
        {".linux", "0da293e37ad5511c59be47993769aacb91b243f7d010288e118dc90e95aaef5a"},
        {".osrel", "3fb9e4e3cc810d4326b5c13cef18aee1f9df8c5f4f7f5b96665724fa3b846e08"},
        {".cmdline", "461203a89f23e36c3a4dc817f905b00484d2cf7e7d9376f13df91c41d84abe46"},
        {".initrd", "15ee37e75f1e8d42080e91fdbbd2560780918c81fe3687ae6d15c472bbdaac75"},
        {".ucode", "454c046a0434209925846a1b8a84a234c432ea7ddf86a1f5efeccfea12d334ed"},
        {".splash", "f62e27c34850983eb70c12fd516c2c427fb74569485bfb12dc3038af5ef48512"},
        {".dtb", "7402eb30776ab6e0e338239fadcba975e7b18ff81c33b716608fb2bcf317aa13"},
        {".uname", "da7a6d941caa9d28b8a3665c4865c143db8f99400ac88d883370ae3021636c30"},
        {".sbat", "ff552fd255be18a3d61c0da88976fc71559d13aad12d1dfe1708cf950cc4b74c"},
        {".pcrpkey", "92b1351f7279fc885c24e3409e23fed3f84bdef4bb90beb618acd145763a293f"},
        {".profile", "1a8d1935b530a17e0eec1f60d916e6c20e140534f85152cd6262ff885233fabb"},
        {".dtbauto", "4debc1b47de0c604335fe3374f863304a6d76dd9382800e27316137b9ee0536c"},
        {".hwids", "fb4571efb1d8b0af9e750d286eb9b8f604d94ba9589ad52a1e9b5a7f7eefd586"},
        {".efifw", "ea418cc9072b0adb18a4ff2bdf9dc30408c4c1c1c1b0a17c9ced89dca0bc79d1"},
    };
    std::vector<PeSection> sections{{".text", "t"}, {".sdmagic", "s"}, {".pcrsig", "p"}};
    for (auto name = names.rbegin(); name != names.rend(); ++name)
        sections.push_back({name->first, "contents of " + name->first});
    Boot boot(std::move(sections));
    pcr::Plan plan = plan_of(boot);
    std::vector<const pcr::Event*> measured;
    for (const pcr::Event& event : plan)
        if (event.pcr == 11) measured.push_back(&event);
    REQUIRE(measured.size() == 2 * names.size());
    for (std::size_t i = 0; i < names.size(); i++) {
        CHECK(measured[2 * i]->description == names[i].first);
        CHECK(digest_of(*measured[2 * i]) == names[i].second);
        CHECK(measured[2 * i + 1]->description == names[i].first);
        CHECK(bytes_of(*measured[2 * i + 1]) == "contents of " + names[i].first);
        CHECK(measured[2 * i]->type == EventType::ipl);
        CHECK(measured[2 * i + 1]->actor == Actor::stub);
    }
}

TEST_CASE("a section is measured as it is in memory, and not at all if that is nothing",
          "[predict]") {
    Boot boot({{".linux", kernel},
               {".osrel", "ID=x", 10},
               {".cmdline", "quiet and more", 5},
               {".initrd", "not in memory", 0}});
    pcr::Plan plan = plan_of(boot);
    CHECK(bytes_of(event_of(plan, ".osrel")) == std::string("ID=x\0\0\0\0\0\0", 10));
    CHECK(bytes_of(event_of(plan, ".cmdline")) == "quiet");
    CHECK(kernel_options(plan) == "quiet");
    CHECK(events(plan, 11) ==
          "stub .linux | stub .linux | stub .osrel | stub .osrel | stub .cmdline | stub .cmdline");
}

TEST_CASE("a profile is measured by its number and has its own sections", "[predict]") {
    auto sections = small_sections();
    sections.insert(sections.end(), {{".profile", "ID=main"},
                                     {".profile", "ID=rescue"},
                                     {".cmdline", "rescue\tx\n"},
                                     {".profile", "ID=other"}});
    Boot boot(std::move(sections));
    boot.load_options = "@1";
    pcr::Plan plan = plan_of(boot);
    CHECK(events(plan, 12) == "loader @1 | stub 1");
    CHECK(digests(plan, 12) ==
          std::vector<std::string>{
              "6fe1a7eea00280541db8c092405e72ccf26d43b83795819db625e28096e14ee7",
              "60864aae264519399c7a7379382e411d40a3bd0f1641e669fb73183d223f6bd0"});
    const pcr::Event& tagged = event_of(plan, "1");
    CHECK(tagged.type == EventType::event_tag);
    CHECK(tagged.tag == 0x13aed6db);
    CHECK(bytes_of(event_of(plan, ".profile")) == "ID=rescue");
    CHECK(bytes_of(event_of(plan, ".cmdline")) == "rescue\tx\n");
    CHECK(kernel_options(plan) == "rescue x");
    boot.load_options = "@3";
    Error error = rejection_of(boot);
    CHECK(error.code == Errc::not_found);
    CHECK(error.where == 3);
}

TEST_CASE("the stub takes a passed command line and measures it again", "[predict]") {
    struct Row {
        std::string passed, measured, used;
    };
    auto row = GENERATE(values<Row>({
        {"", "", "quiet root=/dev/vda2"},
        {"a=1", "stub a=1", "a=1"},
        {"  a=1  ", "stub a=1", "a=1"},
        {"   ", "", "quiet root=/dev/vda2"},
        {"@1 a=1", "stub 1 | stub a=1", "a=1"},
        {"@1  a=1", "stub 1 | stub a=1", "a=1"},
        {"@1 ", "stub 1", "quiet root=/dev/vda2"},
        {"@0 a=1", "stub a=1", "a=1"},
        {"@1x a=1", "stub @1x a=1", "@1x a=1"},
        {"@ a=1", "stub @ a=1", "@ a=1"},
        {"@", "stub @", "@"},
        {"@4294967296", "stub @4294967296", "@4294967296"},
        {" @1 a=1", "stub @1 a=1", "@1 a=1"},
        {"a\tb", "", "quiet root=/dev/vda2"},
        {"@1 a\tb", "", "quiet root=/dev/vda2"},
        {"a\x7f"
         "b",
         "stub a b", "a b"},
        {"\xf0\x9f\x98\x80 ", "", "quiet root=/dev/vda2"},
    }));
    auto sections = small_sections();
    sections.insert(sections.end(), {{".profile", ""}, {".profile", ""}});
    Boot boot(std::move(sections));
    boot.load_options = row.passed;
    pcr::Plan plan = plan_of(boot);
    INFO(row.passed);
    std::string loader = row.passed.empty() ? "" : "loader " + row.passed;
    bool has_both = !loader.empty() && !row.measured.empty();
    CHECK(events(plan, 12) == loader + (has_both ? " | " : "") + row.measured);
    CHECK(kernel_options(plan) == row.used);
}

TEST_CASE("companions are packed and measured by kind, local ones first", "[predict]") {
    Boot boot(small_sections());
    pcr::Companions& beside = boot.companions;
    beside.credentials = {boot.file("a.cred", "A"), boot.file("c.cred", "CCC")};
    beside.global_credentials = {boot.file("g.cred", "G")};
    beside.sysexts = {boot.file("s.raw", "S")};
    beside.global_sysexts = {boot.file("gs.raw", "GS")};
    beside.confexts = {boot.file("f.confext.raw", "F")};
    beside.global_confexts = {boot.file("gf.confext.raw", "GF")};
    pcr::Plan plan = plan_of(boot);
    CHECK(events(plan, 12) == "stub Credentials initrd | stub Global credentials initrd | "
                              "stub Configuration extension initrd | "
                              "stub Global configuration extension initrd");
    CHECK(events(plan, 13) == "stub System extension initrd | stub Global system extension initrd");
    CHECK(digests(plan, 12)[0] ==
          "9b3933f258bac69fe74a81059e06497242fe757c58735d98ccc333623bc91da6");
    CHECK(event_of(plan, "Credentials initrd").origin == "2 files: a.cred, c.cred");
    CHECK(event_of(plan, "Global credentials initrd").origin == "1 file: g.cred");
    auto has = [&](std::string_view event, std::string_view path, std::string_view modes) {
        std::string archive = bytes_of(event_of(plan, event));
        CHECK(archive.find(path) != std::string::npos);
        CHECK(archive.find(modes) != std::string::npos);
    };
    has("Global credentials initrd", ".extra/global_credentials/g.cred", "00008100");
    has("Global credentials initrd", ".extra/global_credentials", "00004140");
    has("System extension initrd", ".extra/sysext/s.raw", "00008124");
    has("Global system extension initrd", ".extra/global_sysext/gs.raw", "0000416d");
    has("Configuration extension initrd", ".extra/confext/f.confext.raw", "00008124");
    has("Global configuration extension initrd", ".extra/global_confext/gf.confext.raw", "");
}

TEST_CASE("a companion's archive of one file is the same as a loader's", "[predict]") {
    Boot boot(small_sections());
    boot.companions.credentials = {boot.file("foo.cred", "hello\n")};
    CHECK(digests(plan_of(boot), 12) ==
          std::vector<std::string>{
              "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd"});
}

TEST_CASE("the kernel's initrd has all parts in the stub's order", "[predict]") {
    auto sections = small_sections();
    sections.insert(sections.end(), {{".ucode", "own microcode"},
                                     {".pcrsig", "signature!"},
                                     {".pcrpkey", "public key"},
                                     {".profile", "ID=main"}});
    Boot boot(std::move(sections));
    boot.volume.add("/x/entry.cred", "entry's credential");
    boot.entry.extras = {"/x/entry.cred"};
    boot.companions.addons = {
        boot.addon("1.addon.efi", {{".ucode", "first microcode"}, {".initrd", "first initrd"}}),
        boot.addon("2.addon.efi", {{".ucode", "second microcode"}, {".initrd", "second initrd"}})};
    boot.companions.global_addons = {boot.addon("0.addon.efi", {{".ucode", "global microcode"}})};
    boot.companions.credentials = {boot.file("a.cred", "own credential")};
    boot.companions.global_credentials = {boot.file("b.cred", "global credential")};
    boot.companions.sysexts = {boot.file("a.raw", "own sysext")};
    boot.companions.global_sysexts = {boot.file("b.raw", "global sysext")};
    boot.companions.confexts = {boot.file("a.confext.raw", "own confext")};
    boot.companions.global_confexts = {boot.file("b.confext.raw", "global confext")};
    std::string blob = combined_initrd(plan_of(boot));
    std::size_t at = 0;
    for (const char* part : {"second microcode",
                             "first microcode",
                             "global microcode",
                             "own microcode",
                             "entry's credential",
                             "an initrd of an odd size.",
                             "own credential",
                             "global credential",
                             "own sysext",
                             "global sysext",
                             "own confext",
                             "global confext",
                             ".extra/tpm2-pcr-signature.json",
                             "signature!",
                             ".extra/tpm2-pcr-public-key.pem",
                             "public key",
                             ".extra/os-release",
                             "ID=example",
                             ".extra/profile",
                             "ID=main",
                             "first initrd",
                             "second initrd"}) {
        INFO(part);
        std::size_t found = blob.find(part, at);
        REQUIRE(found != std::string::npos);
        if (std::string_view(part).find(".extra") != 0) CHECK(found % 4 == 0);
        at = found + 1;
    }
    CHECK(blob.size() % 4 == 0);
    CHECK(blob.find(std::string("own microcode\0\0\0", 16)) != std::string::npos);
}

TEST_CASE("an archive of metadata has one directory and one file", "[predict]") {
    Boot boot({{".linux", kernel}, {".pcrsig", "{}", 3}});
    std::string blob = combined_initrd(plan_of(boot));
    std::string expected = "07070100000001"
                           "0000416d" +
                           std::string(16, '0') + "00000001" + std::string(48, '0') +
                           "00000007"
                           "00000000"
                           ".extra";
    expected += std::string("\0\0\0\0", 4);
    expected.resize(120);
    expected += "07070100000002"
                "00008124" +
                std::string(16, '0') +
                "00000001"
                "00000000"
                "00000003" +
                std::string(32, '0') +
                "0000001f"
                "00000000"
                ".extra/tpm2-pcr-signature.json";
    expected.resize(120 + align_up(110 + 31, 4));
    expected += std::string("{}\0\0", 4);
    CHECK(blob.substr(0, expected.size()) == expected);
    CHECK(blob.size() == expected.size() + 124);
}

TEST_CASE("add-ons are measured by firmware, then their parts by the stub", "[predict]") {
    Boot boot(small_sections());
    boot.companions.global_addons = {
        boot.addon("g.addon.efi", {{".cmdline", "addon.g=1\n"}, {".initrd", "initrd g"}})};
    boot.companions.addons = {
        boot.addon("l.addon.efi", {{".cmdline", " addon.l=1"}, {".dtb", "dtb l"}}),
        boot.addon("m.addon.efi", {{".ucode", "ucode m"}, {".dtb", "dtb m"}})};
    pcr::Plan plan = plan_of(boot);
    CHECK(events(plan, 4).ends_with("/uki.efi | firmware /dir/g.addon.efi | "
                                    "firmware /dir/l.addon.efi | firmware /dir/m.addon.efi"));
    CHECK(events(plan, 12) == "stub addon.g=1 addon.l=1 | stub l.addon.efi | stub m.addon.efi | "
                              "stub g.addon.efi | stub m.addon.efi");
    CHECK(digests(plan, 12)[0] ==
          "aed83750269e52498110f3fc9f463373edc584ba1bbf1afd66f081faaeaef72b");
    std::vector<std::pair<std::uint32_t, std::string>> tagged;
    for (const pcr::Event& event : plan)
        if (event.pcr == 12 && event.type == EventType::event_tag)
            tagged.emplace_back(event.tag, bytes_of(event));
    CHECK(tagged == std::vector<std::pair<std::uint32_t, std::string>>{{0x6c46f751, "dtb l"},
                                                                       {0x6c46f751, "dtb m"},
                                                                       {0x49dffe0f, "initrd g"},
                                                                       {0xdac08e1a, "ucode m"}});
    CHECK(kernel_options(plan) == "quiet root=/dev/vda2 addon.g=1 addon.l=1");
}

TEST_CASE("an add-on adds to a passed command line, or is all there is", "[predict]") {
    Boot boot({{".linux", kernel}});
    boot.companions.addons = {boot.addon("a.addon.efi", {{".cmdline", "addon=1"}})};
    CHECK(kernel_options(plan_of(boot)) == "addon=1");
    boot.load_options = "a=1";
    pcr::Plan plan = plan_of(boot);
    CHECK(events(plan, 12) == "loader a=1 | stub a=1 | stub addon=1");
    CHECK(kernel_options(plan) == "a=1 addon=1");
}

TEST_CASE("an add-on that does not fit is measured by firmware alone", "[predict]") {
    auto sections = small_sections();
    sections.push_back({".uname", "6.1.0"});
    Boot boot(std::move(sections));
    SECTION("with a kernel") {
        boot.companions.addons = {
            boot.addon("a.addon.efi", {{".cmdline", "addon=1"}, {".linux", "k"}})};
    }
    SECTION("for another kernel") {
        boot.companions.addons = {
            boot.addon("a.addon.efi", {{".cmdline", "addon=1"}, {".uname", "6.1.1"}})};
    }
    SECTION("for another machine") {
        PeImage image = program({{".cmdline", "addon=1"}});
        image.machine = 0xaa64;
        boot.companions.addons = {boot.file("a.addon.efi", image.build())};
    }
    pcr::Plan plan = plan_of(boot);
    CHECK(events(plan, 4).ends_with("/uki.efi | firmware /dir/a.addon.efi"));
    CHECK(events(plan, 12).empty());
    CHECK(kernel_options(plan) == "quiet root=/dev/vda2");
}

TEST_CASE("an add-on for this kernel is taken", "[predict]") {
    auto sections = small_sections();
    sections.push_back({".uname", "6.1.0"});
    Boot boot(std::move(sections));
    boot.companions.addons = {
        boot.addon("a.addon.efi", {{".cmdline", "addon=1"}, {".uname", "6.1.0"}})};
    CHECK(events(plan_of(boot), 12) == "stub addon=1");
}

TEST_CASE("a kernel that does not measure has nothing in PCR 9", "[predict]") {
    auto sections = small_sections();
    sections.back().contents = "old kernel";
    Boot boot(std::move(sections));
    CHECK(events(plan_of(boot), 9).empty());
}

TEST_CASE("a UKI that cannot boot has no plan", "[predict]") {
    SECTION("without a kernel") {
        Boot boot(std::vector<PeSection>{{".osrel", "ID=x"}});
        CHECK(rejection_of(boot).code == Errc::not_found);
    }
    SECTION("with an empty kernel") {
        Boot boot({{".linux", "kernel", 0}});
        CHECK(rejection_of(boot).code == Errc::not_found);
    }
    SECTION("with a loader that is no program") {
        Boot boot(small_sections());
        boot.loader = {std::byte{1}, std::byte{2}};
        CHECK(rejection_of(boot).code == Errc::invalid);
    }
    SECTION("with an add-on that is no program") {
        Boot boot(small_sections());
        boot.companions.addons = {boot.file("a.addon.efi", "text")};
        CHECK(rejection_of(boot).code == Errc::invalid);
    }
    SECTION("with a companion that cannot be packed") {
        Boot boot(small_sections());
        boot.companions.credentials = {boot.file("a/b.cred", "x")};
        CHECK(rejection_of(boot).code == Errc::invalid);
    }
    SECTION("with metadata that is too large") {
        Boot boot({{".linux", kernel}, {".pcrsig", "x", pe::small_section_size_max + 1}});
        CHECK(rejection_of(boot).code == Errc::too_large);
    }
    SECTION("with a section that is mostly zeros") {
        Boot boot({{".linux", kernel}, {".splash", "x", pe::zero_fill_max + 33}});
        CHECK(rejection_of(boot).code == Errc::too_large);
    }
}

TEST_CASE("a UKI cut at any byte has another plan or none", "[predict]") {
    auto sections = small_sections();
    Boot boot(std::move(sections));
    auto whole = boot.image;
    std::string image_digest = digests(plan_of(boot), 4).back();
    for (std::size_t size = 0; size < whole.size(); size++) {
        boot.image.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        auto plan = boot.predict();
        INFO(size);
        if (plan)
            CHECK(digests(*plan, 4).back() != image_digest);
        else
            CHECK(plan.error().code == Errc::truncated);
    }
}
