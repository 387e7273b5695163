// SPDX-License-Identifier: MIT
#include "core/pcr.hpp"

#include <algorithm>

namespace kindling::pcr {

std::size_t digest_size_bytes(Algorithm algorithm) {
    switch (algorithm) {
    case Algorithm::sha1: return 20;
    case Algorithm::sha256: return 32;
    case Algorithm::sha384: return 48;
    case Algorithm::sha512: return 64;
    }
    return 0;
}

std::string_view to_text(Algorithm algorithm) {
    switch (algorithm) {
    case Algorithm::sha1: return "sha1";
    case Algorithm::sha256: return "sha256";
    case Algorithm::sha384: return "sha384";
    case Algorithm::sha512: return "sha512";
    }
    return "";
}

Result<Algorithm> parse_algorithm(std::string_view name) {
    for (Algorithm algorithm :
         {Algorithm::sha1, Algorithm::sha256, Algorithm::sha384, Algorithm::sha512})
        if (name == to_text(algorithm)) return algorithm;
    return Error{Errc::invalid, "unknown bank; expected sha1, sha256, sha384 or sha512"};
}

Digest make_digest(Bytes bytes) {
    ASSERT(bytes.size() <= 64);
    Digest digest;
    std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
    digest.size_bytes = static_cast<std::uint8_t>(bytes.size());
    return digest;
}

std::string_view to_text(EventType type) {
    switch (type) {
    case EventType::post_code: return "EV_POST_CODE";
    case EventType::no_action: return "EV_NO_ACTION";
    case EventType::separator: return "EV_SEPARATOR";
    case EventType::action: return "EV_ACTION";
    case EventType::event_tag: return "EV_EVENT_TAG";
    case EventType::s_crtm_contents: return "EV_S_CRTM_CONTENTS";
    case EventType::s_crtm_version: return "EV_S_CRTM_VERSION";
    case EventType::cpu_microcode: return "EV_CPU_MICROCODE";
    case EventType::platform_config_flags: return "EV_PLATFORM_CONFIG_FLAGS";
    case EventType::table_of_devices: return "EV_TABLE_OF_DEVICES";
    case EventType::compact_hash: return "EV_COMPACT_HASH";
    case EventType::ipl: return "EV_IPL";
    case EventType::efi_variable_driver_config: return "EV_EFI_VARIABLE_DRIVER_CONFIG";
    case EventType::efi_variable_boot: return "EV_EFI_VARIABLE_BOOT";
    case EventType::efi_boot_services_application: return "EV_EFI_BOOT_SERVICES_APPLICATION";
    case EventType::efi_boot_services_driver: return "EV_EFI_BOOT_SERVICES_DRIVER";
    case EventType::efi_runtime_services_driver: return "EV_EFI_RUNTIME_SERVICES_DRIVER";
    case EventType::efi_gpt_event: return "EV_EFI_GPT_EVENT";
    case EventType::efi_action: return "EV_EFI_ACTION";
    case EventType::efi_platform_firmware_blob: return "EV_EFI_PLATFORM_FIRMWARE_BLOB";
    case EventType::efi_handoff_tables: return "EV_EFI_HANDOFF_TABLES";
    case EventType::efi_platform_firmware_blob2: return "EV_EFI_PLATFORM_FIRMWARE_BLOB2";
    case EventType::efi_handoff_tables2: return "EV_EFI_HANDOFF_TABLES2";
    case EventType::efi_variable_boot2: return "EV_EFI_VARIABLE_BOOT2";
    case EventType::efi_hcrtm_event: return "EV_EFI_HCRTM_EVENT";
    case EventType::efi_variable_authority: return "EV_EFI_VARIABLE_AUTHORITY";
    case EventType::efi_spdm_firmware_blob: return "EV_EFI_SPDM_FIRMWARE_BLOB";
    case EventType::efi_spdm_firmware_config: return "EV_EFI_SPDM_FIRMWARE_CONFIG";
    }
    return "";
}

std::string_view to_text(Actor actor) {
    switch (actor) {
    case Actor::firmware: return "firmware";
    case Actor::loader: return "loader";
    case Actor::stub: return "stub";
    case Actor::kernel: return "kernel";
    }
    return "";
}

std::uint64_t Event::size_bytes() const {
    std::uint64_t sum = 0;
    for (Bytes piece : pieces) sum += piece.size();
    return sum;
}

Digest initial_value(Algorithm algorithm, std::uint8_t pcr) {
    Digest value;
    value.size_bytes = static_cast<std::uint8_t>(digest_size_bytes(algorithm));
    if (pcr >= 17 && pcr <= 22)
        std::fill_n(value.bytes.begin(), value.size_bytes, std::byte{0xff});
    return value;
}

Digest extend(HashFunction hash, Algorithm algorithm, const Digest& value, const Digest& digest) {
    const std::array<Bytes, 2> pieces{value.view(), digest.view()};
    return hash(algorithm, pieces);
}

Digest digest_of(HashFunction hash, Algorithm algorithm, const Event& event) {
    return hash(algorithm, event.pieces);
}

Digest fold(HashFunction hash, Algorithm algorithm, const Plan& plan, std::uint8_t pcr) {
    Digest value = initial_value(algorithm, pcr);
    for (const Event& event : plan)
        if (event.pcr == pcr && event.type != EventType::no_action)
            value = extend(hash, algorithm, value, digest_of(hash, algorithm, event));
    return value;
}

} // namespace kindling::pcr
