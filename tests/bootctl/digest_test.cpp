// SPDX-License-Identifier: MIT
#include "base/hex.hpp"
#include "bootctl/digest.hpp"
#include "tests/catch.hpp"
#include "tests/fiber/virtual_loop.hpp"

using namespace kindling;

TEST_CASE("each bank hashes pieces as one message", "[digest]") {
    auto [algorithm, digest] = GENERATE(table<pcr::Algorithm, const char*>({
        {pcr::Algorithm::sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {pcr::Algorithm::sha256,
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {pcr::Algorithm::sha384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                                 "8086072ba1e7cc2358baeca134c825a7"},
        {pcr::Algorithm::sha512,
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    }));
    std::array<Bytes, 3> pieces{to_bytes("a"), Bytes{}, to_bytes("bc")};
    CHECK(to_hex(hash(algorithm, pieces).view()) == digest);
}

TEST_CASE("hashing in turns gives the same digest, and lets others run", "[digest]") {
    std::vector<std::byte> large(3'000'001, std::byte{7});
    std::array<Bytes, 3> pieces{Bytes(large), Bytes{}, Bytes(large).first(1'048'576)};
    std::string expected = to_hex(hash(pcr::Algorithm::sha256, pieces).view());
    std::uint64_t done = 1;
    CHECK(to_hex(hash_in_turns(pcr::Algorithm::sha256, pieces, done)->view()) == expected);
    CHECK(done == 1 + 3'000'001 + 1'048'576);
    fiber::VirtualLoop here;
    auto result = here.run([&]() -> Result<void> {
        bool is_over = false;
        int turns = 0;
        std::uint64_t seen = done; // by the other, on the way
        fiber::Group group;
        TRY(group.spawn("other", [&]() -> Result<void> {
            for (; !is_over; turns++) {
                if (turns == 20) seen = done;
                TRY(fiber::this_fiber::yield());
            }
            return {};
        }));
        CHECK(to_hex(TRY(hash_in_turns(pcr::Algorithm::sha256, pieces, done)).view()) == expected);
        is_over = true;
        CHECK(turns > 50);
        CHECK(seen > 1 + 3'000'001 + 1'048'576);
        CHECK(seen < done);
        TRY(group.wait());
        here.loop().request_exit();
        CHECK(hash_in_turns(pcr::Algorithm::sha256, pieces, done).error().code == Errc::cancelled);
        return {};
    });
    CHECK(result.has_value());
}
