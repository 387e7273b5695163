// SPDX-License-Identifier: MIT
#include "options/option_cli11.hpp"
#include "tests/catch.hpp"
#include "tests/options/command_line.hpp"

#include <fcntl.h>
#include <random>

using namespace kindling::options;

namespace {

/// What a command line does: options in order, then positionals; or a kind of error.
struct Outcome {
    Words events;
    Words positionals;
    ErrorKind error = ErrorKind::none;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    for (const std::string& each : outcome.events) out << each << ' ';
    for (const std::string& each : outcome.positionals) out << '+' << each << ' ';
    return out << "error " << static_cast<int>(outcome.error);
}

/// Keeps standard output and standard error for as long as it lives.
class Quiet {
public:
    Quiet() {
        char name[] = "/tmp/option-cli11-XXXXXX";
        file_ = mkstemp(name);
        unlink(name);
        for (int fd : {1, 2}) {
            saved_[fd] = dup(fd);
            dup2(file_, fd);
        }
    }
    ~Quiet() {
        restore();
        close(file_);
    }

    std::string text() {
        restore();
        std::string text(static_cast<std::size_t>(lseek(file_, 0, SEEK_END)), '\0');
        if (pread(file_, text.data(), text.size(), 0) < 0) text = "unreadable";
        return text;
    }

private:
    void restore() {
        for (int fd : {1, 2}) {
            if (saved_[fd] < 0) continue;
            dup2(saved_[fd], fd);
            close(saved_[fd]);
            saved_[fd] = -1;
        }
    }

    int file_;
    int saved_[3] = {-1, -1, -1};
};

// clang-format off
Outcome read(Parser& parser) {
    Outcome outcome;
    FOREACH_OPTION(option, parser) {
        switch (option) {
        OPTION_NAMESPACE("bridged"):
        OPTION_FULL(OPTION_REPEATABLE, 'v', "verbose", nullptr, "Say more"):
        OPTION('o', "output", "FILE", "Write to FILE"):
        OPTION_LONG_TYPED("count", "N", "uint:1..9", "How many"):
        OPTION_LONG_TYPED("color", "WHEN", "auto|always|never", "Use colors"):
        OPTION_SHORT('q', nullptr, "Say less"):
        OPTION_SHORT('x', "ARG", "With an argument"):
        OPTION_GROUP("Lists"):
        OPTION_LONG_TYPED("skip", "N,...", "uint,", "Numbers"):
        OPTION_LONG_FLAGS(OPTION_OPTIONAL_ARG, "level", "N", "Perhaps with one"):
        OPTION_LONG("secret", nullptr, nullptr):
        OPTION_ALIAS(0, "colour", "color"):
        OPTION_FULL(OPTION_STOPS_PARSING, 'e', "exec", nullptr, "The rest is a command"):
            outcome.events.push_back(event_of(parser, option));
            break;
        }
    }
    if (parser.has_failed()) return {{}, {}, parser.error().kind};
    outcome.positionals = positionals_of(parser);
    return outcome;
}

int run_verb(const VerbChoice& choice) {
    switch (choice.id) {
    VERB("bridged-add", "TEXT...", 1, 2, "Add texts"):
        return 1;
    VERB_NOARG("bridged-list", "List them"):
        return 2;
    VERB_ALIAS("bridged-show", "bridged-list"):
    VERB_NESTED("bridged-remote", "Elsewhere"):
        return 3;
    }
    return 0;
}

int run_nested_verb(const VerbChoice& choice) {
    switch (choice.id) {
    VERB_NAMESPACE("bridged-remote"):
    VERB_NOARG("sync", "Now"):
        return 1;
    }
    return 0;
}
// clang-format on

Outcome ours(const Words& words) {
    CommandLine line(words);
    Parser parser(OPTION_TABLE, line.argc(), line.argv(), "bridged");
    return read(parser);
}

Outcome replayed(const Words& words, Mode mode = Mode::normal) {
    CLI::App app("bridged");
    cli11::Replay replay(app, OPTION_TABLE, "bridged", {}, mode);
    CommandLine line(words);
    if (!replay.parse(line.argc(), line.argv())) return {{}, {}, replay.error().kind};
    Parser parser(OPTION_TABLE, replay.argc(), replay.argv(), "bridged");
    return read(parser);
}

/// An app with the same options, by itself and served.
class Twin {
public:
    Twin() : app_("twin", "twin") {
        app_.set_help_flag();
        app_.add_flag_function("-v,--verbose", note_flag("verbose"))->trigger_on_parse();
        app_.add_flag_function("-q", note_flag("-q"))->trigger_on_parse();
        for (CLI::Option* flag : app_.get_options()) flag->disable_flag_override();
        add("-o,--output", "output");
        add("--count", "count")->check(CLI::Range(1, 9));
        add("--color", "color")->check(CLI::IsMember({"auto", "always", "never"}));
        add("-x", "-x");
        auto keep = [this](const CLI::results_t& results) {
            outcome_.positionals = results;
            return true;
        };
        app_.add_option("words", CLI::callback_t(keep), "")->expected(0, -1)->allow_extra_args();
    }

    Outcome alone(const Words& words) {
        CommandLine line(words);
        try {
            app_.parse(line.argc(), line.argv());
        } catch (const CLI::ParseError& thrown) {
            cli11::Fault fault;
            fault.take(thrown, app_, {}, {}, [](const CLI::Option*) { return Option(); });
            return {{}, {}, fault.error().kind};
        }
        return outcome_;
    }

    Outcome served(const Words& words) {
        Quiet quiet;
        cli11::Served served(app_, OPTION_TABLE, "bridged empty");
        CommandLine line(words);
        Parser parser(served.table(), line.argc(), line.argv(), "bridged empty");
        while (int option = parser.next())
            if (!served.take(parser) && option > 0) return {{"not served"}, {}};
        if (!served.finish(parser)) return outcome_;
        return {{}, {}, parser.has_failed() ? parser.error().kind : served.error().kind};
    }

private:
    std::function<void(std::int64_t)> note_flag(const std::string& name) {
        return [this, name](std::int64_t) { outcome_.events.push_back(name); };
    }
    CLI::Option* add(const std::string& names, const std::string& name) {
        auto note = [this, name](const CLI::results_t& results) {
            outcome_.events.push_back(name + "=" + results.front());
            return true;
        };
        return app_.add_option(names, CLI::callback_t(note), "")->trigger_on_parse();
    }

    CLI::App app_;
    Outcome outcome_;
};

/// A program half moved: one option is ours, the others and the subcommands are CLI11's.
struct Half {
    Half() : app("half moved", "half") {
        app.set_version_flag("--version", std::string("half 1.0"));
        app.add_flag("--on,!--off", flag, "Switch it");
        app.add_option("--pair", pair, "Two numbers");
        app.add_option("-p,--plain", plain, "A text")->envname("HALF_PLAIN")->group("Texts");
        app.add_option("--maybe", maybe, "Perhaps")->expected(0, 1);
        app.add_option("-n,--count", count, "Ours goes first");
        add = app.add_subcommand("add", "Add files");
        add->add_option("files", files, "Some")->required();
        add->add_flag("-f,--force", force_add, "Even if");
        remove = app.add_subcommand("remove", "Remove")->alias("rm");
        remove->add_flag("-f,--force", force_remove, "Even if");
        remove->add_flag("--all", all, "Everything");
        app.require_subcommand(0, 1);
    }

    int run(const Words& words, std::string* text = nullptr);

    CLI::App app;
    CLI::App *add, *remove;
    bool flag = false, force_add = false, force_remove = false, all = false;
    std::pair<int, int> pair;
    std::string plain, maybe = "unset";
    int count = 0;
    std::uint64_t our_count = 0;
    std::vector<std::string> files;
};

// clang-format off
int Half::run(const Words& words, std::string* text) {
    Quiet quiet;
    cli11::Served served(app, OPTION_TABLE, "half");
    CommandLine line(words);
    Parser parser(served.table(), line.argc(), line.argv(), "half");
    parser.set_verbs(served.verbs());
    FOREACH_OPTION(option, parser) {
        if (served.take(parser)) continue;
        switch (option) {
        OPTION_NAMESPACE("half"):
        OPTION_TYPED('n', "count", "N", "uint", "How many"):
            our_count = parser.number();
            break;
        }
    }
    std::optional<int> status = served.finish(parser);
    if (text) *text = quiet.text();
    return status.value_or(-1);
}

/// A namespace without options, for a program that has moved none yet.
[[maybe_unused]] int declare_nothing(int option) {
    switch (option) {
    OPTION_NAMESPACE("bridged empty"):
        return 1;
    }
    return 0;
}
// clang-format on

} // namespace

TEST_CASE("CLI11 hands our options over in their order", "[options][cli11]") {
    struct Line {
        Words words;
        Words events;
        Words positionals;
    };
    auto [words, events, positionals] = GENERATE(values<Line>({
        {{}, {}, {}},
        {{"a", "b"}, {}, {"a", "b"}},
        {{"-vo", "f", "-v", "a", "--output=g"},
         {"verbose", "output=f", "verbose", "output=g"},
         {"a"}},
        {{"-of", "-xy"}, {"output=f", "-x=y"}, {}},
        {{"-qv", "--count", "3"}, {"-q", "verbose", "count=3"}, {}},
        {{"--color=auto", "--colour", "never"}, {"color=auto", "color=never"}, {}},
        {{"--skip=1,2", "--skip", "3"}, {"skip=1,2", "skip=3"}, {}},
        {{"--level=3"}, {"level=3"}, {}},
        {{"a", "--level"}, {"level"}, {"a"}},
        {{"--secret", "-v"}, {"secret", "verbose"}, {}},
        {{"-v", "--", "--output", "-"}, {"verbose"}, {"--output", "-"}},
        {{"--exec", "a"}, {"exec"}, {"a"}},
        {{"-v", "--exec", "-v", "--no-such", "a"}, {"verbose", "exec"}, {"-v", "--no-such", "a"}},
        {{"--exec", "--", "-v"}, {"exec"}, {"-v"}},
        {{"--exec", "--", "--", "-v"}, {"exec"}, {"--", "-v"}},
        {{"a", "--exec"}, {"exec"}, {"a"}},
        {{"-o", "--exec", "-v"}, {"output=--exec", "verbose"}, {}},
        {{"-vo", "--exec", "--exec", "-v"}, {"verbose", "output=--exec", "exec"}, {"-v"}},
        {{"-vo--exec", "-ve", "-v"}, {"verbose", "output=--exec", "verbose", "exec"}, {"-v"}},
        {{"--", "--exec", "-v"}, {}, {"--exec", "-v"}},
        {{"-o", "", "a"}, {"output="}, {"a"}},
        {{"-x", ""}, {"-x="}, {}},
    }));
    CAPTURE(words);
    CHECK(replayed(words) == Outcome{events, positionals});
}

TEST_CASE("what CLI11 refuses becomes an error of ours", "[options][cli11]") {
    auto [words, kind] = GENERATE(table<Words, ErrorKind>({
        {{"--unknown"}, ErrorKind::unknown},
        {{"-Z"}, ErrorKind::unknown},
        {{"--output"}, ErrorKind::missing},
        {{"-x"}, ErrorKind::missing},
        {{"--verbose=no"}, ErrorKind::superfluous},
        {{"--count=10"}, ErrorKind::invalid_value},
        {{"--count=x"}, ErrorKind::invalid_value},
        {{"--color=sometimes"}, ErrorKind::invalid_value},
        {{"--skip=1,x"}, ErrorKind::invalid_value},
    }));
    CAPTURE(words);
    CHECK(replayed(words).error == kind);
    CHECK(ours(words).error == kind);
}

TEST_CASE("an error that CLI11 found says where and what", "[options][cli11]") {
    CLI::App app("bridged");
    cli11::Replay replay(app, OPTION_TABLE, "bridged");
    CommandLine line({"a", "--outptu=f"});
    REQUIRE_FALSE(replay.parse(line.argc(), line.argv()));
    CHECK(replay.error().word_index == 2);
    CHECK(replay.error().offset == 2);
    CHECK(std::string_view(replay.error().typed) == "--outptu");
    Quiet quiet;
    int status = replay.print_error();
    CHECK(quiet.text() == "error: unrecognized option '--outptu'\n"
                          "hint: did you mean '--output'? Try 'program --help'.\n");
    CHECK(status == 2);
}

TEST_CASE("an option that is CLI11's own has errors in our form, too", "[options][cli11]") {
    auto [words, expected] = GENERATE(table<Words, std::string>({
        {{"--theirs"}, "error: option '--theirs' requires an argument, INT\n"},
        {{"--theirs=x"}, "error: invalid value 'x' for option '--theirs': Value x not in range"},
        {{"--theirs=9"}, "error: invalid value '9' for option '--theirs': "},
        {{"--switch=no"}, "error: option '--switch' doesn't allow an argument\n"},
        {{"-v"}, "error: --theirs is required\n"},
    }));
    CAPTURE(words);
    CLI::App app("bridged");
    int theirs = 0;
    app.add_option("--theirs", theirs)->check(CLI::Range(1, 5))->required();
    app.add_flag("--switch")->disable_flag_override();
    cli11::Replay replay(app, OPTION_TABLE, "bridged");
    CommandLine line(words);
    REQUIRE_FALSE(replay.parse(line.argc(), line.argv()));
    Quiet quiet;
    int status = replay.print_error();
    CHECK(quiet.text().substr(0, expected.size()) == expected);
    CHECK(status == 2);
}

TEST_CASE("an invalid value names the wrong item and what was expected", "[options][cli11]") {
    CLI::App app("bridged");
    cli11::Replay replay(app, OPTION_TABLE, "bridged");
    CommandLine line({"--skip=1,x,2"});
    REQUIRE_FALSE(replay.parse(line.argc(), line.argv()));
    CHECK(std::string_view(replay.error().argument) == "x");
    CHECK(std::string_view(replay.error().option.name()) == "skip");
    Quiet quiet;
    replay.print_error();
    CHECK(quiet.text().find("error: invalid value 'x' for option '--skip': expected a number") ==
          0);
}

TEST_CASE("the help of CLI11 shows our options in their groups", "[options][cli11]") {
    CLI::App app("bridged", "program");
    cli11::Replay replay(app, OPTION_TABLE, "bridged");
    std::string page = app.help();
    CHECK(page.find("-o,--output FILE") != std::string::npos);
    CHECK(page.find("\nLists:\n  --skip N,...") != std::string::npos);
    CHECK(page.find("secret") == std::string::npos);
    CHECK(page.find("colour") == std::string::npos);
    CommandLine line({"--help"});
    CHECK_FALSE(replay.parse(line.argc(), line.argv()));
    Quiet quiet;
    int status = replay.print_error();
    CHECK(quiet.text() == page);
    CHECK(status == 0);
}

TEST_CASE("in the stop mode CLI11 leaves the rest alone", "[options][cli11]") {
    CHECK(replayed({"-v", "run", "-v", "--"}, Mode::stop) ==
          Outcome{{"verbose"}, {"run", "-v", "--"}});
    CHECK(replayed({"--exec", "-v", "--unknown"}, Mode::stop) ==
          Outcome{{"exec"}, {"-v", "--unknown"}});
    CHECK(replayed({"run", "--exec", "-v"}, Mode::stop) == Outcome{{}, {"run", "--exec", "-v"}});
    CHECK(replayed({"--unknown", "run"}, Mode::stop).error == ErrorKind::unknown);
    CHECK(replayed({"--", "--unknown", "run"}, Mode::stop).positionals ==
          Words{"--unknown", "run"});
}

TEST_CASE("CLI11 hands our verbs over", "[options][cli11]") {
    auto [words, events, id] = GENERATE(table<Words, Words, int>({
        {{"bridged-add", "a", "-v", "b"}, {"verbose"}, 1},
        {{"-v", "bridged-add", "bridged-list"}, {"verbose"}, 1},
        {{"bridged-list", "--output=f"}, {"output=f"}, 2},
        {{"bridged-show"}, {}, 2},
        {{"bridged-remote", "sync", "-q"}, {"-q"}, 3},
        {{"bridged-add"}, {}, 0},
        {{"bridged-add", "a", "b", "c"}, {}, 0},
    }));
    CAPTURE(words);
    CLI::App app("bridged");
    cli11::Replay replay(app, OPTION_TABLE, "bridged", VERB_TABLE);
    CommandLine line(words);
    REQUIRE(replay.parse(line.argc(), line.argv()));
    Parser parser(OPTION_TABLE, replay.argc(), replay.argv(), "bridged");
    CHECK(read(parser).events == events);
    VerbChoice choice = choose_verb(VERB_TABLE, parser);
    CHECK(run_verb(choice) == id);
    if (id == 3) CHECK(run_nested_verb(choose_verb(choice)) == 1);
}

TEST_CASE("a word that is no verb of ours is an error in CLI11, too", "[options][cli11]") {
    CLI::App app("bridged");
    cli11::Replay replay(app, OPTION_TABLE, "bridged", VERB_TABLE);
    for (Words words : {Words{"unknown"}, Words{"bridged-list", "more"}}) {
        CommandLine line(words);
        CHECK_FALSE(replay.parse(line.argc(), line.argv()));
        CHECK(replay.error().kind == ErrorKind::extra_word);
        CHECK(replay.error().word == words.back());
    }
}

TEST_CASE("an app that is served sees what it would have parsed", "[options][cli11]") {
    auto [words, events, positionals] = GENERATE(table<Words, Words, Words>({
        {{}, {}, {}},
        {{"a", "-vx", "1", "b"}, {"verbose", "-x=1"}, {"a", "b"}},
        {{"--output", "f", "-of"}, {"output=f", "output=f"}, {}},
        {{"--", "-v", "--count"}, {}, {"-v", "--count"}},
        {{"-q", "--color=never", "--count=9"}, {"-q", "color=never", "count=9"}, {}},
    }));
    CAPTURE(words);
    CHECK(Twin().served(words) == Outcome{events, positionals});
    CHECK(Twin().alone(words) == Outcome{events, positionals});
}

TEST_CASE("options of both sides stand in one loop", "[options][cli11]") {
    Half half;
    CHECK(half.run({"--on", "-n3", "add", "a", "--pair", "1", "2", "-f", "b"}) == -1);
    CHECK(half.flag);
    CHECK(half.our_count == 3);
    CHECK(half.count == 0);
    CHECK(half.pair == std::pair(1, 2));
    CHECK(half.force_add);
    CHECK_FALSE(half.force_remove);
    CHECK(half.files == Words{"a", "b"});
    CHECK(half.add->parsed());
    CHECK_FALSE(half.remove->parsed());
}

TEST_CASE("an option belongs to the subcommand that was given", "[options][cli11]") {
    Half half;
    CHECK(half.run({"--force", "rm", "--all"}) == -1);
    CHECK(half.force_remove);
    CHECK_FALSE(half.force_add);
    CHECK(half.all);
    std::string text;
    CHECK(Half().run({"add", "x", "--all"}, &text) == 2);
    CHECK(text == "error: cannot use '--all' with verb 'add'\n"
                  "hint: it belongs to remove. Try 'program add --help'.\n");
}

TEST_CASE("flags with values, optional and absent values mean what they did", "[options][cli11]") {
    Half half;
    half.flag = true;
    CHECK(half.run({"--off", "--maybe"}) == -1);
    CHECK_FALSE(half.flag);
    CHECK(half.maybe.empty());
    Half other;
    CHECK(other.run({"--maybe=x", "--plain="}) == -1);
    CHECK(other.maybe == "x");
    setenv("HALF_PLAIN", "environment", 1);
    Half third;
    CHECK(third.run({}) == -1);
    unsetenv("HALF_PLAIN");
    CHECK(third.plain == "environment");
    CHECK(third.maybe == "unset");
}

TEST_CASE("errors of both sides have two lines and our suggestions", "[options][cli11]") {
    auto [words, expected] = GENERATE(table<Words, std::string>({
        {{"--plian=x"},
         "error: unrecognized option '--plian'\nhint: did you mean '--plain'? Try 'program "
         "--help'.\n"},
        {{"--on=yes"},
         "error: option '--on' doesn't allow an argument, but was given 'yes'\n"
         "hint: this option takes no value. Try 'program --help'.\n"},
        {{"--pair", "1"},
         "error: invalid value '1' for option '--pair': expected 2 values\n"
         "hint: Try 'program --help'.\n"},
        {{"--pair", "1", "x"},
         "error: invalid value 'x' for option '--pair': expected [INT,INT]\nhint: Try 'program "
         "--help'.\n"},
        {{"ad", "x"},
         "error: unknown verb 'ad'\nhint: did you mean 'add'? Try 'program --help'.\n"},
        {{"add"}, "error: verb 'add' needs more arguments\n"},
    }));
    CAPTURE(words);
    std::string text;
    CHECK(Half().run(words, &text) == 2);
    CHECK(text.substr(0, expected.size()) == expected);
}

TEST_CASE("requests for pages end well", "[options][cli11]") {
    std::string text;
    CHECK(Half().run({"--version"}, &text) == 0);
    CHECK(text == "half 1.0\n");
    CHECK(Half().run({"--help"}, &text) == 0);
    CHECK(text.find("  -n --count=N") != std::string::npos);
    CHECK(text.find("Texts:\n  -p --plain=TEXT") != std::string::npos);
    CHECK(text.find("remove") != std::string::npos);
    CHECK(text.find("Options of add, remove:\n  -f --force") != std::string::npos);
    CHECK(text.find("Ours goes first") == std::string::npos);
    CHECK(Half().run({"add", "--help"}, &text) == 0);
    CHECK(text.find("--force") != std::string::npos);
    CHECK(text.find("--all") == std::string::npos);
}

TEST_CASE("what an app throws on purpose is its exit status", "[options][cli11]") {
    Half half;
    half.app.callback([] { throw CLI::RuntimeError(7); });
    std::string text;
    CHECK(half.run({}, &text) == 7);
    CHECK(text.empty());
}

TEST_CASE("what stops parsing does so in CLI11, wherever it stands", "[options][cli11]") {
    const Words pieces = {"-v", "-e", "--exec", "-ve", "-oe", "-o",      "--output", "-x",
                          "-q", "a",  "-",      "-Z",  "--",  "--count", "--count=4"};
    std::mt19937 random(21);
    std::size_t accepted = 0;
    for (int round = 0; round < 4000; round++) {
        Words words;
        for (std::size_t count = random() % 7; count > 0; count--)
            words.push_back(pieces[random() % pieces.size()]);
        Outcome expected = ours(words), towards = replayed(words);
        CAPTURE(words, expected, towards);
        REQUIRE((towards.error != ErrorKind::none) == (expected.error != ErrorKind::none));
        if (expected.error != ErrorKind::none) continue;
        accepted++;
        REQUIRE(towards == expected);
    }
    CHECK(accepted > 1000);
}

TEST_CASE("what stops parsing leaves options with more words and subcommands alone",
          "[options][cli11]") {
    auto read_beside = [](CLI::App& app, CommandLine line) {
        cli11::Replay replay(app, OPTION_TABLE, "bridged");
        if (!replay.parse(line.argc(), line.argv())) return Outcome{{}, {}, replay.error().kind};
        Parser parser(OPTION_TABLE, replay.argc(), replay.argv(), "bridged");
        return read(parser);
    };
    for (const Words& words : {Words{"--pair=a", "--exec", "-v"}, {"-Pa", "--exec", "-v"}}) {
        CLI::App with_pair;
        std::pair<std::string, std::string> pair;
        with_pair.add_option("-P,--pair", pair);
        CHECK(read_beside(with_pair, CommandLine(words)) == Outcome{{"verbose"}, {}});
        CHECK(pair == std::pair<std::string, std::string>("a", "--exec"));
    }
    CLI::App with_subcommand;
    std::string name;
    with_subcommand.add_subcommand("sub")->fallthrough()->add_option("--name", name);
    CHECK(read_beside(with_subcommand, CommandLine({"sub", "--name", "--exec", "-v"})) ==
          Outcome{{"verbose"}, {}});
    CHECK(name == "--exec");
    // No words at all are an error of the parser behind CLI11.
    CLI::App app;
    cli11::Replay replay(app, OPTION_TABLE, "bridged");
    REQUIRE(replay.parse(0, nullptr));
    Parser parser(OPTION_TABLE, replay.argc(), replay.argv(), "bridged");
    CHECK(read(parser).error == ErrorKind::no_words);
}

TEST_CASE("three ways to read a command line agree where the rules do", "[options][cli11]") {
    // Left out are words whose meaning differs by design, see option_cli11.hpp.
    const Words pieces = {"-v",       "-q",          "-vq",         "-o",        "-of",
                          "-x",       "-vx1",        "--output",    "--output=", "--output=g",
                          "--count",  "--count=4",   "--count=0",   "--color",   "--color=auto",
                          "--color=", "--color=red", "--verbose=0", "--no-such", "-Z",
                          "a",        "b",           "3",           "-",         "always"};
    std::mt19937 random(20);
    std::size_t compared = 0, accepted = 0;
    for (int round = 0; round < 4000; round++) {
        Words words;
        for (std::size_t count = random() % 6; count > 0; count--)
            words.push_back(pieces[random() % pieces.size()]);
        // CLI11 takes an empty value behind '=' for none, and the next word instead.
        bool has_empty = false;
        for (const std::string& word : words) has_empty |= word.back() == '=';
        if (has_empty) continue;
        Outcome expected = ours(words);
        Outcome towards = replayed(words), alone = Twin().alone(words), from = Twin().served(words);
        CAPTURE(words, expected, towards, alone, from);
        // Which of several errors is told depends on the order of checks.
        bool is_wrong = expected.error != ErrorKind::none;
        REQUIRE((towards.error != ErrorKind::none) == is_wrong);
        REQUIRE((alone.error != ErrorKind::none) == is_wrong);
        REQUIRE((from.error != ErrorKind::none) == is_wrong);
        compared++;
        if (is_wrong) continue;
        accepted++;
        REQUIRE(towards == expected);
        REQUIRE(alone == expected);
        REQUIRE(from == expected);
    }
    CHECK(compared > 2000);
    CHECK(accepted > 300);
}
