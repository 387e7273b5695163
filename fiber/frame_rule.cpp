// SPDX-License-Identifier: MIT
#include "fiber/frame_rule.hpp"

#include <cstring>
#include <string_view>

/// What the run-time library of every compiler offers to find the entry that covers an address.
struct dwarf_eh_bases {
    void* text;
    void* data;
    void* function; ///< the first byte that the entry covers
};
extern "C" const void* _Unwind_Find_FDE(void* place, dwarf_eh_bases* bases);

namespace kindling::fiber {

namespace {

/// Reads entries of .eh_frame; beyond the end there are zeros.
class Cursor {
public:
    Cursor() = default;
    Cursor(const std::byte* first, std::size_t size_bytes) : at_(first), end_(first + size_bytes) {}

    bool is_at_end() const { return at_ >= end_; }
    const std::byte* at() const { return at_; }
    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

    template <class T>
    T number() {
        T value{};
        if (left() < sizeof(T)) {
            at_ = end_;
            return value;
        }
        std::memcpy(&value, at_, sizeof(T));
        at_ += sizeof(T);
        return value;
    }

    std::uint64_t uleb() { return leb(false); }
    std::int64_t sleb() { return static_cast<std::int64_t>(leb(true)); }

    void skip(std::uint64_t size_bytes) { at_ = size_bytes < left() ? at_ + size_bytes : end_; }

    /// A pointer in the encoding of .eh_frame, of which only its size counts.
    void skip_pointer(std::uint8_t encoding) {
        if (encoding == 0xff) return; // there is none
        switch (encoding & 0x07) {
        case 1:
            uleb();
            break;
        case 2:
            skip(2);
            break;
        case 3:
            skip(4);
            break;
        default:
            skip(8);
        }
    }

private:
    std::uint64_t leb(bool is_signed) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            auto part = number<std::uint8_t>();
            value |= std::uint64_t{part & 0x7fu} << shift;
            if (part & 0x80) continue;
            if (is_signed && (part & 0x40) && shift + 7 < 64)
                value |= ~std::uint64_t{0} << (shift + 7);
            break;
        }
        return value;
    }

    const std::byte* at_ = nullptr;
    const std::byte* end_ = nullptr;
};

/// The body of the entry at `at`, after its length.
Cursor body_of(const std::byte* at) {
    std::uint32_t size_bytes = 0;
    std::memcpy(&size_bytes, at, sizeof(size_bytes));
    // All ones would be a longer length, of which no function has need.
    return size_bytes == ~std::uint32_t{0} ? Cursor() : Cursor(at + 4, size_bytes);
}

/// What the entries of several functions share.
struct Shared {
    Cursor instructions;
    std::uint64_t code_unit = 1;
    std::int64_t data_unit = 1;
    std::uint64_t return_address = 0;
    std::uint8_t pointer_encoding = 0;
    bool has_augmentation = false;
};

std::optional<Shared> read_shared(const std::byte* at) {
    Cursor body = body_of(at);
    Shared shared;
    if (body.number<std::uint32_t>() != 0) return std::nullopt;
    auto version = body.number<std::uint8_t>();
    auto* text = reinterpret_cast<const char*>(body.at());
    std::string_view augmentation(text, ::strnlen(text, body.left()));
    body.skip(augmentation.size() + 1);
    shared.code_unit = body.uleb();
    shared.data_unit = body.sleb();
    shared.return_address = version == 1 ? body.number<std::uint8_t>() : body.uleb();
    if (augmentation.starts_with('z')) {
        shared.has_augmentation = true;
        std::uint64_t size_bytes = body.uleb();
        Cursor data = body;
        body.skip(size_bytes);
        for (char each : augmentation.substr(1)) {
            if (each == 'R') shared.pointer_encoding = data.number<std::uint8_t>();
            if (each == 'L') data.skip(1);
            if (each == 'P') data.skip_pointer(data.number<std::uint8_t>());
        }
    }
    shared.instructions = body;
    return shared;
}

/// Carries the instructions out until they reach the place.
class Machine {
public:
    Machine(const Shared& shared, std::uintptr_t first, std::uintptr_t place)
        : shared_(shared), location_(first), place_(place) {
        rules_.return_address = shared.return_address;
    }

    /// False if there is one that it does not know.
    bool run(Cursor code) {
        while (!code.is_at_end() && location_ <= place_)
            if (!step(code)) return false;
        return true;
    }
    /// What has run so far is where `restore` goes back to.
    void begin_function() { initial_ = rules_; }
    const FrameRules& rules() const { return rules_; }

private:
    static constexpr std::size_t depth_max = 8;

    void set(std::uint64_t number, FrameRule::Kind kind, std::int64_t offset = 0) {
        if (number < frame_registers) rules_.registers[number] = {kind, offset};
    }
    void restore(std::uint64_t number) {
        if (number < frame_registers) rules_.registers[number] = initial_.registers[number];
    }
    /// An offset in units of the entry; one that overflows is nonsense, but defined.
    std::int64_t scaled(std::uint64_t units) const {
        return static_cast<std::int64_t>(units * static_cast<std::uint64_t>(shared_.data_unit));
    }
    void advance(std::uint64_t units) { location_ += units * shared_.code_unit; }

    /// Those with an operand in the upper bits.
    bool step(Cursor& code) {
        auto byte = code.number<std::uint8_t>();
        std::uint64_t low = byte & 0x3fu;
        switch (byte >> 6) {
        case 1:
            advance(low);
            return true;
        case 2:
            set(low, FrameRule::Kind::at_offset, scaled(code.uleb()));
            return true;
        case 3:
            restore(low);
            return true;
        default:
            return step_plain(byte, code);
        }
    }

    bool step_plain(std::uint8_t instruction, Cursor& code) {
        switch (instruction) {
        case 0x00: // nop
        case 0x2d: // of aarch64: the return address is signed, from here or no longer
            return true;
        case 0x02: // advance_loc1
            advance(code.number<std::uint8_t>());
            return true;
        case 0x03: // advance_loc2
            advance(code.number<std::uint16_t>());
            return true;
        case 0x04: // advance_loc4
            advance(code.number<std::uint32_t>());
            return true;
        case 0x0a: // remember_state
            if (depth_ == depth_max) return false;
            remembered_[depth_++] = rules_;
            return true;
        case 0x0b: // restore_state
            if (depth_ == 0) return false;
            rules_ = remembered_[--depth_];
            return true;
        case 0x2e: // GNU_args_size
            code.uleb();
            return true;
        default:
            return step_base(instruction, code) || step_register(instruction, code);
        }
    }

    bool step_base(std::uint8_t instruction, Cursor& code) {
        switch (instruction) {
        case 0x0c: // def_cfa
            rules_.base = code.uleb();
            rules_.base_offset = static_cast<std::int64_t>(code.uleb());
            return true;
        case 0x0d: // def_cfa_register
            rules_.base = code.uleb();
            return true;
        case 0x0e: // def_cfa_offset
            rules_.base_offset = static_cast<std::int64_t>(code.uleb());
            return true;
        case 0x12: // def_cfa_sf
            rules_.base = code.uleb();
            rules_.base_offset = scaled(static_cast<std::uint64_t>(code.sleb()));
            return true;
        case 0x13: // def_cfa_offset_sf
            rules_.base_offset = scaled(static_cast<std::uint64_t>(code.sleb()));
            return true;
        default:
            return false;
        }
    }

    bool step_register(std::uint8_t instruction, Cursor& code) {
        std::uint64_t number = code.uleb();
        switch (instruction) {
        case 0x05: // offset_extended
            set(number, FrameRule::Kind::at_offset, scaled(code.uleb()));
            return true;
        case 0x06: // restore_extended
            restore(number);
            return true;
        case 0x07: // undefined
            set(number, FrameRule::Kind::none);
            return true;
        case 0x08: // same_value
            set(number, FrameRule::Kind::same);
            return true;
        case 0x11: // offset_extended_sf
            set(number, FrameRule::Kind::at_offset,
                scaled(static_cast<std::uint64_t>(code.sleb())));
            return true;
        case 0x14: // val_offset
            set(number, FrameRule::Kind::is_offset, scaled(code.uleb()));
            return true;
        case 0x10: // expression
        case 0x16: // val_expression
            set(number, FrameRule::Kind::none);
            code.skip(code.uleb());
            return true;
        default:
            return false;
        }
    }

    const Shared& shared_;
    std::uintptr_t location_;
    std::uintptr_t place_;
    FrameRules rules_, initial_;
    FrameRules remembered_[depth_max];
    std::size_t depth_ = 0;
};

} // namespace

std::optional<FrameRules> find_frame_rules(std::uintptr_t place) {
    dwarf_eh_bases bases{};
    const void* found = _Unwind_Find_FDE(reinterpret_cast<void*>(place), &bases);
    if (!found) return std::nullopt;
    Cursor body = body_of(static_cast<const std::byte*>(found));
    const std::byte* link = body.at();
    if (!link) return std::nullopt;
    auto shared = read_shared(link - body.number<std::uint32_t>());
    if (!shared) return std::nullopt;
    body.skip_pointer(shared->pointer_encoding); // where the function begins
    body.skip_pointer(shared->pointer_encoding); // its size
    if (shared->has_augmentation) body.skip(body.uleb());
    Machine machine(*shared, reinterpret_cast<std::uintptr_t>(bases.function), place);
    if (!machine.run(shared->instructions)) return std::nullopt;
    machine.begin_function();
    if (!machine.run(body)) return std::nullopt;
    const FrameRules& rules = machine.rules();
    bool is_known = rules.base < frame_registers && rules.return_address < frame_registers;
    return is_known ? std::optional(rules) : std::nullopt;
}

} // namespace kindling::fiber
