// SPDX-License-Identifier: MIT
#include "core/event_log.hpp"

#include "base/hex.hpp"
#include "tests/catch.hpp"
#include "tests/core/event_log_builder.hpp"

#include <algorithm>

using namespace kindling;
using namespace kindling::pcr;
using namespace kindling::tests;

namespace {

const std::vector<std::byte> zeros(4);

std::string replayed(const EventLog& log, std::uint8_t pcr, Algorithm bank = Algorithm::sha256) {
    auto value = replay(kindling::hash, bank, log, pcr);
    return value ? to_hex(value->view()) : "nothing";
}

/// H(H(start | H(zeros)) …), folded by hand.
std::string extended(const std::string& start, Bytes data, Algorithm bank = Algorithm::sha256) {
    Digest digest = kindling::hash(bank, std::span<const Bytes>(&data, 1));
    std::vector<std::byte> old = from_hex(start).value();
    const std::array<Bytes, 2> pieces{Bytes(old), digest.view()};
    return to_hex(kindling::hash(bank, pieces).view());
}

Error rejection_of(Bytes bytes) {
    auto log = read_event_log(bytes);
    REQUIRE_FALSE(log);
    return log.error();
}

/// A header record with these bytes behind the version, and nothing else.
std::vector<std::byte> header_with(const std::string& hex) {
    std::vector<std::byte> log;
    append_u32(log, 0);
    append_u32(log, 3);
    log.resize(28);
    std::vector<std::byte> rest = from_hex(hex).value();
    append_u32(log, static_cast<std::uint32_t>(24 + rest.size()));
    append(log, bytes_of({"Spec ID Event03\0", 16}));
    log.resize(log.size() + 8);
    append(log, rest);
    return log;
}

/// A log with one algorithm that nobody knows, 0xabcd with 3 bytes, before SHA-256.
std::vector<std::byte> log_with_unknown_algorithm() {
    std::vector<std::byte> log = header_with("02000000"
                                             "cdab0300"
                                             "0b002000"
                                             "00");
    append_u32(log, 4);
    append_u32(log, 4);
    append_u32(log, 2);
    append(log, from_hex("cdab010203").value());
    append(log, from_hex("0b00").value());
    append(log, std::vector<std::byte>(32, std::byte{7}));
    append_u32(log, 4);
    append(log, zeros);
    return log;
}

} // namespace

TEST_CASE("replaying a real log gives the registers of the machine", "[event_log]") {
    // Read by the guest from its TPM when the log was taken; see tests/data/event_log/README.md.
    auto [pcr, value] = GENERATE(table<int, const char*>({
        {0, "934e33f62488254af004d1451aca3b400e6b45062da33c091f5b78d1bba97c01"},
        {1, "5279d78eaa2b9f2745b0929e0925372686584ea26708ef40e5d8f45ca061e839"},
        {2, "3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969"},
        {3, "3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969"},
        {4, "2cb33b923d6ae9aed1fd1c64504e7c27413fd3543caedfac835c5f790e19c136"},
        {5, "7acd5f34d4677e7cfc2962b4df7ef9c5ce6d451fbb5cceca4d573e100043ad4f"},
        {6, "3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969"},
        {7, "65caf8dd1e0ea7a6347b635d2b379c93b9a1351edc2afc3ecda700e534eb3068"},
        {9, "73689c659d84f187c407ec3c3cc12b8a3a2f3baad9c9749f7e85504a5a2718d1"},
        {8, "0000000000000000000000000000000000000000000000000000000000000000"},
        {17, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    }));
    auto bytes = real_log();
    auto log = read_event_log(bytes);
    REQUIRE(log);
    CHECK(log->is_crypto_agile);
    CHECK(log->algorithms == std::vector{Algorithm::sha256});
    CHECK(log->events.size() == 29);
    CHECK(replayed(*log, static_cast<std::uint8_t>(pcr)) == value);
}

TEST_CASE("events are read with all their parts", "[event_log]") {
    auto bytes = real_log();
    auto log = read_event_log(bytes).value();
    const LoggedEvent& last = log.events.back();
    CHECK(last.pcr == 5);
    CHECK(last.type == EventType::efi_action);
    CHECK(last.offset == bytes.size() - 12 - 34 - 4 - 40);
    CHECK(to_text(last.data) == "Exit Boot Services Returned with Success");
    REQUIRE(last.digests.size() == 1);
    CHECK(last.digests[0].algorithm == 0x000b);
    CHECK(to_hex(last.digest(Algorithm::sha256)) ==
          "b54f7542cbd872a81a9d9dea839b2b8d747c7ebd5ea6615c40f42f44a6dbeba0");
    CHECK(last.digest(Algorithm::sha1).empty());
    CHECK(log.events.front().offset == 65); // behind the header
}

TEST_CASE("a log that ends inside an event is refused, wherever it ends", "[event_log]") {
    auto bytes = real_log();
    auto whole = read_event_log(bytes).value();
    std::vector<std::uint64_t> starts{0};
    for (const LoggedEvent& event : whole.events) starts.push_back(event.offset);
    std::size_t complete = 0;
    for (std::size_t size = 0; size < bytes.size(); size++) {
        std::vector<std::byte> part(bytes.begin(), bytes.begin() + static_cast<long>(size));
        auto log = read_event_log(part);
        auto next = std::upper_bound(starts.begin(), starts.end(), size);
        bool is_between = size > 0 && *(next - 1) == size;
        INFO("cut at " << size);
        REQUIRE(log.has_value() == is_between);
        if (log) {
            complete++;
            CHECK(log->events.size() == static_cast<std::size_t>(next - starts.begin() - 2));
        } else {
            CHECK(log.error().code == Errc::truncated);
            CHECK(log.error().where == *(next - 1));
        }
    }
    CHECK(complete == 29);
}

TEST_CASE("a flipped bit is noticed wherever a digest or a description covers it", "[event_log]") {
    auto bytes = real_log();
    auto fingerprint = [](const std::vector<std::byte>& input) {
        auto log = read_event_log(input);
        if (!log) return std::string("refused");
        std::string text;
        for (std::uint8_t pcr = 0; pcr < 10; pcr++) text += replayed(*log, pcr);
        for (const LoggedEvent& event : log->events) {
            text += std::to_string(static_cast<std::uint32_t>(event.type)) + describe(event);
            if (auto tagged = tagged_text(event)) text += std::to_string(tagged->tag);
            auto expected = digest_of_data(kindling::hash, Algorithm::sha256, event);
            bool is_odd = expected && !equal(expected->view(), event.digest(Algorithm::sha256));
            text += is_odd ? '!' : '.';
        }
        return text;
    };
    std::string golden = fingerprint(bytes);
    CHECK(golden.find('!') == std::string::npos);
    auto whole = read_event_log(bytes).value();
    std::size_t unnoticed = 0;
    for (std::size_t bit = 65 * 8; bit < bytes.size() * 8; bit += 5) {
        std::vector<std::byte> flipped = bytes;
        flipped[bit / 8] ^= std::byte(1 << bit % 8);
        if (fingerprint(flipped) != golden) continue;
        unnoticed++;
        // No digest in the log covers these; what of them is a name is in the description.
        auto next = std::find_if(whole.events.begin(), whole.events.end(),
                                 [&](const LoggedEvent& one) { return one.offset > bit / 8; });
        const LoggedEvent& event = *(next - 1);
        INFO("bit " << bit << " of event at " << event.offset);
        CHECK((event.type == EventType::efi_boot_services_application ||
               event.type == EventType::efi_variable_boot));
        CHECK(bit / 8 >= event.offset + 12 + 34 + 4);
    }
    CHECK(unnoticed > 0);
}

TEST_CASE("a log of the old form has SHA-1 only", "[event_log]") {
    LogBuilder builder(std::vector<Algorithm>{});
    std::vector<std::byte> id = bytes_of({"Spec ID Event02\0", 16});
    bool has_header = GENERATE(false, true);
    if (has_header) builder.add(0, EventType::no_action, id);
    builder.add(4, EventType::separator, zeros).add(4, EventType::action, to_bytes("x"));
    auto log = read_event_log(builder.bytes());
    REQUIRE(log);
    CHECK_FALSE(log->is_crypto_agile);
    CHECK(log->algorithms == std::vector{Algorithm::sha1});
    REQUIRE(log->events.size() == 2);
    CHECK(log->events[0].offset == (has_header ? 48 : 0));
    std::string separator = extended(std::string(40, '0'), zeros, Algorithm::sha1);
    CHECK(replayed(*log, 4, Algorithm::sha1) ==
          extended(separator, to_bytes("x"), Algorithm::sha1));
    CHECK(replayed(*log, 4) == "nothing");
    Error error = rejection_of(Bytes(builder.bytes()).first(builder.bytes().size() - 1));
    CHECK(error.code == Errc::truncated);
    CHECK(error.where == (has_header ? 84 : 36));
}

TEST_CASE("all banks of a log are replayed", "[event_log]") {
    LogBuilder builder({Algorithm::sha1, Algorithm::sha384, Algorithm::sha256, Algorithm::sha512});
    builder.add(11, EventType::ipl, to_bytes("a"), to_bytes("b"));
    auto log = read_event_log(builder.bytes()).value();
    CHECK(log.algorithms ==
          std::vector{Algorithm::sha1, Algorithm::sha384, Algorithm::sha256, Algorithm::sha512});
    for (Algorithm bank : log.algorithms)
        CHECK(replayed(log, 11, bank) ==
              extended(std::string(2 * digest_size_bytes(bank), '0'), to_bytes("b"), bank));
}

TEST_CASE("digests of unknown algorithms are kept by number", "[event_log]") {
    auto bytes = log_with_unknown_algorithm();
    auto log = read_event_log(bytes);
    REQUIRE(log);
    CHECK(log->algorithms == std::vector{Algorithm::sha256});
    REQUIRE(log->events.size() == 1);
    REQUIRE(log->events[0].digests.size() == 2);
    CHECK(log->events[0].digests[0].algorithm == 0xabcd);
    CHECK(to_hex(log->events[0].digests[0].bytes) == "010203");
    CHECK(to_hex(log->events[0].digest(Algorithm::sha256)) ==
          "0707070707070707070707070707070707070707070707070707070707070707");
    CHECK(replayed(*log, 4) != "nothing");
}

TEST_CASE("PCR 0 starts with the locality of the TPM's start", "[event_log]") {
    std::string start(62, '0');
    std::vector<std::byte> locality = bytes_of({"StartupLocality\0\3", 17});
    LogBuilder builder;
    SECTION("as an event says") {
        builder.add(0, EventType::no_action, locality);
        start += "03";
    }
    SECTION("also if the event has an odd register") {
        builder.add(0xffffffff, EventType::no_action, locality);
        start += "03";
    }
    SECTION("4 after an H-CRTM event, whatever else is said") {
        builder.add(0, EventType::no_action, locality);
        builder.add(0, EventType::efi_hcrtm_event, to_bytes("HCRTM"));
        start = extended(start + "04", to_bytes("HCRTM"));
    }
    SECTION("0 if the event is too short to say") {
        builder.add(0, EventType::no_action, Bytes(locality).first(16));
        start += "00";
    }
    SECTION("0 without any") {
        start += "00";
    }
    SECTION("an H-CRTM event elsewhere means nothing") {
        builder.add(1, EventType::efi_hcrtm_event, to_bytes("HCRTM"));
        start += "00";
    }
    builder.add(0, EventType::separator, zeros).add(1, EventType::separator, zeros);
    auto log = read_event_log(builder.bytes()).value();
    CHECK(replayed(log, 0) == extended(start, zeros));
    bool has_other = log.events.front().pcr == 1;
    std::string zero(64, '0');
    CHECK(replayed(log, 1) ==
          extended(has_other ? extended(zero, to_bytes("HCRTM")) : zero, zeros));
}

TEST_CASE("what no log may say is refused with the place of the record", "[event_log]") {
    LogBuilder builder;
    builder.add(4, EventType::separator, zeros);
    std::uint64_t second = builder.bytes().size();
    builder.add(4, EventType::separator, zeros);
    std::vector<std::byte> bytes = builder.bytes();
    auto [at, value, what] = GENERATE(table<unsigned, unsigned, const char*>({
        {0, 24, "event is for a register that does not exist"},
        {8, 0, "event has another number of digests than announced"},
        {8, 2, "event has another number of digests than announced"},
        {12, 4, "event has a digest of an algorithm not announced"},
    }));
    bytes[second + at] = std::byte(value);
    Error error = rejection_of(bytes);
    CHECK(error.code == Errc::invalid);
    CHECK(error.where == second);
    CHECK(std::string(error.what) == what);
}

TEST_CASE("an event larger than the rest of the log is refused", "[event_log]") {
    LogBuilder builder;
    builder.add(4, EventType::separator, zeros);
    std::vector<std::byte> bytes = builder.bytes();
    std::size_t size_at = bytes.size() - 8;
    bytes[size_at + GENERATE(0, 3)] = std::byte{0xff};
    Error error = rejection_of(bytes);
    CHECK(error.code == Errc::truncated);
    CHECK(error.where == 65);
}

TEST_CASE("two digests of one algorithm are refused", "[event_log]") {
    LogBuilder builder({Algorithm::sha256, Algorithm::sha1});
    std::size_t start = builder.bytes().size();
    builder.add(4, EventType::separator, zeros);
    std::vector<std::byte> bytes = builder.bytes();
    bytes[start + 12 + 34] = std::byte{0x0b};
    Error error = rejection_of(bytes);
    CHECK(error.code == Errc::invalid);
    CHECK(error.where == start);
    CHECK(std::string(error.what) == "event has two digests of one algorithm");
}

TEST_CASE("an event that extends nothing may name any register", "[event_log]") {
    LogBuilder builder;
    builder.add(0xffffffff, EventType::no_action, to_bytes("anything"));
    auto log = read_event_log(builder.bytes());
    REQUIRE(log);
    CHECK(log->events.at(0).pcr == 0xffffffff);
}

TEST_CASE("a header that cannot be right is refused", "[event_log]") {
    auto [rest, code, what] = GENERATE(table<const char*, Errc, const char*>({
        {"00000000", Errc::invalid, "event log announces no algorithm"},
        {"41000000", Errc::too_large, "event log announces too many algorithms"},
        {"ffffffff", Errc::too_large, "event log announces too many algorithms"},
        {"010000000b001f0000", Errc::invalid, "event log announces a digest of the wrong size"},
        {"01000000cdab000000", Errc::invalid, "event log announces a digest of the wrong size"},
        {"020000000b0020000b00200000", Errc::invalid, "event log announces an algorithm twice"},
        {"020000000b0020000b", Errc::invalid, "header of the event log is too short"},
        {"", Errc::invalid, "header of the event log is too short"},
    }));
    Error error = rejection_of(header_with(rest));
    CHECK(error.code == code);
    CHECK(error.where == 0);
    CHECK(std::string(error.what) == what);
}

TEST_CASE("a header alone, even without the vendor's part, is a log without events",
          "[event_log]") {
    auto bytes =
        header_with(GENERATE("010000000b002000", "010000000b00200000", "010000000b00200002aabb"));
    auto log = read_event_log(bytes);
    REQUIRE(log);
    CHECK(log->events.empty());
    CHECK(replayed(*log, 4) == std::string(64, '0'));
}

TEST_CASE("64 algorithms are the most", "[event_log]") {
    std::string rest = "40000000";
    std::vector<std::byte> digests;
    for (unsigned i = 0; i < 64; i++) {
        std::vector<std::byte> number;
        append_u16(number, static_cast<std::uint16_t>(0x1000 + i));
        rest += to_hex(number) + "0100";
        append(digests, number);
        digests.push_back(std::byte(i));
    }
    auto bytes = header_with(rest);
    append_u32(bytes, 0);
    append_u32(bytes, 4);
    append_u32(bytes, 64);
    append(bytes, digests);
    append_u32(bytes, 0);
    auto log = read_event_log(bytes);
    REQUIRE(log);
    CHECK(log->algorithms.empty());
    REQUIRE(log->events.size() == 1);
    CHECK(log->events[0].digests.size() == 64);
}

TEST_CASE("a log is limited in size and in events", "[event_log]") {
    CHECK(rejection_of({}).code == Errc::truncated);
    std::vector<std::byte> large(event_log_size_max + 1);
    CHECK(rejection_of(large).code == Errc::too_large);
    large.pop_back();
    // Records of zeros in the old form are well formed, and there are too many of them.
    Error error = rejection_of(large);
    CHECK(error.code == Errc::too_large);
    CHECK(error.where == event_log_events_max * 32);
    large.resize(event_log_events_max * 32);
    CHECK(read_event_log(large).value().events.size() == event_log_events_max);
}

TEST_CASE("tag and text of a tagged event are read", "[event_log]") {
    LoggedEvent event;
    event.type = EventType::event_tag;
    auto loader_conf = tagged_data(0xf5bc582a, to_ucs2_bytes("loader.conf"));
    auto options = tagged_data(0x8f3b22ed, to_bytes({"LOADED_IMAGE::LoadOptions\0", 26}));
    auto initrd = tagged_data(0x8f3b22ec, to_bytes({"Linux initrd\0", 13}));
    event.data = loader_conf;
    REQUIRE(tagged_text(event));
    CHECK(tagged_text(event)->tag == 0xf5bc582a);
    CHECK(tagged_text(event)->text == "loader.conf");
    event.data = options;
    CHECK(tagged_text(event)->text == "LOADED_IMAGE::LoadOptions");
    event.data = initrd;
    CHECK(tagged_text(event)->text == "Linux initrd");
    for (std::size_t size = 0; size < initrd.size(); size++) {
        event.data = Bytes(initrd).first(size);
        CHECK_FALSE(tagged_text(event));
    }
    event.data = initrd;
    event.type = EventType::ipl;
    CHECK_FALSE(tagged_text(event));
}

TEST_CASE("only digests that are those of the data are checked", "[event_log]") {
    LoggedEvent event;
    event.data = zeros;
    for (EventType type :
         {EventType::separator, EventType::action, EventType::s_crtm_version,
          EventType::efi_variable_driver_config, EventType::efi_gpt_event, EventType::efi_action,
          EventType::efi_variable_boot2, EventType::efi_variable_authority}) {
        event.type = type;
        auto digest = digest_of_data(kindling::hash, Algorithm::sha256, event);
        REQUIRE(digest);
        CHECK(to_hex(digest->view()) ==
              "df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119");
    }
    for (EventType type :
         {EventType::ipl, EventType::event_tag, EventType::no_action, EventType::post_code,
          EventType::efi_boot_services_application, EventType::efi_variable_boot,
          EventType::efi_platform_firmware_blob, static_cast<EventType>(0x12345678)}) {
        event.type = type;
        CHECK_FALSE(digest_of_data(kindling::hash, Algorithm::sha256, event));
    }
}
