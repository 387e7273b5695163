// SPDX-License-Identifier: MIT
//
// JSON from anywhere as a tree of values, and back.
#pragma once

#include "options/option_json.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kindling::options {

/// One value; what its kind has no use for is empty.
struct JsonValue {
    enum class Kind : uint8_t { null, boolean, number, text, array, object };

    Kind kind = Kind::null;
    bool boolean = false;
    bool is_whole = false; ///< a number that `number` holds
    uint64_t number = 0;
    std::string text;              ///< UTF-8 without NUL; of a number, how it is written
    std::vector<std::string> keys; ///< of the items of an object, each once
    std::vector<JsonValue> items;  ///< of an array or object
    size_t where = 0;              ///< byte of the document where it begins, or little behind that

    /// The member of that name; null if there is none.
    const JsonValue* find(std::string_view key) const;
};

constexpr size_t json_size_max = size_t{16} << 20;
constexpr size_t json_depth_max = 64;
constexpr size_t json_values_max = 200'000;
constexpr size_t json_members_max = 1000; ///< of one object

/// Why a document could not be read.
struct JsonProblem {
    std::string what; ///< one line without a full stop; empty: nothing
    size_t where = 0;

    explicit operator bool() const { return !what.empty(); }
};

/// True if the program was built with a parser for JSON; without, `parse_json` says so.
bool has_json_parser();

/// Refuses what is not well-formed, keys that stand twice in an object, NULs in texts, and whatever
/// is above the limits.
JsonProblem parse_json(std::string_view document, JsonValue& value);

/// What `parse_json` would refuse of a tree, wherever it is from: too many levels, values or
/// members.
JsonProblem check_json_limits(const JsonValue& value);

/// Writes what was parsed as a `JsonWriter` would: members in their order, texts as they are.
void write_json_value(Sink sink, const JsonValue& value, JsonLayout layout);

} // namespace kindling::options
