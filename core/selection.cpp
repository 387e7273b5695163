// SPDX-License-Identifier: MIT
#include "core/selection.hpp"

#include "base/text.hpp"
#include "core/glob.hpp"

#include <algorithm>
#include <utility>

namespace kindling::bls {

namespace {

constexpr std::string_view saved = "@saved";

/// Finds entries by what a person wished for.
class Finder {
public:
    explicit Finder(std::span<const Entry> entries) : entries_(entries) {}

    /// The first entry that `accepts`, with `reason` for it.
    template <class Predicate>
    std::optional<Selection> first(Reason reason, Predicate accepts) const {
        auto place = std::find_if(entries_.begin(), entries_.end(), accepts);
        if (place == entries_.end()) return std::nullopt;
        return Selection{static_cast<std::size_t>(place - entries_.begin()), reason};
    }

    /// The first entry whose id fits the pattern.
    std::optional<Selection> by_pattern(Reason reason, std::string_view pattern) const {
        if (pattern.empty()) return std::nullopt;
        return first(reason, [&](const Entry& entry) {
            if (reason == Reason::preferred && entry.is_bad()) return false;
            return matches(pattern, entry.id);
        });
    }

    /// The same, where the pattern may be "@saved" for the entry that was booted last.
    std::optional<Selection> by_pattern_or_saved(Reason reason, std::string_view pattern,
                                                 const std::optional<std::string>& last) const {
        if (pattern != saved) return by_pattern(reason, pattern);
        if (!last || last->empty()) return std::nullopt;
        return first(reason, [&](const Entry& entry) {
            if (reason == Reason::preferred && entry.is_bad()) return false;
            return equals_ignoring_case(*last, entry.id); // an id is no pattern
        });
    }

private:
    std::span<const Entry> entries_;
};

} // namespace

std::optional<Selection> select_default(std::span<const Entry> entries, const Wishes& wishes) {
    if (entries.empty()) return std::nullopt;
    Finder finder(entries);
    auto text = [](const std::optional<std::string>& wish) {
        return wish ? std::string_view(*wish) : std::string_view();
    };
    if (auto found = finder.by_pattern(Reason::system_failure, text(wishes.system_failure)))
        return found;
    if (auto found = finder.by_pattern(Reason::one_shot, text(wishes.one_shot))) return found;
    for (auto [reason, pattern] : {
             std::pair{Reason::preferred, text(wishes.preferred)},
             std::pair{Reason::preferred, std::string_view(wishes.conf_preferred)},
             std::pair{Reason::default_, text(wishes.default_)},
             std::pair{Reason::default_, std::string_view(wishes.conf_default)},
         })
        if (auto found = finder.by_pattern_or_saved(reason, pattern, wishes.last_booted))
            return found;
    // Every kind of entry may start by itself, but only with its first profile.
    if (auto found = finder.first(
            Reason::first, [](const Entry& entry) { return entry.profile.value_or(0) == 0; }))
        return found;
    return Selection{0, Reason::nothing};
}

} // namespace kindling::bls
