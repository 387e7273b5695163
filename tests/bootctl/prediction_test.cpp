// SPDX-License-Identifier: MIT
#include "bootctl/prediction.hpp"

#include "base/hex.hpp"
#include "bootctl/digest.hpp"
#include "core/loader_conf.hpp"
#include "tests/bootctl/esp_directory.hpp"
#include "tests/bootctl/fat_image.hpp"

using namespace kindling;

namespace {

using Numbers = std::vector<int>;

/// An ESP with one entry of kind `linux`.
struct BootDisk : tests::EspDirectory {
    Notice failure;

    BootDisk() {
        add("EFI/BOOT/BOOTX64.EFI", tests::loader());
        add("vmlinuz", tests::kernel());
        add("initrd.img", "12345");
        add("x/a.cred", "A");
        add("x/b.sysext.raw", "BB");
        add("x/c.cred", "CCC");
        add("x/d.confext.raw", "DDDD");
        set_entry("linux /vmlinuz\n");
    }
    void set_entry(const std::string& text) const { add("loader/entries/test.conf", text); }

    Result<std::unique_ptr<Prediction>> try_predict(PredictionOptions options = {
                                                        "test", {}, "x64"}) {
        auto source = open();
        return make_prediction(*source, options, failure);
    }
    std::unique_ptr<Prediction> predict() {
        auto prediction = try_predict();
        INFO(failure.text);
        REQUIRE(prediction);
        return std::move(*prediction);
    }
    Errc code() {
        auto prediction = try_predict();
        REQUIRE_FALSE(prediction);
        return prediction.error().code;
    }
};

std::string fold(const Prediction& prediction, std::uint8_t number) {
    return to_hex(pcr::fold(hash, pcr::Algorithm::sha256, prediction.plan, number).view());
}

Numbers numbers(const Prediction& prediction) {
    return {prediction.pcrs.begin(), prediction.pcrs.end()};
}

std::vector<std::string> remarks(const Prediction& prediction) {
    std::vector<std::string> texts;
    for (const Notice& remark : prediction.remarks) texts.push_back(remark.text);
    return texts;
}

bool has_remark(const Prediction& prediction, std::string_view part) {
    for (const Notice& remark : prediction.remarks)
        if (remark.text.find(part) != std::string::npos) return true;
    return false;
}

std::vector<std::string> descriptions(const Prediction& prediction, std::uint8_t number) {
    std::vector<std::string> found;
    for (const pcr::Event& event : prediction.plan)
        if (event.pcr == number) found.push_back(event.description);
    return found;
}

std::vector<std::string> paths(const std::vector<pcr::Companion>& list) {
    std::vector<std::string> found;
    for (const pcr::Companion& one : list) found.push_back(one.path);
    return found;
}

/// A UKI whose stub is of that product.
std::string uki(const std::string& product, const std::string& version = "257.1") {
    return tests::program(
        {tests::section(".osrel", "ID=test\nNAME=Test\n"),
         tests::section(".sdmagic", "#### LoaderInfo: " + product + " " + version + " ####"),
         tests::section(".linux", tests::kernel())});
}

const char* unknown_table = "PCR 5 is left out, because the partition table is not known";

} // namespace

TEST_CASE("a linux entry in a directory determines four registers", "[prediction]") {
    BootDisk disk;
    disk.set_entry("linux /vmlinuz\noptions root=/dev/sda2\noptions quiet\n");
    auto prediction = disk.predict();
    CHECK(prediction->entry.id == "test.conf");
    CHECK(prediction->loader_path == disk.name_of("EFI/BOOT/BOOTX64.EFI"));
    CHECK(prediction->load_options == "root=/dev/sda2 quiet");
    CHECK(numbers(*prediction) == Numbers{4, 9, 12, 13});
    CHECK(remarks(*prediction) == std::vector<std::string>{unknown_table});
    CHECK(prediction->remarks[0].hint == "name the whole disk with --image=");
    CHECK(fold(*prediction, 12) ==
          "20774c116fa3c36feb2e3cfc49c3b445bf6ca877088241cf5e55c4be520f3ef5");
    CHECK(fold(*prediction, 13) == std::string(64, '0'));
    CHECK(descriptions(*prediction, 4).size() == 4);
    CHECK(descriptions(*prediction, 9) == std::vector<std::string>{"LOADED_IMAGE::LoadOptions"});
}

TEST_CASE("extras give the known registers, and the whole initrd is held", "[prediction]") {
    BootDisk disk;
    disk.set_entry("linux /vmlinuz\nextra /x/a.cred\nextra /x/b.sysext.raw\n"
                   "extra /x/c.cred\nextra /x/d.confext.raw\n");
    auto prediction = disk.predict();
    CHECK(fold(*prediction, 12) ==
          "8caea85f52602d94590fbc87b5c1a4e132c003bea5750f2b6f21f03e18f27053");
    CHECK(fold(*prediction, 13) ==
          "fd52de2bbaeb9750aa857a7a61f184e915935caf7baa4a8e8421793258a70a64");
    CHECK(prediction->initrd_blob.size() == 1936);
    disk.set_entry("linux /vmlinuz\ninitrd /initrd.img\nextra /x/a.cred\n");
    prediction = disk.predict();
    CHECK(to_text(Bytes(prediction->initrd_blob).first(5)) == "12345");
    CHECK(descriptions(*prediction, 9) ==
          std::vector<std::string>{"LOADED_IMAGE::LoadOptions", "Linux initrd"});
    CHECK(prediction->load_options == "initrd=\\initrd.img");
}

TEST_CASE("the bytes of a prediction stay when the source is gone", "[prediction]") {
    BootDisk disk;
    disk.add("loader/loader.conf", "timeout 3\n");
    disk.set_entry("linux /vmlinuz\ninitrd /initrd.img\n");
    auto first = disk.predict();
    disk.drop("vmlinuz");
    disk.drop("initrd.img");
    std::vector<std::string> values;
    for (std::uint8_t number : first->pcrs) values.push_back(fold(*first, number));
    CHECK(values.size() == 4);
    CHECK(to_hex(pcr::digest_of(hash, pcr::Algorithm::sha256, first->plan.at(4)).view()) ==
          "c135274c6471e4e4178533086b5b680104d1e0c3c4605dbd0820426201c0555d");
}

TEST_CASE("skipped extras are remarked with the loader's reason", "[prediction]") {
    BootDisk disk;
    disk.set_entry("linux /vmlinuz\nextra /none.cred\nextra /x/a.cred\nextra /vmlinuz\n");
    auto prediction = disk.predict();
    CHECK(remarks(*prediction) ==
          std::vector<std::string>{
              "extra \"/none.cred\" is left out: file does not exist",
              "extra \"/vmlinuz\" is left out: suffix is not .cred, .sysext.raw or .confext.raw",
              unknown_table});
    REQUIRE(prediction->skipped.size() == 2);
    CHECK(prediction->skipped[0].path == "/none.cred");
}

TEST_CASE("what the loader refuses is not predicted", "[prediction]") {
    BootDisk disk;
    std::string quoted = "\"" + disk.name_of("vmlinuz") + "\"";
    SECTION("a skipped extra in strict mode") {
        disk.add("loader/loader.conf", "strict-extras yes\n");
        disk.set_entry("linux /vmlinuz\nextra /x/a.cred\nextra /none.cred\n");
        CHECK(disk.code() == Errc::invalid);
        CHECK(disk.failure.text == "the loader will refuse \"test.conf\": extra \"/none.cred\" "
                                   "cannot be packed: file does not exist");
        CHECK(disk.failure.hint == "mend the extra, or remove strict-extras from loader.conf");
        disk.set_entry("linux /vmlinuz\nextra /x/a.cred\n");
        CHECK(disk.try_predict());
    }
    SECTION("a kernel without initrd protocol, with extras") {
        disk.add("vmlinuz", tests::kernel(0));
        disk.set_entry("linux /vmlinuz\nextra /x/a.cred\n");
        CHECK(disk.code() == Errc::unsupported);
        CHECK(disk.failure.text == "the loader will refuse \"test.conf\": its kernel is too "
                                   "old for extra (no initrd protocol)");
        disk.set_entry("linux /vmlinuz\nextra /none.cred\n");
        CHECK(disk.try_predict());
    }
    SECTION("no program") {
        disk.add("vmlinuz", "text");
        CHECK(disk.code() != Errc::not_found);
        CHECK(disk.failure.text.starts_with("cannot start " + quoted + ": "));
    }
    SECTION("an empty program") {
        disk.add("vmlinuz", "");
        CHECK(disk.code() == Errc::invalid);
        CHECK(disk.failure.text == "cannot read " + quoted + ": is empty");
    }
    SECTION("a program for another machine") {
        disk.add("vmlinuz", tests::program({tests::section(".text", "x")}, 1, 0xaa64));
        CHECK(disk.code() == Errc::unsupported);
        CHECK(disk.failure.text == "cannot start " + quoted + ": it is for another architecture");
    }
    SECTION("a missing initrd") {
        disk.set_entry("linux /vmlinuz\ninitrd /none\n");
        CHECK(disk.code() == Errc::not_found);
        CHECK(disk.failure.text ==
              "cannot use \"" + disk.name_of("none") + "\": file does not exist");
    }
}

TEST_CASE("an unknown or hidden entry is not predicted", "[prediction]") {
    BootDisk disk;
    CHECK_FALSE(disk.try_predict({"tset", {}, "x64"}));
    CHECK(disk.failure.text == "there is no entry \"tset\"");
    CHECK(disk.failure.hint == "did you mean test.conf?");
    disk.set_entry("title Test\n\nlinux /vmlinuz\nefi /vmlinuz\n");
    CHECK(disk.code() == Errc::not_found);
    CHECK(disk.failure.text.starts_with("the loader does not show \"test\": " +
                                        disk.name_of("loader/entries/test.conf, line 4: ")));
}

TEST_CASE("a loader that firmware cannot start is not predicted", "[prediction]") {
    BootDisk disk;
    disk.add("loader.efi", "text");
    CHECK_FALSE(disk.try_predict({"test", disk.name_of("loader.efi"), "x64"}));
    CHECK(disk.failure.text.starts_with("cannot start \"" + disk.name_of("loader.efi")));
    CHECK_FALSE(disk.try_predict({"test", {}, "aa64"}));
    CHECK(disk.failure.text == "there is no boot loader of ours on the EFI system partition");
}

TEST_CASE("another loader changes register 4 only", "[prediction]") {
    BootDisk disk;
    auto usual = disk.predict();
    disk.add("loader.efi", tests::loader("kindling", "0.2.0"));
    auto other = disk.try_predict({"TEST.CONF", disk.name_of("loader.efi"), "x64"});
    REQUIRE(other);
    CHECK((*other)->loader_path == disk.name_of("loader.efi"));
    CHECK(fold(*usual, 4) != fold(**other, 4));
    for (std::uint8_t number : std::array<std::uint8_t, 3>{9, 12, 13})
        CHECK(fold(*usual, number) == fold(**other, number));
}

TEST_CASE("a loader.conf that the loader does not use is remarked and not measured",
          "[prediction]") {
    BootDisk disk;
    auto without = disk.predict();
    SECTION("too large") {
        disk.add("loader/loader.conf", std::string(bls::loader_conf_size_max + 1, '#'));
    }
    SECTION("a directory") {
        disk.add("loader/loader.conf/file", "");
    }
    auto prediction = disk.predict();
    CHECK(has_remark(*prediction,
                     "the loader will not use \"" + disk.name_of("loader/loader.conf") + "\": "));
    CHECK(fold(*prediction, 5) == fold(*without, 5));
}

TEST_CASE("a loader.conf without contents is measured", "[prediction]") {
    BootDisk disk;
    disk.add("loader/loader.conf", "");
    CHECK(descriptions(*disk.predict(), 5).at(1) == "loader.conf");
}

TEST_CASE("an efi program determines what is measured until it starts", "[prediction]") {
    BootDisk disk;
    disk.add("shell.efi", tests::program({tests::section(".text", "shell")}));
    disk.set_entry("efi /shell.efi\noptions a b\nextra /x/a.cred\n");
    auto prediction = disk.predict();
    CHECK(numbers(*prediction) == Numbers{4, 12});
    CHECK(descriptions(*prediction, 12) == std::vector<std::string>{"a b"});
    CHECK(descriptions(*prediction, 9).empty());
    CHECK(remarks(*prediction) ==
          std::vector<std::string>{
              "extra lines have no effect on an efi entry",
              "PCR 5 is left out, and what the program itself measures is not known"});
}

TEST_CASE("a kernel that measures nothing is remarked", "[prediction]") {
    BootDisk disk;
    disk.add("vmlinuz", tests::program({tests::section(".text", "old")}));
    disk.set_entry("linux /vmlinuz\ninitrd /initrd.img\n");
    auto prediction = disk.predict();
    CHECK(has_remark(*prediction, "this kernel measures neither its initrd nor its options"));
    CHECK(fold(*prediction, 9) == std::string(64, '0'));
    disk.set_entry("linux /vmlinuz\n");
    CHECK_FALSE(has_remark(*disk.predict(), "measures neither"));
}

TEST_CASE("a UKI's companions count if its stub is systemd's", "[prediction]") {
    BootDisk disk;
    disk.add("u+3.efi", uki("systemd-stub"));
    disk.add("u.efi.extra.d/a.cred", "a");
    disk.add("loader/credentials/b.cred", "b");
    disk.set_entry("uki /u+3.efi\nextra /x/a.cred\n");
    auto prediction = disk.predict();
    CHECK(numbers(*prediction) == Numbers{4, 9, 11, 12, 13});
    CHECK(remarks(*prediction) == std::vector<std::string>{unknown_table});
    const pcr::Companions& companions = prediction->companions;
    CHECK(paths(companions.credentials) == std::vector<std::string>{"/u.efi.extra.d/a.cred"});
    CHECK(paths(companions.global_credentials) ==
          std::vector<std::string>{"/loader/credentials/b.cred"});
    CHECK(to_text(companions.credentials[0].contents) == "a");
    CHECK(descriptions(*prediction, 12) == std::vector<std::string>{"Entry credentials initrd",
                                                                    "Credentials initrd",
                                                                    "Global credentials initrd"});
    CHECK(descriptions(*prediction, 11) ==
          std::vector<std::string>{".linux", ".linux", ".osrel", ".osrel"});
    // The archive of one file is the same in both layouts: a.cred with "A", and with "a".
    disk.add("u.efi.extra.d/a.cred", "A");
    prediction = disk.predict();
    std::vector<std::string> digests;
    for (const pcr::Event& event : prediction->plan)
        if (event.pcr == 12)
            digests.push_back(to_hex(pcr::digest_of(hash, pcr::Algorithm::sha256, event).view()));
    CHECK(digests.at(0) == digests.at(1));
    CHECK(digests.at(0) != digests.at(2));
}

TEST_CASE("a UKI in /EFI/Linux is predicted by its own name and profile", "[prediction]") {
    BootDisk disk;
    std::string unit = tests::program(
        {tests::section(".osrel", "ID=test\nNAME=Test\n"), tests::section(".cmdline", "quiet"),
         tests::section(".linux", tests::kernel()),
         tests::section(".sdmagic", "#### LoaderInfo: systemd-stub 257 ####"),
         tests::section(".profile", "ID=main\n"),
         tests::section(".profile", "ID=reset\nTITLE=Reset\n"),
         tests::section(".cmdline", "reset")});
    disk.add("EFI/Linux/unit+3.efi", unit);
    disk.add("EFI/Linux/unit.efi.extra.d/a.cred", "a");
    auto plain = disk.try_predict({"unit", {}, "x64"});
    INFO(disk.failure.text);
    REQUIRE(plain);
    CHECK((*plain)->entry.id == "unit.efi");
    CHECK((*plain)->load_options.empty());
    CHECK(descriptions(**plain, 12) == std::vector<std::string>{"Credentials initrd"});
    for (const char* name : {"unit@1", "unit.efi@reset"}) {
        auto reset = disk.try_predict({name, {}, "x64"});
        REQUIRE(reset);
        CHECK((*reset)->load_options == "@1");
        CHECK(descriptions(**reset, 12) ==
              std::vector<std::string>{"@1", "1", "Credentials initrd"});
        CHECK(fold(**reset, 11) != fold(**plain, 11));
        CHECK(fold(**reset, 4) == fold(**plain, 4));
    }
}

TEST_CASE("a UKI without a kernel is not predicted", "[prediction]") {
    BootDisk disk;
    disk.add("u.efi", tests::program({tests::section(".osrel", "ID=test\n")}));
    disk.set_entry("uki /u.efi\n");
    CHECK(disk.code() == Errc::not_found);
    CHECK(disk.failure.text == "cannot predict what \"" + disk.name_of("u.efi") +
                                   "\" measures: image has no .linux section");
}

TEST_CASE("a stub that we do not know is assumed to read no companions", "[prediction]") {
    BootDisk disk;
    disk.add("u.efi", uki("other"));
    disk.set_entry("uki /u.efi\n");
    auto prediction = disk.predict();
    CHECK(remarks(*prediction) ==
          std::vector<std::string>{
              "the stub of \"/u.efi\" is not systemd's; assumed is that it measures the same",
              unknown_table});
    disk.add("u.efi.extra.d/a.cred", "a");
    prediction = disk.predict();
    CHECK(has_remark(*prediction, "companion files are ignored, because this stub is not known"));
    CHECK(prediction->companions.credentials.empty());
}

TEST_CASE("a stub that may add what no file says is remarked", "[prediction]") {
    auto [version, expected] = GENERATE(table<std::string, bool>({
        {"257.1", false},
        {"260", false},
        {"261", true},
        {"262.1-2", true},
        {"devel", true},
    }));
    BootDisk disk;
    disk.add("u.efi", uki("systemd-stub", version));
    disk.set_entry("uki /u.efi\n");
    CHECK(has_remark(*disk.predict(), "PCR 9 holds only if") == expected);
}

TEST_CASE("entries of XBOOTLDR take their files from there", "[prediction]") {
    BootDisk disk;
    tests::EspDirectory boot;
    boot.add("loader/entries/other.conf", "linux /linux\noptions root=/dev/sda2 quiet\n");
    boot.add("linux", tests::kernel());
    SourceOptions options = disk.options();
    options.boot_path = boot.path();
    auto source = BootSource::open(options).value();
    auto prediction = make_prediction(*source, {"other", {}, "x64"}, disk.failure);
    REQUIRE(prediction);
    CHECK((*prediction)->entry.source == bls::EntrySource::xbootldr);
    CHECK(fold(**prediction, 12) ==
          "20774c116fa3c36feb2e3cfc49c3b445bf6ca877088241cf5e55c4be520f3ef5");
    boot.drop("linux");
    boot.add("linux", "text");
    CHECK_FALSE(make_prediction(*source, {"other", {}, "x64"}, disk.failure));
    CHECK(disk.failure.text.starts_with("cannot start \"" + boot.name_of("linux")));
}

TEST_CASE("a disk image determines register 5 too", "[prediction]") {
    BootDisk disk;
    disk.add("loader/loader.conf", "timeout 3\n");
    disk.set_entry("linux /vmlinuz\ninitrd /initrd.img\nextra /x/a.cred\n");
    tests::TemporaryDirectory directory;
    std::string path = directory.path() + "/disk.img", esp = path + "@@1M";
    auto made = tests::run("truncate -s 4M " + path + " && sgdisk -o -n 1:2048:+2M -t 1:ef00 " +
                           path + " && mkfs.vfat -F 12 -h 2048 --offset=2048 " + path +
                           " 2048 && mcopy -s -i " + esp + " " + disk.path() + "/* ::/");
    INFO(made.output);
    REQUIRE(made.status == 0);
    SourceOptions options;
    options.image = path;
    auto source = BootSource::open(options).value();
    auto prediction = make_prediction(*source, {"test", {}, "x64"}, disk.failure);
    INFO(disk.failure.text);
    REQUIRE(prediction);
    CHECK(numbers(**prediction) == Numbers{4, 5, 9, 12, 13});
    CHECK((*prediction)->remarks.empty());
    CHECK((*prediction)->loader_path == path + ":/EFI/BOOT/BOOTX64.EFI");
    CHECK(descriptions(**prediction, 5) ==
          std::vector<std::string>{"separator", "GPT", "loader.conf",
                                   "Exit Boot Services Invocation",
                                   "Exit Boot Services Returned with Success"});
    // All but the partition table is as in the directory.
    auto same = disk.predict();
    for (std::uint8_t number : std::array<std::uint8_t, 4>{4, 9, 12, 13})
        CHECK(fold(**prediction, number) == fold(*same, number));
    // Nobody knows what firmware makes of a table that is read from its backup.
    REQUIRE(tests::run("printf x | dd of=" + path + " bs=1 seek=552 conv=notrunc").status == 0);
    source = BootSource::open(options).value();
    prediction = make_prediction(*source, {"test", {}, "x64"}, disk.failure);
    REQUIRE(prediction);
    CHECK(numbers(**prediction) == Numbers{4, 9, 12, 13});
    REQUIRE((*prediction)->remarks.size() == 1);
    CHECK((*prediction)->remarks[0].text ==
          "PCR 5 is left out, because the primary partition table is damaged");
}
