// SPDX-License-Identifier: MIT
#include "bootctl/compare_log.hpp"

#include "bootctl/explain_change.hpp"
#include "core/event_text.hpp"

#include <algorithm>

namespace kindling {

namespace {

/// Beyond, events are compared position by position: a log of that many events is no ordinary one.
constexpr std::size_t alignment_cells_max = 2000 * 2000;

// One equal digest outweighs any number of events that only look alike: the shorter list of a
// table within the limit has at most 2000 events.
constexpr std::uint32_t same_digest_weight = 10000;
constexpr std::uint32_t same_text_weight = 3;
constexpr std::uint32_t same_kind_weight = 2;

struct PredictedItem {
    const pcr::Event* event = nullptr;
    pcr::Digest digest;
    EventKind kind;
    std::string text;
};

struct LoggedItem {
    const pcr::LoggedEvent* event = nullptr;
    std::optional<pcr::Digest> digest;
    EventKind kind;
    std::string text;
};

/// Both lists of one register.
struct Sides {
    std::uint8_t pcr = 0;
    std::vector<PredictedItem> predicted;
    std::vector<LoggedItem> logged;
};

Sides collect(pcr::HashFunction hash, pcr::Algorithm bank, const pcr::Plan& plan,
              const pcr::EventLog& log, std::uint8_t pcr) {
    Sides sides{pcr, {}, {}};
    for (const pcr::Event& event : plan) {
        if (event.pcr != pcr || event.type == pcr::EventType::no_action) continue;
        sides.predicted.push_back({&event, pcr::digest_of(hash, bank, event), kind_of(event),
                                   pcr::one_line(event.description)});
    }
    for (const pcr::LoggedEvent& event : log.events) {
        if (event.pcr != pcr || event.type == pcr::EventType::no_action) continue;
        LoggedItem item{&event, std::nullopt, kind_of(event), pcr::describe(event)};
        Bytes digest = event.digest(bank);
        if (digest.size() == pcr::digest_size_bytes(bank)) item.digest = pcr::make_digest(digest);
        sides.logged.push_back(std::move(item));
    }
    return sides;
}

/// How much speaks for these two being the same event; 0 if they are not.
std::uint32_t weight_of(const PredictedItem& predicted, const LoggedItem& logged) {
    if (logged.digest == predicted.digest) return same_digest_weight;
    if (!(predicted.kind == logged.kind)) return 0;
    return predicted.text == logged.text ? same_text_weight : same_kind_weight;
}

/// Collects rows from front to back.
class Rows {
public:
    Rows(const Sides& sides, std::vector<ComparedEvent>& rows) : sides_(sides), rows_(rows) {}

    void pair(std::size_t i, std::size_t j) {
        const PredictedItem& predicted = sides_.predicted[i];
        const LoggedItem& logged = sides_.logged[j];
        bool is_same = logged.digest == predicted.digest;
        rows_.push_back({sides_.pcr, is_same ? Difference::none : Difference::changed,
                         predicted.event, logged.event, predicted.digest, logged.digest,
                         is_same ? "" : explain_change(*predicted.event, *logged.event)});
    }
    void missing(std::size_t i) {
        const PredictedItem& predicted = sides_.predicted[i];
        rows_.push_back({sides_.pcr, Difference::missing, predicted.event, nullptr,
                         predicted.digest, std::nullopt, explain_missing(*predicted.event)});
    }
    void unexpected(std::size_t j) {
        const LoggedItem& logged = sides_.logged[j];
        rows_.push_back({sides_.pcr, Difference::unexpected, nullptr, logged.event, std::nullopt,
                         logged.digest, explain_unexpected(*logged.event)});
    }

private:
    const Sides& sides_;
    std::vector<ComparedEvent>& rows_;
};

/// For each pair of positions the weight of the best alignment of what follows.
std::vector<std::uint32_t> weigh_rests(const Sides& sides) {
    std::size_t width = sides.logged.size() + 1;
    std::vector<std::uint32_t> best((sides.predicted.size() + 1) * width);
    for (std::size_t i = sides.predicted.size(); i-- > 0;)
        for (std::size_t j = sides.logged.size(); j-- > 0;) {
            std::uint32_t weight = weight_of(sides.predicted[i], sides.logged[j]);
            std::uint32_t paired = weight > 0 ? weight + best[(i + 1) * width + j + 1] : 0;
            best[i * width + j] =
                std::max({paired, best[(i + 1) * width + j], best[i * width + j + 1]});
        }
    return best;
}

/// The alignment of greatest weight: most equal digests first, then most events that look alike.
void align(const Sides& sides, Rows& rows) {
    std::vector<std::uint32_t> best = weigh_rests(sides);
    std::size_t width = sides.logged.size() + 1;
    std::size_t i = 0, j = 0;
    while (i < sides.predicted.size() && j < sides.logged.size()) {
        std::uint32_t weight = weight_of(sides.predicted[i], sides.logged[j]);
        std::uint32_t here = best[i * width + j];
        if (weight > 0 && here == weight + best[(i + 1) * width + j + 1]) {
            rows.pair(i++, j++);
        } else if (here == best[(i + 1) * width + j]) {
            rows.missing(i++);
        } else {
            rows.unexpected(j++);
        }
    }
    while (i < sides.predicted.size()) rows.missing(i++);
    while (j < sides.logged.size()) rows.unexpected(j++);
}

void compare_positions(const Sides& sides, Rows& rows) {
    std::size_t count = std::max(sides.predicted.size(), sides.logged.size());
    for (std::size_t i = 0; i < count; i++) {
        bool is_predicted = i < sides.predicted.size();
        bool is_logged = i < sides.logged.size();
        if (is_predicted && is_logged && weight_of(sides.predicted[i], sides.logged[i]) > 0) {
            rows.pair(i, i);
            continue;
        }
        if (is_predicted) rows.missing(i);
        if (is_logged) rows.unexpected(i);
    }
}

} // namespace

std::string_view to_text(Difference difference) {
    switch (difference) {
    case Difference::none:
        return "none";
    case Difference::changed:
        return "changed";
    case Difference::missing:
        return "missing";
    case Difference::unexpected:
        return "unexpected";
    }
    return "";
}

std::vector<ComparedEvent> compare(pcr::HashFunction hash, pcr::Algorithm bank,
                                   const pcr::Plan& plan, const pcr::EventLog& log,
                                   const std::vector<std::uint8_t>& pcrs) {
    std::vector<ComparedEvent> compared;
    std::vector<std::uint8_t> ordered = pcrs;
    std::sort(ordered.begin(), ordered.end());
    ordered.erase(std::unique(ordered.begin(), ordered.end()), ordered.end());
    for (std::uint8_t pcr : ordered) {
        Sides sides = collect(hash, bank, plan, log, pcr);
        Rows rows(sides, compared);
        std::size_t cells = (sides.predicted.size() + 1) * (sides.logged.size() + 1);
        if (cells <= alignment_cells_max) {
            align(sides, rows);
        } else {
            compare_positions(sides, rows);
        }
    }
    return compared;
}

} // namespace kindling
