// SPDX-License-Identifier: MIT
#include "options/generator_file.hpp"

#include "options/generator_shape.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kindling::options {
namespace {

constexpr off_t file_size_max = off_t{1} << 30;
constexpr size_t pipe_size_max = size_t{64} << 20;

/// Closed when it goes out of scope.
class File {
public:
    explicit File(int fd) : fd_(fd) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    int fd() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }

private:
    int fd_;
};

Failure failure_of(const char* what, const std::string& path, int number) {
    return {std::string("cannot ") + what + ' ' + quoted_path(path) + ": " + std::strerror(number),
            {}};
}

/// Reads until the end, in pieces: what a pipe will give nobody knows.
Failure read_pipe(int fd, const std::string& path, std::string& text) {
    // Opening did not wait, reading has to.
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    char piece[16384];
    for (;;) {
        ssize_t count = ::read(fd, piece, sizeof(piece));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failure_of("read", path, errno);
        if (count == 0) return {};
        if (text.size() > pipe_size_max)
            return {"cannot read " + quoted_path(path) + ": it gives more than 64 MiB",
                    "write it to a file"};
        text.append(piece, static_cast<size_t>(count));
    }
}

Failure read_regular(int fd, const std::string& path, std::string& text) {
    for (size_t at = 0; at < text.size();) {
        ssize_t count = ::read(fd, text.data() + at, text.size() - at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failure_of("read", path, errno);
        if (count == 0) text.resize(at); // It became shorter meanwhile.
        at += static_cast<size_t>(count);
    }
    return {};
}

/// errno of a write that failed, else 0.
int write_all(int fd, const std::string& text) {
    for (size_t at = 0; at < text.size();) {
        ssize_t count = ::write(fd, text.data() + at, text.size() - at);
        if (count < 0 && errno != EINTR) return errno;
        if (count > 0) at += static_cast<size_t>(count);
    }
    return 0;
}

std::string directory_of(const std::string& path) {
    size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// Makes the name last through a crash, too.
int sync_directory(const std::string& path) {
    File directory(::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.is_open() && ::fsync(directory.fd()) == 0 ? 0 : errno;
}

/// errno of what failed, else 0. The new file has no other name than `temporary`.
int write_new(const std::string& temporary, const std::string& text) {
    File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file.is_open()) return errno;
    if (int number = write_all(file.fd(), text)) return number;
    return ::fsync(file.fd()) == 0 ? 0 : errno;
}

Failure replace(const std::string& path, const std::string& text) {
    std::string temporary = path + ".new-" + std::to_string(::getpid());
    int number = write_new(temporary, text);
    if (number == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) number = errno;
    if (number != 0 && number != EEXIST) ::unlink(temporary.c_str());
    if (number == 0) number = sync_directory(path);
    return number ? failure_of("write", path, number) : Failure{};
}

} // namespace

std::string quoted_path(const std::string& path) {
    std::string text;
    auto append = [](void* context, const char* data, size_t size) {
        static_cast<std::string*>(context)->append(data, size);
    };
    write_escaped({append, &text}, {path.data(), path.size()});
    return '\'' + text + '\'';
}

Failure read_text(const std::string& path, std::string& text) {
    text.clear();
    if (path == "-") return read_pipe(STDIN_FILENO, path, text);
    File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!file.is_open() || ::fstat(file.fd(), &status) != 0) return failure_of("read", path, errno);
    if (S_ISDIR(status.st_mode)) return failure_of("read", path, EISDIR);
    if (S_ISFIFO(status.st_mode)) return read_pipe(file.fd(), path, text);
    if (!S_ISREG(status.st_mode))
        return {"cannot read " + quoted_path(path) + ": it is neither a regular file nor a pipe",
                {}};
    if (status.st_size > file_size_max)
        return {"cannot read " + quoted_path(path) + ": it is larger than 1 GiB", {}};
    text.resize(static_cast<size_t>(status.st_size));
    return read_regular(file.fd(), path, text);
}

ElfProblem ProgramFile::read_part(std::string_view file, const ElfSection& section, RecordKind kind,
                                  bool is_swapped, Part& part) {
    part.words.resize((section.size_bytes + 7) / 8);
    auto* records = reinterpret_cast<unsigned char*>(part.words.data());
    if (section.size_bytes) std::memcpy(records, file.data() + section.offset, section.size_bytes);
    return read_table(records, section.size_bytes, kind, is_swapped, part.table);
}

Failure ProgramFile::read_elf(const std::string& path, std::string_view file) {
    ElfSections sections;
    bool is_record = false;
    ElfProblem problem =
        find_sections(reinterpret_cast<const unsigned char*>(file.data()), file.size(), sections);
    auto read_one = [&](const ElfSection& section, RecordKind kind, Part& part) {
        if (problem) return;
        problem = read_part(file, section, kind, sections.is_swapped, part);
        problem.where += section.offset;
        is_record = true;
    };
    read_one(sections.options, RecordKind::option, options_);
    read_one(sections.verbs, RecordKind::verb, verbs_);
    read_one(sections.commands, RecordKind::command, commands_);
    Program& program = programs_.emplace_back();
    if (!problem) {
        program.commands = commands_.table;
        program.verbs = verbs_.table;
        program.options = main_scope(options_.table);
        return {};
    }
    std::string what = quoted_path(path) + ' ' + problem.what;
    if (problem.where || is_record) what += ", at byte " + std::to_string(problem.where);
    return {what, problem.hint ? problem.hint : ""};
}

Failure ProgramFile::read_description(const std::string& path, std::string_view file,
                                      Purpose purpose) {
    auto place = [&](const JsonProblem& problem) {
        size_t line =
            1 + static_cast<size_t>(std::count(
                    file.begin(), file.begin() + static_cast<ptrdiff_t>(problem.where), '\n'));
        return quoted_path(path) + ", line " + std::to_string(line) + ", byte " +
               std::to_string(problem.where) + ": " + problem.what;
    };
    if (!has_json_parser())
        return {quoted_path(path) + " is JSON, which this program was built without",
                "build it with -Djson=enabled, or name the program itself"};
    JsonValue root;
    JsonProblem problem = parse_json(file, root);
    if (!problem) problem = read_introspection(root, described_);
    if (!problem && purpose == Purpose::document) {
        // What tables cannot hold is in the document all the same.
        described_.warnings.clear();
        problem = bring_into_shape(root, described_.warnings);
        document_ = std::move(root);
    }
    if (problem) return {place(problem), "it must be what PROGRAM --introspect-cli prints"};
    for (const JsonProblem& each : described_.warnings) warnings_.push_back(place(each));
    for (const DescribedCommand& each : described_.commands)
        programs_.push_back(views_.emplace_back(each).program);
    return {};
}

Failure ProgramFile::read(const std::string& path, Purpose purpose) {
    std::string file;
    if (Failure failure = read_text(path, file)) return failure;
    size_t first = file.find_first_not_of(" \t\r\n");
    bool is_description = first != std::string::npos && file[first] == '{';
    return is_description ? read_description(path, file, purpose) : read_elf(path, file);
}

Sink Output::sink() {
    auto append = [](void* context, const char* data, size_t size) {
        static_cast<std::string*>(context)->append(data, size);
    };
    return {append, &text_};
}

Failure Output::write(const char* path, bool& is_pipe_closed) const {
    is_pipe_closed = false;
    struct stat status {};
    bool is_standard = !path || std::strcmp(path, "-") == 0;
    if (!is_standard && (::stat(path, &status) != 0 || S_ISREG(status.st_mode)))
        return replace(path, text_);
    File file(is_standard ? -1 : ::open(path, O_WRONLY | O_CLOEXEC));
    if (!is_standard && !file.is_open()) return failure_of("write", path, errno);
    int number = write_all(is_standard ? STDOUT_FILENO : file.fd(), text_);
    is_pipe_closed = number == EPIPE;
    if (number == 0 || is_pipe_closed) return {};
    return is_standard ? Failure{std::string("cannot write: ") + std::strerror(number), {}}
                       : failure_of("write", path, number);
}

} // namespace kindling::options
