// SPDX-License-Identifier: MIT
#include "cpio/companions.hpp"

#include "base/hex.hpp"
#include "base/sha256.hpp"
#include "cpio/newc.hpp"
#include "tests/catch.hpp"

using namespace kindling;
using namespace kindling::cpio;

namespace {

constexpr CompanionTarget credentials{".extra/credentials", 0500, 0400};

std::string pack(const CompanionTarget& target,
                 const std::vector<std::pair<std::string, std::string>>& files) {
    std::vector<Companion> companions;
    for (const auto& [name, contents] : files) companions.push_back({name, contents.size()});
    CompanionsLayout layout = lay_out(target, companions).value();
    std::string archive(layout.size_bytes, '\xff');
    write_frame(target, companions, layout,
                {reinterpret_cast<std::byte*>(archive.data()), archive.size()});
    for (std::size_t i = 0; i < files.size(); i++)
        archive.replace(layout.payloads[i].offset, layout.payloads[i].size_bytes, files[i].second);
    return archive;
}

std::string digest_of(std::string_view text) {
    return to_hex(sha256(to_bytes(text)));
}

} // namespace

TEST_CASE("companions share one directory record and are sorted by name", "[companions]") {
    std::string archive = pack(credentials, {{"c.cred", "CCC"}, {"a.cred", "A"}});
    CHECK(archive.size() == 656);
    CHECK(digest_of(archive) == "9b3933f258bac69fe74a81059e06497242fe757c58735d98ccc333623bc91da6");
}

TEST_CASE("a single companion has the bytes of a single extra", "[companions]") {
    std::string archive = pack(credentials, {{"foo.cred", "hello\n"}});
    CHECK(digest_of(archive) == "9075b4e3e833fd54512516c684904a5a0caef3769b3dd893172cb628bb6564cd");
}

TEST_CASE("capital letters sort before small ones", "[companions]") {
    std::string archive = pack(credentials, {{"a.cred", "1"}, {"Z.cred", "2"}});
    CHECK(archive.find("Z.cred") < archive.find("a.cred"));
}

TEST_CASE("a metadata archive is .extra, one file and the trailer", "[companions]") {
    std::string archive = pack({".extra", 0555, 0444}, {{"os-release", "ID=x\n"}});
    REQUIRE(archive.size() == 120 + 128 + 8 + 124);
    CHECK(archive.substr(0, 22) == "070701"
                                   "00000001"
                                   "0000416d");
    CHECK(archive.substr(110, 7) == std::string(".extra\0", 7));
    CHECK(archive.substr(120, 22) == "070701"
                                     "00000002"
                                     "00008124");
    CHECK(archive.substr(230, 18) == std::string(".extra/os-release\0", 18));
    CHECK(archive.substr(248, 8) == std::string("ID=x\n\0\0\0", 8));
}

TEST_CASE("no companions make an empty archive", "[companions]") {
    CHECK(pack(credentials, {}).empty());
}

TEST_CASE("a companion that cannot be packed is named by its index", "[companions]") {
    auto [name, size, code] = GENERATE(table<std::string, std::uint64_t, Errc>({
        {"", 1, Errc::invalid},
        {"..", 1, Errc::invalid},
        {"a/b", 1, Errc::invalid},
        {"\xc3\xa4", 1, Errc::invalid},
        {std::string(extra_name_max + 1, 'a'), 1, Errc::too_large},
        {"a", contents_size_max + 1, Errc::too_large},
    }));
    std::vector<Companion> companions{{"b", contents_size_max}, {name, size}};
    auto layout = lay_out(credentials, companions);
    REQUIRE_FALSE(layout);
    CHECK(layout.error().code == code);
    CHECK(layout.error().where == 1);
}

TEST_CASE("more companions than the limit are refused", "[companions]") {
    std::vector<Companion> companions(extras_max + 1, {"a", 1});
    auto layout = lay_out(credentials, companions);
    REQUIRE_FALSE(layout);
    CHECK(layout.error().code == Errc::too_large);
}
