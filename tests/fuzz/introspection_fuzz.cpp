// SPDX-License-Identifier: MIT
//
// A description of a program in JSON, as kindling-options reads it. What was read and written once
// is read and written the same again.
#include "options/generator_introspection.hpp"
#include "options/option_document.hpp"
#include "options/option_introspect.hpp"

#include <cstdlib>

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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    DescribedProgram program;
    if (JsonProblem problem = read_introspection(text, program)) {
        check(problem.where <= size);
        check_document(problem.what);
        return 0;
    }
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
