// SPDX-License-Identifier: MIT
#include "core/measure.hpp"

#include "base/hex.hpp"
#include "bootctl/digest.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_volume.hpp"

using namespace kindling;
using pcr::Algorithm;

namespace {

std::string digest(const pcr::Event& event) {
    return to_hex(pcr::digest_of(hash, Algorithm::sha256, event).view());
}

std::string fold(const pcr::Plan& plan, std::uint8_t number,
                 Algorithm algorithm = Algorithm::sha256) {
    return to_hex(pcr::fold(hash, algorithm, plan, number).view());
}

/// The filled initrd of an entry with extras only, and its events.
struct Measured {
    initrd::Plan initrd;
    std::vector<std::byte> blob;
    pcr::Plan plan;
};

Measured measure(fakes::FakeVolume& volume, std::vector<std::string> extras,
                 std::string_view load_options = "") {
    bls::Entry entry;
    entry.extras = std::move(extras);
    std::string at_file;
    Measured measured;
    measured.initrd = initrd::plan(volume, entry, 0, at_file).value();
    measured.blob.resize(measured.initrd.size_bytes);
    REQUIRE(initrd::fill(volume, measured.initrd, measured.blob, at_file));
    measured.plan = pcr::entry_events(measured.initrd, measured.blob, load_options);
    return measured;
}

} // namespace

TEST_CASE("loader.conf is a tagged event over its bytes", "[measure]") {
    auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"timeout 3\n", "c135274c6471e4e4178533086b5b680104d1e0c3c4605dbd0820426201c0555d"},
        {"timeout 0\ndefault t3.conf\n",
         "723ac5915ec3194f269478a222ac29994b6dca37948b838d37ffcd53279c1f79"},
        {"timeout 0\ndefault t5.conf\n",
         "f9ec8070582ac51a5e33a904614178b257d33dc685091f965534131183397fed"},
    }));
    pcr::Event event = pcr::loader_conf_event(to_bytes(text));
    CHECK(event.pcr == 5);
    CHECK(event.type == pcr::EventType::event_tag);
    CHECK(event.tag == 0xf5bc582a);
    CHECK(event.actor == pcr::Actor::loader);
    CHECK(event.description == "loader.conf");
    CHECK(event.origin == "/loader/loader.conf");
    CHECK_FALSE(event.must_succeed);
    CHECK(digest(event) == expected);
}

TEST_CASE("a command line is hashed in UTF-16 with its NUL", "[measure]") {
    auto [text, size, expected] = GENERATE(table<std::string, std::size_t, std::string>({
        {"root=/dev/sda2 quiet", 42,
         "469b01a64e200265a0de3391388b03211305ca3cd83cb29035af0c9c598af002"},
        {"@1", 6, "6fe1a7eea00280541db8c092405e72ccf26d43b83795819db625e28096e14ee7"},
        {"initrd=\\k\\initrd.img console=ttyS0 tmode=t3", 88,
         "2b2dbafb6eb31c9d14e05964b7ce4469ab4e5532908962293776c021fcef47b7"},
        {"initrd=\\k\\initrd.img initrd=\\k\\early.img console=ttyS0 tmode=t5 smb=1", 140,
         "1be3ef7acdce008809cfd7e8330fa0c0c915a1e7ae6bf0798b64d0e6da213b9d"},
        {"1", 4, "60864aae264519399c7a7379382e411d40a3bd0f1641e669fb73183d223f6bd0"},
        {"addon.g=1 addon.l=1", 40,
         "aed83750269e52498110f3fc9f463373edc584ba1bbf1afd66f081faaeaef72b"},
    }));
    pcr::Event event = pcr::command_line_event(pcr::Actor::stub, text);
    CHECK(event.pcr == 12);
    CHECK(event.type == pcr::EventType::ipl);
    CHECK(event.actor == pcr::Actor::stub);
    CHECK(event.description == text);
    CHECK(event.size_bytes() == size);
    CHECK(digest(event) == expected);
}

TEST_CASE("events stay right when a plan grows", "[measure]") {
    pcr::Plan plan;
    for (int i = 0; i < 100; i++)
        plan.push_back(pcr::command_line_event(pcr::Actor::loader, "root=/dev/sda2 quiet"));
    for (const pcr::Event& event : plan)
        CHECK(digest(event) == "469b01a64e200265a0de3391388b03211305ca3cd83cb29035af0c9c598af002");
}

TEST_CASE("an entry without extras and options measures nothing", "[measure]") {
    fakes::FakeVolume volume;
    CHECK(measure(volume, {}).plan.empty());
}

TEST_CASE("load options alone give the known register in every bank", "[measure]") {
    fakes::FakeVolume volume;
    auto [algorithm, value] = GENERATE(table<Algorithm, std::string>({
        {Algorithm::sha1, "af4d4ac26cf146aa8809834b69ccf7f043f0b17a"},
        {Algorithm::sha256, "20774c116fa3c36feb2e3cfc49c3b445bf6ca877088241cf5e55c4be520f3ef5"},
        {Algorithm::sha384, "aa0c03c178efc0a6e94649c167c85fefca72f20f90adcf0977fa5bd15499066f"
                            "63b489ef76108cf9f28c94618d2d883b"},
        {Algorithm::sha512, "6d471fa334aa1dfe5f014967d7a936405d53bf0f52d7e45854a19d6db94d63ee"
                            "d29504fd6fbf051806950a189adb6decd0716585ef9a7a0e92d5b447a65c1996"},
    }));
    Measured measured = measure(volume, {}, "root=/dev/sda2 quiet");
    REQUIRE(measured.plan.size() == 1);
    CHECK(measured.plan[0].actor == pcr::Actor::loader);
    CHECK_FALSE(measured.plan[0].must_succeed);
    CHECK(fold(measured.plan, 12, algorithm) == value);
}

TEST_CASE("the load options of a real boot give that machine's register", "[measure]") {
    fakes::FakeVolume volume;
    Measured measured = measure(volume, {}, "initrd=\\k\\initrd.img console=ttyS0 tmode=t3");
    CHECK(fold(measured.plan, 12) ==
          "2350dd155a35320f6fb402caab901725a0d9d1eb73bce079d93581803d45d8c0");
}

TEST_CASE("one credential gives the known register 12", "[measure]") {
    fakes::FakeVolume volume;
    volume.add("/x/foo.cred", "hello\n");
    Measured measured = measure(volume, {"/x/foo.cred"});
    REQUIRE(measured.plan.size() == 1);
    const pcr::Event& event = measured.plan[0];
    CHECK(event.pcr == 12);
    CHECK(event.type == pcr::EventType::ipl);
    CHECK(event.tag == 0);
    CHECK(event.actor == pcr::Actor::loader);
    CHECK(event.must_succeed);
    CHECK(event.description == "Entry credentials initrd");
    CHECK(event.origin == "1 file: foo.cred");
    CHECK(event.size_bytes() == 524);
    CHECK(digest(event) == "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd");
    CHECK(fold(measured.plan, 12) ==
          "32a49ac470375ca2b4c5191f2fc5e4b97df78962f5165ed378e29d5478c1b8ab");
}

TEST_CASE("the order of the entry decides registers 12 and 13", "[measure]") {
    fakes::FakeVolume volume;
    volume.add("/a.cred", "A");
    volume.add("/b.sysext.raw", "BB");
    volume.add("/c.cred", "CCC");
    volume.add("/d.confext.raw", "DDDD");
    using Row = std::tuple<std::vector<std::string>, const char*, const char*>;
    auto [extras, pcr12, pcr13] =
        GENERATE(Row{{"/a.cred", "/b.sysext.raw", "/c.cred", "/d.confext.raw"},
                     "8caea85f52602d94590fbc87b5c1a4e132c003bea5750f2b6f21f03e18f27053",
                     "fd52de2bbaeb9750aa857a7a61f184e915935caf7baa4a8e8421793258a70a64"},
                 Row{{"/a.cred", "/c.cred", "/b.sysext.raw", "/d.confext.raw"},
                     "84e04f4eac7d0ab0354aec54dd326557f012d8a54271201310db4aaf02c7243a",
                     "a72097f3106a7828b914abd1eaa531404a2ee9f65a82c76308d45c1d4108cffe"});
    Measured measured = measure(volume, extras);
    CHECK(fold(measured.plan, 12) == pcr12);
    CHECK(fold(measured.plan, 13) == pcr13);
}

TEST_CASE("credentials come first, then both kinds of extensions, then the options", "[measure]") {
    fakes::FakeVolume volume;
    volume.add("/a.confext.raw", "C");
    volume.add("/b.sysext.raw", "SSSSS");
    volume.add("/c.cred", "hello\n");
    volume.add("/d.cred", "hello\n");
    Measured measured =
        measure(volume, {"/a.confext.raw", "/b.sysext.raw", "/c.cred", "/d.cred"}, "quiet");
    std::vector<std::tuple<int, std::string, std::string>> events;
    for (const pcr::Event& event : measured.plan)
        events.emplace_back(event.pcr, event.description, event.origin);
    CHECK(events == decltype(events){
                        {12, "Entry credentials initrd", "2 files: c.cred, d.cred"},
                        {13, "Entry system extension initrd", "1 file: b.sysext.raw"},
                        {12, "Entry configuration extension initrd", "1 file: a.confext.raw"},
                        {12, "quiet", "command line"},
                    });
}

TEST_CASE("four extras give the known digests", "[measure]") {
    fakes::FakeVolume volume;
    volume.add("/a.cred", "hello\n");
    volume.add("/b.sysext.raw", "SSSSS");
    volume.add("/c.confext.raw", "C");
    volume.add("/d.cred", "12345678");
    Measured measured = measure(volume, {"/a.cred", "/b.sysext.raw", "/c.confext.raw", "/d.cred"});
    REQUIRE(measured.plan.size() == 3);
    CHECK(digest(measured.plan[0]) ==
          "74013b6245ecf88a66dee2196deffd43214a87a5c0940b3f728aa19aed6a258f");
    CHECK(digest(measured.plan[1]) ==
          "10273edf2d1b03ab2538f65c97a36108ac55b105441623fa3c1288700c38d111");
    CHECK(digest(measured.plan[2]) ==
          "4d217a2b893a1041dbf41e1217987c9c91fe774882823517cc38883e1d208049");
}

TEST_CASE("archives are measured in place, behind whatever initrds are there", "[measure]") {
    fakes::FakeVolume volume;
    volume.add("/initrd", "12345");
    volume.add("/x/foo.cred", "hello\n");
    bls::Entry entry;
    entry.initrds = {"/initrd"};
    entry.extras = {"/x/foo.cred"};
    std::string at_file;
    auto initrd = initrd::plan(volume, entry, 0, at_file).value();
    std::vector<std::byte> blob(initrd.size_bytes);
    REQUIRE(initrd::fill(volume, initrd, blob, at_file));
    pcr::Plan plan = pcr::entry_events(initrd, blob, "");
    REQUIRE(plan.size() == 1);
    CHECK(plan[0].pieces[0].data() == blob.data() + 8);
    CHECK(digest(plan[0]) == "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd");
}
