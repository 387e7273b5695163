// SPDX-License-Identifier: MIT
//
// When parked fibers are to be woken: the earliest first, of equal times the one that was put in
// first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace kindling::fiber {

/// A binary heap that tells each element its place, so that taking one out needs no search. `place`
/// gives a reference to that number of an element, counted from 1; 0 is not in the heap.
template <class T, std::size_t& (*place)(T&)>
class TimerHeap {
public:
    bool is_empty() const { return entries_.empty(); }
    std::uint64_t first_time() const { return entries_.front().time; }
    T& first() const { return *entries_.front().element; }

    void add(T& element, std::uint64_t time) {
        entries_.push_back({time, order_++, &element});
        rise(entries_.size());
    }

    void remove(T& element) {
        std::size_t at = std::exchange(place(element), 0);
        Entry last = entries_.back();
        entries_.pop_back();
        if (at > entries_.size()) return;
        put(at, last);
        rise(at);
        sink(place(*last.element));
    }

private:
    struct Entry {
        std::uint64_t time, order;
        T* element;
        bool operator<(const Entry& other) const {
            return time != other.time ? time < other.time : order < other.order;
        }
    };

    Entry& entry(std::size_t at) { return entries_[at - 1]; }

    void put(std::size_t at, const Entry& value) {
        entry(at) = value;
        place(*value.element) = at;
    }

    void rise(std::size_t at) {
        Entry value = entry(at);
        for (; at > 1 && value < entry(at / 2); at /= 2) put(at, entry(at / 2));
        put(at, value);
    }

    void sink(std::size_t at) {
        Entry value = entry(at);
        for (std::size_t below = 2 * at; below <= entries_.size(); below = 2 * at) {
            if (below < entries_.size() && entry(below + 1) < entry(below)) below++;
            if (!(entry(below) < value)) break;
            put(at, entry(below));
            at = below;
        }
        put(at, value);
    }

    std::vector<Entry> entries_;
    std::uint64_t order_ = 0;
};

} // namespace kindling::fiber
