// SPDX-License-Identifier: MIT
#include "tests/skip.hpp"

#include "tests/catch.hpp"

#include <iostream>

namespace kindling {

namespace {

bool is_case_skipped = false;

#if CATCH_VERSION_MAJOR == 2
using Listener = Catch::TestEventListenerBase;
#else
using Listener = Catch::EventListenerBase;
#endif

class SkippedCases : public Listener {
public:
    using Listener::Listener;
    SkippedCases(const SkippedCases&) = delete;
    SkippedCases& operator=(const SkippedCases&) = delete;

    /// Here and not at the end of the run, where what Catch2 says itself would come after it.
    ~SkippedCases() override {
        if (skipped_ == 0) return;
        std::cout << passed_ << " passed, " << failed_ << " failed, " << skipped_ << " skipped\n";
    }

    void testCaseStarting(const Catch::TestCaseInfo&) override { is_case_skipped = false; }

    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        (stats.totals.testCases.failed > 0 ? failed_ : is_case_skipped ? skipped_ : passed_)++;
    }

private:
    std::size_t passed_ = 0, failed_ = 0, skipped_ = 0;
};

CATCH_REGISTER_LISTENER(SkippedCases)

} // namespace

void skip(const std::string& why) {
    WARN("skipped: " << why);
    is_case_skipped = true;
}

} // namespace kindling
