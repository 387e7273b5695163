// SPDX-License-Identifier: MIT
//
// What CLI11 says with an exception, as an error of ours. Part of option_cli11.hpp.
#pragma once

#include "options/option_print.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

namespace kindling::options::cli11 {

/// All subcommands of an app, not only those that were given.
inline std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}
inline std::vector<CLI::App*> subcommands_of(CLI::App& app) {
    return app.get_subcommands([](CLI::App*) { return true; });
}

/// A wrong command line, or a request to stop. Owns the texts that its error points to.
class Fault {
public:
    Fault() = default;
    Fault(const Fault&) = delete;
    Fault& operator=(const Fault&) = delete;

    /// Our record of an option of CLI11; nothing if it is not known.
    using Find = std::function<Option(const CLI::Option*)>;

    /// Takes over what CLI11 found, of an app that was parsing the words.
    ///
    /// ExtrasError is unknown or extra_word, ArgumentMismatch missing or superfluous,
    /// ConversionError and ValidationError are invalid_value, RequiredError is missing_word. What
    /// is left has no kind of ours and is told in the words of CLI11.
    void take(const CLI::ParseError& thrown, const CLI::App& app, const Scope& scope,
              const std::vector<const char*>& words, const Find& find) {
        clear();
        message_ = cause_ = thrown.what();
        is_quiet_ = thrown.get_name() == "RuntimeError";
        status_ = thrown.get_exit_code();
        if (is_quiet_ || status_ == static_cast<int>(CLI::ExitCodes::Success)) return;
        asks_nothing_ = true;
        error_.scope = scope;
        const CLI::Option* named = find_named(app, message_);
        if (named) error_.option = find(named);
        describe(static_cast<CLI::ExitCodes>(status_), app, named, words);
        status_ = exit_usage;
    }

    void clear() {
        texts_.clear();
        message_.clear();
        cause_.clear();
        error_ = {};
        status_ = 0;
        is_quiet_ = asks_nothing_ = false;
    }

    const ParseError& error() const { return error_; }

    /// The exit status: 0 for a request, 2 for a wrong word, else what a RuntimeError brought.
    int status() const { return status_; }

    /// True if the app has asked for a page: its help, or its version.
    bool wants_page() const { return status_ == 0 && !is_quiet_; }

    /// What CLI11 said: of a request for the version that is its text.
    const std::string& message() const { return message_; }

    /// Prints the error, if it is one. Gives the exit status.
    int print(Text program) const {
        if (!asks_nothing_) return status_;
        FileSink file(STDERR_FILENO);
        if (is_ours()) {
            write_error(file.sink(), error_, program);
            return status_;
        }
        file.write("error: ");
        write_escaped(file.sink(), {cause_.data(), cause_.size()});
        file.write("\nhint: Try '");
        write_escaped(file.sink(), program);
        file.write(" --help'.\n");
        return status_;
    }

private:
    /// True if our own text says as much as that of CLI11 does.
    bool is_ours() const {
        if (error_.kind == ErrorKind::invalid_value)
            return error_.option && !error_.argument.is_empty() && is_of_our_type_;
        if (error_.kind == ErrorKind::missing || error_.kind == ErrorKind::superfluous)
            return bool(error_.option);
        return error_.kind == ErrorKind::unknown || error_.kind == ErrorKind::extra_word;
    }

    void describe(CLI::ExitCodes code, const CLI::App& app, const CLI::Option* named,
                  const std::vector<const char*>& words) {
        switch (code) {
        case CLI::ExitCodes::ExtrasError:
            describe_extra(app, words);
            break;
        case CLI::ExitCodes::ArgumentMismatch:
            error_.kind = named && named->get_items_expected_max() == 0 ? ErrorKind::superfluous
                                                                        : ErrorKind::missing;
            if (named) tell_argument(*named);
            break;
        case CLI::ExitCodes::ConversionError:
        case CLI::ExitCodes::ValidationError:
            error_.kind = ErrorKind::invalid_value;
            if (named && !named->results().empty()) {
                describe_value(named->results().back());
                tell_value(*named, code);
            }
            break;
        case CLI::ExitCodes::RequiredError:
            error_.kind = ErrorKind::missing_word;
            break;
        default:
            break;
        }
    }

    void describe_extra(const CLI::App& app, const std::vector<const char*>& words) {
        std::vector<std::string> rest = app.remaining(true);
        std::string word = rest.empty() ? std::string() : rest.front();
        bool is_option = word.size() > 1 && word.front() == '-';
        error_.kind = is_option ? ErrorKind::unknown : ErrorKind::extra_word;
        error_.word = keep(word).data();
        for (std::size_t i = 1; i < words.size(); i++) {
            if (word != words[i]) continue;
            error_.word = words[i];
            error_.word_index = static_cast<int>(i);
            break;
        }
        Text whole = error_.word;
        bool is_long = starts_with(whole, "--");
        std::size_t end = 1;
        while (end < whole.size() && whole[end] != '=') end++;
        error_.offset = is_option ? (is_long ? 2 : 1) : 0;
        if (is_option) error_.typed = is_long ? Text(whole.data(), end) : Text(whole.data() + 1, 1);
    }

    void describe_value(const std::string& argument) {
        error_.argument = keep(argument);
        if (!error_.option || error_.option.type().is_empty()) return;
        Type type = parse_type(error_.option.type());
        Items items(error_.argument, type.is_list ? ',' : '\0');
        Value value;
        for (Text item; items.next(item);) {
            error_.value_error = convert(type, item, false, value);
            if (error_.value_error == ValueError::none) continue;
            error_.argument = item;
            is_of_our_type_ = true;
            return;
        }
    }

    /// Without what its validators say about themselves.
    static std::string plain_type(const CLI::Option& option) {
        std::string name = option.get_type_name();
        return name.substr(0, name.find(':'));
    }

    void tell_argument(const CLI::Option& option) {
        error_.typed = keep(option.get_name());
        std::string start = "option '" + option.get_name() + "' ";
        if (error_.kind == ErrorKind::superfluous)
            cause_ = start + "doesn't allow an argument";
        else if (option.get_items_expected_max() == 1)
            cause_ = start + "requires an argument, " + plain_type(option);
    }

    /// What was expected is known to CLI11 alone.
    void tell_value(const CLI::Option& option, CLI::ExitCodes code) {
        std::string detail = "expected " + plain_type(option);
        std::string start = option.get_name() + ": ";
        if (code == CLI::ExitCodes::ValidationError &&
            message_.compare(0, start.size(), start) == 0)
            detail = message_.substr(start.size());
        bool is_option = option.get_name().front() == '-';
        cause_ = "invalid value '" + option.results().back() + "' for " +
                 (is_option ? "option '" : "argument '") + option.get_name() + "': " + detail;
    }

    /// The option that a message is about: these begin with its name, or have it in the middle.
    static const CLI::Option* find_named(const CLI::App& app, const std::string& message) {
        for (const CLI::Option* option : app.get_options())
            if (is_about(message, *option)) return option;
        for (const CLI::App* each : subcommands_of(app))
            if (const CLI::Option* found = find_named(*each, message)) return found;
        return nullptr;
    }

    static bool is_about(const std::string& message, const CLI::Option& option) {
        std::string name = option.get_name();
        std::size_t at = message.find("Could not convert: ");
        if (at != std::string::npos)
            return message.compare(at + 19, name.size() + 3, name + " = ") == 0;
        if (message.compare(0, name.size() + 1, name + ":") == 0) return true;
        const std::string refused = " was given a disallowed flag override";
        for (const auto* names : {&option.get_lnames(), &option.get_snames()})
            for (const std::string& each : *names)
                if (message == each + refused) return true;
        return message.compare(0, name.size() + 1, name + " ") == 0;
    }

    Text keep(std::string text) {
        texts_.push_back(std::move(text));
        return {texts_.back().data(), texts_.back().size()};
    }

    std::list<std::string> texts_;
    std::string message_;
    std::string cause_; ///< the same as we would say it
    ParseError error_;
    int status_ = 0;
    bool is_quiet_ = false;
    bool asks_nothing_ = false; ///< it is an error
    bool is_of_our_type_ = false;
};

} // namespace kindling::options::cli11
