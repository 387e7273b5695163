// SPDX-License-Identifier: MIT
//
// Runs a few flows of control in every order that their atomic steps can have.
//
// A flow runs from one step to the next without a break. A state that was seen before is not gone
// into again: it is the bytes of the world, and for each flow what its steps have given it. Every
// step has its effect at once, so that orders which only weak memory allows are not explored.
#pragma once

#include "fiber/context.hpp"
#include "fiber/stack.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace kindling::fiber {

class Interleavings;

/// One of the flows, with a stack that is used for one run after the other.
struct Flow {
    Context context;
    Stack* stack = nullptr;
    std::function<void()> body;
    std::function<bool()> can_go;
    std::uint64_t history = 0; ///< what its steps have given it, since it last forgot
    bool has_ended = false;
};

class Interleavings {
public:
    explicit Interleavings(std::size_t flows) {
        current_ = this;
        for (std::size_t i = 0; i < flows; i++) {
            Flow& flow = *flows_.emplace_back(std::make_unique<Flow>());
            flow.stack = pool_.take(StackClass::kib_256).value();
            flow.context.prepare(flow.stack->memory(), enter);
        }
    }
    ~Interleavings() {
        for (auto& flow : flows_) pool_.give_back(*flow->stack);
        current_ = nullptr;
    }

    /// `World` says what the flows do with `flow(i)`, what holds in every state with `wrong()`, and
    /// what holds when no flow can go on with `wrong_at_end()`: null, or what does not. It keeps
    /// all its state in itself and owns nothing. What went wrong first, or "".
    template <class World>
    std::string explore() {
        alignas(World) static std::array<std::byte, sizeof(World)> memory;
        std::vector<Choice> path;
        do {
            static_assert(sizeof(World) % sizeof(std::uint64_t) == 0);
            memory.fill(std::byte{0});
            auto* world = ::new (memory.data()) World;
            begin(*world);
            std::string wrong = follow(*world, path, memory);
            stop();
            if (!wrong.empty()) return wrong;
        } while (advance(path));
        return "";
    }

    /// The running flow has come to a step, which it takes once `can_go` says so.
    static void step(std::function<bool()> can_go = {}) {
        Flow* flow = current_ ? current_->running_ : nullptr;
        if (!flow) return;
        flow->can_go = std::move(can_go);
        flow->context.switch_to(current_->context_, nullptr);
        if (current_->is_stopping_) throw Stop{};
    }

    /// The step has given this to the flow.
    template <class Value>
    static Value saw(Value value) {
        if (!current_ || !current_->running_) return value;
        std::uint64_t bits;
        if constexpr (std::is_pointer_v<Value>)
            bits = reinterpret_cast<std::uintptr_t>(value);
        else
            bits = static_cast<std::uint64_t>(value);
        std::uint64_t& history = current_->running_->history;
        history = mixed(history + bits, 0x94d049bb133111ebu);
        return value;
    }

    /// The running flow is where it began, but for what is in the world.
    static void forget() {
        if (current_ && current_->running_) current_->running_->history = 0;
    }

    /// Notes that the exploration has come by here.
    static void reach(const char* what) { current_->reached_.insert(what); }

    const std::set<std::string>& reached() const { return reached_; }
    std::size_t states_count() const { return seen_.size(); }
    std::size_t ends_count() const { return ends_; }

private:
    struct Stop {};
    struct Key {
        void mix(std::uint64_t word) {
            low = mixed(low ^ word, 0x9e3779b97f4a7c15u);
            high = mixed(high ^ word, 0xbf58476d1ce4e5b9u);
        }
        bool operator==(const Key&) const = default;
        std::uint64_t low, high;
    };
    struct FirstHalf {
        std::size_t operator()(const Key& key) const { return key.low; }
    };
    struct Choice {
        void take() {
            flow = static_cast<unsigned>(std::countr_zero(untried));
            untried &= untried - 1;
        }
        unsigned flow, untried;
    };

    static void enter(void* value) {
        auto* flow = static_cast<Flow*>(value);
        for (;;) {
            try {
                flow->body();
            } catch (Stop) {
            }
            flow->has_ended = true;
            flow->context.switch_to(current_->context_, nullptr);
        }
    }

    /// Each bit of `bits` changes about half of those of the outcome; 0 has another one.
    static std::uint64_t mixed(std::uint64_t bits, std::uint64_t factor) {
        bits = (bits ^ bits >> 31) * factor + 1;
        return (bits ^ bits >> 29) * factor;
    }

    template <class World>
    void begin(World& world) {
        is_stopping_ = false;
        for (std::size_t i = 0; i < flows_.size(); i++) {
            Flow& flow = *flows_[i];
            flow.body = [&world, i] { world.flow(i); };
            flow.history = 0;
            flow.has_ended = false;
            resume(flow);
        }
    }

    void resume(Flow& flow) {
        running_ = &flow;
        context_.switch_to(flow.context, &flow);
        running_ = nullptr;
    }

    /// Ends what has not ended, so that the stacks are as in the beginning.
    void stop() {
        is_stopping_ = true;
        for (auto& flow : flows_)
            if (!flow->has_ended) resume(*flow);
    }

    /// One bit for each flow that can go on.
    unsigned able() const {
        unsigned able = 0;
        for (std::size_t i = 0; i < flows_.size(); i++) {
            const Flow& flow = *flows_[i];
            if (!flow.has_ended && (!flow.can_go || flow.can_go())) able |= 1u << i;
        }
        return able;
    }

    /// Goes along the path, and on from its end until nothing new comes.
    template <class World, class Memory>
    std::string follow(World& world, std::vector<Choice>& path, const Memory& memory) {
        for (const Choice& choice : path) resume(*flows_[choice.flow]);
        for (;;) {
            if (const char* wrong = world.wrong()) return wrong;
            if (!is_new(memory.data(), memory.size())) return "";
            path.push_back({0, able()});
            if (path.back().untried == 0) {
                ends_++;
                const char* wrong = world.wrong_at_end();
                return wrong ? wrong : "";
            }
            path.back().take();
            resume(*flows_[path.back().flow]);
        }
    }

    /// 128 bits stand for a state, so that millions fit; two that share them are not to be
    /// expected.
    bool is_new(const std::byte* memory, std::size_t size_bytes) {
        Key key{0, 1};
        for (std::size_t at = 0; at < size_bytes; at += sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, memory + at, sizeof(word));
            key.mix(word);
        }
        for (auto& flow : flows_) key.mix(flow->history * 2 + flow->has_ended);
        return seen_.insert(key).second;
    }

    static bool advance(std::vector<Choice>& path) {
        while (!path.empty() && path.back().untried == 0) path.pop_back();
        if (path.empty()) return false;
        path.back().take();
        return true;
    }

    static inline Interleavings* current_ = nullptr;

    StackPool pool_;
    Context context_;
    std::vector<std::unique_ptr<Flow>> flows_;
    Flow* running_ = nullptr;
    bool is_stopping_ = false;
    std::unordered_set<Key, FirstHalf> seen_;
    std::set<std::string> reached_;
    std::size_t ends_ = 0;
};

/// What std::atomic does, each operation as one step of the running flow.
template <class T>
class SteppingAtomic {
public:
    SteppingAtomic(T value) : value_(value) {}

    T load(std::memory_order) const {
        Interleavings::step();
        return Interleavings::saw(value_);
    }
    void store(T value, std::memory_order) {
        Interleavings::step();
        value_ = value;
        Interleavings::saw(0);
    }
    T exchange(T value, std::memory_order) {
        return change([&](T) { return value; });
    }
    T fetch_add(T by, std::memory_order) {
        return change([&](T before) { return before + by; });
    }
    T fetch_or(T bits, std::memory_order) {
        return change([&](T before) { return before | bits; });
    }
    T fetch_and(T bits, std::memory_order) {
        return change([&](T before) { return before & bits; });
    }
    bool compare_exchange_weak(T& expected, T value, std::memory_order, std::memory_order) {
        Interleavings::step();
        bool is_same = value_ == expected;
        if (is_same)
            value_ = value;
        else
            expected = value_;
        Interleavings::saw(value_);
        return Interleavings::saw(is_same);
    }

private:
    template <class Function>
    T change(Function function) {
        Interleavings::step();
        T before = value_;
        value_ = function(before);
        return Interleavings::saw(before);
    }

    T value_;
};

} // namespace kindling::fiber
