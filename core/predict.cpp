// SPDX-License-Identifier: MIT
#include "core/predict.hpp"

#include "base/text.hpp"
#include "core/pe.hpp"

#include <algorithm>

namespace kindling::pcr {

namespace {

constexpr std::string_view calling_application = "Calling EFI Application from Boot Option";
constexpr std::string_view exit_called = "Exit Boot Services Invocation";
constexpr std::string_view exit_returned = "Exit Boot Services Returned with Success";

Event action(std::uint8_t pcr, std::string_view text) {
    return make_event(pcr, EventType::efi_action, Actor::firmware, text, "text", to_bytes(text));
}

Event separator(std::uint8_t pcr) {
    return make_event(pcr, EventType::separator, Actor::firmware, "separator", "4 zero bytes",
                      std::vector<std::byte>(4));
}

bool contains(Bytes haystack, std::string_view needle) {
    return kindling::to_text(haystack).find(needle) != std::string_view::npos;
}

/// True if the kernel is told to take no initrd. Quotes keep a word together.
/// Source: Linux, kernel-parameters.txt, "noinitrd".
bool forbids_initrd(std::string_view options) {
    bool is_quoted = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= options.size(); i++) {
        bool is_end = i == options.size();
        if (!is_end && options[i] == '"') is_quoted = !is_quoted;
        if (!is_end && (is_quoted || !is_blank(options[i]))) continue;
        std::string_view word = options.substr(start, i - start);
        if (word == "--") return false;
        if (word == "noinitrd") return true;
        start = i + 1;
    }
    return false;
}

} // namespace

Result<Event> image_event(Bytes file, std::string_view path) {
    pe::Image image = TRY(pe::parse(file));
    Event event = make_event(4, EventType::efi_boot_services_application, Actor::firmware, path,
                             "Authenticode of the image", Bytes{});
    event.pieces = TRY(pe::authenticode_pieces(file, image));
    return event;
}

Result<Plan> predict_loader(const BootInputs& inputs) {
    Plan plan;
    plan.push_back(action(4, calling_application));
    plan.push_back(separator(4));
    plan.push_back(separator(5));
    if (inputs.gpt_event)
        plan.push_back(make_event(5, EventType::efi_gpt_event, Actor::firmware, "GPT",
                                  "partition table", *inputs.gpt_event));
    plan.push_back(TRY(image_event(inputs.loader, "the loader")));
    if (inputs.loader_conf) plan.push_back(loader_conf_event(*inputs.loader_conf));
    plan.push_back(TRY(image_event(inputs.image, inputs.entry->image_path)));
    for (Event& event : entry_events(*inputs.initrd, inputs.initrd_blob, inputs.load_options))
        plan.push_back(std::move(event));
    return plan;
}

void append_kernel_events(Plan& plan, Bytes kernel, std::string_view load_options,
                          std::vector<Bytes> initrd) {
    // The texts of the stub's own events; a kernel without them does not measure. They are in its
    // uncompressed part.
    if (!load_options.empty() && contains(kernel, "LOADED_IMAGE::LoadOptions")) {
        plan.push_back(make_event(9, EventType::event_tag, Actor::kernel,
                                  "LOADED_IMAGE::LoadOptions", "command line",
                                  to_ucs2_bytes(load_options)));
        plan.back().tag = 0x8f3b22ed;
    }
    bool is_empty = std::all_of(initrd.begin(), initrd.end(), [](Bytes b) { return b.empty(); });
    if (!is_empty && !forbids_initrd(load_options) && contains(kernel, "Linux initrd")) {
        plan.push_back(make_event(9, EventType::event_tag, Actor::kernel, "Linux initrd",
                                  "combined initrd", Bytes{}));
        plan.back().tag = 0x8f3b22ec;
        plan.back().pieces = std::move(initrd);
    }
    plan.push_back(action(5, exit_called));
    plan.push_back(action(5, exit_returned));
}

Result<Plan> predict_linux(const BootInputs& inputs) {
    Plan plan = TRY(predict_loader(inputs));
    append_kernel_events(plan, inputs.image, inputs.load_options, {inputs.initrd_blob});
    return plan;
}

} // namespace kindling::pcr
