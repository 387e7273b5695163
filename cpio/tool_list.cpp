// SPDX-License-Identifier: MIT
#include "base/json_text.hpp"
#include "cpio/tool.hpp"
#include "cpio/tool_input.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <unistd.h>

namespace kindling::cpio::tool {
namespace {

struct Type {
    std::uint32_t bits;
    char letter;
    const char* name;
};
constexpr std::array<Type, 8> types{{
    {type_file, '-', "file"},
    {type_directory, 'd', "directory"},
    {type_symlink, 'l', "symlink"},
    {type_character_device, 'c', "character-device"},
    {type_block_device, 'b', "block-device"},
    {type_fifo, 'p', "fifo"},
    {type_socket, 's', "socket"},
    {0, '?', "unknown"},
}};

const Type& type_of(const Member& member) {
    for (const Type& type : types)
        if (member.is_type(type.bits)) return type;
    return types.back();
}

bool is_device(const Member& member) {
    return member.is_type(type_character_device) || member.is_type(type_block_device);
}

/// A member as it is printed.
struct Row {
    Member member;
    std::string target; ///< of a symbolic link
};

template <class... Values>
void append_format(std::string& to, const char* format, Values... values) {
    std::array<char, 160> text;
    int size = std::snprintf(text.data(), text.size(), format, values...);
    to.append(text.data(), std::min<std::size_t>(static_cast<std::size_t>(size), text.size() - 1));
}

std::string permissions_of(const Member& member) {
    constexpr std::string_view all = "rwxrwxrwx";
    std::uint32_t mode = member.header.mode;
    std::string text(1, type_of(member).letter);
    for (std::size_t i = 0; i < all.size(); i++) text += mode & (0400u >> i) ? all[i] : '-';
    auto special = [&](std::uint32_t bit, std::size_t at, char with_x, char without) {
        if (mode & bit) text[at] = text[at] == 'x' ? with_x : without;
    };
    special(04000, 3, 's', 'S');
    special(02000, 6, 's', 'S');
    special(01000, 9, 't', 'T');
    return text;
}

std::string time_of(const Member& member) {
    std::time_t seconds = member.header.mtime_s;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text;
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts)};
}

std::string line_of(const Row& row, const Arguments& arguments) {
    const Member& member = row.member;
    if (arguments.names_only) return escaped(member.name) + "\n";
    std::string line;
    if (arguments.verbose)
        append_format(line, "%2u %10" PRIu64 " %10" PRIu64 " %6u  ", member.archive, member.offset,
                      member.contents_offset, member.header.inode);
    line += permissions_of(member);
    std::string size = is_device(member) ? std::to_string(member.header.rdevice_major) + ", " +
                                               std::to_string(member.header.rdevice_minor)
                                         : std::to_string(member.header.size_bytes);
    append_format(line, " %3u %5u %5u %10s ", member.header.links, member.header.uid,
                  member.header.gid, size.c_str());
    line += time_of(member) + " " + escaped(member.name);
    if (member.is_type(type_symlink)) line += " -> " + escaped(row.target);
    return line + "\n";
}

std::string json_of(const Row& row, bool is_pretty) {
    const Member& member = row.member;
    const Header& header = member.header;
    std::string out = is_pretty ? "\t{" : "{";
    const char* separator = "";
    auto field = [&](const char* key, const std::string& value) {
        out += separator;
        out += is_pretty ? "\n\t\t\"" : "\"";
        out += key;
        out += is_pretty ? "\" : " : "\":";
        out += value;
        separator = ",";
    };
    auto number = [&](const char* key, std::uint64_t value) { field(key, std::to_string(value)); };
    field("name", quote_json(member.name));
    field("type", quote_json(type_of(member).name));
    number("mode", header.mode);
    number("inode", header.inode);
    number("links", header.links);
    number("uid", header.uid);
    number("gid", header.gid);
    number("mtime", header.mtime_s);
    number("size", header.size_bytes);
    field("target", member.is_type(type_symlink) ? quote_json(row.target) : "null");
    field("deviceMajor", is_device(member) ? std::to_string(header.rdevice_major) : "null");
    field("deviceMinor", is_device(member) ? std::to_string(header.rdevice_minor) : "null");
    field("checksum", member.has_checksum ? std::to_string(header.checksum) : "null");
    number("archive", member.archive);
    number("offset", member.offset);
    number("contentsOffset", member.contents_offset);
    return out + (is_pretty ? "\n\t}" : "}");
}

std::string json_of(const std::vector<Row>& rows, bool is_pretty) {
    if (rows.empty()) return "[]\n";
    std::string out = is_pretty ? "[\n" : "[";
    for (std::size_t i = 0; i < rows.size(); i++) {
        if (i > 0) out += is_pretty ? ",\n" : ",";
        out += json_of(rows[i], is_pretty);
    }
    return out + (is_pretty ? "\n]\n" : "]\n");
}

Result<void> read_rows(Source& source, std::vector<Row>& rows) {
    Reader reader(source);
    while (auto member = TRY(reader.next())) {
        Row row{std::move(*member), {}};
        while (row.member.is_type(type_symlink)) {
            Bytes piece = TRY(reader.read());
            if (piece.empty()) break;
            row.target += to_text(piece);
        }
        rows.push_back(std::move(row));
    }
    if (reader.archives() == 0) return Error{Errc::invalid, "no archive"};
    return {};
}

} // namespace

Result<void> list(const Arguments& arguments, Report& report) {
    const std::string& path = arguments.words[0];
    report.at(path);
    auto source = TRY(InputSource::open(path, arguments.size_max));
    std::vector<Row> rows;
    auto read = read_rows(*source, rows);
    if (!read && arguments.json != Json::off) return read;
    // People see what can be read of a damaged archive.
    std::string out;
    if (arguments.json != Json::off)
        out = json_of(rows, arguments.json == Json::pretty);
    else
        for (const Row& row : rows) out += line_of(row, arguments);
    auto written = write_full(STDOUT_FILENO, to_bytes(out));
    if (read && !written) report.at("-");
    return read ? written : read;
}

} // namespace kindling::cpio::tool
