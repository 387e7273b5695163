// SPDX-License-Identifier: MIT
//
// A machine of fakes with one entry to start, and a journal of who was asked for what.
#pragma once

#include "boot/start.hpp"
#include "core/loader_interface.hpp"
#include "tests/catch.hpp"
#include "tests/core/pe_image.hpp"
#include "tests/fakes/fake_machine.hpp"
#include "tests/fakes/fake_volume.hpp"

#include <string>
#include <vector>

namespace kindling::tests {

using Journal = std::vector<std::string>;

// The fakes, writing down in one journal who was asked for what.
struct WatchedVolume : fakes::FakeVolume {
    explicit WatchedVolume(Journal& to) : journal(to) {}
    Result<std::size_t> read(std::string_view path, std::uint64_t offset,
                             MutableBytes into) override {
        journal.push_back("read " + std::string(path));
        return FakeVolume::read(path, offset, into);
    }
    Journal& journal;
};

struct WatchedTpm : fakes::FakeTpm {
    explicit WatchedTpm(Journal& to) : journal(to) {}
    Result<std::optional<Sha256Digest>> measure(const pcr::Event& event) override {
        journal.push_back("measure " + std::to_string(event.pcr));
        return FakeTpm::measure(event);
    }
    Journal& journal;
};

struct WatchedVariables : fakes::FakeVariables {
    explicit WatchedVariables(Journal& to) : journal(to) {}
    Result<void> set(const Guid& vendor, std::string_view name, Bytes data,
                     Storage storage) override {
        journal.push_back("set " + std::string(name));
        return FakeVariables::set(vendor, name, data, storage);
    }
    Journal& journal;
};

struct WatchedImages : fakes::FakeImages {
    explicit WatchedImages(Journal& to) : journal(to) {}
    Result<Handle> load(Volume& from, std::string_view path, Bytes contents) override {
        journal.push_back("load " + std::string(path));
        volume = &from;
        loaded_contents = fakes::copy(contents);
        return FakeImages::load(from, path, contents);
    }
    Result<Pages> previous_initrd() override {
        journal.push_back("previous");
        return FakeImages::previous_initrd();
    }
    Result<void> start(Handle image, std::string_view options, Bytes initrd) override {
        journal.push_back("start");
        return FakeImages::start(image, options, initrd);
    }
    void unload(Handle image) override {
        if (image) journal.push_back("unload");
        FakeImages::unload(image);
    }
    Journal& journal;
    Volume* volume = nullptr;
    std::vector<std::byte> loaded_contents;
};

inline constexpr const char* image_path = "/v/image.efi";

/// A machine with an image, and an entry for it.
struct Bench {
    Journal journal;
    WatchedVolume esp{journal}, xbootldr{journal};
    WatchedVariables variables{journal};
    WatchedTpm tpm{journal};
    fakes::FakeScreen screen;
    WatchedImages images{journal};
    fakes::FakeClock clock;
    Machine machine{esp, &xbootldr, variables, tpm, screen, images, clock};
    bls::Entry entry;
    boot::StartOptions options;
    std::string at_file;

    explicit Bench(bls::EntryKind kind, std::uint16_t image_version = 1) {
        entry.kind = kind;
        entry.id = "a.conf";
        entry.file_path = "/loader/entries/a.conf";
        entry.image_path = image_path;
        PeImage image;
        image.version_major = image_version;
        image.sections.push_back({".text", "code"});
        esp.add(image_path, image.build());
    }

    void add_extra(const std::string& path, std::string_view contents) {
        esp.add(path, contents);
        entry.extras.push_back(path);
    }

    Result<void> start() { return boot::start_entry(machine, entry, options, at_file); }

    /// Starts, which must work, and gives what was handed over.
    fakes::FakeImages::Started started() {
        REQUIRE(start());
        REQUIRE(images.started.size() == 1);
        return images.started[0];
    }

    /// Starts, which must fail before anything is started, with the image unloaded.
    Error failure() {
        auto result = start();
        REQUIRE_FALSE(result);
        CHECK(images.started.empty());
        CHECK(images.unloaded.size() == images.loaded);
        return result.error();
    }

    std::string report() {
        std::string text;
        for (int i = 0;; i++) {
            auto piece =
                variables.get(loader_interface::kindling_vendor, "Report" + std::to_string(i));
            if (!piece) return text;
            text += to_text(*piece);
        }
    }

    bool report_has(std::string_view part) { return report().find(part) != std::string::npos; }
};

} // namespace kindling::tests
