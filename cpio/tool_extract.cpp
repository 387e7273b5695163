// SPDX-License-Identifier: MIT
#include "cpio/tool.hpp"
#include "cpio/tool_input.hpp"
#include "cpio/tool_target.hpp"

#include <optional>
#include <tuple>

namespace kindling::cpio::tool {
namespace {

/// What names of one file have in common.
using LinkKey = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;

class Extractor {
public:
    Extractor(Reader& reader, Report& report, Target* target)
        : reader_(reader), report_(report), target_(target) {}

    Result<void> extract(const Member& member) {
        report_.progress(++count_, size_bytes_);
        std::string path = TRY(safe_path(member.name));
        switch (member.header.mode & type_mask) {
        case type_directory:
            return target_ ? target_->create_directory(path, member.header) : Result<void>();
        case type_file:
            if (path == ".") break;
            return target_ ? extract_file(path, member) : count_contents();
        case type_symlink:
            if (path == ".") break;
            return extract_symlink(path, member);
        case type_fifo:
        case type_socket:
        case type_character_device:
        case type_block_device:
            if (path == ".") break;
            return target_ ? extract_node(path, member.header) : Result<void>();
        }
        return Error{Errc::invalid, "member has a type that does not fit", member.offset};
    }

    std::uint64_t count() const { return count_; }
    std::uint64_t size_bytes() const { return size_bytes_; }

private:
    Result<void> extract_file(const std::string& path, const Member& member) {
        const Header& header = member.header;
        if (header.links < 2) return write_contents(TRY(target_->create_file(path)), header);
        // The kernel forgets what it could link to with each archive, and so do we.
        auto [first, is_new] = links_.try_emplace(
            LinkKey{member.archive, header.device_major, header.device_minor, header.inode}, path);
        if (is_new) return write_contents(TRY(target_->create_file(path)), header);
        TRY(target_->create_link(path, first->second));
        if (header.size_bytes == 0) return {};
        return write_contents(TRY(target_->reopen_file(path)), header);
    }

    Result<void> write_contents(Fd file, const Header& header) {
        while (true) {
            Bytes piece = TRY(reader_.read());
            if (piece.empty()) break;
            TRY(write_full(file.get(), piece));
            size_bytes_ += piece.size();
            report_.progress(count_, size_bytes_);
        }
        return target_->finish_file(file.get(), header);
    }

    Result<void> count_contents() {
        while (true) {
            Bytes piece = TRY(reader_.read());
            if (piece.empty()) return {};
            size_bytes_ += piece.size();
            report_.progress(count_, size_bytes_);
        }
    }

    Result<void> extract_symlink(const std::string& path, const Member& member) {
        std::string link;
        while (true) {
            Bytes piece = TRY(reader_.read());
            if (piece.empty()) break;
            link += to_text(piece);
        }
        if (link.empty() || link.find('\0') != std::string::npos)
            return Error{Errc::invalid, "link target is empty or holds a NUL",
                         member.contents_offset};
        return target_ ? target_->create_symlink(path, link, member.header) : Result<void>();
    }

    Result<void> extract_node(const std::string& path, const Header& header) {
        auto made = target_->create_node(path, header);
        if (made || made.error().code != Errc::denied) return made;
        report_.warning("left out " + quoted(path) + ": only root can make device nodes");
        report_.set_incomplete();
        return {};
    }

    Reader& reader_;
    Report& report_;
    Target* target_; ///< null: only look
    std::map<LinkKey, std::string> links_;
    std::uint64_t count_ = 0;
    std::uint64_t size_bytes_ = 0;
};

std::string summary_of(const Arguments& arguments, std::uint64_t count, std::uint64_t size_bytes) {
    return std::string(arguments.dry_run ? "would extract " : "extracted ") +
           std::to_string(count) + (count == 1 ? " member, " : " members, ") +
           std::to_string(size_bytes) + " bytes, into " + quoted(arguments.words[1]);
}

} // namespace

Result<void> extract(const Arguments& arguments, Report& report) {
    const std::string& archive = arguments.words[0];
    const std::string& directory = arguments.words[1];
    report.at(archive);
    auto source = TRY(InputSource::open(archive, arguments.size_max));
    Reader reader(*source);
    auto first = TRY(reader.next()); // what is no archive at all leaves no directory behind
    if (reader.archives() == 0) return Error{Errc::invalid, "no archive"};

    std::optional<Target> target;
    if (!arguments.dry_run) {
        report.at(directory);
        report.advise("give --overwrite to extract over what is there");
        target = TRY(Target::open(directory, arguments.overwrite));
        report.advise(nullptr);
    }
    Extractor extractor(reader, report, target ? &*target : nullptr);
    for (auto member = std::move(first); member; member = TRY(reader.next())) {
        report.at((archive == "-" ? "standard input" : archive) + ": " + member->name);
        report.detail(escaped(member->name));
        TRY(extractor.extract(*member));
        report.at(archive);
    }
    if (target) {
        std::string failed_at;
        auto finished = target->finish(failed_at);
        if (!finished) report.at(directory + "/" + failed_at);
        TRY(finished);
    }
    report.info(summary_of(arguments, extractor.count(), extractor.size_bytes()));
    return {};
}

} // namespace kindling::cpio::tool
