// SPDX-License-Identifier: MIT
#include "fiber/backtrace.hpp"

#include "fiber/frame_rule.hpp"
#include "fiber/record.hpp"
#include "fiber/switch.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <dlfcn.h>
#include <memory>
#include <optional>
#include <string_view>

namespace kindling::fiber {

namespace {

#if defined(__aarch64__)
constexpr std::size_t stack_register = 31;
constexpr std::uintptr_t address_bits =
    (std::uintptr_t{1} << 48) - 1; // the rest can be a signature
#else
constexpr std::size_t stack_register = 7;
constexpr std::uintptr_t address_bits = ~std::uintptr_t{0};
#endif

/// Goes from frame to frame.
class Walk {
public:
    Walk(StackMemory memory, std::uintptr_t place, const void* stack_pointer)
        : memory_(memory), place_(place) {
        values_[stack_register] = reinterpret_cast<std::uintptr_t>(stack_pointer);
    }

    /// The address that the frame returns to, and goes there; nothing at the end.
    std::optional<std::uintptr_t> next() {
        // A return address may be that of the next function: the call is what lies before it.
        auto rules = find_frame_rules(is_innermost_ ? place_ : place_ - 1);
        is_innermost_ = false;
        if (!rules || !values_[rules->base]) return std::nullopt;
        std::uintptr_t frame =
            *values_[rules->base] + static_cast<std::uintptr_t>(rules->base_offset);
        if (frame < *values_[stack_register]) return std::nullopt; // would go round in circles
        Values before = values_;
        for (std::size_t i = 0; i < frame_registers; i++)
            values_[i] = value_of(rules->registers[i], frame, before[i]);
        auto address = values_[rules->return_address];
        if (!address) return std::nullopt;
        values_[stack_register] = frame;
        place_ = *address & address_bits;
        return place_ == 0 ? std::nullopt : std::optional(place_);
    }

private:
    using Values = std::array<std::optional<std::uintptr_t>, frame_registers>;

    std::optional<std::uintptr_t> value_of(const FrameRule& rule, std::uintptr_t frame,
                                           std::optional<std::uintptr_t> before) const {
        std::uintptr_t at = frame + static_cast<std::uintptr_t>(rule.offset);
        switch (rule.kind) {
        case FrameRule::Kind::same:
            return before;
        case FrameRule::Kind::at_offset:
            return word(at);
        case FrameRule::Kind::is_offset:
            return at;
        case FrameRule::Kind::none:
            break;
        }
        return std::nullopt;
    }

    /// Sanitizers know that nobody else should look there.
    [[gnu::no_sanitize_address]] std::optional<std::uintptr_t> word(std::uintptr_t at) const {
        auto bottom = reinterpret_cast<std::uintptr_t>(memory_.bottom);
        bool is_inside =
            at >= bottom && at - bottom <= memory_.size_bytes - sizeof(at) && at % sizeof(at) == 0;
        if (!is_inside) return std::nullopt;
        return *reinterpret_cast<const volatile std::uintptr_t*>(at);
    }

    StackMemory memory_;
    std::uintptr_t place_;
    bool is_innermost_ = true;
    Values values_;
};

/// As it was written, without what the linker needs.
std::string readable(const char* name) {
    int status = 0;
    std::unique_ptr<char, decltype(&std::free)> text(
        abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free);
    return text ? text.get() : name;
}

bool has_left_its_stack(const Fiber& fiber) {
    return fiber.suspensions() > 0 &&
           (fiber.state() == State::suspended || fiber.state() == State::ready);
}

} // namespace

std::size_t backtrace(const Fiber& fiber, std::span<std::uintptr_t> addresses) {
    if (parked_place() == 0 || !has_left_its_stack(fiber)) return 0;
    Walk walk(fiber.stack().memory(), parked_place(), fiber.context().stack_pointer());
    std::size_t count = 0;
    while (count < addresses.size()) {
        auto address = walk.next();
        if (!address) break;
        addresses[count++] = *address;
    }
    return count;
}

std::string place_text(std::uintptr_t address) {
    char number[24];
    Dl_info info{};
    if (::dladdr(reinterpret_cast<void*>(address), &info) == 0 || !info.dli_fname) {
        std::snprintf(number, sizeof(number), "0x%zx", static_cast<std::size_t>(address));
        return number;
    }
    std::snprintf(
        number, sizeof(number), "+0x%zx",
        static_cast<std::size_t>(address - reinterpret_cast<std::uintptr_t>(info.dli_fbase)));
    std::string_view module = info.dli_fname;
    module.remove_prefix(module.rfind('/') + 1);
    std::string place = std::string(module) + number;
    return info.dli_sname ? readable(info.dli_sname) + " (" + place + ")" : place;
}

std::string backtrace_text(const Fiber& fiber) {
    std::uintptr_t addresses[backtrace_frames_max];
    std::size_t count = backtrace(fiber, addresses);
    std::string text;
    for (std::size_t i = 0; i < count; i++)
        text.append(i > 0 ? " < " : "").append(place_text(addresses[i]));
    return text;
}

} // namespace kindling::fiber
