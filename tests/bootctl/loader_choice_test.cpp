// SPDX-License-Identifier: MIT
#include "bootctl/loader_choice.hpp"

#include "bootctl/install.hpp"
#include "tests/bootctl/esp_directory.hpp"

using namespace kindling;

namespace {

constexpr const char* fallback = "EFI/BOOT/BOOTX64.EFI";
constexpr const char* own = "EFI/kindling/kindling-bootx64.efi";

struct Choosing {
    tests::EspDirectory esp;
    std::vector<Notice> remarks;
    Notice failure;
    std::string architecture = "x64";

    Result<LoaderChoice> choose(const std::optional<std::string>& named = {}) {
        auto source = esp.open();
        return choose_loader(*source, named, architecture, remarks, failure);
    }
};

} // namespace

TEST_CASE("firmware starts the fallback if it is ours, or else our own file", "[loader_choice]") {
    Choosing choosing;
    std::string expected;
    SECTION("both, the same") {
        choosing.esp.add(fallback, tests::loader());
        choosing.esp.add(own, tests::loader());
        expected = fallback;
    }
    SECTION("fallback only") {
        choosing.esp.add(fallback, tests::loader());
        expected = fallback;
    }
    SECTION("our own only") {
        choosing.esp.add(own, tests::loader());
        expected = own;
    }
    auto loader = choosing.choose();
    REQUIRE(loader);
    CHECK(to_text(loader->contents) == tests::loader());
    CHECK(loader->esp_path == "/" + expected);
    CHECK(loader->name == choosing.esp.name_of(expected));
    CHECK(choosing.remarks.empty());
}

TEST_CASE("two different loaders are remarked", "[loader_choice]") {
    Choosing choosing;
    choosing.esp.add(own, tests::loader("kindling", "2"));
    std::string other;
    SECTION("two versions: the fallback counts") {
        choosing.esp.add(fallback, tests::loader("kindling", "1"));
        other = fallback;
    }
    SECTION("another product: ours counts") {
        choosing.esp.add(fallback, tests::loader("systemd-boot", "261"));
        other = own;
    }
    SECTION("no program: ours counts") {
        choosing.esp.add(fallback, "text");
        other = own;
    }
    auto loader = choosing.choose();
    REQUIRE(loader);
    CHECK(loader->esp_path == "/" + other);
    REQUIRE(choosing.remarks.size() == 1);
    CHECK(choosing.remarks[0].text ==
          "/EFI/BOOT/BOOTX64.EFI and /EFI/kindling/kindling-bootx64.efi differ; assumed is that "
          "firmware starts /" +
              other);
}

TEST_CASE("the names of both follow the architecture", "[loader_choice]") {
    Choosing choosing;
    choosing.architecture = "aa64";
    choosing.esp.add("EFI/BOOT/BOOTAA64.EFI", tests::loader());
    CHECK(choosing.choose().value().esp_path == "/EFI/BOOT/BOOTAA64.EFI");
    choosing.esp.drop("EFI/BOOT");
    choosing.esp.add("EFI/kindling/kindling-bootaa64.efi", tests::loader());
    CHECK(choosing.choose().value().esp_path == "/EFI/kindling/kindling-bootaa64.efi");
}

TEST_CASE("an ESP without a loader of ours says so and what to do", "[loader_choice]") {
    Choosing choosing;
    auto loader = choosing.choose();
    REQUIRE_FALSE(loader);
    CHECK(loader.error().code == Errc::not_found);
    CHECK(choosing.failure.text == "there is no boot loader of ours on the EFI system partition");
    CHECK(choosing.failure.hint == "name the loader that will run with --loader=FILE");
    choosing.esp.add(fallback, tests::loader("systemd-boot", "261"));
    loader = choosing.choose();
    REQUIRE_FALSE(loader);
    CHECK(loader.error().code == Errc::not_found);
    CHECK(choosing.failure.text == "\"" + choosing.esp.name_of(fallback) + "\" is another program");
}

TEST_CASE("a file that is too large for a loader is refused by its name", "[loader_choice]") {
    Choosing choosing;
    choosing.esp.add(fallback, std::string(loader_size_max + 1, 'x'));
    auto loader = choosing.choose();
    REQUIRE_FALSE(loader);
    CHECK(loader.error().code == Errc::too_large);
    CHECK(choosing.failure.text.starts_with("cannot read \"" + choosing.esp.name_of(fallback)));
}

TEST_CASE("the loader that was named counts, whatever the ESP has", "[loader_choice]") {
    Choosing choosing;
    tests::EspDirectory elsewhere;
    elsewhere.add("loader.efi", tests::loader("kindling", "9"));
    choosing.esp.add(fallback, tests::loader());
    auto loader = choosing.choose(elsewhere.name_of("loader.efi"));
    REQUIRE(loader);
    CHECK(to_text(loader->contents) == tests::loader("kindling", "9"));
    CHECK(loader->name == elsewhere.name_of("loader.efi"));
    CHECK(loader->esp_path.empty());
    CHECK(choosing.remarks.empty());
    elsewhere.add("loader.efi", tests::loader("other"));
    REQUIRE(choosing.choose(elsewhere.name_of("loader.efi")));
    REQUIRE(choosing.remarks.size() == 1);
    CHECK(choosing.remarks[0].text == "\"" + elsewhere.name_of("loader.efi") +
                                          "\" does not say that it is kindling; assumed is that "
                                          "it measures like kindling");
    loader = choosing.choose(elsewhere.name_of("no.efi"));
    REQUIRE_FALSE(loader);
    CHECK(loader.error().code == Errc::not_found);
    CHECK(choosing.failure.text == "cannot read the boot loader \"" + elsewhere.name_of("no.efi") +
                                       "\": boot loader does not exist");
}
