// SPDX-License-Identifier: MIT
#include "cpio/writer.hpp"

#include <array>

namespace kindling::cpio {
namespace {

bool has_parent_component(std::string_view path) {
    while (true) {
        std::size_t slash = path.find('/');
        if (path.substr(0, slash) == "..") return true;
        if (slash == std::string_view::npos) return false;
        path.remove_prefix(slash + 1);
    }
}

Result<void> check(std::string_view path) {
    if (path.empty() || path.starts_with('/') || has_parent_component(path))
        return Error{Errc::invalid, "member path is empty, absolute or leads upwards"};
    if (path.find('\0') != std::string_view::npos)
        return Error{Errc::invalid, "member path holds a NUL"};
    if (path == trailer_name) return Error{Errc::invalid, "member is named as the trailer"};
    return {};
}

Header header_of(std::uint32_t type, const Attributes& attributes) {
    return {.mode = type | attributes.permissions,
            .uid = attributes.uid,
            .gid = attributes.gid,
            .mtime_s = attributes.mtime_s};
}

} // namespace

Result<void> Writer::add_padding() {
    std::array<std::byte, alignment> nuls{};
    std::uint64_t padding = align_up(size_bytes_, alignment) - size_bytes_;
    size_bytes_ += padding;
    return padding == 0 ? Result<void>() : sink_.write(Bytes(nuls).first(padding));
}

Result<void> Writer::add_header(std::string_view path, Header header, std::uint64_t contents_size) {
    TRY(check(path));
    TRY(record_size(path.size(), contents_size));
    TRY(add_padding());
    header.size_bytes = static_cast<std::uint32_t>(contents_size);
    if (header.inode == 0) header.inode = ++inode_;
    buffer_.resize(contents_offset(path.size()));
    write_header(buffer_, header, path);
    size_bytes_ += buffer_.size() + contents_size;
    return sink_.write(buffer_);
}

Result<void> Writer::add_directory(std::string_view path, const Attributes& attributes) {
    Header header = header_of(type_directory, attributes);
    header.links = 2;
    return add_header(path, header, 0);
}

Result<void> Writer::add_file(std::string_view path, const Attributes& attributes, Bytes contents) {
    TRY(begin_file(path, attributes, contents.size()));
    return sink_.write(contents);
}

Result<void> Writer::add_symlink(std::string_view path, const Attributes& attributes,
                                 std::string_view target) {
    TRY(add_header(path, header_of(type_symlink, attributes), target.size()));
    return sink_.write(to_bytes(target));
}

Result<void> Writer::add_node(std::string_view path, const Attributes& attributes,
                              std::uint32_t type, Device device) {
    Header header = header_of(type, attributes);
    header.rdevice_major = device.major;
    header.rdevice_minor = device.minor;
    return add_header(path, header, 0);
}

Result<void> Writer::begin_file(std::string_view path, const Attributes& attributes,
                                std::uint64_t size_bytes) {
    return add_header(path, header_of(type_file, attributes), size_bytes);
}

Result<std::uint32_t> Writer::begin_link(std::string_view path, const Attributes& attributes,
                                         std::uint32_t links, std::uint32_t inode,
                                         std::uint64_t size_bytes) {
    Header header = header_of(type_file, attributes);
    header.links = links;
    header.inode = inode;
    TRY(add_header(path, header, size_bytes));
    return inode == 0 ? inode_ : inode;
}

Result<void> Writer::finish() {
    TRY(add_padding());
    std::array<std::byte, trailer_size_bytes> trailer{};
    size_bytes_ += write_trailer(trailer);
    return sink_.write(trailer);
}

} // namespace kindling::cpio
