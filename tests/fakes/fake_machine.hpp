// SPDX-License-Identifier: MIT
//
// The parts of a machine that are not a volume or variables: they remember what was asked of them.
#pragma once

#include "base/text.hpp"
#include "core/machine.hpp"
#include "core/pcr.hpp"

#include <deque>
#include <string>
#include <vector>

namespace kindling::fakes {

inline std::vector<std::byte> copy(Bytes bytes) {
    return {bytes.begin(), bytes.end()};
}

class FakeTpm : public Tpm {
public:
    struct Sent {
        std::uint8_t pcr;
        pcr::EventType type;
        std::uint32_t tag;
        std::string description;
        std::vector<std::byte> bytes;
    };

    bool present = true;
    /// Events of these registers are refused with Errc::io.
    std::vector<std::uint8_t> broken_pcrs;
    std::vector<Sent> sent;

    bool is_present() override { return present; }
    std::uint32_t active_banks() override { return present ? 2 : 0; }

    Result<std::optional<Sha256Digest>> measure(const pcr::Event& event) override {
        for (std::uint8_t broken : broken_pcrs)
            if (event.pcr == broken) return Error{Errc::io, "tpm refused the event", 0, 7};
        if (!present) return std::optional<Sha256Digest>();
        std::vector<std::byte> bytes;
        for (Bytes piece : event.pieces) append(bytes, piece);
        Sha256Digest digest = sha256(bytes);
        sent.push_back({event.pcr, event.type, event.tag, event.description, std::move(bytes)});
        return std::optional<Sha256Digest>(digest);
    }
};

class FakeScreen : public Screen {
public:
    std::string shown;
    std::deque<Key> keys;                            ///< pressed one after the other
    std::vector<std::optional<std::uint32_t>> waits; ///< time-outs of all reads

    void print(std::string_view text) override { shown += text; }
    void clear() override { shown += "<clear>"; }

    /// Without keys left a limited wait times out, and an endless one is an error.
    Result<std::optional<Key>> read_key(std::optional<std::uint32_t> timeout_ms) override {
        waits.push_back(timeout_ms);
        if (keys.empty()) {
            if (timeout_ms) return std::optional<Key>();
            return Error{Errc::io, "no keyboard"};
        }
        Key key = keys.front();
        keys.pop_front();
        return std::optional<Key>(key);
    }
};

class FakeClock : public Clock {
public:
    std::optional<std::uint64_t> power_on_us;
    std::uint64_t start_us = 1000;

    std::optional<std::uint64_t> since_power_on_us() override { return power_on_us; }
    std::uint64_t since_start_us() override { return start_us; }
};

class FakeImages : public Images {
public:
    struct Started {
        std::string path;
        std::string load_options;
        std::vector<std::byte> initrd;
    };

    std::vector<std::byte> earlier_initrd;
    std::uint64_t memory_max = 1 << 30; ///< a larger piece is refused with Errc::no_memory
    std::optional<Error> load_error;
    std::optional<Error> previous_error; ///< reading an earlier initrd fails with this
    /// What a started program returns, one after the other; success when empty.
    std::deque<Error> start_errors;
    std::vector<Started> started;
    std::vector<Handle> unloaded;
    std::size_t loaded = 0;

    Result<Pages> allocate(std::uint64_t size_bytes) override {
        if (size_bytes > memory_max) return Error{Errc::no_memory, "out of memory"};
        auto* data = new std::byte[size_bytes];
        return Pages(data, size_bytes, [](std::byte* old, std::size_t) { delete[] old; });
    }

    Result<Handle> load(Volume&, std::string_view path, Bytes) override {
        if (load_error) return *load_error;
        paths_.push_back(std::string(path));
        loaded++;
        return paths_.size();
    }

    Result<Pages> previous_initrd() override {
        if (previous_error) return *previous_error;
        auto pages = allocate(earlier_initrd.size());
        if (!pages) return pages.error();
        std::copy(earlier_initrd.begin(), earlier_initrd.end(), pages->bytes().begin());
        return pages;
    }

    Result<void> start(Handle image, std::string_view load_options, Bytes initrd) override {
        started.push_back({paths_.at(image - 1), std::string(load_options), copy(initrd)});
        if (start_errors.empty()) return {};
        Error error = start_errors.front();
        start_errors.pop_front();
        return error;
    }

    void unload(Handle image) override {
        if (image) unloaded.push_back(image);
    }

private:
    std::vector<std::string> paths_;
};

} // namespace kindling::fakes
