// SPDX-License-Identifier: MIT
#include "core/predict.hpp"

#include "base/hex.hpp"
#include "bootctl/digest.hpp"
#include "core/load_options.hpp"
#include "tests/catch.hpp"
#include "tests/core/pe_image.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;
using pcr::Actor;
using pcr::EventType;

namespace {

const std::string new_kernel = std::string(".\0Linux initrd\0.LOADED_IMAGE::LoadOptions\0.", 43);

std::vector<std::byte> program(std::string text, std::string certificates = "") {
    tests::PeImage image;
    image.sections = {{".text", std::move(text), {}, {}, {}, {}}};
    image.certificates = std::move(certificates);
    return image.build();
}

/// SHA-256 without the checksum, the certificate directory and the certificates.
std::string authenticode(Bytes file, std::size_t certificates_size = 0) {
    tests::PeImage layout;
    std::size_t checksum = layout.checksum_offset();
    std::size_t directory = layout.certificate_directory_offset();
    const std::array<Bytes, 3> pieces{
        file.first(checksum), file.subspan(checksum + 4, directory - checksum - 4),
        file.subspan(directory + 8, file.size() - directory - 8 - certificates_size)};
    return to_hex(hash(pcr::Algorithm::sha256, pieces).view());
}

/// A boot of an entry and all that its inputs borrow.
struct Boot {
    fakes::FakeVolume volume;
    bls::Entry entry;
    std::vector<std::byte> loader = program("loader"), image = program(new_kernel), blob, gpt;
    std::string conf;
    std::string load_options;
    initrd::Plan initrd;
    pcr::BootInputs inputs;

    Boot() {
        volume.add("/initrd", "12345");
        volume.add("/x/foo.cred", "hello\n");
        entry.image_path = "/vmlinuz";
        entry.initrds = {"/initrd"};
        entry.options = "quiet";
    }

    const pcr::BootInputs& prepare() {
        std::string at_file;
        initrd = initrd::plan(volume, entry, 0, at_file).value();
        blob.resize(initrd.size_bytes);
        REQUIRE(initrd::fill(volume, initrd, blob, at_file));
        load_options = bls::load_options(entry, initrd);
        inputs.loader = loader;
        if (!conf.empty()) inputs.loader_conf = to_bytes(conf);
        if (!gpt.empty()) inputs.gpt_event = gpt;
        inputs.entry = &entry;
        inputs.image = image;
        inputs.initrd = &initrd;
        inputs.initrd_blob = blob;
        inputs.load_options = load_options;
        return inputs;
    }
};

using Line = std::tuple<int, Actor, EventType, std::uint32_t, std::string, std::string>;

std::string digest(const pcr::Event& event) {
    return to_hex(pcr::digest_of(hash, pcr::Algorithm::sha256, event).view());
}

std::string digest_of(Bytes bytes) {
    return to_hex(hash(pcr::Algorithm::sha256, std::array{bytes}).view());
}

std::vector<Line> lines_of(const pcr::Plan& plan) {
    std::vector<Line> lines;
    for (const pcr::Event& event : plan)
        lines.emplace_back(event.pcr, event.actor, event.type, event.tag, event.description,
                           digest(event));
    return lines;
}

/// Descriptions of the events of one register.
std::vector<std::string> descriptions(const pcr::Plan& plan, std::uint8_t number) {
    std::vector<std::string> found;
    for (const pcr::Event& event : plan)
        if (event.pcr == number) found.push_back(event.description);
    return found;
}

const std::string separator = "df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119";
const std::string calling = "3d6772b4f84ed47595d72a2c4c5ffd15f5bb72c7507fe26f2aaee2c69d5633ba";
const std::string exiting = "d8043d6b7b85ad358eb3b6ae6a873ab7ef23a26352c5dc4faa5aeedacf5eb41b";
const std::string exited = "b54f7542cbd872a81a9d9dea839b2b8d747c7ebd5ea6615c40f42f44a6dbeba0";

} // namespace

TEST_CASE("a boot of a kernel is measured from the boot option to its last call", "[predict]") {
    Boot boot;
    boot.conf = "timeout 3\n";
    boot.gpt = {std::byte{1}, std::byte{2}};
    boot.entry.extras = {"/x/foo.cred"};
    auto plan = pcr::predict_linux(boot.prepare());
    REQUIRE(plan);
    std::string options = "initrd=\\initrd quiet";
    std::string hashed_options = digest_of(to_ucs2_bytes(options));
    CHECK(lines_of(*plan) ==
          std::vector<Line>{
              {4, Actor::firmware, EventType::efi_action, 0,
               "Calling EFI Application from Boot Option", calling},
              {4, Actor::firmware, EventType::separator, 0, "separator", separator},
              {5, Actor::firmware, EventType::separator, 0, "separator", separator},
              {5, Actor::firmware, EventType::efi_gpt_event, 0, "GPT", digest_of(boot.gpt)},
              {4, Actor::firmware, EventType::efi_boot_services_application, 0, "the loader",
               authenticode(boot.loader)},
              {5, Actor::loader, EventType::event_tag, 0xf5bc582a, "loader.conf",
               "c135274c6471e4e4178533086b5b680104d1e0c3c4605dbd0820426201c0555d"},
              {4, Actor::firmware, EventType::efi_boot_services_application, 0, "/vmlinuz",
               authenticode(boot.image)},
              {12, Actor::loader, EventType::ipl, 0, "Entry credentials initrd",
               "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd"},
              {12, Actor::loader, EventType::ipl, 0, options, hashed_options},
              {9, Actor::kernel, EventType::event_tag, 0x8f3b22ed, "LOADED_IMAGE::LoadOptions",
               hashed_options},
              {9, Actor::kernel, EventType::event_tag, 0x8f3b22ec, "Linux initrd",
               digest_of(boot.blob)},
              {5, Actor::firmware, EventType::efi_action, 0, "Exit Boot Services Invocation",
               exiting},
              {5, Actor::firmware, EventType::efi_action, 0,
               "Exit Boot Services Returned with Success", exited},
          });
}

TEST_CASE("the loader's part ends where the image starts", "[predict]") {
    Boot boot;
    auto plan = pcr::predict_loader(boot.prepare());
    REQUIRE(plan);
    CHECK(plan->size() == 6);
    CHECK(plan->back().description == "initrd=\\initrd quiet");
}

TEST_CASE("without loader.conf and partition table there are no events of theirs", "[predict]") {
    Boot boot;
    auto plan = pcr::predict_linux(boot.prepare());
    REQUIRE(plan);
    CHECK(descriptions(*plan, 5) == std::vector<std::string>{"separator",
                                                             "Exit Boot Services Invocation",
                                                             "Exit Boot Services Returned with "
                                                             "Success"});
}

TEST_CASE("an empty loader.conf is measured as one that exists", "[predict]") {
    Boot boot;
    boot.prepare();
    boot.inputs.loader_conf = Bytes();
    auto plan = pcr::predict_linux(boot.inputs);
    REQUIRE(plan);
    CHECK(descriptions(*plan, 5).at(1) == "loader.conf");
}

TEST_CASE("a plain initrd has its own digest in register 9", "[predict]") {
    Boot boot;
    auto plan = pcr::predict_linux(boot.prepare());
    REQUIRE(plan);
    const pcr::Event& event = plan->at(plan->size() - 3);
    CHECK(event.description == "Linux initrd");
    CHECK(event.origin == "combined initrd");
    CHECK(digest(event) == digest_of(to_bytes("12345")));
}

TEST_CASE("a signature does not change the digest of an image", "[predict]") {
    Boot boot;
    boot.image = program(new_kernel, "a signature, 8-aligned..");
    auto plan = pcr::predict_linux(boot.prepare());
    REQUIRE(plan);
    CHECK(digest(plan->at(4)) == authenticode(boot.image, 24));
}

TEST_CASE("a kernel measures what it has and is new enough for", "[predict]") {
    auto [text, initrds, options, expected] = GENERATE(
        table<std::string, std::vector<std::string>, std::string, std::vector<std::string>>({
            {new_kernel, {}, "quiet", {"LOADED_IMAGE::LoadOptions"}},
            {new_kernel, {}, "", {}},
            {new_kernel, {"/initrd"}, "", {"LOADED_IMAGE::LoadOptions", "Linux initrd"}},
            {"Linux initrd", {"/initrd"}, "quiet", {"Linux initrd"}},
            {"LOADED_IMAGE::LoadOptions", {"/initrd"}, "", {"LOADED_IMAGE::LoadOptions"}},
            {"too old", {"/initrd"}, "quiet", {}},
        }));
    Boot boot;
    boot.image = program(text);
    boot.entry.initrds = initrds;
    boot.entry.options = options;
    auto plan = pcr::predict_linux(boot.prepare());
    REQUIRE(plan);
    CHECK(descriptions(*plan, 9) == expected);
    CHECK(descriptions(*plan, 5).size() == 3);
}

TEST_CASE("a kernel that is told to take no initrd measures none", "[predict]") {
    auto [options, count] = GENERATE(table<std::string, std::size_t>({
        {"noinitrd", 1},
        {"quiet noinitrd", 1},
        {"noinitrd\tquiet", 1},
        {"quiet", 2},
        {"noinitrds", 2},
        {"xnoinitrd", 2},
        {"a=\"x noinitrd y\"", 2},
        {"a=\"x\" noinitrd", 1},
        {"-- noinitrd", 2},
        {"a=\"", 2},
    }));
    Boot boot;
    boot.entry.options = options;
    auto plan = pcr::predict_linux(boot.prepare());
    REQUIRE(plan);
    CHECK(descriptions(*plan, 9).size() == count);
}

TEST_CASE("an initrd in pieces is hashed as one", "[predict]") {
    pcr::Plan plan;
    pcr::append_kernel_events(plan, to_bytes(new_kernel), "",
                              {to_bytes("12"), Bytes(), to_bytes("345")});
    REQUIRE(plan.size() == 3);
    CHECK(digest(plan[0]) == digest_of(to_bytes("12345")));
    plan.clear();
    pcr::append_kernel_events(plan, to_bytes(new_kernel), "", {Bytes(), Bytes()});
    CHECK(plan.size() == 2);
}

TEST_CASE("a loader or kernel that is no program stops the prediction", "[predict]") {
    Boot boot;
    std::vector<std::byte> text(1000, std::byte{'x'});
    SECTION("loader") {
        boot.loader = text;
    }
    SECTION("kernel") {
        boot.image = text;
    }
    auto plan = pcr::predict_linux(boot.prepare());
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == Errc::invalid);
}

TEST_CASE("a program that is cut short stops the prediction or lacks nothing hashed", "[predict]") {
    Boot boot;
    boot.prepare();
    Bytes whole = boot.image;
    std::size_t failures = 0;
    for (std::size_t size = 0; size < whole.size(); size++) {
        boot.inputs.image = whole.first(size);
        auto plan = pcr::predict_linux(boot.inputs);
        if (!plan) {
            failures++;
            continue;
        }
        CHECK(digest(plan->at(4)) != authenticode(boot.image));
    }
    CHECK(failures > 0);
}
