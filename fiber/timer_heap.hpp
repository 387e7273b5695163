// SPDX-License-Identifier: MIT
//
// When parked fibers are to be woken: the earliest first, of equal times the one that was put in
// first.
#pragma once

#include "base/result.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace kindling::fiber {

/// A binary heap that tells each element its place, so that taking one out needs no search. `place`
/// gives a reference to that number of an element, counted from 1; 0 is not in the heap.
template <class T, std::size_t& (*place)(T&)>
class TimerHeap {
public:
    bool is_empty() const { return size_ == 0; }
    std::uint64_t first_time() const { return entries_[0].time; }
    T& first() const { return *entries_[0].element; }

    /// Lets so many elements be in it at once. False if there is no memory.
    bool make_room(std::size_t count) {
        if (count <= capacity_) [[likely]]
            return true;
        std::size_t larger = std::max({count, 2 * capacity_, std::size_t{16}});
        std::unique_ptr<Entry[]> entries(new (std::nothrow) Entry[larger]);
        if (!entries) return false;
        std::copy_n(entries_.get(), size_, entries.get());
        entries_ = std::move(entries);
        capacity_ = larger;
        return true;
    }

    /// There must be room for it: a wait cannot fail for want of memory.
    void add(T& element, std::uint64_t time) {
        ASSERT(size_ < capacity_);
        entries_[size_++] = {time, order_++, &element};
        rise(size_);
    }

    void remove(T& element) {
        std::size_t at = std::exchange(place(element), 0);
        Entry last = entry(size_--);
        if (at > size_) return;
        put(at, last);
        rise(at);
        sink(place(*last.element));
    }

private:
    struct Entry {
        std::uint64_t time, order; // Not set before it is used: room costs no memory.
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
        for (std::size_t below = 2 * at; below <= size_; below = 2 * at) {
            if (below < size_ && entry(below + 1) < entry(below)) below++;
            if (!(entry(below) < value)) break;
            put(at, entry(below));
            at = below;
        }
        put(at, value);
    }

    std::unique_ptr<Entry[]> entries_;
    std::size_t size_ = 0, capacity_ = 0;
    std::uint64_t order_ = 0;
};

} // namespace kindling::fiber
