// SPDX-License-Identifier: MIT
#include "cpio/tool_target.hpp"

#include "tests/catch.hpp"

using namespace kindling;
using namespace kindling::cpio::tool;

TEST_CASE("a safe path has no empty and no dot components", "[tool_target]") {
    auto [name, path] = GENERATE(table<const char*, const char*>({
        {"a", "a"},
        {"a/b", "a/b"},
        {"./a", "a"},
        {"a//b/./c/", "a/b/c"},
        {".", "."},
        {"././", "."},
        {"...", "..."},
        {"..a/b..", "..a/b.."},
        {".extra", ".extra"},
    }));
    CHECK(safe_path(name).value() == path);
}

TEST_CASE("a path that leads out is not safe", "[tool_target]") {
    for (const char* name : {"/", "/a", "//a", "..", "../a", "a/..", "a/../b", "./..", "a//../b"})
        CHECK(safe_path(name).error().code == Errc::invalid);
}
