// SPDX-License-Identifier: MIT
//
// A description of a program in JSON, as kindling-options reads it. What was read and written once
// is read and written the same again, by way of tables and in the present shape; the latter has all
// texts that the document had.
#include "options/generator_introspection.hpp"
#include "options/generator_shape.hpp"
#include "options/option_document.hpp"
#include "options/option_introspect.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

using namespace kindling::options;

namespace {

void check(bool holds) {
    if (!holds) abort();
}

Sink into(std::string& text) {
    auto append = [](void* context, const char* data, size_t size) {
        static_cast<std::string*>(context)->append(data, size);
    };
    return {append, &text};
}

void check_document(const std::string& text) {
    for (char c : text) {
        unsigned char byte = static_cast<unsigned char>(c);
        check((byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\t');
    }
}

std::string write_all(const DescribedProgram& program, JsonLayout layout) {
    std::string json, man, markdown;
    Introspection document(into(json), layout);
    for (const DescribedCommand& command : program.commands) {
        DescribedView view(command);
        document.add(view.program);
        Option only = find_command(view.program.commands, nullptr);
        check(bool(only));
        write_man_sections(into(man), view.program, only);
        write_markdown(into(markdown), view.program, only);
    }
    document.finish();
    check_document(json);
    check_document(man);
    check_document(markdown);
    return json;
}

using Texts = std::set<std::string>;

/// All texts and numbers, but what tells the kind of an object.
void collect(const JsonValue& value, Texts& texts) {
    if (!value.text.empty()) texts.insert(value.text);
    for (size_t i = 0; i < value.items.size(); i++) {
        bool is_kind =
            !value.keys.empty() && (value.keys[i] == "type" || value.keys[i] == "mediaType");
        if (!is_kind) collect(value.items[i], texts);
    }
}

/// The document in the present shape; empty if it cannot have that within the limits.
std::string write_shape(std::string_view text, JsonLayout layout, bool is_new) {
    JsonValue document;
    std::vector<JsonProblem> warnings;
    Texts before, after;
    check(!parse_json(text, document));
    collect(document, before);
    JsonProblem problem = bring_into_shape(document, warnings);
    check(problem.where <= text.size());
    if (problem) return {};
    collect(document, after);
    if (warnings.empty()) check(std::ranges::includes(after, before));
    check(is_new || warnings.empty());
    for (const JsonProblem& each : warnings) check_document(each.what);
    std::string json;
    write_json_value(into(json), document, layout);
    check_document(json);
    return json;
}

void check_shape(std::string_view text) {
    std::string once = write_shape(text, JsonLayout::pretty, true);
    if (once.empty()) return;
    DescribedProgram again;
    check(!read_introspection(once, again));
    std::string brief = write_shape(once, JsonLayout::brief, false);
    check(write_shape(brief, JsonLayout::pretty, false) == once);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    DescribedProgram program;
    if (JsonProblem problem = read_introspection(text, program)) {
        check(problem.where <= size);
        check_document(problem.what);
        return 0;
    }
    check_shape(text);
    std::string once = write_all(program, JsonLayout::pretty);
    DescribedProgram again;
    check(!read_introspection(once, again));
    // Groups may have moved to the front once, and other names to the verb that they are of.
    std::string twice = write_all(again, JsonLayout::brief);
    DescribedProgram last;
    check(!read_introspection(twice, last));
    check(write_all(last, JsonLayout::brief) == twice);
    return 0;
}
