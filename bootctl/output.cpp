// SPDX-License-Identifier: MIT
#include "bootctl/output.hpp"

#include "bootctl/pager.hpp"
#include "options/option_text.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <langinfo.h>
#include <unistd.h>

namespace kindling {

namespace {

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value && *value;
}

bool is_smart_terminal(int fd) {
    const char* term = std::getenv("TERM");
    return ::isatty(fd) && term && std::string_view(term) != "dumb";
}

void write_error(std::string_view text) {
    options::FileSink sink(STDERR_FILENO);
    sink.write({text.data(), text.size()});
}

} // namespace

int exit_status_of(Errc code) {
    return code == Errc::denied ? exit_denied : exit_failure;
}

Detail detail_by_environment() {
    const char* level = std::getenv("KINDLING_LOG_LEVEL");
    if (!level) level = std::getenv("SYSTEMD_LOG_LEVEL");
    constexpr std::string_view names[] = {"emerg",   "alert",  "crit", "err",
                                          "warning", "notice", "info", "debug"};
    std::string_view name = level ? level : "";
    for (std::size_t i = 0; i < std::size(names); i++) {
        if (name != names[i] && name != std::to_string(i)) continue;
        return i == 7 ? Detail::accesses : i <= 3 ? Detail::results : Detail::normal;
    }
    return Detail::normal;
}

bool uses_color(int fd, ColorWhen when) {
    if (when != ColorWhen::automatic) return when == ColorWhen::always;
    if (is_set("NO_COLOR")) return false;
    if (is_set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0")
        return true;
    return is_smart_terminal(fd);
}

bool uses_unicode() {
    return std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0;
}

OutputStyle output_style(ColorWhen when, bool has_legend) {
    return {.columns = ::isatty(STDOUT_FILENO) ? options::terminal_columns(STDOUT_FILENO) : 0,
            .use_color = uses_color(STDOUT_FILENO, when),
            .use_unicode = uses_unicode(),
            .has_legend = has_legend};
}

std::string Messages::labelled(std::string_view label, std::string_view text) const {
    const char* color = label == "error"     ? "\x1b[1;31m"
                        : label == "warning" ? "\x1b[1;33m"
                                             : "\x1b[1m";
    std::string line = std::string(label) + ':';
    if (uses_color(STDERR_FILENO, when_)) line = color + line + "\x1b[0m";
    return line + ' ' + std::string(text) + '\n';
}

void Messages::tell(std::string_view label, const Notice& notice) const {
    std::string text = labelled(label, escaped(notice.text));
    if (!notice.hint.empty()) text += labelled("hint", escaped(notice.hint));
    write_error(text);
}

bool Messages::has_progress() const {
    // Other lines would fall into that one.
    return detail_ == Detail::normal && is_smart_terminal(STDERR_FILENO);
}

void Messages::info(std::string_view text) const {
    if (detail_ != Detail::results) write_error(escaped(text) + '\n');
}

void Messages::usage_error(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        std::size_t colon = std::min(line.find(": "), line.size());
        out += labelled(line.substr(0, colon), line.substr(std::min(line.size(), colon + 2)));
    }
    write_error(out);
}

int print(std::string_view text, const Messages& messages) {
    options::FileSink sink(STDOUT_FILENO);
    sink.write({text.data(), text.size()});
    sink.flush();
    if (sink.error() == 0) return EXIT_SUCCESS;
    if (sink.error() == EPIPE) return exit_pipe;
    messages.error(
        {std::string("cannot write to standard output: ") + std::strerror(sink.error()), {}});
    return exit_failure;
}

int print_long(std::string_view text, const Messages& messages) {
    bool is_shown = messages.has_pager() && needs_pager(STDOUT_FILENO, text) && show_in_pager(text);
    return is_shown ? EXIT_SUCCESS : print(text, messages);
}

void occupy_standard_streams() {
    for (;;) {
        int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fd >= 0 && fd <= STDERR_FILENO) continue;
        if (fd >= 0) ::close(fd);
        return;
    }
}

} // namespace kindling
