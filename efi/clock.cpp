// SPDX-License-Identifier: MIT
#include "efi/clock.hpp"

#include "efi/system.hpp"

namespace kindling::efi {

namespace {

constexpr std::uint64_t calibration_us = 1000;

std::uint64_t read_counter() {
    std::uint32_t low, high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return static_cast<std::uint64_t>(high) << 32 | low;
}

struct CpuId {
    std::uint32_t a, b, c, d;
};

CpuId cpu_id(std::uint32_t leaf) {
    CpuId id;
    __asm__ volatile("cpuid" : "=a"(id.a), "=b"(id.b), "=c"(id.c), "=d"(id.d) : "a"(leaf), "c"(0));
    return id;
}

/// Source: Intel SDM, volume 2, CPUID leaf 1, ECX bit 31: reserved for hypervisors.
bool is_virtual_machine() {
    return cpu_id(1).c >> 31;
}

/// What the processor says its counter runs at; 0 if it does not.
/// Source: Intel SDM, volume 2, CPUID leaves 15H and 16H; volume 3, 19.7.3.
std::uint64_t stated_ticks_per_s() {
    constexpr std::uint32_t genu = 0x756e6547;
    CpuId vendor = cpu_id(0);
    if (vendor.b != genu || vendor.a < 0x15) return 0;
    CpuId ratio = cpu_id(0x15);
    if (ratio.a == 0 || ratio.b == 0) return 0;
    if (ratio.c) return static_cast<std::uint64_t>(ratio.c) * ratio.b / ratio.a;
    // The crystal is such that its multiple is the base frequency.
    return vendor.a < 0x16 ? 0 : static_cast<std::uint64_t>(cpu_id(0x16).a & 0xffff) * 1'000'000;
}

std::uint64_t measured_ticks_per_s() {
    std::uint64_t before = read_counter();
    stall(calibration_us);
    return (read_counter() - before) * (1'000'000 / calibration_us);
}

} // namespace

TscClock::TscClock() : start_ticks_(read_counter()) {}

std::uint64_t TscClock::ticks_per_s() {
    if (ticks_per_s_ == 0 && !is_virtual_machine()) ticks_per_s_ = stated_ticks_per_s();
    if (ticks_per_s_ == 0) ticks_per_s_ = measured_ticks_per_s();
    if (ticks_per_s_ == 0) ticks_per_s_ = 1'000'000; // a counter that stands still
    return ticks_per_s_;
}

std::optional<std::uint64_t> TscClock::since_power_on_us() {
    if (is_virtual_machine()) return {};
    return ticks_to_us(read_counter(), ticks_per_s());
}

std::uint64_t TscClock::since_start_us() {
    std::uint64_t ticks = read_counter() - start_ticks_;
    return ticks_to_us(ticks, ticks_per_s());
}

} // namespace kindling::efi
