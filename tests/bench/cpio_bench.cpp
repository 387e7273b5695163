// SPDX-License-Identifier: MIT
//
// What packing extras costs beside a plain copy of the same bytes: both read the same files with
// the same calls into new memory. One JSON line per figure.
#include "cpio/extras.hpp"
#include "options/option.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kindling;
using namespace kindling::cpio;

COMMAND("cpio-bench", "[OPTION...] [PREFIX]",
        "Measure what packing costs, beside a copy: all figures, or those whose names start with "
        "PREFIX.",
        nullptr, nullptr, nullptr);

namespace {

constexpr std::size_t mebibyte = 1024 * 1024;
constexpr std::size_t runs = 15; // odd, so that the median is one of them

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

/// New memory that nobody has touched.
class Pages {
public:
    explicit Pages(std::size_t size_bytes) : size_bytes_(size_bytes) {
        void* at =
            mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED) fail("mmap");
        data_ = static_cast<std::byte*>(at);
    }
    Pages(const Pages&) = delete;
    ~Pages() { munmap(data_, size_bytes_); }

    MutableBytes bytes() { return {data_, size_bytes_}; }

private:
    std::byte* data_ = nullptr;
    std::size_t size_bytes_;
};

/// Open files of random contents, without names.
class Files {
public:
    Files(std::size_t count, std::size_t size_bytes) : size_bytes_(size_bytes) {
        std::vector<char> contents(size_bytes);
        std::uint64_t state = 1;
        for (char& c : contents)
            c = static_cast<char>((state = state * 6364136223846793005U + 1) >> 56);
        for (std::size_t i = 0; i < count; i++) {
            char name[] = "/tmp/cpio-bench-XXXXXX";
            int fd = mkstemp(name);
            if (fd < 0) fail("mkstemp");
            unlink(name);
            std::size_t done = 0;
            while (done < size_bytes) {
                ssize_t written = write(fd, contents.data() + done, size_bytes - done);
                if (written <= 0) fail("write");
                done += static_cast<std::size_t>(written);
            }
            fds_.push_back(fd);
            extras_.push_back({ExtraKind::sysext, std::to_string(i) + ".sysext.raw", size_bytes});
        }
    }
    Files(const Files&) = delete;
    ~Files() {
        for (int fd : fds_) close(fd);
    }

    std::size_t total_bytes() const { return fds_.size() * size_bytes_; }

    void copy() const {
        Pages buffer(total_bytes());
        for (std::size_t i = 0; i < fds_.size(); i++)
            read_into(i, buffer.bytes().subspan(i * size_bytes_, size_bytes_));
    }

    void pack() const {
        ExtrasLayout layout = lay_out(extras_).value();
        Pages blob(layout.size_bytes);
        write_frame(extras_, layout, blob.bytes());
        for (std::size_t i = 0; i < fds_.size(); i++)
            read_into(i, blob.bytes().subspan(layout.payloads[i].offset, size_bytes_));
    }

private:
    void read_into(std::size_t index, MutableBytes to) const {
        off_t at = 0;
        while (!to.empty()) {
            ssize_t count = pread(fds_[index], to.data(), to.size(), at);
            if (count <= 0) fail("read");
            at += count;
            to = to.subspan(static_cast<std::size_t>(count));
        }
    }

    std::size_t size_bytes_;
    std::vector<int> fds_;
    std::vector<Extra> extras_;
};

double milliseconds_of(const std::function<void()>& work) {
    auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void report(const char* name, const char* unit, double value, const char* peer, double peer_value) {
    std::printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"peer\":\"%s\","
                "\"peer_value\":%.3f,\"ratio\":%.3f}\n",
                name, value, unit, peer, peer_value, value / peer_value);
    std::fflush(stdout);
}

void measure_time(const char* name, const Files& files) {
    std::vector<double> ours;
    std::vector<double> theirs;
    files.copy(); // warms the page cache
    for (std::size_t i = 0; i < runs; i++) {
        // Who goes second may find a warmer machine, so they take turns.
        bool we_go_first = i % 2 == 0;
        if (we_go_first) ours.push_back(milliseconds_of([&] { files.pack(); }));
        theirs.push_back(milliseconds_of([&] { files.copy(); }));
        if (!we_go_first) ours.push_back(milliseconds_of([&] { files.pack(); }));
    }
    report(name, "ms", median(ours), "copy", median(theirs));
}

/// The most memory that `work` had at once, in a process of its own, in bytes.
double peak_of(const std::function<void()>& work) {
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        work();
        _exit(0);
    }
    int status = 0;
    rusage usage{};
    if (wait4(child, &status, 0, &usage) < 0 || status != 0) fail("wait");
    return static_cast<double>(usage.ru_maxrss) * 1024;
}

void measure_memory(const char* name, const Files& files) {
    double base = peak_of([] {});
    double ours = peak_of([&] { files.pack(); }) - base;
    report(name, "MiB", ours / mebibyte, "payload",
           static_cast<double>(files.total_bytes()) / mebibyte);
}

/// The exit status if there is nothing to measure.
// clang-format off
std::optional<int> parse(options::Parser& parser, std::string_view& prefix) {
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_COMMON_HELP:
            return options::print_help(parser, COMMAND_TABLE);
        }
    }
    if (!parser.expect_positionals(0, 1)) return options::print_error(parser);
    if (parser.positionals_count() == 1) prefix = parser.positional(0);
    return std::nullopt;
}
// clang-format on

} // namespace

int main(int argc, char** argv) {
    options::Parser parser(OPTION_TABLE, argc, argv);
    std::string_view prefix;
    if (std::optional<int> status = parse(parser, prefix)) return *status;
    auto is_wanted = [&](const char* name) { return std::string_view(name).starts_with(prefix); };
    const char* many = "cpio.pack_64x1MiB";
    const char* memory = "cpio.pack_memory";
    const char* large = "cpio.pack_200MiB";
    if (is_wanted(many) || is_wanted(memory)) {
        Files files(64, mebibyte);
        if (is_wanted(many)) measure_time(many, files);
        if (is_wanted(memory)) measure_memory(memory, files);
    }
    if (is_wanted(large)) measure_time(large, Files(1, 200 * mebibyte));
}
