// SPDX-License-Identifier: MIT
#include "fiber/log.hpp"

#include "fiber/loop.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include <vector>

namespace kindling::fiber {

namespace {

/// Off a fiber.
thread_local const LogField* fields_of_thread = nullptr;

void write_to_standard_error(std::string_view line) {
    char text[log_line_max + 1];
    std::size_t size = std::min(line.size(), log_line_max);
    std::memcpy(text, line.data(), size);
    text[size++] = '\n';
    // One write, so that lines of several threads stay whole. If it fails there is no place to say
    // so.
    [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, text, size);
}

std::atomic<LogSink> sink_of_all = write_to_standard_error;

const LogField*& fields_here() {
    Fiber* fiber = Loop::current_fiber();
    return fiber ? fiber->log_fields() : fields_of_thread;
}

std::string inherited_text() {
    std::string text;
    append_fields(text, fields_here());
    if (text.size() > inherited_fields_max) text.resize(inherited_fields_max);
    return text;
}

void say(std::string line, std::string_view message) {
    if (!line.empty()) line += ": ";
    line += message;
    if (line.size() > log_line_max) line.resize(log_line_max);
    log_plain(on_one_line(std::move(line)));
}

} // namespace

LogSink set_log_sink(LogSink sink) {
    LogSink before = sink_of_all.exchange(sink ? sink : write_to_standard_error);
    return before == write_to_standard_error ? nullptr : before;
}

/// The outermost comes first.
void append_fields(std::string& line, const LogField* innermost) {
    std::vector<const LogField*> fields;
    for (const LogField* each = innermost; each; each = each->outer_) fields.push_back(each);
    std::reverse(fields.begin(), fields.end());
    for (const LogField* each : fields) {
        if (!line.empty()) line += ' ';
        if (!each->key_.empty()) line.append(each->key_).append("=");
        line += each->value_;
    }
}

void log(std::string_view message) {
    Fiber* fiber = Loop::current_fiber();
    if (fiber) return log(*fiber, message);
    std::string line;
    append_fields(line, fields_of_thread);
    say(std::move(line), message);
}

void log(const Fiber& about, std::string_view message) {
    std::string line = "FIBER=";
    line += about.name();
    append_fields(line, about.log_fields());
    say(std::move(line), message);
}

std::string on_one_line(std::string text) {
    auto is_control = [](char each) { return static_cast<unsigned char>(each) < 0x20; };
    std::ranges::replace_if(text, is_control, '?');
    return text;
}

void log_plain(std::string_view text) {
    LogSink sink = sink_of_all.load();
    while (!text.empty()) {
        std::size_t size = std::min(text.find('\n'), text.size());
        sink(text.substr(0, size));
        text.remove_prefix(std::min(size + 1, text.size()));
    }
}

void stop(std::string_view why) {
    log_plain(why);
    std::abort();
}

LogField::LogField(std::string_view key, std::string_view value)
    : key_(key), value_(value), place_(&fields_here()) {
    outer_ = std::exchange(*place_, this);
}

LogField::~LogField() {
    if (!place_) return;
    ASSERT(*place_ == this);
    *place_ = outer_;
}

std::size_t InheritedFields::size_bytes() {
    return fields_here() ? sizeof(LogField) + inherited_text().size() : 0;
}

const LogField* InheritedFields::place(void* memory) {
    std::string text = inherited_text();
    auto* at = static_cast<char*>(memory) + sizeof(LogField);
    std::memcpy(at, text.data(), text.size());
    return ::new (memory) LogField(LogField::Unlinked{}, {at, text.size()});
}

} // namespace kindling::fiber
