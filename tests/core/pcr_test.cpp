// SPDX-License-Identifier: MIT
#include "core/pcr.hpp"

#include "base/hex.hpp"
#include "bootctl/digest.hpp"
#include "core/measure.hpp"
#include "tests/catch.hpp"

using namespace kindling;
using pcr::Algorithm;

namespace {

constexpr std::array algorithms{Algorithm::sha1, Algorithm::sha256, Algorithm::sha384,
                                Algorithm::sha512};

pcr::Event event(std::uint8_t number, std::string_view text,
                 pcr::EventType type = pcr::EventType::efi_action) {
    return pcr::make_event(number, type, pcr::Actor::firmware, "", "", to_bytes(text));
}

std::string fold(Algorithm algorithm, const pcr::Plan& plan, std::uint8_t number) {
    return to_hex(pcr::fold(hash, algorithm, plan, number).view());
}

} // namespace

TEST_CASE("a bank has a name and a size, and its name is read back", "[pcr]") {
    auto [algorithm, name, size] = GENERATE(table<Algorithm, std::string, std::size_t>({
        {Algorithm::sha1, "sha1", 20},
        {Algorithm::sha256, "sha256", 32},
        {Algorithm::sha384, "sha384", 48},
        {Algorithm::sha512, "sha512", 64},
    }));
    CHECK(pcr::to_text(algorithm) == name);
    CHECK(pcr::digest_size_bytes(algorithm) == size);
    CHECK(pcr::parse_algorithm(name).value() == algorithm);
    CHECK(pcr::initial_value(algorithm, 0).size_bytes == size);
}

TEST_CASE("a name that is no bank is refused", "[pcr]") {
    auto name = GENERATE("", "SHA256", "sha25", "sha2566", "sha3-256", "md5");
    auto algorithm = pcr::parse_algorithm(name);
    REQUIRE_FALSE(algorithm);
    CHECK(algorithm.error().code == Errc::invalid);
}

TEST_CASE("a number that is no bank has neither name nor size", "[pcr]") {
    auto algorithm = static_cast<Algorithm>(0x0012);
    CHECK(pcr::to_text(algorithm).empty());
    CHECK(pcr::digest_size_bytes(algorithm) == 0);
}

TEST_CASE("registers start with zeros, those of a dynamic launch with ones", "[pcr]") {
    auto algorithm =
        GENERATE(Algorithm::sha1, Algorithm::sha256, Algorithm::sha384, Algorithm::sha512);
    for (std::uint8_t number = 0; number < pcr::registers; number++) {
        bool has_ones = number >= 17 && number <= 22;
        std::string expected(2 * pcr::digest_size_bytes(algorithm), has_ones ? 'f' : '0');
        CHECK(to_hex(pcr::initial_value(algorithm, number).view()) == expected);
    }
}

TEST_CASE("digests are equal if size and bytes are", "[pcr]") {
    pcr::Digest zeros = pcr::initial_value(Algorithm::sha256, 0);
    CHECK(zeros == pcr::make_digest(zeros.view()));
    CHECK_FALSE(zeros == pcr::initial_value(Algorithm::sha256, 17));
    CHECK_FALSE(zeros == pcr::initial_value(Algorithm::sha384, 0));
    CHECK(pcr::make_digest({}).view().empty());
}

TEST_CASE("the digest of an event is that of its pieces in a row", "[pcr]") {
    auto [text, digest] = GENERATE(table<std::string, std::string>({
        {std::string(4, '\0'), "df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119"},
        {"Calling EFI Application from Boot Option",
         "3d6772b4f84ed47595d72a2c4c5ffd15f5bb72c7507fe26f2aaee2c69d5633ba"},
        {"Exit Boot Services Invocation",
         "d8043d6b7b85ad358eb3b6ae6a873ab7ef23a26352c5dc4faa5aeedacf5eb41b"},
        {"Exit Boot Services Returned with Success",
         "b54f7542cbd872a81a9d9dea839b2b8d747c7ebd5ea6615c40f42f44a6dbeba0"},
        {"os-separator", "ff5b9d73dad709633ae76adf444012b57e913a12ed7403c3931145862f35f841"},
        {"nvpcr-separator", "97c5f96d4cd3fb14c7e272c47762af208f712c1a47733567e5c233e2b6f6c5cb"},
        {"enter-initrd", "51e6b92f405d1f98d96e3de343d61d420ad6923b25de21d766f9298192f14fed"},
        {"leave-initrd", "3be261aff7db92bf507eae947f4003ffa2bcad0bffe3524601d62d0bc8be7135"},
        {"sysinit", "730bb5a583ba880c277e656d2dc8aba1a314a11b14d25b05153d2bab82567a48"},
        {"ready", "b24d6d33736ecd5604a4b17bc9c6481039fac362bb7df044ef1c10a2bfd21db6"},
        {"shutdown", "08434ba9cdf55a02284e2913400586cd289878e0f055f7bb0b07ce392caeb989"},
        {"final", "2443630b4620165c8b173e7265e17526fe2787ae594364dd6d839ad58f2fc007"},
    }));
    pcr::Event whole = event(4, text);
    CHECK(to_hex(pcr::digest_of(hash, Algorithm::sha256, whole).view()) == digest);
    pcr::Event split;
    for (std::size_t i = 0; i < text.size(); i++)
        split.pieces.push_back(to_bytes(text).subspan(i, 1));
    CHECK(to_hex(pcr::digest_of(hash, Algorithm::sha256, split).view()) == digest);
    CHECK(split.size_bytes() == text.size());
}

TEST_CASE("folding gives the register's value in every bank", "[pcr]") {
    pcr::Plan plan;
    plan.push_back(event(4, "Calling EFI Application from Boot Option"));
    plan.push_back(event(5, "an event of another register"));
    plan.push_back(event(4, std::string_view("\0\0\0\0", 4)));
    auto [algorithm, value] = GENERATE(table<Algorithm, std::string>({
        {Algorithm::sha1, "45a323382bd933f08e7f0e256bc8249e4095b1ec"},
        {Algorithm::sha256, "7a94ffe8a7729a566d3d3c577fcb4b6b1e671f31540375f80eae6382ab785e35"},
        {Algorithm::sha384, "70bc457e087464760a8927d6312248dc117663410914ff8b1e42fd5dc91e16f5"
                            "fe3f15ca64372d3e47af8b4c53b01df9"},
        {Algorithm::sha512, "7fa9a2030a700f68e990584249a268547be1c43cabb32773f2000cd914253ef0"
                            "c9af0cd91484b76108929ee5c1994d62a6c2797e61a0565c6ae981c3de1b51d8"},
    }));
    CHECK(fold(algorithm, plan, 4) == value);
    std::swap(plan[0], plan[2]);
    CHECK(fold(algorithm, plan, 4) != value);
}

TEST_CASE("a register that only saw a separator has the value that every log shows", "[pcr]") {
    pcr::Plan plan;
    plan.push_back(event(2, std::string_view("\0\0\0\0", 4)));
    CHECK(fold(Algorithm::sha256, plan, 2) ==
          "3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969");
}

TEST_CASE("a register of a dynamic launch is folded from ones", "[pcr]") {
    pcr::Plan plan;
    plan.push_back(event(17, std::string_view("\0\0\0\0", 4)));
    CHECK(fold(Algorithm::sha1, plan, 17) == "361f6f6397171c3061c77a558ed0c85c4bc93eb0");
}

TEST_CASE("events that take no action and those of other registers change nothing", "[pcr]") {
    pcr::Plan plan;
    plan.push_back(event(4, "Spec ID Event03", pcr::EventType::no_action));
    plan.push_back(event(5, "another"));
    for (Algorithm algorithm : algorithms)
        CHECK(pcr::fold(hash, algorithm, plan, 4) == pcr::initial_value(algorithm, 4));
}

TEST_CASE("event types have the names of their specification", "[pcr]") {
    auto [number, name] = GENERATE(table<std::uint32_t, std::string>({
        {1, "EV_POST_CODE"},
        {3, "EV_NO_ACTION"},
        {4, "EV_SEPARATOR"},
        {5, "EV_ACTION"},
        {6, "EV_EVENT_TAG"},
        {7, "EV_S_CRTM_CONTENTS"},
        {8, "EV_S_CRTM_VERSION"},
        {9, "EV_CPU_MICROCODE"},
        {10, "EV_PLATFORM_CONFIG_FLAGS"},
        {11, "EV_TABLE_OF_DEVICES"},
        {12, "EV_COMPACT_HASH"},
        {13, "EV_IPL"},
        {0x80000001, "EV_EFI_VARIABLE_DRIVER_CONFIG"},
        {0x80000002, "EV_EFI_VARIABLE_BOOT"},
        {0x80000003, "EV_EFI_BOOT_SERVICES_APPLICATION"},
        {0x80000004, "EV_EFI_BOOT_SERVICES_DRIVER"},
        {0x80000005, "EV_EFI_RUNTIME_SERVICES_DRIVER"},
        {0x80000006, "EV_EFI_GPT_EVENT"},
        {0x80000007, "EV_EFI_ACTION"},
        {0x80000008, "EV_EFI_PLATFORM_FIRMWARE_BLOB"},
        {0x80000009, "EV_EFI_HANDOFF_TABLES"},
        {0x8000000a, "EV_EFI_PLATFORM_FIRMWARE_BLOB2"},
        {0x8000000b, "EV_EFI_HANDOFF_TABLES2"},
        {0x8000000c, "EV_EFI_VARIABLE_BOOT2"},
        {0x80000010, "EV_EFI_HCRTM_EVENT"},
        {0x800000e0, "EV_EFI_VARIABLE_AUTHORITY"},
        {0x800000e1, "EV_EFI_SPDM_FIRMWARE_BLOB"},
        {0x800000e2, "EV_EFI_SPDM_FIRMWARE_CONFIG"},
        {0, ""},
        {0x80000000, ""},
    }));
    CHECK(pcr::to_text(static_cast<pcr::EventType>(number)) == name);
}

TEST_CASE("actors have names", "[pcr]") {
    CHECK(pcr::to_text(pcr::Actor::firmware) == "firmware");
    CHECK(pcr::to_text(pcr::Actor::loader) == "loader");
    CHECK(pcr::to_text(pcr::Actor::stub) == "stub");
    CHECK(pcr::to_text(pcr::Actor::kernel) == "kernel");
}
