// SPDX-License-Identifier: MIT
#include "bootctl/install_verb.hpp"

#include "bootctl/loader_file.hpp"

namespace kindling {

namespace {

InstallReport failed(Notice why, Errc code) {
    InstallReport report;
    report.failure = std::move(why);
    report.failure_code = code;
    return report;
}

} // namespace

InstallReport run_install(const InstallRequest& request) {
    auto loader = read_loader(request.loader);
    if (!loader) {
        std::string path = request.loader ? *request.loader : loader_places().back();
        return failed({"cannot read the boot loader \"" + path + "\": " + reason_of(loader.error()),
                       "name the built loader with --loader="},
                      loader.error().code);
    }
    SourceOptions options = request.source;
    options.is_writable = !request.dry_run;
    auto source = BootSource::open(options);
    if (!source) return failed(explain(options, source.error()), source.error().code);
    return install((*source)->esp_target(), (*source)->xbootldr_target(),
                   {loader->contents, loader->path, request.force, request.dry_run});
}

} // namespace kindling
