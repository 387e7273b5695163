// SPDX-License-Identifier: MIT
#if defined(__x86_64__)
#include "tests/fiber/shadow_emulator.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

namespace kindling::fiber {

namespace {

using Address = std::uint64_t;

constexpr std::size_t arena_bytes = 256 * 1024 * 1024;
constexpr std::size_t first_bytes = 1024 * 1024; ///< of the shadow stack that a program begins with
constexpr std::size_t mappings_max = 1000;
constexpr Address token_64_bit = 1;
constexpr Address token_previous = 2;
constexpr unsigned long long trap_flag = 0x100;
constexpr unsigned long long arithmetic_flags = 0x8d5;
constexpr long long number_of_munmap = 11;
constexpr long long number_of_map_shadow_stack = 453;

EmulatorOptions options;
EmulatorCounts counts;

/// Says what is broken, and where. May be called at any instruction, so it takes no memory.
[[noreturn]] void fail(const char* what, Address at) {
    char text[200];
    int size = std::snprintf(text, sizeof(text), "%s at %#llx\n", what,
                             static_cast<unsigned long long>(at));
    if (::write(STDERR_FILENO, text, static_cast<std::size_t>(size)) < 0) ::_exit(2);
    std::abort();
}

/// All shadow stacks. They are mapped twice: the program may only read them.
class ShadowMemory {
public:
    void create() {
        int memory = ::memfd_create("shadow stacks", 0);
        if (memory < 0 || ::ftruncate(memory, arena_bytes) != 0) fail("no memory", 0);
        void* seen = ::mmap(nullptr, arena_bytes, PROT_READ, MAP_SHARED, memory, 0);
        void* ours = ::mmap(nullptr, arena_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
        if (seen == MAP_FAILED || ours == MAP_FAILED) fail("no memory", 0);
        first_ = reinterpret_cast<Address>(seen);
        ours_ = static_cast<std::byte*>(ours);
    }

    /// The address of new memory; 0 if there is none.
    Address map(std::size_t size_bytes) {
        if (count_ == mappings_max || used_bytes_ + size_bytes > arena_bytes) return 0;
        Address at = first_ + used_bytes_;
        mappings_[count_++] = {at, at + size_bytes};
        used_bytes_ += size_bytes;
        return at;
    }

    /// True if that was the memory of one shadow stack.
    bool unmap(Address at, std::size_t size_bytes) {
        for (Mapping& each : mappings_)
            if (each.begin == at && size_bytes > 0 && each.end == at + size_bytes) {
                each = {};
                return true;
            }
        return false;
    }

    Address load(Address at) {
        Address value = 0;
        std::memcpy(&value, place(at), sizeof(value));
        return value;
    }
    void store(Address at, Address value) { std::memcpy(place(at), &value, sizeof(value)); }

private:
    struct Mapping {
        Address begin = 0, end = 0;
    };

    std::byte* place(Address at) {
        if (at % 8 != 0) fail("an address of the shadow stack is not aligned", at);
        for (std::size_t i = 0; i < count_; i++)
            if (at >= mappings_[i].begin && at < mappings_[i].end) return ours_ + (at - first_);
        fail("no shadow stack", at);
    }

    Address first_ = 0;
    std::byte* ours_ = nullptr;
    std::size_t used_bytes_ = 0, count_ = 0;
    std::array<Mapping, mappings_max> mappings_;
};

enum class Kind { other, call, ret, system_call, rdsspq, incsspq, rstorssp, saveprevssp };

struct Instruction {
    Kind kind = Kind::other;
    std::size_t size_bytes = 0; ///< of those that are emulated
    int operand = 0;            ///< number of a register
    std::ptrdiff_t offset = 0;  ///< from what the register holds
};

/// With register operands: F3, REX with W, 0F, the code, and a byte with the register.
Instruction decode_register(const std::uint8_t* code) {
    Instruction found{Kind::other, 5, (code[4] & 7) | (code[1] & 1) << 3};
    if ((code[1] & 0xf8) != 0x48 || code[2] != 0x0f) return {};
    if (code[3] == 0x1e && (code[4] & 0xf8) == 0xc8) found.kind = Kind::rdsspq;
    if (code[3] == 0xae && (code[4] & 0xf8) == 0xe8) found.kind = Kind::incsspq;
    return found;
}

/// F3 0F 01: saveprevssp, or rstorssp with the one form of address that we use.
Instruction decode_token(const std::uint8_t* code) {
    if (code[3] == 0xea) return {Kind::saveprevssp, 4};
    if ((code[3] & 0xf8) == 0x68 && (code[3] & 7) != 4)
        return {Kind::rstorssp, 5, code[3] & 7, static_cast<std::int8_t>(code[4])};
    return {};
}

bool is_prefix(std::uint8_t byte) {
    return byte == 0xf2 || byte == 0xf3 || byte == 0x3e || byte == 0x2e || byte == 0x66 ||
           byte == 0x67 || (byte & 0xf0) == 0x40;
}

Instruction decode(Address at) {
    auto* code = reinterpret_cast<const std::uint8_t*>(at);
    if (code[0] == 0xf3 && code[1] == 0x0f && code[2] == 0x01) return decode_token(code);
    if (code[0] == 0xf3 && (code[1] & 0xf0) == 0x40)
        if (Instruction found = decode_register(code); found.kind != Kind::other) return found;
    if (code[0] == 0x0f && code[1] == 0x05) return {Kind::system_call, 2};
    while (is_prefix(*code)) code++;
    if (code[0] == 0xe8 || (code[0] == 0xff && (code[1] & 0x38) == 0x10)) return {Kind::call};
    if (code[0] == 0xc3 || code[0] == 0xc2) return {Kind::ret};
    return {};
}

/// The registers of the program between two instructions, by their numbers in these.
class Registers {
public:
    explicit Registers(void* context)
        : all_(static_cast<ucontext_t*>(context)->uc_mcontext.gregs) {}

    greg_t& operator[](int number) {
        constexpr int places[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                  REG_R12, REG_R13, REG_R14, REG_R15};
        return all_[places[number]];
    }
    Address next() const { return static_cast<Address>(all_[REG_RIP]); }
    Address top_of_stack() const { return *reinterpret_cast<Address*>(all_[REG_RSP]); }
    void pass(std::size_t size_bytes) { all_[REG_RIP] += static_cast<greg_t>(size_bytes); }
    void clear_arithmetic_flags() { all_[REG_EFL] &= ~static_cast<greg_t>(arithmetic_flags); }

private:
    greg_t* all_;
};

class Emulator {
public:
    void begin() {
        memory_.create();
        pointer_ = memory_.map(first_bytes) + first_bytes;
    }

    /// Between two instructions.
    void step(Registers registers) {
        counts.steps++;
        finish(registers);
        // None of the emulated ones is seen by the processor.
        do last_ = decode(last_at_ = registers.next());
        while (emulate(last_, registers));
    }

private:
    /// What the processor checks at the end of the last instruction.
    void finish(Registers& registers) {
        // The flag for steps is looked at only after the instruction that follows a system call.
        if (last_.kind == Kind::system_call && registers.next() != last_at_ + 2)
            last_ = decode(last_at_ + 2);
        if (last_.kind == Kind::call) push(registers.top_of_stack());
        if (last_.kind == Kind::ret) {
            counts.returns++;
            if (pop() != registers.next()) fail("a return to another place than", last_at_);
        }
    }

    /// True if it was done here.
    bool emulate(const Instruction& instruction, Registers& registers) {
        greg_t& operand = registers[instruction.operand];
        bool is_skipped = false;
        switch (instruction.kind) {
        case Kind::rdsspq:
            operand = static_cast<greg_t>(pointer_);
            break;
        case Kind::incsspq:
            is_skipped = std::string_view(options.skipped) == "incsspq";
            if (!is_skipped) drop(static_cast<Address>(operand) & 0xff);
            break;
        case Kind::rstorssp:
            is_skipped = std::string_view(options.skipped) == "rstorssp";
            if (!is_skipped) restore(static_cast<Address>(operand + instruction.offset));
            registers.clear_arithmetic_flags();
            break;
        case Kind::saveprevssp:
            is_skipped = std::string_view(options.skipped) == "saveprevssp";
            if (!is_skipped) save_previous();
            break;
        case Kind::system_call:
            if (!answer(registers)) return false;
            break;
        default:
            return false;
        }
        registers.pass(instruction.size_bytes);
        return true;
    }

    void push(Address value) { memory_.store(pointer_ -= 8, value); }
    Address pop() {
        Address value = memory_.load(pointer_);
        pointer_ += 8;
        return value;
    }

    /// The processor reads the first and the last of them.
    void drop(Address count) {
        memory_.load(pointer_);
        memory_.load(pointer_ + 8 * (count == 0 ? 0 : count - 1));
        pointer_ += 8 * count;
    }

    /// Goes over to the shadow stack with the token at this address.
    void restore(Address at) {
        Address token = memory_.load(at);
        if ((token & (token_64_bit | token_previous)) != token_64_bit) fail("no token", at);
        if ((((token & ~token_64_bit) - 8) & ~Address{7}) != at) fail("a wrong token", at);
        if (token & 4) fail("a token with a hole", at);
        memory_.store(at, pointer_ | token_64_bit | token_previous);
        pointer_ = at;
        counts.switches++;
    }

    /// Leaves a token on the shadow stack that we came from.
    void save_previous() {
        Address token = pop();
        if ((token & 3) != (token_64_bit | token_previous)) fail("no previous token", pointer_ - 8);
        Address previous = token & ~Address{3};
        memory_.store(previous - 8, previous | token_64_bit);
    }

    /// True if it is not the system that answers.
    bool answer(Registers& registers) {
        constexpr int rax = 0, rdx = 2, rsi = 6, rdi = 7;
        auto size_bytes = static_cast<std::size_t>(registers[rsi]);
        if (registers[rax] == number_of_munmap)
            counts.mappings -= memory_.unmap(static_cast<Address>(registers[rdi]), size_bytes);
        if (registers[rax] != number_of_map_shadow_stack) return false;
        registers[rax] = map(size_bytes, registers[rdx]);
        return true;
    }

    greg_t map(std::size_t size_bytes, greg_t flags) {
        if (flags != 1 || size_bytes == 0 || size_bytes % 4096 != 0) return -EINVAL;
        if (counts.mappings >= options.mappings_max) return -ENOMEM;
        Address at = memory_.map(size_bytes);
        if (at == 0) return -ENOMEM;
        counts.mappings++;
        memory_.store(at + size_bytes - 8, (at + size_bytes) | token_64_bit);
        return static_cast<greg_t>(at);
    }

    ShadowMemory memory_;
    Address pointer_ = 0;
    Instruction last_;
    Address last_at_ = 0;
};

Emulator emulator;
alignas(64) std::byte handler_stack[64 * 1024];

} // namespace

const EmulatorCounts& emulator_counts() {
    return counts;
}

void call_emulated(const EmulatorOptions& wanted, void (*function)()) {
    options = wanted;
    emulator.begin();
    stack_t stack = {};
    stack.ss_sp = handler_stack;
    stack.ss_size = sizeof(handler_stack);
    struct sigaction action = {};
    action.sa_sigaction = [](int, siginfo_t*, void* context) { emulator.step(Registers(context)); };
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    if (::sigaltstack(&stack, nullptr) != 0 || ::sigaction(SIGTRAP, &action, nullptr) != 0)
        fail("no handler of steps", 0);
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | trap_flag);
    asm volatile("nop"); // The first step is taken after this.
    function();
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~trap_flag);
}

} // namespace kindling::fiber
#endif
