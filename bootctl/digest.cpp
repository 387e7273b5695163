// SPDX-License-Identifier: MIT
#include "bootctl/digest.hpp"

#include "fiber/fiber.hpp"

#include <algorithm>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace kindling {

namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

const EVP_MD* method_of(pcr::Algorithm algorithm) {
    switch (algorithm) {
    case pcr::Algorithm::sha1:
        return EVP_sha1();
    case pcr::Algorithm::sha256:
        return EVP_sha256();
    case pcr::Algorithm::sha384:
        return EVP_sha384();
    case pcr::Algorithm::sha512:
        return EVP_sha512();
    }
    return nullptr;
}

/// One digest on its way.
///
/// libcrypto fails here only when memory is short or an algorithm is none of ours; neither can be
/// answered by a caller, and a wrong digest must never be shown.
class Hasher {
public:
    explicit Hasher(pcr::Algorithm algorithm) : context_(EVP_MD_CTX_new()) {
        ASSERT(context_);
        ASSERT(EVP_DigestInit_ex(context_.get(), method_of(algorithm), nullptr) == 1);
    }

    void add(Bytes bytes) {
        ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
    }

    pcr::Digest finish() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size_bytes = 0;
        ASSERT(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size_bytes) == 1);
        return pcr::make_digest(std::as_bytes(std::span(bytes)).first(size_bytes));
    }

private:
    std::unique_ptr<EVP_MD_CTX, FreeContext> context_;
};

/// Small, for a loop whose fibers are always ready looks for signals and at the clock only now and
/// then. A turn costs nothing beside it.
constexpr std::size_t turn_size_bytes = 64 * 1024;

} // namespace

pcr::Digest hash(pcr::Algorithm algorithm, std::span<const Bytes> pieces) {
    Hasher hasher(algorithm);
    for (Bytes piece : pieces) hasher.add(piece);
    return hasher.finish();
}

Result<pcr::Digest> hash_in_turns(pcr::Algorithm algorithm, std::span<const Bytes> pieces,
                                  std::uint64_t& done) {
    Hasher hasher(algorithm);
    for (Bytes piece : pieces)
        while (!piece.empty()) {
            Bytes turn = piece.first(std::min(piece.size(), turn_size_bytes));
            hasher.add(turn);
            done += turn.size();
            piece = piece.subspan(turn.size());
            if (turn.size() == turn_size_bytes) TRY(fiber::this_fiber::yield());
        }
    return hasher.finish();
}

std::string_view crypto_library() {
    return OpenSSL_version(OPENSSL_VERSION);
}

} // namespace kindling
