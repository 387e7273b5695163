// SPDX-License-Identifier: MIT
#include "bootctl/install_verb.hpp"
#include "bootctl/loader_file.hpp"
#include "tests/bootctl/fat_image.hpp"
#include "tests/catch.hpp"

using namespace kindling;

namespace {

const std::string loader = "MZ #### LoaderInfo: kindling 1.0 ####";

} // namespace

TEST_CASE("install opens what was named and copies the loader that was named", "[install_verb]") {
    tests::TemporaryDirectory esp;
    tests::FatImage image("-F 12", 256);
    InstallRequest request;
    request.loader = image.file("loader.efi");
    REQUIRE(host::write_file_atomically(*request.loader, to_bytes(loader)));
    SECTION("a directory") {
        request.source.esp_path = esp.path();
    }
    SECTION("an image") {
        request.source.image = image.path();
    }
    request.dry_run = true;
    CHECK(run_install(request).changes.size() == 9);
    request.dry_run = false;
    auto report = run_install(request);
    CHECK_FALSE(report.failure);
    CHECK(report.changes.size() == 9);
    report = run_install(request);
    CHECK_FALSE(report.failure);
    CHECK(report.changes.empty());
}

TEST_CASE("a missing loader or ESP stops install with its path and a remedy", "[install_verb]") {
    tests::TemporaryDirectory esp;
    InstallRequest request;
    request.loader = esp.path() + "/no";
    request.source.esp_path = esp.path() + "/none";
    auto report = run_install(request);
    REQUIRE(report.failure);
    CHECK(report.failure_code == Errc::not_found);
    CHECK(report.failure->text ==
          "cannot read the boot loader \"" + *request.loader + "\": boot loader does not exist");
    CHECK(report.failure->hint == "name the built loader with --loader=");
    REQUIRE(host::write_file_atomically(*request.loader, to_bytes(loader)));
    report = run_install(request);
    REQUIRE(report.failure);
    CHECK(report.failure->text.starts_with("cannot use \"" + *request.source.esp_path));
}

TEST_CASE("a loader is looked for where it is installed", "[loader_file]") {
    auto places = loader_places();
    REQUIRE_FALSE(places.empty());
    CHECK(places.back().ends_with("/kindling/kindling-bootx64.efi"));
}
