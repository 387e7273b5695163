// SPDX-License-Identifier: MIT
#include "base/result.hpp"

namespace kindling {

const char* to_text(Errc code) {
    switch (code) {
    case Errc::invalid: return "invalid";
    case Errc::truncated: return "truncated";
    case Errc::too_large: return "too large";
    case Errc::unsupported: return "not supported";
    case Errc::not_found: return "not found";
    case Errc::exists: return "already exists";
    case Errc::denied: return "not permitted";
    case Errc::no_space: return "no space left";
    case Errc::no_memory: return "out of memory";
    case Errc::io: return "input/output error";
    case Errc::cancelled: return "cancelled";
    case Errc::timed_out: return "timed out";
    case Errc::closed: return "closed";
    case Errc::would_block: return "would have to wait";
    case Errc::broken: return "given up";
    case Errc::deadlock: return "deadlock";
    }
    return "unknown error";
}

} // namespace kindling
