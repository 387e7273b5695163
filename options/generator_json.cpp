// SPDX-License-Identifier: MIT
//
// The only file that knows which parser is used. Its events are taken as they come, because a tree
// of the parser's own would forget where values stood and keep the last of equal keys.
#include "options/generator_json.hpp"

#include "options/option_text.hpp"

#ifdef KINDLING_HAS_JSON
#include <nlohmann/json.hpp>
#endif

#include <algorithm>
#include <iterator>

namespace kindling::options {

const JsonValue* JsonValue::find(std::string_view key) const {
    auto at = std::ranges::find(keys, key);
    return at == keys.end() ? nullptr : &items[static_cast<size_t>(at - keys.begin())];
}

namespace {

/// Why a tree is refused, wherever it is found out.
std::string too_deep() {
    return "is more than " + std::to_string(json_depth_max) + " levels deep";
}
std::string too_many_values() {
    return "has more than " + std::to_string(json_values_max) + " values";
}
std::string too_many_members() {
    return "has an object of more than " + std::to_string(json_members_max) + " members";
}

JsonProblem check_limits(const JsonValue& value, size_t depth, size_t& count) {
    bool is_container =
        value.kind == JsonValue::Kind::array || value.kind == JsonValue::Kind::object;
    if (++count > json_values_max) return {too_many_values(), value.where};
    if (is_container && depth == json_depth_max) return {too_deep(), value.where};
    if (value.keys.size() > json_members_max) return {too_many_members(), value.where};
    for (const JsonValue& item : value.items)
        if (JsonProblem problem = check_limits(item, depth + 1, count)) return problem;
    return {};
}

/// Writes a tree. Its depth is limited, so that calls may follow it.
class TreeWriter {
public:
    TreeWriter(Sink sink, JsonLayout layout) : sink_(sink), layout_(layout) {}

    void value(const JsonValue& value) {
        switch (value.kind) {
        case JsonValue::Kind::null:
            return sink_("null");
        case JsonValue::Kind::boolean:
            return sink_(value.boolean ? "true" : "false");
        case JsonValue::Kind::number:
            return sink_({value.text.data(), value.text.size()});
        case JsonValue::Kind::text:
            return string(value.text);
        case JsonValue::Kind::array:
            return container(value, "[", "]");
        case JsonValue::Kind::object:
            return container(value, "{", "}");
        }
    }

private:
    void string(const std::string& text) {
        JsonWriter(sink_, layout_).string({text.data(), text.size()});
    }

    void new_line() {
        if (layout_ == JsonLayout::brief) return;
        sink_("\n");
        write_blanks(sink_, 2 * depth_);
    }

    void container(const JsonValue& value, const char* opening, const char* closing) {
        sink_(opening);
        depth_++;
        for (size_t i = 0; i < value.items.size(); i++) {
            if (i > 0) sink_(",");
            new_line();
            if (value.kind == JsonValue::Kind::object) {
                string(value.keys[i]);
                sink_(layout_ == JsonLayout::brief ? ":" : ": ");
            }
            this->value(value.items[i]);
        }
        depth_--;
        if (!value.items.empty()) new_line();
        sink_(closing);
    }

    Sink sink_;
    JsonLayout layout_;
    unsigned depth_ = 0;
};

} // namespace

JsonProblem check_json_limits(const JsonValue& value) {
    size_t count = 0;
    return check_limits(value, 0, count);
}

void write_json_value(Sink sink, const JsonValue& value, JsonLayout layout) {
    TreeWriter(sink, layout).value(value);
    sink("\n");
}

#ifdef KINDLING_HAS_JSON

namespace {

/// Reads characters and says where it is.
class Place {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Place(const char* at, const char** last) : at_(at), last_(last) {}

    const char& operator*() const { return *at_; }
    Place& operator++() {
        at_++;
        if (last_) *last_ = at_;
        return *this;
    }
    Place operator++(int) {
        Place before = *this;
        ++*this;
        return before;
    }
    // The parser compares with both or with one of them, and Clang tells of the other.
    [[maybe_unused]] friend bool operator==(const Place& a, const Place& b) {
        return a.at_ == b.at_;
    }
    friend bool operator!=(const Place& a, const Place& b) { return a.at_ != b.at_; }

private:
    const char* at_;
    const char** last_;
};

/// "unexpected end of input" out of what the parser says.
std::string detail_of(std::string_view message) {
    size_t end = message.rfind(" - ");
    size_t colon = message.find("parse error");
    if (end != std::string_view::npos)
        message.remove_prefix(end + 3);
    else if (colon != std::string_view::npos)
        message.remove_prefix(colon);
    std::string text;
    auto append = [](void* context, const char* data, size_t size) {
        static_cast<std::string*>(context)->append(data, size);
    };
    write_escaped({append, &text}, {message.data(), std::min<size_t>(message.size(), 200)});
    return text;
}

using Json = nlohmann::json;

/// Builds the tree.
class Builder final : public nlohmann::json_sax<Json> {
public:
    Builder(const char* first, const char* const* last, JsonValue& root)
        : first_(first), last_(last), root_(root) {}

    JsonProblem problem;

    bool null() override { return place() != nullptr; }
    bool boolean(bool value) override {
        JsonValue* into = place();
        if (!into) return false;
        into->kind = JsonValue::Kind::boolean;
        into->boolean = value;
        return true;
    }
    bool number_integer(number_integer_t value) override {
        return add_number(std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override {
        if (!add_number(std::to_string(value))) return false;
        added_->is_whole = true;
        added_->number = value;
        return true;
    }
    bool number_float(number_float_t, const string_t& text) override { return add_number(text); }
    bool string(string_t& value) override {
        if (!check_text(value)) return false;
        JsonValue* into = place();
        if (!into) return false;
        into->kind = JsonValue::Kind::text;
        into->text = std::move(value);
        return true;
    }
    bool binary(binary_t&) override { return refuse("holds binary data"); }
    bool start_object(size_t) override { return open(JsonValue::Kind::object); }
    bool start_array(size_t) override { return open(JsonValue::Kind::array); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& value) override {
        if (!check_text(value)) return false;
        JsonValue& object = *open_.back();
        if (std::ranges::find(object.keys, value) != object.keys.end())
            return refuse("has the key \"" + detail_of(value) + "\" twice in one object");
        if (object.keys.size() == json_members_max) return refuse(too_many_members());
        object.keys.push_back(std::move(value));
        return true;
    }
    bool parse_error(size_t, const std::string&,
                     const nlohmann::detail::exception& error) override {
        return refuse("is not well-formed JSON: " + detail_of(error.what()));
    }

private:
    size_t where() const { return static_cast<size_t>(*last_ - first_); }

    bool refuse(std::string what) {
        problem = {std::move(what), where()};
        return false;
    }
    bool check_text(const std::string& text) {
        return text.find('\0') == std::string::npos || refuse("has a NUL in a text");
    }

    /// Where the next value goes; null if there are too many.
    JsonValue* place() {
        if (++count_ > json_values_max) {
            refuse(too_many_values());
            return nullptr;
        }
        added_ = open_.empty() ? &root_ : &open_.back()->items.emplace_back();
        added_->where = where();
        return added_;
    }
    bool add_number(std::string text) {
        JsonValue* into = place();
        if (!into) return false;
        into->kind = JsonValue::Kind::number;
        into->text = std::move(text);
        return true;
    }
    bool open(JsonValue::Kind kind) {
        if (open_.size() == json_depth_max) return refuse(too_deep());
        JsonValue* into = place();
        if (!into) return false;
        into->kind = kind;
        // Items of what is open do not grow until it is closed, so pointers into them stay.
        open_.push_back(into);
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    const char* first_;
    const char* const* last_;
    JsonValue& root_;
    JsonValue* added_ = nullptr;
    std::vector<JsonValue*> open_;
    size_t count_ = 0;
};

} // namespace

bool has_json_parser() {
    return true;
}

JsonProblem parse_json(std::string_view document, JsonValue& value) {
    value = {};
    if (document.size() > json_size_max) return {"is larger than 16 MiB", 0};
    const char* first = document.data();
    const char* last = first;
    Builder builder(first, &last, value);
    bool is_read =
        Json::sax_parse(Place(first, &last), Place(first + document.size(), nullptr), &builder);
    if (!is_read && !builder.problem) return {"is not well-formed JSON", 0};
    return builder.problem;
}

#else

bool has_json_parser() {
    return false;
}

JsonProblem parse_json(std::string_view, JsonValue&) {
    return {"is JSON, which this program was built without", 0};
}

#endif

} // namespace kindling::options
