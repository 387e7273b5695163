// SPDX-License-Identifier: MIT
//
// Our declarations, parsed by CLI11. Part of option_cli11.hpp, which says how it is used.
#pragma once

#include "options/option_cli11_fault.hpp"

namespace kindling::options::cli11 {

/// Puts options and verbs into an app. What the app finds on a command line is kept in order and
/// becomes a command line for our parser, so that the switch runs as it would without CLI11.
class Replay {
public:
    /// The app must outlive this object. In the stop mode the first positional ends the options,
    /// and verbs are left to the program. An app with positionals of its own keeps them to itself.
    ///
    /// Throws what CLI11 throws for names that it refuses or has already. If `help` is declared,
    /// the help flag of the app makes way.
    Replay(CLI::App& app, Table options, const char* name_space, Table verbs = {},
           Mode mode = Mode::normal)
        : app_(app), scope_{options, name_space}, verbs_(verbs), mode_(mode) {
        if (find_long(scope_, "help") || find_short(scope_, 'h')) app.set_help_flag();
        bool has_positionals = false;
        for (const CLI::Option* option : app.get_options())
            has_positionals |= option->get_positional();
        declare(app, scope_, words_before_);
        if (mode == Mode::stop)
            app.prefix_command();
        else if (verbs.first != verbs.end)
            declare_verbs(app, {}, "");
        else if (!has_positionals)
            collect(app);
    }
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;

    /// Lets CLI11 parse. False after an error, or if there is nothing more to do.
    bool parse(int argc, char** argv) {
        const std::vector<const char*> words(argv, argv + argc);
        words_before_.clear();
        words_last_.clear();
        words_behind_.clear();
        fault_.clear();
        is_page_wanted_ = false;
        program_ = argc > 0 ? argv[0] : "";
        words_.clear();
        argv_ = {nullptr};
        if (argc < 1) return true; // An error that our parser tells.
        std::vector<const char*> given = words;
        std::size_t behind = behind_stop(words);
        if (behind < words.size())
            given.insert(given.begin() + static_cast<std::ptrdiff_t>(behind), "--");
        try {
            app_.parse(static_cast<int>(given.size()), given.data());
            if (mode_ == Mode::stop) take_rest(words);
        } catch (const CLI::ParseError& thrown) {
            fault_.take(thrown, app_, scope_, words, [this](const CLI::Option* option) {
                auto found = records_.find(option);
                return found == records_.end() ? Option{} : found->second;
            });
            is_page_wanted_ = fault_.wants_page();
            return false;
        }
        arrange();
        return true;
    }

    /// The command line for our parser; valid until the next `parse`.
    int argc() const { return static_cast<int>(words_.size()); }
    char** argv() { return argv_.data(); }

    const ParseError& error() const { return fault_.error(); }

    /// Prints what made `parse` fail: an error to standard error, or the page of CLI11 that was
    /// asked for to standard output. Gives the exit status.
    int print_error() const {
        if (!is_page_wanted_) return fault_.print(name_of(program_));
        std::string page = fault_.message() + "\n";
        if (asks_for_help(app_)) page = app_.help();
        FileSink out(STDOUT_FILENO);
        out.write({page.data(), page.size()});
        return finish(out);
    }

private:
    using Words = std::vector<std::string>;

    static Text name_of(const std::string& path) {
        std::size_t slash = path.rfind('/');
        return slash == std::string::npos ? path.c_str() : path.c_str() + slash + 1;
    }

    static bool asks_for_help(const CLI::App& app) {
        const CLI::Option* help = app.get_help_ptr();
        if (help && help->count() > 0) return true;
        for (const CLI::App* each : subcommands_of(app))
            if (asks_for_help(*each)) return true;
        return false;
    }

    /// "-s,--long" as CLI11 wants it.
    static std::string names_of(Option option) {
        std::string names;
        if (option.short_name()) names = std::string("-") + option.short_name();
        if (!option.has(has_long_name)) return names;
        return (names.empty() ? "--" : names + ",--") + option.name().data();
    }

    void declare(CLI::App& app, const Scope& scope, Words& into) {
        Listing listing(scope);
        while (Option each = listing.next()) {
            if (each.has(metadata)) continue;
            Option target = resolve(scope, each);
            if (!target) continue;
            CLI::Option* declared = declare_one(app, each, target, into);
            Option group = listing.group();
            std::string title = group ? group.name().data() : "Options";
            declared->group(each.has(is_hidden) ? std::string() : title);
            declared->trigger_on_parse();
            records_[declared] = target;
        }
    }

    CLI::Option* declare_one(CLI::App& app, Option each, Option target, Words& into) {
        std::string help = each.help().data();
        Words* words = target.has(stops_parsing) ? &words_last_ : &into;
        if (!target.has(takes_argument))
            return app
                .add_flag_function(
                    names_of(each), [words, each](std::int64_t) { add(*words, each, nullptr); },
                    help)
                ->disable_flag_override();
        auto store = [words, each, target](const CLI::results_t& results) {
            bool is_absent = target.has(optional_arg) && results.front().empty();
            add(*words, each, is_absent ? nullptr : &results.front());
            return true;
        };
        CLI::Option* option = app.add_option(names_of(each), CLI::callback_t(store), help);
        if (target.has(optional_arg)) option->expected(0, 1);
        option->allow_extra_args(false)->type_name(target.metavar().data());
        check(*option, target);
        return option;
    }

    static void check(CLI::Option& option, Option declared) {
        if (declared.type().is_empty()) return;
        Type type = parse_type(declared.type());
        if (type.kind == TypeKind::choice && !type.is_list) {
            Words names;
            Choices choices(type);
            for (Choice each; choices.next(each);)
                names.push_back(std::string(each.name.data(), each.name.size()));
            if (declared.has(optional_arg)) names.push_back("");
            option.check(CLI::IsMember(names));
            return;
        }
        bool is_optional = declared.has(optional_arg);
        option.check([type, is_optional](const std::string& text) {
            if (is_optional && text.empty()) return std::string();
            return accepts(type, {text.data(), text.size()})
                       ? std::string()
                       : "'" + text + "' is not what it takes";
        });
    }

    /// The option as our parser understands it whatever its argument looks like.
    static void add(Words& words, Option option, const std::string* argument) {
        if (option.has(has_long_name)) {
            std::string word = std::string("--") + option.name().data();
            words.push_back(argument ? word + "=" + *argument : word);
            return;
        }
        std::string word = std::string("-") + option.short_name();
        bool is_joined = argument && !argument->empty();
        words.push_back(is_joined ? word + *argument : word);
        if (argument && !is_joined) words.push_back("");
    }

    bool stops(const CLI::Option* option) const {
        auto found = records_.find(option);
        return found != records_.end() && found->second.has(stops_parsing);
    }

    /// The place behind the first option that stops parsing, where CLI11 needs to be told so by a
    /// "--"; the number of words if there is nothing to tell. Verbs and subcommands would not be
    /// found behind it, and have options of their own.
    std::size_t behind_stop(const std::vector<const char*>& words) const {
        std::size_t last = words.size();
        const bool has_subcommands = !subcommands_of(app_).empty();
        for (std::size_t at = 1; at < last && !has_subcommands; at++) {
            std::string word = words[at];
            bool is_positional = word.size() < 2 || word.front() != '-';
            if (word == "--" || (is_positional && mode_ == Mode::stop)) break;
            bool has_value = false;
            const CLI::Option* option = last_option_of(word, has_value);
            if (!option) continue;
            // CLI11 takes as many words as an option needs, whatever they look like.
            int needed = option->get_items_expected_min() - has_value;
            if (needed > 0) at += static_cast<std::size_t>(needed);
            if (!stops(option)) continue;
            bool is_told = at + 1 >= last || std::string(words[at + 1]) == "--";
            return is_told ? last : at + 1;
        }
        return last;
    }

    /// Of "--name", "--name=value", "-abc" and "-ovalue" the option that a value belongs to, or
    /// that stops parsing; null if there is none.
    const CLI::Option* last_option_of(const std::string& word, bool& has_value) const {
        if (word.size() < 2 || word.front() != '-') return nullptr;
        if (word[1] == '-') {
            std::size_t end = word.find('=');
            has_value = end != std::string::npos;
            return app_.get_option_no_throw(word.substr(0, end));
        }
        const CLI::Option* option = nullptr;
        for (std::size_t i = 1; i < word.size(); i++) {
            option = app_.get_option_no_throw(std::string("-") + word[i]);
            has_value = option && option->get_items_expected_max() > 0 && i + 1 < word.size();
            if (!option || has_value || stops(option)) break;
        }
        return option;
    }

    void declare_verbs(CLI::App& app, Namespace parent, const std::string& path) {
        app.require_subcommand(0, 1);
        Listing listing({verbs_, parent});
        while (Option each = listing.next()) {
            Option target = resolve({verbs_, parent}, each);
            if (each.has(metadata) || !target) continue;
            CLI::App* verb = app.add_subcommand(each.name().data(), each.help().data());
            verb->fallthrough();
            std::string name = each.name().data();
            verb->preparse_callback([this, name](std::size_t) { words_behind_.push_back(name); });
            Option group = listing.group();
            if (each.has(is_hidden))
                verb->group("");
            else if (group)
                verb->group(group.name().data());
            std::string inner =
                path.empty() ? target.name().data() : path + " " + target.name().data();
            if (target.has(has_verbs))
                declare_verbs(*verb, Namespace(inner.c_str()), inner);
            else if (target.count_max() > 0)
                collect(*verb);
            if (!target.scope().is_empty() && !target.has(is_alias))
                declare(*verb, {scope_.table, Namespace(target.scope().data())}, words_behind_);
        }
    }

    /// Lets the app take any number of positionals.
    void collect(CLI::App& app) {
        auto store = [this](const CLI::results_t& results) {
            words_behind_.insert(words_behind_.end(), results.begin(), results.end());
            return true;
        };
        app.add_option("arguments", CLI::callback_t(store), "")
            ->expected(0, -1)
            ->allow_extra_args()
            ->type_name("");
    }

    /// In the stop mode CLI11 passes unknown options on like positionals.
    void take_rest(const std::vector<const char*>& words) {
        words_behind_ = app_.remaining();
        if (words_behind_.empty()) return;
        std::string first = words_behind_.front();
        if (first == "--") {
            words_behind_.erase(words_behind_.begin());
            return;
        }
        if (first.size() < 2 || first.front() != '-') return;
        for (std::size_t i = 1; i < words.size() && std::string(words[i]) != "--"; i++)
            if (first == words[i]) throw CLI::ExtrasError(app_.get_name(), {first});
    }

    void arrange() {
        words_ = {program_};
        words_.insert(words_.end(), words_before_.begin(), words_before_.end());
        words_.insert(words_.end(), words_last_.begin(), words_last_.end());
        bool is_like_option = false;
        for (const std::string& word : words_behind_)
            is_like_option |= word.size() > 1 && word.front() == '-';
        if (is_like_option || !words_last_.empty()) words_.push_back("--");
        words_.insert(words_.end(), words_behind_.begin(), words_behind_.end());
        argv_.clear();
        for (std::string& word : words_) argv_.push_back(word.data());
        argv_.push_back(nullptr);
    }

    CLI::App& app_;
    Scope scope_;
    Table verbs_;
    Mode mode_;
    std::map<const CLI::Option*, Option> records_;
    Words words_before_; ///< options
    Words words_last_;   ///< those that stop parsing
    Words words_behind_; ///< verbs, their own options, positionals
    std::string program_;
    Words words_;
    std::vector<char*> argv_{nullptr};
    Fault fault_;
    bool is_page_wanted_ = false;
};

} // namespace kindling::options::cli11
