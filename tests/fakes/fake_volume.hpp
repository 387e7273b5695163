// SPDX-License-Identifier: MIT
//
// A volume and variables in memory, with FAT's rules for names and faults on request.
#pragma once

#include "base/text.hpp"
#include "core/machine.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace kindling::fakes {

/// Files by path; directories are what files are in, and those that were made.
class FakeVolume : public Volume {
public:
    struct File {
        std::vector<std::byte> contents;
        bool is_read_only = false;
        bool is_directory = false;
        /// What `info` and `list` say in place of the real size; contents then end early or late.
        std::optional<std::uint64_t> claimed_size;
        /// Reading fails with this.
        std::optional<Error> read_error;
    };

    bool is_read_only = false;         ///< renaming anything is denied
    std::optional<Error> rename_error; ///< renaming fails with this
    std::vector<std::string> renamed;  ///< "OLD -> NEW", in order
    std::size_t reads = 0;             ///< calls of `read`

    File& add(std::string_view path, std::string_view text) {
        File& file = files_[key(path)];
        Bytes bytes = to_bytes(text);
        file.contents.assign(bytes.begin(), bytes.end());
        return file;
    }
    File& add(std::string_view path, Bytes bytes) { return add(path, to_text(bytes)); }
    void make_directory(std::string_view path) { files_[key(path)].is_directory = true; }
    bool has(std::string_view path) const { return find(path) != files_.end(); }
    void drop(std::string_view path) {
        auto at = find(path);
        if (at != files_.end()) files_.erase(at);
    }

    Result<std::vector<FileInfo>> list(std::string_view directory) override {
        std::string prefix = key(directory) == "/" ? "/" : key(directory) + "/";
        std::map<std::string, FileInfo> found;
        bool exists = prefix == "/";
        if (auto at = find(directory); at != files_.end()) {
            if (!at->second.is_directory) return Error{Errc::invalid, "is not a directory"};
            exists = true;
        }
        for (const auto& [path, file] : files_) {
            if (!starts_with_ignoring_case(path, prefix)) continue;
            exists = true;
            std::string rest = path.substr(prefix.size());
            std::size_t end = rest.find('/');
            if (rest.empty()) continue;
            if (end == std::string::npos)
                found[rest] = describe(rest, file);
            else
                found.try_emplace(rest.substr(0, end),
                                  FileInfo{rest.substr(0, end), 0, true, false});
        }
        if (!exists) return Error{Errc::not_found, "does not exist"};
        std::vector<FileInfo> list;
        for (auto& [name, info] : found) list.push_back(info);
        return list;
    }

    Result<FileInfo> info(std::string_view path) override {
        if (auto at = find(path); at != files_.end())
            return describe(at->first.substr(at->first.rfind('/') + 1), at->second);
        if (auto members = list(path)) {
            std::string name = key(path);
            return FileInfo{name.substr(name.rfind('/') + 1), 0, true, false};
        }
        return Error{Errc::not_found, "does not exist"};
    }

    Result<std::size_t> read(std::string_view path, std::uint64_t offset,
                             MutableBytes into) override {
        reads++;
        auto at = find(path);
        if (at == files_.end()) return Error{Errc::not_found, "does not exist"};
        const File& file = at->second;
        if (file.is_directory) return Error{Errc::invalid, "is a directory"};
        if (file.read_error) return *file.read_error;
        if (offset >= file.contents.size()) return std::size_t{0};
        std::size_t size = std::min<std::size_t>(into.size(), file.contents.size() - offset);
        std::copy_n(file.contents.begin() + static_cast<std::ptrdiff_t>(offset), size,
                    into.begin());
        return size;
    }

    Result<void> rename(std::string_view path, std::string_view new_name) override {
        auto at = find(path);
        if (at == files_.end()) return Error{Errc::not_found, "does not exist"};
        if (rename_error) return *rename_error;
        if (is_read_only || at->second.is_read_only) return Error{Errc::denied, "is read-only"};
        std::string target = at->first.substr(0, at->first.rfind('/') + 1) + std::string(new_name);
        if (has(target)) return Error{Errc::exists, "exists already"};
        renamed.push_back(at->first + " -> " + target);
        files_[target] = std::move(at->second);
        files_.erase(at);
        return {};
    }

private:
    using Files = std::map<std::string, File>;

    /// One leading '/', none at the end, single ones in between.
    static std::string key(std::string_view path) {
        std::string out;
        for (char c : path) {
            if (out.empty() && c != '/') out += '/';
            if (c != '/' || out.empty() || out.back() != '/') out += c;
        }
        while (out.size() > 1 && out.back() == '/') out.pop_back();
        return out.empty() ? "/" : out;
    }
    Files::iterator find(std::string_view path) {
        std::string wanted = key(path);
        return std::find_if(files_.begin(), files_.end(), [&](const auto& one) {
            return equals_ignoring_case(one.first, wanted);
        });
    }
    Files::const_iterator find(std::string_view path) const {
        return const_cast<FakeVolume*>(this)->find(path);
    }
    static FileInfo describe(std::string name, const File& file) {
        return {std::move(name), file.claimed_size.value_or(file.contents.size()),
                file.is_directory, file.is_read_only};
    }

    Files files_;
};

class FakeVariables : public Variables {
public:
    struct Variable {
        std::vector<std::byte> data;
        Storage storage = Storage::volatile_;
    };

    bool is_read_only = false; ///< writing and removing is denied

    Result<std::vector<std::byte>> get(const Guid& vendor, std::string_view name) override {
        auto at = variables_.find({to_text(vendor), std::string(name)});
        if (at == variables_.end()) return Error{Errc::not_found, "does not exist"};
        return at->second.data;
    }

    Result<void> set(const Guid& vendor, std::string_view name, Bytes data,
                     Storage storage) override {
        if (is_read_only) return Error{Errc::denied, "variables are read-only"};
        variables_[{to_text(vendor), std::string(name)}] = {{data.begin(), data.end()}, storage};
        return {};
    }

    Result<void> remove(const Guid& vendor, std::string_view name) override {
        if (is_read_only) return Error{Errc::denied, "variables are read-only"};
        variables_.erase({to_text(vendor), std::string(name)});
        return {};
    }

    /// The variable itself; null if there is none.
    const Variable* find(const Guid& vendor, std::string_view name) const {
        auto at = variables_.find({to_text(vendor), std::string(name)});
        return at == variables_.end() ? nullptr : &at->second;
    }

private:
    std::map<std::pair<std::string, std::string>, Variable> variables_;
};

} // namespace kindling::fakes
