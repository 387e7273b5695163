// SPDX-License-Identifier: MIT
#include "base/hex.hpp"
#include "base/sha256.hpp"
#include "tests/catch.hpp"

#include <openssl/sha.h>
#include <random>

using namespace kindling;

namespace {

std::string digest_of(std::string_view text) {
    return to_hex(sha256(to_bytes(text)));
}

std::string libcrypto_digest_of(std::string_view text) {
    Sha256Digest digest;
    ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
             reinterpret_cast<unsigned char*>(digest.data()));
    return to_hex(digest);
}

std::string random_text(std::size_t size, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::string text(size, 0);
    for (char& each : text) each = static_cast<char>(random() & 0xff);
    return text;
}

} // namespace

TEST_CASE("digests of the standard's examples are the published ones", "[sha256]") {
    // FIPS 180-2 appendix B and the examples that NIST publishes beside it.
    CHECK(digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(digest_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                    "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu") ==
          "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    CHECK(digest_of("\xbd") == "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
    CHECK(digest_of("\xc9\x8c\x8e\x55") ==
          "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504");
}

TEST_CASE("the digest of a million times a letter does not depend on the pieces", "[sha256]") {
    std::size_t piece = GENERATE(1, 63, 64, 65, 1000, 1'000'000);
    std::string letters(piece, 'a');
    Sha256 hash;
    for (std::size_t left = 1'000'000; left > 0;) {
        std::size_t size = std::min(left, piece);
        hash.update(to_bytes(letters).first(size));
        left -= size;
    }
    CHECK(to_hex(hash.finish()) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("messages of every small size agree with libcrypto", "[sha256]") {
    for (std::uint32_t size = 0; size <= 300; size++) {
        std::string text = random_text(size, size);
        if (digest_of(text) != libcrypto_digest_of(text)) FAIL("differs at size " << size);
    }
    std::string large = random_text(1 << 20, 9);
    CHECK(digest_of(large) == libcrypto_digest_of(large));
}

TEST_CASE("a message in two or three pieces has the digest of the whole", "[sha256]") {
    std::string text = random_text(200, 1);
    std::string whole = libcrypto_digest_of(text);
    Bytes bytes = to_bytes(text);
    for (std::size_t first = 0; first <= bytes.size(); first++) {
        for (std::size_t second = first; second <= bytes.size(); second++) {
            Sha256 hash;
            hash.update(bytes.first(first));
            hash.update(bytes.subspan(first, second - first));
            hash.update(bytes.subspan(second));
            if (to_hex(hash.finish()) != whole) FAIL("differs at " << first << ", " << second);
        }
    }
}

TEST_CASE("empty pieces do not change a digest", "[sha256]") {
    Sha256 hash;
    hash.update({});
    hash.update(to_bytes("a"));
    hash.update({});
    hash.update(to_bytes("bc"));
    hash.update({});
    CHECK(to_hex(hash.finish()) == digest_of("abc"));
}

TEST_CASE("a random seed is derived as systemd-boot does on 64-bit machines", "[sha256]") {
    // A label, then each input behind its length: seed table, RNG, token, file, counter, time.
    std::string rng;
    for (int i = 0; i < 32; i++) rng += static_cast<char>(i);
    std::string counter("\7\0\0\0\0\0\0\0", 8);
    Sha256 hash;
    hash.update(to_bytes("systemd-boot random seed label v1"));
    for (const std::string& input : {std::string(), rng, std::string(32, '\xaa'),
                                     std::string(32, '\xbb'), counter, std::string(16, '\0')}) {
        std::vector<std::byte> size;
        append_u64(size, input.size());
        hash.update(size);
        hash.update(to_bytes(input));
    }
    Sha256Digest common = hash.finish();
    CHECK(to_hex(common) == "e6934bb7cec8a018ff33fb51b368a2ef8ed93de8bd2654e3029453040d8fd1d9");
    std::string text(to_text(Bytes(common)));
    CHECK(digest_of(text + '\0') ==
          "e8f412ee78b27d05963b68317768c90bb43200a76dea76c1a514295e648dd76c");
    CHECK(digest_of(text + '\1') ==
          "0a9984a0dd4a57786f1dd662e998fe147ef169939937edc91f49e0df481e4396");
}
