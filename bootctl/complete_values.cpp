// SPDX-License-Identifier: MIT
#include "bootctl/complete_values.hpp"

#include "bootctl/loader_choice.hpp"
#include "core/discovery.hpp"
#include "options/option_complete.hpp"

namespace kindling {

std::string complete_values(std::string_view what, const SourceOptions& options) {
    constexpr const char* architecture = "x64";
    if (what != "entries") return {};
    auto source = BootSource::open(options);
    if (!source) return {};
    std::string loader_path = loader_path_of(**source, architecture);
    bls::Discovery found =
        bls::discover((*source)->esp(), (*source)->xbootldr(), {architecture, loader_path});
    std::string lines;
    auto append = [](void* context, const char* data, std::size_t size) {
        static_cast<std::string*>(context)->append(data, size);
    };
    for (const bls::Entry& entry : found.entries)
        options::write_candidate({append, &lines}, {entry.id.data(), entry.id.size()},
                                 {entry.show_title.data(), entry.show_title.size()});
    return lines;
}

} // namespace kindling
