// SPDX-License-Identifier: MIT
//
// The command line with CLI11, in the shape that its users know. Its texts live as long as the
// program.
#include "tests/bench/options/arguments.hpp"

#include <CLI/CLI.hpp>

namespace {

struct Texts {
    std::string store, key, cache, host, tag, compression, since, timeout, rate;
    std::vector<std::string> excludes, words;
};

uint64_t parse_duration(const std::string& text) {
    static const std::map<std::string, uint64_t> units{
        {"us", 1},         {"ms", 1000},      {"s", 1000000},     {"", 1000000},
        {"min", 60000000}, {"h", 3600000000}, {"d", 86400000000}, {"w", 604800000000}};
    size_t behind = 0;
    uint64_t value = std::stoull(text, &behind);
    auto unit = units.find(text.substr(behind));
    if (unit == units.end() || text[0] == '-' || value > UINT64_MAX / unit->second)
        throw CLI::ValidationError("TIME", "not a time: " + text);
    return value * unit->second;
}

const CLI::Validator duration(
    [](std::string& text) -> std::string {
        try {
            parse_duration(text);
        } catch (const std::exception& error) {
            return error.what();
        }
        return {};
    },
    "TIME");

const CLI::Validator not_empty(
    [](std::string& text) -> std::string { return text.empty() ? "must not be empty" : ""; },
    "TEXT");

void add_options(CLI::App& app, Arguments& into, Texts& texts) {
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.set_version_flag("--version", "depot 1");
    app.add_flag("-q,--quiet", into.is_quiet, "Print errors and results only");
    app.add_flag("-v,--verbose", into.verbosity, "Say more");
    app.add_option("--color", into.color, "When to use colors")
        ->type_name("WHEN")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Color>{
            {"auto", color_auto}, {"always", color_always}, {"never", color_never}}));
    app.add_flag("!--no-pager", into.has_pager, "Do not pipe output into a pager");
    app.add_flag("!--no-legend", into.has_legend, "Do not show headers and footers");
    app.add_option("--json", into.json, "Output as JSON")
        ->type_name("FORMAT")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Json>{
            {"pretty", json_pretty}, {"short", json_short}, {"off", json_off}}));
    app.add_flag_callback(
        "-j", [&into] { into.json = json_short; }, "Same as --json=short");

    std::string group = "Where things are";
    app.add_option("-s,--store", texts.store, "Directory of the store")
        ->type_name("PATH")
        ->check(not_empty)
        ->group(group);
    app.add_option("-k,--key", texts.key, "Key that the store is locked with")
        ->type_name("FILE")
        ->check(not_empty)
        ->group(group);
    app.add_option("--cache", texts.cache, "Directory of what is kept for speed")
        ->type_name("DIR")
        ->check(not_empty)
        ->group(group);
    app.add_option("-H,--host", texts.host, "Work on another machine")
        ->type_name("[USER@]HOST")
        ->check(not_empty)
        ->group(group);

    group = "What is meant";
    app.add_option("-t,--tag", texts.tag, "Only copies with this tag")
        ->type_name("NAME")
        ->group(group);
    app.add_option("-x,--exclude", texts.excludes, "Leave out files like this")
        ->type_name("PATTERN")
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group(group);
    app.add_flag("-n,--dry-run", into.is_dry_run, "Only say what would be done")->group(group);
    app.add_option("--since", texts.since, "Only copies not older than this")
        ->type_name("TIME")
        ->check(duration)
        ->group(group);
    app.add_option("--limit", into.limit, "At most that many copies")
        ->type_name("N")
        ->check(CLI::Range(1, 100000))
        ->group(group);
    app.add_flag("-a,--all", into.wants_all, "Also those that are hidden")->group(group);

    group = "How things move";
    app.add_option("--compress", texts.compression, "Compress what is saved")
        ->type_name("METHOD")
        ->expected(0, 1)
        ->group(group);
    app.add_option("-J,--jobs", into.jobs, "How much is done at once")
        ->type_name("N")
        ->check(CLI::Range(1, 64))
        ->group(group);
    app.add_option("--rate", into.rate_bytes, "At most that many bytes a second")
        ->type_name("SIZE")
        ->transform(CLI::AsSizeValue(false))
        ->group(group);
    app.add_flag("-f,--force", into.is_forced, "Do it in spite of warnings")->group(group);
    app.add_option("--timeout", texts.timeout, "Give up after this time")
        ->type_name("TIME")
        ->check(duration)
        ->group(group);
    app.add_option("--checksum", into.checksum, "What files are checked with")
        ->type_name("KIND")
        ->group(group)
        ->transform(CLI::CheckedTransformer(std::map<std::string, Checksum>{
            {"sha256", checksum_sha256}, {"blake3", checksum_blake3}, {"none", checksum_none}}));
}

void add_verbs(CLI::App& app, Arguments& into, Texts& texts) {
    static const struct {
        const char *name, *arguments, *help;
        Verb verb;
        int min, max;
    } verbs[] = {
        {"init", "", "Make a store", verb_init, 0, 0},
        {"save", "FILE", "Save files", verb_save, 1, 1 << 20},
        {"list", "COPY", "List copies, or what is in one", verb_list, 0, 1},
        {"show", "COPY", "Show what is known about a copy", verb_show, 1, 1},
        {"restore", "COPY [DIR]", "Bring files back", verb_restore, 1, 2},
        {"forget", "COPY", "Forget copies", verb_forget, 1, 1 << 20},
        {"prune", "", "Remove what nothing needs", verb_prune, 0, 0},
        {"check", "COPY", "Look for damage", verb_check, 0, 1},
        {"copy", "COPY STORE", "Copy to another store", verb_copy, 2, 2},
        {"mount", "DIR", "Show the store as a directory", verb_mount, 1, 1},
        {"diff", "COPY COPY", "Show what differs", verb_diff, 2, 2},
        {"help", "VERB", "Show this help", verb_help, 0, 1},
    };
    for (const auto& each : verbs) {
        CLI::App* verb = app.add_subcommand(each.name, each.help)->fallthrough();
        verb->callback([&into, &each] { into.verb = each.verb; });
        if (each.max == 0) continue;
        CLI::Option* words = verb->add_option("words", texts.words)->type_name(each.arguments);
        words->multi_option_policy(CLI::MultiOptionPolicy::Throw);
        words->expected(each.min ? each.min : 1, each.max)->required(each.min > 0);
    }
}

/// The texts, and what only shows when all is read.
void conclude(const CLI::App& app, Arguments& into, const Texts& texts) {
    auto text = [&app](const char* option, const std::string& value) {
        return app.count(option) ? value.c_str() : nullptr;
    };
    into.store = text("--store", texts.store);
    into.key = text("--key", texts.key);
    into.cache = text("--cache", texts.cache);
    into.host = text("--host", texts.host);
    into.tag = text("--tag", texts.tag);
    into.wants_compression = app.count("--compress") > 0;
    into.compression = texts.compression.empty() ? nullptr : texts.compression.c_str();
    if (!texts.since.empty()) into.since_us = parse_duration(texts.since);
    if (!texts.timeout.empty()) into.timeout_us = parse_duration(texts.timeout);
    for (const std::string& each : texts.excludes)
        if (into.excludes_count < excludes_max) into.excludes[into.excludes_count++] = each.c_str();
    for (const std::string& each : texts.words)
        if (into.words_count < 8) into.words[into.words_count++] = each.c_str();
    if (into.verb == verb_none) into.verb = verb_list;
}

struct State {
    CLI::App app{"Keep copies of files in a store.", "depot"};
    Texts texts;
};

State* state = nullptr;

} // namespace

int parse_arguments(int argc, char** argv, Arguments& arguments, bool is_loud) {
    delete state;
    state = new State;
    state->app.footer("A store is a directory that only depot writes to.");
    state->app.require_subcommand(0, 1);
    add_options(state->app, arguments, state->texts);
    add_verbs(state->app, arguments, state->texts);
    try {
        state->app.parse(argc, argv);
        conclude(state->app, arguments, state->texts);
        return 0;
    } catch (const CLI::CallForHelp&) {
        arguments.ask = ask_help;
        return 0;
    } catch (const CLI::CallForVersion&) {
        arguments.ask = ask_version;
        return 0;
    } catch (const CLI::ParseError& error) {
        if (is_loud) state->app.exit(error);
        return 2;
    }
}

#ifndef WITHOUT_HELP
void print_help(const char*) {
    std::fputs(state->app.help().c_str(), stdout);
}
#endif
