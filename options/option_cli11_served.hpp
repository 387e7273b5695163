// SPDX-License-Identifier: MIT
//
// Options of CLI11, served by our parser. Part of option_cli11.hpp, which says how it is used.
#pragma once

#include "options/option_builder.hpp"
#include "options/option_cli11_fault.hpp"

#include <algorithm>
#include <optional>

namespace kindling::options::cli11 {

/// A record for each option and subcommand of an app, beside those that a program declares.
///
/// What an app has under a name that is declared too is left out: ours goes first.
class Served {
public:
    /// The app must outlive this object, and nothing may be added to it any more.
    ///
    /// declared     the options of the program, OPTION_TABLE
    /// name_space   theirs, from OPTION_NAMESPACE; the parser gets the same
    /// commands     COMMAND_TABLE, for the page of --help
    Served(CLI::App& app, Table declared, const char* name_space, Table commands = {})
        : app_(app), scope_{declared, name_space}, commands_(commands) {
        add_options(app, "");
        build_options(name_space);
        build_verbs();
        scope_.table = options_.table();
    }
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;

    /// All options, for the parser, the help and completions.
    Table table() const { return options_.table(); }
    /// The subcommands of the app as verbs.
    Table verbs() const { return verbs_.table(); }

    /// True if the parser has just found an option of the app, which is then dealt with.
    bool take(Parser& parser) {
        if (parser.has_failed() || !parser.option()) return false;
        auto found = slots_by_id_.find(parser.option().id());
        if (found == slots_by_id_.end()) return false;
        Slot& slot = slots_[found->second];
        Given given{&slot, {}};
        if (parser.has_argument()) given.arguments.push_back(parser.argument());
        while (slot.takes && given.arguments.size() < slot.items_min) {
            const char* word = parser.take_next();
            if (!word) {
                parser.reject(slot.expected.c_str());
                return true;
            }
            given.arguments.push_back(word);
        }
        given_.push_back(std::move(given));
        return true;
    }

    /// Hands everything to the app when the loop is done, whose callbacks then run: the options
    /// in order, the subcommand, the positionals. What it says is printed, or what was wrong
    /// before, and comes back as the exit status; nothing if the program may go on.
    std::optional<int> finish(const Parser& parser) {
        fault_.clear();
        if (parser.has_failed()) return print_error(parser);
        for (const Given& each : given_)
            if (each.slot->owners.front().option == app_.get_help_ptr())
                return print_help(parser, commands_, verbs());
        VerbChoice verb;
        if (chooses_verb(parser)) {
            verb = choose_verb(verbs(), parser);
            while (verb.error == VerbError::none && verb.verb.has(has_verbs) &&
                   verb.arguments_count > 0)
                verb = choose_verb(verb);
            if (verb.error != VerbError::none) return print_error(verb);
        }
        std::string path = verb.path;
        return hand_over(parser, path);
    }

    /// What CLI11 found wrong in `finish`.
    const ParseError& error() const { return fault_.error(); }

private:
    struct Owner {
        std::string path; ///< of the subcommand: "remote add"
        CLI::Option* option;
    };
    /// One name of the command line: an option, or one that several subcommands have.
    struct Slot {
        std::string name;
        char short_name = 0;
        std::string value_name; ///< which name of a flag it is, as CLI11 asks for it
        bool is_extra = false;  ///< a further name
        bool takes = false;
        std::size_t items_min = 0;
        std::string expected;
        std::vector<Owner> owners;
    };
    struct Given {
        Slot* slot;
        std::vector<std::string> arguments;
    };

    std::optional<int> hand_over(const Parser& parser, const std::string& path) {
        std::size_t count = parser.positionals_count();
        std::vector<std::string> words;
        bool needs_dashes = false;
        for (std::size_t i = count; i-- > 0;) {
            words.push_back(parser.positional(i));
            needs_dashes |= words.back().size() > 1 && words.back().front() == '-';
        }
        // The words are in reverse; the dashes go behind the verbs.
        auto verbs_count = path.empty() ? 0 : std::count(path.begin(), path.end(), ' ') + 1;
        if (needs_dashes) words.insert(words.end() - verbs_count, "--");
        app_.clear();
        if (app_.get_name().empty()) app_.name(std::string(program_name(parser)));
        try {
            for (const Given& each : given_) give(each, path);
            // It keeps the results, because it has not parsed yet.
            app_.parse(words);
        } catch (const CLI::ParseError& thrown) {
            return conclude(thrown, parser);
        }
        return std::nullopt;
    }

    std::optional<int> conclude(const CLI::ParseError& thrown, const Parser& parser) {
        fault_.take(thrown, app_, parser.scope(), {}, [this](const CLI::Option* option) {
            for (const auto& [id, place] : slots_by_id_)
                for (const Owner& owner : slots_[place].owners)
                    if (owner.option == option) return record_of(slots_[place]);
            return Option{};
        });
        if (!fault_.wants_page()) return fault_.print(program_name(parser));
        if (thrown.get_name() == "CallForHelp" || thrown.get_name() == "CallForAllHelp")
            return print_help(parser, commands_, verbs());
        std::string page = fault_.message() + "\n";
        FileSink out(STDOUT_FILENO);
        out.write({page.data(), page.size()});
        return options::finish(out);
    }

    void give(const Given& given, const std::string& path) {
        CLI::Option* option = owner_at(*given.slot, path);
        if (option->get_trigger_on_parse() && option->get_callback_run()) option->clear();
        if (option->get_inject_separator() && !option->results().empty() &&
            !option->results().back().empty())
            option->add_result(std::string());
        for (const std::string& argument : given.arguments) option->add_result(argument);
        if (given.arguments.empty())
            option->add_result(option->get_flag_value(given.slot->value_name, ""));
        if (option->get_trigger_on_parse()) option->run_callback();
    }

    /// The option of the innermost subcommand that has the name.
    static CLI::Option* owner_at(const Slot& slot, std::string path) {
        for (;;) {
            for (const Owner& owner : slot.owners)
                if (owner.path == path) return owner.option;
            if (path.empty()) return slot.owners.front().option;
            std::size_t blank = path.rfind(' ');
            path = blank == std::string::npos ? "" : path.substr(0, blank);
        }
    }

    /// A word that is no verb may be a positional, if the app has any.
    bool chooses_verb(const Parser& parser) const {
        if (verbs().first == verbs().end) return false;
        for (const CLI::Option* option : app_.get_options())
            if (option->get_positional()) return false;
        return parser.positionals_count() > 0 || app_.get_require_subcommand_min() > 0;
    }

    void add_options(CLI::App& app, const std::string& path) {
        for (CLI::Option* option : app.get_options()) {
            bool is_inherited_help = !path.empty() && option == app.get_help_ptr();
            if (!is_inherited_help) add_option(*option, path);
        }
        for (CLI::App* each : subcommands_of(app)) {
            // One without a name is a group of options.
            bool is_group = each->get_name().empty();
            add_options(*each, is_group       ? path
                               : path.empty() ? each->get_name()
                                              : path + " " + each->get_name());
        }
    }

    void add_option(CLI::Option& option, const std::string& path) {
        const auto& longs = option.get_lnames();
        const auto& shorts = option.get_snames();
        if (!longs.empty() && join(longs.front(), 0, option, path)) return;
        if (longs.empty() && !shorts.empty() && join("", shorts.front()[0], option, path)) return;
        for (const std::string& name : longs) offer(option, path, name, 0, &name != &longs.front());
        for (const std::string& name : shorts) {
            bool is_first = &name == &shorts.front();
            const auto& valued = option.get_fnames();
            bool has_value = std::find(valued.begin(), valued.end(), name) != valued.end();
            bool is_added = offer(option, path, "", name[0], !longs.empty() || !is_first);
            // The first short name stands beside the first long one, if they mean the same.
            if (is_added && is_first && !has_value && !longs.empty()) merge(longs.front());
        }
    }

    /// True if another subcommand has the name, and it now stands for this option as well.
    bool join(const std::string& name, char short_name, CLI::Option& option,
              const std::string& path) {
        for (Slot& slot : slots_) {
            if (slot.name != name || (name.empty() && slot.short_name != short_name)) continue;
            for (const Owner& owner : slot.owners)
                if (owner.path == path) return false;
            slot.owners.push_back({path, &option});
            return true;
        }
        return false;
    }

    /// False if the name is taken.
    bool offer(CLI::Option& option, const std::string& path, const std::string& name,
               char short_name, bool is_extra) {
        Text text(name.data(), name.size());
        if (name.empty() ? bool(find_short(scope_, short_name)) : bool(find_long(scope_, text)))
            return false;
        for (const Slot& slot : slots_)
            if (name.empty() ? slot.short_name == short_name : slot.name == name) return false;
        Slot slot;
        slot.name = name;
        slot.short_name = short_name;
        slot.value_name = name.empty() ? std::string(1, short_name) : name;
        slot.is_extra = is_extra;
        slot.takes = option.get_items_expected_max() > 0;
        slot.items_min = static_cast<std::size_t>(
            std::min(option.get_type_size_min(), option.get_items_expected_min()));
        slot.expected = std::to_string(slot.items_min) + " values";
        slot.owners.push_back({path, &option});
        slots_.push_back(std::move(slot));
        return true;
    }

    /// The name added last becomes the short name of the long one, if both are there.
    void merge(const std::string& name) {
        Slot& last = slots_.back();
        if (!last.name.empty()) return;
        for (Slot& slot : slots_) {
            if (slot.name != name || slot.short_name ||
                slot.owners[0].option != last.owners[0].option)
                continue;
            slot.short_name = last.short_name;
            slots_.pop_back();
            return;
        }
    }

    /// "add|remove", the subcommands that have the option; empty for those of the app itself.
    static std::string paths_of(const Slot& slot) {
        std::string paths;
        for (const Owner& owner : slot.owners) {
            if (owner.path.empty()) return "";
            paths += (paths.empty() ? "" : "|") + owner.path;
        }
        return paths;
    }

    static std::string title_of(const Slot& slot) {
        std::string group = slot.owners.front().option->get_group();
        std::string paths = paths_of(slot);
        if (group.empty()) group = "Options";
        if (paths.empty()) return group;
        for (std::size_t at = paths.find('|'); at != std::string::npos; at = paths.find('|', at))
            paths.replace(at, 1, ", ");
        return group + " of " + paths;
    }

    void build_options(const char* name_space) {
        options_.add_all(scope_);
        Described space;
        space.flags = namespace_marker;
        space.name = name_space;
        options_.add(space);
        std::vector<bool> is_done(slots_.size());
        // "Options" is how both libraries call what has no group; it comes first, without a marker.
        std::size_t unnamed = 0;
        while (unnamed < slots_.size() && title_of(slots_[unnamed]) != "Options") unnamed++;
        for (std::size_t n = 0; n <= slots_.size(); n++) {
            std::size_t first = n == 0 ? unnamed : n - 1;
            if (first == slots_.size() || is_done[first]) continue;
            Described group;
            group.flags = group_marker;
            group.name = title_of(slots_[first]);
            group.scope = paths_of(slots_[first]);
            if (first != unnamed) options_.add(group);
            for (std::size_t i = first; i < slots_.size(); i++) {
                if (is_done[i] || title_of(slots_[i]) != group.name) continue;
                is_done[i] = true;
                if (int id = options_.add(described(slots_[i]))) slots_by_id_.emplace(id, i);
            }
        }
    }

    static Described described(const Slot& slot) {
        const CLI::Option& option = *slot.owners.front().option;
        Described it;
        it.name = slot.name;
        it.short_name = slot.short_name;
        it.takes_argument = slot.takes;
        if (slot.takes) {
            it.metavar = option.get_type_name();
            it.metavar = it.metavar.substr(0, it.metavar.find(':'));
            if (it.metavar.empty()) it.metavar = "VALUE";
            if (slot.items_min == 0) it.flags |= optional_arg;
            it.type = type_of(option);
        }
        if (option.get_expected_max() != 1) it.flags |= repeatable;
        it.is_hidden = slot.is_extra || option.get_group().empty();
        it.help = option.get_description();
        if (it.help.empty()) it.help = " ";
        if (it.is_hidden) it.help.clear();
        if (!it.is_hidden && !option.get_default_str().empty())
            it.help += " [" + option.get_default_str() + "]";
        return it;
    }

    /// What completions can use, and what both parsers check alike.
    static std::string type_of(const CLI::Option& option) {
        std::string name = option.get_type_name();
        for (const char* kind : {"FILE", "DIR", "PATH"}) {
            std::string end = std::string(":") + kind;
            bool is_end = name.size() >= end.size() &&
                          name.compare(name.size() - end.size(), end.size(), end) == 0;
            if (name == kind || is_end)
                return kind == std::string("FILE")  ? "file"
                       : kind == std::string("DIR") ? "dir"
                                                    : "path";
        }
        return "";
    }

    Option record_of(const Slot& slot) const {
        Text name(slot.name.data(), slot.name.size());
        return slot.name.empty() ? find_short(scope_, slot.short_name) : find_long(scope_, name);
    }

    void build_verbs() {
        std::vector<std::pair<CLI::App*, std::string>> levels = {{&app_, ""}};
        for (std::size_t i = 0; i < levels.size(); i++) {
            auto [app, path] = levels[i];
            if (!path.empty() && !subcommands_of(*app).empty()) {
                Described space;
                space.flags = namespace_marker | is_verb;
                space.name = path;
                verbs_.add(space);
            }
            std::string group = "Subcommands";
            for (CLI::App* each : subcommands_of(*app)) {
                if (each->get_name().empty()) continue;
                if (!each->get_group().empty() && each->get_group() != group) {
                    Described marker;
                    marker.flags = group_marker | is_verb;
                    marker.name = group = each->get_group();
                    verbs_.add(marker);
                }
                verbs_.add(described(*each));
                for (const std::string& alias : each->get_aliases())
                    verbs_.add(described(*each, alias));
                levels.emplace_back(each, path.empty() ? each->get_name()
                                                       : path + " " + each->get_name());
            }
        }
    }

    static Described described(const CLI::App& app, const std::string& alias) {
        Described it;
        it.flags = is_verb | is_alias;
        it.name = alias;
        it.is_hidden = true;
        it.scope = app.get_name();
        it.count_max = count_unlimited;
        return it;
    }

    static Described described(const CLI::App& app) {
        Described it;
        it.flags = is_verb;
        it.name = app.get_name();
        it.is_hidden = app.get_group().empty();
        it.help = app.get_description().empty() ? " " : app.get_description();
        if (it.is_hidden) it.help.clear();
        long max = app.get_allow_extras() || app.get_prefix_command() ? count_unlimited : 0;
        for (const CLI::Option* option : app.get_options()) {
            if (!option->get_positional()) continue;
            std::string name = option->get_name(true);
            it.metavar += (it.metavar.empty() ? "" : " ") +
                          (option->get_required() ? name : "[" + name + "]");
            if (option->get_required())
                it.count_min += static_cast<unsigned>(option->get_items_expected_min());
            max += option->get_items_expected_max();
        }
        it.count_max = static_cast<unsigned>(std::min<long>(max, count_unlimited));
        bool has_named = false;
        for (const CLI::App* each : subcommands_of(app)) has_named |= !each->get_name().empty();
        if (!has_named) return it;
        it.flags |= has_verbs;
        it.metavar = "VERB ...";
        it.count_min = app.get_require_subcommand_min() > 0 ? 1 : 0;
        it.count_max = count_unlimited;
        return it;
    }

    CLI::App& app_;
    Scope scope_;
    Table commands_;
    TableBuilder options_, verbs_;
    std::vector<Slot> slots_;
    std::map<int, std::size_t> slots_by_id_;
    std::vector<Given> given_;
    Fault fault_;
};

} // namespace kindling::options::cli11
