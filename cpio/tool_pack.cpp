// SPDX-License-Identifier: MIT
#include "base/text.hpp"
#include "cpio/extras.hpp"
#include "cpio/tool.hpp"
#include "cpio/tool_output.hpp"
#include "cpio/tool_tree.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <map>
#include <memory>
#include <new>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace kindling::cpio::tool {
namespace {

constexpr std::uint32_t permission_mask = 07777;

std::uint32_t clamp_time(std::int64_t seconds) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, 0xffff'ffff));
}

/// The time of all members of a reproducible archive.
std::uint32_t reproducible_time() {
    const char* text = std::getenv("SOURCE_DATE_EPOCH");
    auto seconds = parse_decimal(text ? text : "", 0xffff'ffff);
    return seconds ? static_cast<std::uint32_t>(*seconds) : 0;
}

class TreePacker {
public:
    TreePacker(const Arguments& arguments, Report& report, int root, OutputSink& sink)
        : arguments_(arguments), report_(report), root_(root), sink_(sink), writer_(sink),
          time_s_(reproducible_time()) {}

    Result<void> add(const Node& node) {
        report_.at(node.path);
        report_.detail(escaped(node.path));
        report_.progress(++count_, writer_.size_bytes());
        switch (node.status.st_mode & S_IFMT) {
        case S_IFDIR:
            return writer_.add_directory(node.path, attributes_of(node));
        case S_IFREG:
            return add_file(node);
        case S_IFLNK:
            return add_symlink(node);
        default:
            return writer_.add_node(node.path, attributes_of(node), node.status.st_mode & S_IFMT,
                                    {major(node.status.st_rdev), minor(node.status.st_rdev)});
        }
    }

    Result<std::uint64_t> finish() {
        TRY(writer_.finish());
        return writer_.size_bytes();
    }

private:
    Attributes attributes_of(const Node& node) const {
        std::uint32_t permissions = node.status.st_mode & permission_mask;
        if (arguments_.reproducible) return {permissions, 0, 0, time_s_};
        return {permissions, node.status.st_uid, node.status.st_gid,
                clamp_time(node.status.st_mtim.tv_sec)};
    }

    Result<void> add_symlink(const Node& node) {
        std::array<char, 4096> target;
        std::size_t slash = node.path.rfind('/');
        std::string parent = slash == std::string::npos ? "." : node.path.substr(0, slash);
        Fd directory = TRY(open_beneath(root_, parent, O_PATH | O_DIRECTORY));
        ssize_t size = readlinkat(directory.get(), node.path.c_str() + (slash + 1), target.data(),
                                  target.size());
        if (size < 0) return last_error("cannot read link");
        if (static_cast<std::size_t>(size) == target.size())
            return Error{Errc::too_large, "link target is too long"};
        return writer_.add_symlink(node.path, attributes_of(node),
                                   {target.data(), static_cast<std::size_t>(size)});
    }

    Result<void> add_file(const Node& node) {
        if (!node.is_last_link) return add_link(node, 0);
        Fd file = TRY(open_beneath(root_, node.path, O_RDONLY | O_NONBLOCK));
        struct stat status {};
        if (fstat(file.get(), &status) < 0) return last_error("cannot examine");
        if (status.st_dev != node.status.st_dev || status.st_ino != node.status.st_ino)
            return Error{Errc::io, "file was replaced while we looked"};
        std::uint64_t size_bytes = static_cast<std::uint64_t>(status.st_size);
        TRY(node.links > 1 ? add_link(node, size_bytes)
                           : writer_.begin_file(node.path, attributes_of(node), size_bytes));
        return sink_.send_file(file.get(), size_bytes);
    }

    Result<void> add_link(const Node& node, std::uint64_t size_bytes) {
        std::uint32_t& inode = inodes_[{node.status.st_dev, node.status.st_ino}];
        inode =
            TRY(writer_.begin_link(node.path, attributes_of(node), node.links, inode, size_bytes));
        return {};
    }

    const Arguments& arguments_;
    Report& report_;
    int root_;
    OutputSink& sink_;
    Writer writer_;
    std::uint32_t time_s_;
    std::uint64_t count_ = 0;
    std::map<std::pair<dev_t, ino_t>, std::uint32_t> inodes_;
};

std::string summary_of(const Arguments& arguments, std::size_t count, std::uint64_t size_bytes) {
    const std::string& path = arguments.words[arguments.extras ? 0 : 1];
    std::string noun = arguments.extras ? " extra" : " member";
    return (arguments.dry_run ? "would pack " : "packed ") + std::to_string(count) + noun +
           (count == 1 ? ", " : "s, ") + std::to_string(size_bytes) + " bytes, into " +
           (path == "-" ? "standard output" : quoted(path));
}

/// What packing would write: headers are written to nothing, contents are not read.
std::uint64_t planned_size(const std::vector<Node>& nodes) {
    std::uint64_t size_bytes = trailer_size_bytes;
    for (const Node& node : nodes) {
        bool has_contents =
            S_ISLNK(node.status.st_mode) || (S_ISREG(node.status.st_mode) && node.is_last_link);
        std::uint64_t contents = has_contents ? static_cast<std::uint64_t>(node.status.st_size) : 0;
        size_bytes += contents_offset(node.path.size()) + align_up(contents, alignment);
    }
    return size_bytes;
}

Result<void> pack_tree(const Arguments& arguments, Report& report) {
    const std::string& directory = arguments.words[0];
    const std::string& output = arguments.words[1];
    report.at(directory);
    Fd root(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root) return last_error("cannot open directory");
    std::string failed_at;
    auto nodes = read_tree(root.get(), failed_at);
    if (!nodes) {
        report.at(directory + "/" + failed_at);
        return nodes.error();
    }
    if (arguments.dry_run) {
        for (const Node& node : *nodes) report.detail(escaped(node.path));
        report.info(summary_of(arguments, nodes->size(), planned_size(*nodes)));
        return {};
    }
    report.at(output);
    auto sink = TRY(OutputSink::create(output, arguments.gzip));
    std::erase_if(*nodes, [&](const Node& node) {
        return sink->is_output(node.status.st_dev, node.status.st_ino);
    });
    TreePacker packer(arguments, report, root.get(), *sink);
    for (const Node& node : *nodes) {
        auto added = packer.add(node);
        if (added) continue;
        if (std::string_view(added.error().what) == write_failed) report.at(output);
        return added;
    }
    report.at(output);
    std::uint64_t size_bytes = TRY(packer.finish());
    TRY(sink->commit());
    report.info(summary_of(arguments, nodes->size(), size_bytes));
    return {};
}

/// A file of --extras, open.
struct Source {
    std::string path;
    Fd fd;
};

/// Decides as the loader does, but a file that it would leave out for its name is an error here.
Result<void> add_extra(const std::string& path, Report& report, std::vector<Extra>& extras,
                       std::vector<Source>& sources) {
    report.at(path);
    std::string name = path.substr(path.rfind('/') + 1);
    auto kind = kind_of(name);
    if (!kind) {
        report.advise("extras end in .cred, .sysext.raw or .confext.raw");
        return Error{Errc::invalid, "suffix is not that of an extra"};
    }
    Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return last_error("cannot open");
    struct stat status {};
    if (fstat(fd.get(), &status) < 0) return last_error("cannot examine");
    if (!S_ISREG(status.st_mode)) return Error{Errc::invalid, "not a regular file"};
    if (status.st_size == 0) {
        report.warning(quoted(path) + " is empty and left out, as the loader does");
        return {};
    }
    extras.push_back({*kind, name, static_cast<std::uint64_t>(status.st_size)});
    sources.push_back({path, std::move(fd)});
    return {};
}

Result<void> pack_extras(const Arguments& arguments, Report& report) {
    const std::string& output = arguments.words[0];
    std::vector<Extra> extras;
    std::vector<Source> sources;
    for (std::size_t i = 1; i < arguments.words.size(); i++)
        TRY(add_extra(arguments.words[i], report, extras, sources));
    auto layout = lay_out(extras);
    if (!layout) {
        if (layout.error().where < sources.size()) report.at(sources[layout.error().where].path);
        return Error{layout.error().code, layout.error().what};
    }
    std::string summary = summary_of(arguments, extras.size(), layout->size_bytes);
    if (arguments.dry_run) {
        report.info(summary);
        return {};
    }
    report.at(output);
    auto sink = TRY(OutputSink::create(output, arguments.gzip));
    // Not a vector: that would write every byte once more.
    std::unique_ptr<std::byte[]> memory(new (std::nothrow) std::byte[layout->size_bytes]);
    if (!memory) return Error{Errc::no_memory, "no memory for the archives"};
    MutableBytes blob(memory.get(), layout->size_bytes);
    write_frame(extras, *layout, blob);
    for (std::size_t i = 0; i < extras.size(); i++) {
        report.at(sources[i].path);
        Range range = layout->payloads[i];
        std::size_t count =
            TRY(read_full(sources[i].fd.get(), blob.subspan(range.offset, range.size_bytes)));
        if (count != range.size_bytes)
            return Error{Errc::truncated, "file became shorter while it was read"};
    }
    report.at(output);
    TRY(sink->write(blob));
    TRY(sink->commit());
    report.info(summary);
    return {};
}

} // namespace

Result<void> pack(const Arguments& arguments, Report& report) {
    return arguments.extras ? pack_extras(arguments, report) : pack_tree(arguments, report);
}

} // namespace kindling::cpio::tool
