// SPDX-License-Identifier: MIT
//
// Parts of a document that the reader has no use for, such as the options of a deprecated name of a
// verb, were not checked: what does not have the expected form here stays as it is.
#include "options/generator_shape.hpp"

#include "options/generator_introspection.hpp"
#include "options/generator_members.hpp"
#include "options/option_introspect.hpp"

#include <algorithm>
#include <map>

namespace kindling::options {
namespace {

using Kind = JsonValue::Kind;

// One member of an object.

/// The number of members if there is none of that name.
size_t index_of(const JsonValue& object, std::string_view key) {
    return static_cast<size_t>(std::ranges::find(object.keys, key) - object.keys.begin());
}

bool has(const JsonValue& object, std::string_view key) {
    return index_of(object, key) < object.keys.size();
}

void remove(JsonValue& object, size_t index) {
    object.keys.erase(object.keys.begin() + static_cast<ptrdiff_t>(index));
    object.items.erase(object.items.begin() + static_cast<ptrdiff_t>(index));
}

void insert(JsonValue& object, size_t index, const char* key, JsonValue value) {
    object.keys.emplace(object.keys.begin() + static_cast<ptrdiff_t>(index), key);
    object.items.insert(object.items.begin() + static_cast<ptrdiff_t>(index), std::move(value));
}

JsonValue text_value(std::string text, size_t where) {
    JsonValue value;
    value.kind = Kind::text;
    value.text = std::move(text);
    value.where = where;
    return value;
}

/// Empty if there is none, or no text.
std::string text_of(const JsonValue& object, std::string_view key) {
    const JsonValue* value = object.find(key);
    return value && value->kind == Kind::text ? value->text : std::string();
}

bool is_text(const JsonValue& value) {
    return value.kind == Kind::text;
}

/// A text or an array of them.
bool is_texts(const JsonValue& value) {
    return is_text(value) ||
           (value.kind == Kind::array && std::ranges::all_of(value.items, is_text));
}

/// False for null, and for texts without a character.
bool says_something(const JsonValue& value) {
    if (value.kind == Kind::null || (is_text(value) && value.text.empty())) return false;
    bool is_silent = value.kind == Kind::array && std::ranges::none_of(value.items, says_something);
    return !is_silent;
}

bool is_same(const JsonValue& a, const JsonValue& b) {
    return a.kind == b.kind && is_texts(a) && is_texts(b) && a.text == b.text &&
           std::ranges::equal(a.items, b.items, {}, &JsonValue::text, &JsonValue::text);
}

void make_array(JsonValue& value) {
    if (!is_text(value)) return;
    JsonValue array;
    array.kind = Kind::array;
    array.where = value.where;
    array.items.push_back(std::move(value));
    value = std::move(array);
}

// What was written in another way before.

constexpr const char* known_keys[] = {
    "abstract",      "aliasOf",      "argspec",          "argument", "arguments",    "details",
    "documentation", "features",     "footer",           "group",    "help",         "isDefault",
    "isDeprecated",  "isOnlineOnly", "isOptionRequired", "isList",   "isRepeatable", "metavar",
    "options",       "postscript",   "project",          "sections", "stopsParsing", "synopsis",
    "value_name",    "valueType",    "values",           "verbs",    "version",
};
constexpr const char* text_arrays[] = {"abstract",   "documentation", "features", "names",
                                       "postscript", "sections",      "synopsis", "version"};

void remove_nulls(JsonValue& object) {
    for (const char* key : known_keys)
        if (size_t at = index_of(object, key);
            at < object.keys.size() && object.items[at].kind == Kind::null)
            remove(object, at);
}

void make_arrays(JsonValue& object) {
    for (const char* key : text_arrays)
        if (size_t at = index_of(object, key); at < object.keys.size())
            make_array(object.items[at]);
}

/// Gives a member its present name, unless that says something else.
void rename(JsonValue& object, const char* before, const char* now, bool is_array) {
    size_t from = index_of(object, before);
    if (from == object.keys.size()) return;
    JsonValue value = object.items[from];
    if (!(is_array ? is_texts(value) : is_text(value))) return;
    if (is_array) make_array(value);
    const JsonValue* other = object.find(now);
    bool is_said = other && says_something(*other);
    if (is_said && !is_same(*other, value) && says_something(value)) return;
    if (is_said || !says_something(value)) return remove(object, from);
    size_t silent = index_of(object, now);
    object.keys[from] = now;
    object.items[from] = std::move(value);
    if (other) remove(object, silent);
}

/// Puts it first, where it is not said yet.
void set_type(JsonValue& object, const char* type) {
    size_t at = index_of(object, "type");
    if (at < object.keys.size()) {
        if (says_something(object.items[at])) return;
        remove(object, at);
    }
    insert(object, 0, "type", text_value(type, object.where));
}

/// One text about a verb in an array of verbs was its help.
void make_help(JsonValue& verb) {
    size_t at = index_of(verb, "abstract");
    if (at == verb.keys.size() || has(verb, "help")) return;
    JsonValue& abstract = verb.items[at];
    bool is_one = is_texts(abstract) && (is_text(abstract) || abstract.items.size() == 1);
    if (!is_one || !says_something(abstract)) return;
    verb.keys[at] = "help";
    if (!is_text(abstract)) abstract = JsonValue(abstract.items[0]);
}

/// True for what the reader takes out of the array of that name.
bool is_movable(const JsonValue& item, bool is_verb) {
    if (item.kind != Kind::object) return false;
    const JsonValue* type = item.find("type");
    return is_verb || !type || !says_something(*type) || text_of(item, "type") == "option";
}

/// Takes items out of an array of options or verbs; the array goes unless something is left.
void take_items(JsonValue& object, const char* key, bool is_verb, std::vector<JsonValue>& taken) {
    size_t at = index_of(object, key);
    if (at == object.keys.size() || object.items[at].kind != Kind::array) return;
    std::vector<JsonValue> left;
    for (JsonValue& item : object.items[at].items) {
        if (!is_movable(item, is_verb)) {
            left.push_back(std::move(item));
            continue;
        }
        // The place says what it is.
        if (is_verb && has(item, "type") && text_of(item, "type") != "command")
            remove(item, index_of(item, "type"));
        set_type(item, is_verb ? "command" : "option");
        if (is_verb) remove_nulls(item);
        if (is_verb) make_help(item);
        taken.push_back(std::move(item));
    }
    object.items[at].items = std::move(left);
    if (object.items[at].items.empty()) remove(object, at);
}

/// Makes one array of three.
void merge_arguments(JsonValue& object) {
    size_t at = index_of(object, "arguments");
    bool is_there = at < object.keys.size();
    if (is_there && object.items[at].kind != Kind::array) return;
    if (!is_there && !text_of(object, "aliasOf").empty() && !has(object, "options") &&
        !has(object, "verbs"))
        return;
    if (!is_there) {
        JsonValue array;
        array.kind = Kind::array;
        array.where = object.where;
        size_t first = std::min(index_of(object, "options"), index_of(object, "verbs"));
        insert(object, first, "arguments", std::move(array));
    }
    std::vector<JsonValue> taken;
    take_items(object, "options", false, taken);
    take_items(object, "verbs", true, taken);
    std::vector<JsonValue>& items = object.items[index_of(object, "arguments")].items;
    std::ranges::move(taken, std::back_inserter(items));
}

/// "no_argument" and so on, for an option that does not say it.
void set_argument(JsonValue& option, const std::string& argument) {
    size_t at = index_of(option, "argument");
    size_t behind = std::min(index_of(option, "names") + 1, option.keys.size());
    if (at == option.keys.size())
        insert(option, behind, "argument", text_value(argument, option.where));
    else if (is_text(option.items[at]) && option.items[at].text.empty())
        option.items[at].text = argument;
}

// Commands, and what is in them.

class Shape {
public:
    explicit Shape(Members& members) : members_(members) {}

    void command(JsonValue& object) {
        set_type(object, "command");
        remove_nulls(object);
        make_arrays(object);
        rename(object, "footer", "postscript", true);
        rename(object, "argspec", "synopsis", true);
        rename_group(object);
        merge_arguments(object);
        size_t at = index_of(object, "arguments");
        if (at < object.keys.size() && object.items[at].kind == Kind::array)
            arguments(object.items[at].items);
    }

private:
    static void rename_group(JsonValue& object) {
        // An array was never a group.
        const JsonValue* group = object.find("group");
        if (group && is_text(*group)) rename(object, "group", "sections", true);
    }

    void arguments(std::vector<JsonValue>& items) {
        std::vector<JsonValue> kept;
        for (JsonValue& item : items)
            if (argument(item)) kept.push_back(std::move(item));
        items = std::move(kept);
        say_arguments(items);
    }

    /// False for what is left out.
    bool argument(JsonValue& item) {
        std::string type = item.kind == Kind::object ? text_of(item, "type") : "";
        if (type == "command") {
            if (!keep_verb_names(item)) return false;
            command(item);
        } else if (type == "option") {
            if (!keep_option_names(item)) return false;
            option(item);
        } else if (type == "argument") {
            remove_nulls(item);
            make_arrays(item);
            values(item);
        }
        return true;
    }

    void option(JsonValue& object) {
        remove_nulls(object);
        make_arrays(object);
        rename(object, "metavar", "value_name", false);
        rename_group(object);
        keep_verbs(object);
        values(object);
    }

    void values(JsonValue& object) {
        size_t at = index_of(object, "values");
        if (at == object.keys.size() || object.items[at].kind != Kind::array) return;
        for (JsonValue& each : object.items[at].items)
            if (each.kind == Kind::object) set_type(each, "value");
    }

    /// Other names of an option take an argument if that does.
    void say_arguments(std::vector<JsonValue>& items) {
        std::map<std::string, std::string> known;
        for (JsonValue& each : items) {
            if (text_of(each, "type") != "option" || text_of(each, "aliasOf").starts_with("--"))
                continue;
            set_argument(each, argument_by_name(each));
            const JsonValue* names = each.find("names");
            for (const JsonValue& name : names ? names->items : std::vector<JsonValue>())
                known.emplace(name.text, text_of(each, "argument"));
        }
        for (JsonValue& each : items) {
            if (text_of(each, "type") != "option") continue;
            auto target = known.find(text_of(each, "aliasOf"));
            set_argument(each, target == known.end() ? argument_by_name(each) : target->second);
        }
    }

    static std::string argument_by_name(const JsonValue& option) {
        return text_of(option, "value_name").empty() ? "no_argument" : "required_argument";
    }

    // Names that are left out, and verbs.

    /// Keeps the texts for which `is_kept`; false if all that were there are gone.
    template <class IsKept>
    static bool filter(JsonValue& object, const char* key, IsKept is_kept) {
        size_t at = index_of(object, key);
        if (at == object.keys.size() || !is_texts(object.items[at])) return true;
        make_array(object.items[at]);
        std::vector<JsonValue>& texts = object.items[at].items;
        bool had_any = !texts.empty();
        std::erase_if(texts, [&](const JsonValue& text) { return !is_kept(text.text); });
        return !had_any || !texts.empty();
    }

    bool keep_verb_names(JsonValue& verb) {
        // The first is the one that the verb is known by.
        bool is_first = true, is_known = true;
        filter(verb, "names", [&](const std::string& name) {
            bool is_kept = is_known && keep_plain(verb, name);
            if (is_first) is_known = is_kept;
            is_first = false;
            return is_kept;
        });
        return is_known;
    }

    bool keep_option_names(JsonValue& option) {
        return filter(option, "names",
                      [&](const std::string& name) { return keep_option_name(option, name); });
    }

    bool keep_plain(const JsonValue& at, const std::string& name) {
        if (is_plain_name(name)) return true;
        members_.warn(at, "the name " + quoted_name(name) +
                              " has characters that names do not have, it is left out");
        return false;
    }

    bool keep_option_name(const JsonValue& option, const std::string& name) {
        if (name.starts_with("--")) return keep_plain(option, name.substr(2));
        bool is_short = name.size() == 2 && name[0] == '-';
        // Others have "-name".
        std::string plain = name.starts_with('-') ? name.substr(1) : name;
        if (is_short ? is_short_name(name[1]) : is_plain_name(plain)) return true;
        const char* why = is_short ? " is left out" : " is no name of an option, it is left out";
        members_.warn(option, "the name " + quoted_name(name) + why);
        return false;
    }

    void keep_verbs(JsonValue& option) {
        bool has_some = filter(option, "verbs", [&](const std::string& verb) {
            if (is_plain_path(verb)) return true;
            members_.warn(option, "the verb " + quoted_name(verb) + " is left out");
            return false;
        });
        if (!has_some) remove(option, index_of(option, "verbs"));
    }

    Members& members_;
};

} // namespace

JsonProblem bring_into_shape(JsonValue& document, std::vector<JsonProblem>& warnings) {
    JsonProblem problem;
    Members members(problem, warnings);
    document.items[index_of(document, "mediaType")].text = introspection_media_type;
    for (JsonValue& command : document.items[index_of(document, "commands")].items)
        Shape(members).command(command);
    problem = check_json_limits(document);
    DescribedProgram again;
    if (!problem) problem = read_introspection(document, again);
    if (problem) problem.what = "in the present shape " + problem.what;
    return problem;
}

} // namespace kindling::options
