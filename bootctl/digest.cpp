// SPDX-License-Identifier: MIT
#include "bootctl/digest.hpp"

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

} // namespace

pcr::Digest hash(pcr::Algorithm algorithm, std::span<const Bytes> pieces) {
    // libcrypto fails here only when memory is short or an algorithm is none of the above; neither
    // can be answered by a caller, and a wrong digest must never be shown.
    std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    ASSERT(context);
    ASSERT(EVP_DigestInit_ex(context.get(), method_of(algorithm), nullptr) == 1);
    for (Bytes piece : pieces)
        ASSERT(EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1);
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size_bytes = 0;
    ASSERT(EVP_DigestFinal_ex(context.get(), bytes.data(), &size_bytes) == 1);
    return pcr::make_digest(std::as_bytes(std::span(bytes)).first(size_bytes));
}

std::string_view crypto_library() {
    return OpenSSL_version(OPENSSL_VERSION);
}

} // namespace kindling
