// SPDX-License-Identifier: MIT
#include "core/selection.hpp"

#include "base/text.hpp"
#include "core/glob.hpp"

#include <initializer_list>

namespace kindling::bls {

namespace {

constexpr std::string_view saved = "@saved";

std::string_view text_of(const std::optional<std::string>& wish) {
    return wish ? std::string_view(*wish) : std::string_view();
}

/// Finds entries by what a person wished for.
class Finder {
public:
    explicit Finder(std::span<const Entry> entries) : entries_(entries) {}

    /// The first entry that `accepts`, with `reason` for it.
    template <class Predicate>
    std::optional<Selection> first(Reason reason, Predicate accepts) const {
        for (std::size_t i = 0; i < entries_.size(); i++)
            if (accepts(entries_[i])) return Selection{i, reason};
        return std::nullopt;
    }

    /// The first entry whose id fits the pattern.
    ///
    /// last  what "@saved" stands for as a pattern, which is then an id; null if it is no more than
    ///       a pattern
    std::optional<Selection> by_pattern(Reason reason, std::string_view pattern,
                                        const std::optional<std::string>* last = nullptr) const {
        bool is_id = last && pattern == saved;
        if (is_id) pattern = text_of(*last);
        if (pattern.empty()) return std::nullopt;
        return first(reason, [&](const Entry& entry) {
            if (reason == Reason::preferred && entry.is_bad()) return false;
            return is_id ? equals_ignoring_case(pattern, entry.id) : matches(pattern, entry.id);
        });
    }

private:
    std::span<const Entry> entries_;
};

} // namespace

std::optional<Selection> select_default(std::span<const Entry> entries, const Wishes& wishes) {
    if (entries.empty()) return std::nullopt;
    Finder finder(entries);
    const std::optional<std::string>* last = &wishes.last_booted;
    struct Wish {
        Reason reason;
        std::string_view pattern;
        const std::optional<std::string>* last;
    };
    for (const Wish& wish : {
             Wish{Reason::system_failure, text_of(wishes.system_failure), nullptr},
             Wish{Reason::one_shot, text_of(wishes.one_shot), nullptr},
             Wish{Reason::preferred, text_of(wishes.preferred), last},
             Wish{Reason::preferred, wishes.conf_preferred, last},
             Wish{Reason::default_, text_of(wishes.default_), last},
             Wish{Reason::default_, wishes.conf_default, last},
         })
        if (auto found = finder.by_pattern(wish.reason, wish.pattern, wish.last)) return found;
    // Every kind of entry may start by itself, but only with its first profile.
    if (auto found = finder.first(
            Reason::first, [](const Entry& entry) { return entry.profile.value_or(0) == 0; }))
        return found;
    return Selection{0, Reason::nothing};
}

} // namespace kindling::bls
