// SPDX-License-Identifier: MIT
#include "bootctl/json.hpp"

#include "base/json_text.hpp"

namespace kindling::json {

void Writer::new_line() {
    if (layout_ == Layout::brief) return;
    out_ += '\n';
    out_.append(has_values_.size(), '\t');
}

void Writer::before_value() {
    if (is_after_key_) {
        is_after_key_ = false;
        return;
    }
    if (has_values_.empty()) return; // the document itself
    if (has_values_.back()) out_ += ',';
    has_values_.back() = true;
    new_line();
}

void Writer::begin(char bracket) {
    before_value();
    out_ += bracket;
    has_values_.push_back(false);
}

void Writer::end(char bracket) {
    ASSERT(!has_values_.empty() && !is_after_key_);
    bool had_values = has_values_.back();
    has_values_.pop_back();
    if (had_values) new_line();
    out_ += bracket;
}

void Writer::begin_object() {
    begin('{');
}

void Writer::end_object() {
    end('}');
}

void Writer::begin_array() {
    begin('[');
}

void Writer::end_array() {
    end(']');
}

void Writer::key(std::string_view name) {
    ASSERT(!is_after_key_);
    before_value();
    out_ += quote_json(name);
    out_ += layout_ == Layout::pretty ? " : " : ":";
    is_after_key_ = true;
}

void Writer::text(std::string_view value) {
    before_value();
    out_ += quote_json(value);
}

void Writer::number(std::uint64_t value) {
    before_value();
    out_ += std::to_string(value);
}

void Writer::boolean(bool value) {
    before_value();
    out_ += value ? "true" : "false";
}

void Writer::null() {
    before_value();
    out_ += "null";
}

void Writer::text(std::string_view name, std::string_view value) {
    key(name);
    text(value);
}

void Writer::text_if(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
}

void Writer::number(std::string_view name, std::uint64_t value) {
    key(name);
    number(value);
}

void Writer::boolean(std::string_view name, bool value) {
    key(name);
    boolean(value);
}

void Writer::null(std::string_view name) {
    key(name);
    null();
}

void Writer::texts(std::string_view name, const std::vector<std::string>& values) {
    key(name);
    begin_array();
    for (const std::string& value : values) text(value);
    end_array();
}

std::string Writer::take() {
    ASSERT(has_values_.empty() && !is_after_key_);
    return std::move(out_) + '\n';
}

} // namespace kindling::json
