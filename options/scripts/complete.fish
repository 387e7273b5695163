# SPDX-License-Identifier: MIT
#= Completes the words of @TITLE@ in fish. Made from its declarations: do not edit.

function @@_options -S
@OPTIONS@end

function @@_verbs -S
@VERBS@end

function @@_match_option -S
    test -z "$argv[1]"; or test "$argv[1]" = "$space"; or return
    test "$found" = exact; and return
    if contains -- $want $argv[4] $argv[5]
        set found exact
    else if string match -q -- '--?*' $want; and @@_begins "$argv[5]" $want
        if test -n "$found"; and test "$key" != "$argv[3]"
            set found several
            return
        end
        test -n "$found"; or set found near
    else
        return
    end
    set key $argv[3]
    set takes $argv[6]
    set flags $argv[7]
    set type $argv[8]
end

function @@_begins
    test (string sub -l (string length -- $argv[2]) -- "$argv[1]") = $argv[2]
end

function @@_find_option -S
    set want $argv[1]
    set found ''
    set key ''
    set takes ''
    set flags ''
    set type ''
    @@_options @@_match_option
    contains -- "$found" exact near
end

function @@_match_verb -S
    test -z "$found"; and test "$argv[1]" = "$at"; and test "$argv[2]" = "$want"; or return
    set found exact
    set next $argv[3]
    set flags $argv[4]
    set space $argv[5]
    set left $argv[6]
    set types $argv[7]
end

function @@_enter_verb -S
    set want $argv[1]
    set found ''
    set flags ''
    set space ''
    set left 0
    set types ''
    set has_verbs ''
    @@_verbs @@_match_verb
    test -n "$found"; or return
    set at $next
    string match -q '*v*' -- $flags; and set has_verbs 1
    if test "$types" = verb
        set at ''
        set space ''
        set has_verbs 1
        set helping 1
    end
    test -z "$helping"; or set left 0
end

function @@_pass_word -S
    if test -n "$has_verbs"
        @@_enter_verb $argv[1]
        return
    end
    contains -- "$left" '' 0; or set left (math $left - 1)
    set types (string replace -r '^[^;]*;' '' -- "$types")
end

# The option that was found last. The argument says whether its value would be the next word.
function @@_pass_option -S
    set -a given $key
    set pending ''
    test "$takes" = '='; and set pending $argv[1]
    string match -q '*s*' -- $flags; and set command 1
    return 0
end

function @@_pass_bundle -S
    set -l letters (string split '' -- $argv[1])
    for i in (seq (count $letters))
        @@_find_option -$letters[$i]; or return
        if test -n "$takes"; and test $i -lt (count $letters)
            @@_pass_option ''
            return
        end
        @@_pass_option 1
    end
end

function @@_scan -S
    @@_enter_verb ''
    set -l rest $argv
    while set -q rest[1]
        set -l word $rest[1]
        set -e rest[1]
        if test -n "$pending"
            set pending ''
        else if test -n "$only"
            @@_pass_word $word
        else
            switch $word
                case --
                    set only 1
                case '--*=*'
                    @@_find_option (string split -m 1 = -- $word)[1]; and @@_pass_option ''
                case '--*'
                    @@_find_option $word; and @@_pass_option 1
                case '-?*'
                    @@_pass_bundle (string sub -s 2 -- $word)
                case '*'
                    @@_pass_word $word
            end
        end
        if test -n "$command"; and test -z "$pending"
            test "$rest[1]" = --; and set -e rest[1]
            set command (count $rest)
            set only 1
            return
        end
    end
    set command ''
end

function @@_place_option -S
    if string match -q -- '--*=*' $argv[1]
        set -l name (string split -m 1 = -- $argv[1])[1]
        @@_find_option $name; and test -n "$takes"; or return
        set offer value
        set prefix $name=
        set part (string split -m 1 = -- $argv[1])[2]
        return
    end
    set offer option
    string match -q -- '--*' $argv[1]; and return
    set -l letters (string split '' -- $argv[1])[2..-1]
    for i in (seq (count $letters))
        if not @@_find_option -$letters[$i]
            set offer ''
            return
        end
        if test -n "$takes"; and test $i -lt (count $letters)
            set offer value
            set prefix -(string join '' -- $letters[1..$i])
            set part (string join '' -- $letters[(math $i + 1)..-1])
            return
        end
    end
end

# What the current word is: `offer` is verb, option, value or command; of a value `type` is its
# type, `prefix` what stands before it in the word, and `part` the beginning of the value.
function @@_place -S
    set part "$argv[1]"
    if test -n "$pending"
        set offer value
    else if test -n "$command"
        set offer command
    else if test -z "$only"; and string match -q -- '-*' "$argv[1]"
        @@_place_option $argv[1]
    else if test -n "$has_verbs"
        set offer verb
    else if test "$left" != 0
        set offer value
        set type (string split ';' -- "$types")[1]
    end
    test "$offer" = value; or return
    switch "$type"
        case '*,'
            set type (string replace -r ',$' '' -- $type)
            if string match -q '*,*' -- $part
                set before (string replace -r ',[^,]*$' '' -- $part)
                set prefix $prefix$before,
                set part (string replace -r '.*,' '' -- $part)
            end
        case bool
            set type 'yes|no'
        case tristate
            set type 'yes|no|auto'
    end
end

function @@_is_for_verb -S
    test -n "$argv[1]"; and test -n "$at"; or return 0
    set -l verbs (string split '|' -- $argv[1])
    set -l upper $at
    while not contains -- $upper $verbs
        string match -q '* *' -- $upper; or return 1
        set upper (string replace -r ' [^ ]*$' '' -- $upper)
    end
end

function @@_offer_option -S
    test -z "$argv[1]"; or test "$argv[1]" = "$space"; or return
    string match -q '*h*' -- $argv[7]; and return
    contains -- $argv[3] $given; and not string match -q '*r*' -- $argv[7]; and return
    @@_is_for_verb $argv[2]; or return
    test -z "$argv[4]"; or @@_add $argv[4] $argv[9]
    test -n "$argv[5]"; or return
    test "$argv[6]" = '='; or @@_add $argv[5] $argv[9]
    test -z "$argv[6]"; or @@_add $argv[5]= $argv[9]
end

function @@_offer_verb -S
    string match -q '*h*' -- $argv[4]; and return
    test "$argv[1]" = "$at"; and test -n "$argv[2]"; and @@_add $argv[2] $argv[8]
end

# A candidate for the whole word, and what it is.
function @@_add
    printf '%s\t%s\n' $argv[1] "$argv[2]"
end

# Lines of candidates for the value.
function @@_add_lines -S
    while read -l each
        test -z "$each"; or echo -- $prefix$each
    end
end

function @@_offer_choices -S
    for item in (string split -n '|' -- $type)
        set -l pair (string split -m 1 : -- $item)
        test -n "$pair[1]"; or continue
        contains -- $pair[1] (string split , -- $before); or @@_add $prefix$pair[1] "$pair[2]"
    end
end

function @@_offer_units -S
    for unit in /etc/systemd/system/*.* /run/systemd/system/*.* /usr/lib/systemd/system/*.*
        test -f $unit; and @@_add $prefix(string replace -r '.*/' '' -- $unit) ''
    end
end

function @@_offer_dynamic -S
    set -l program $line[1]
    command -q $program; or set program @NAME@
    command $program @DYNAMIC@(string replace dynamic: '' -- $type) -- $line[2..-1] 2>/dev/null </dev/null | @@_add_lines
end

function @@_offer_value -S
    switch "$type"
        case '*|*'
            @@_offer_choices
        case path 'path:*' file 'file:*'
            __fish_complete_path $part | @@_add_lines
        case dir 'dir:*'
            __fish_complete_directories $part '' | @@_add_lines
        case user
            __fish_complete_users | @@_add_lines
        case group
            __fish_complete_groups | @@_add_lines
        case host
            __fish_print_hostnames | @@_add_lines
        case unit
            @@_offer_units
        case pid
            __fish_complete_pids | @@_add_lines
        case 'dynamic:*'
            @@_offer_dynamic
    end
end

function @@_complete
    set -l at ''
    set -l space ''
    set -l types ''
    set -l has_verbs ''
    set -l helping ''
    set -l only ''
    set -l command ''
    set -l pending ''
    set -l want ''
    set -l found ''
    set -l next ''
    set -l key ''
    set -l takes ''
    set -l flags ''
    set -l type ''
    set -l offer ''
    set -l prefix ''
    set -l part ''
    set -l before ''
    set -l left 0
    set -l given
    set -l line (string replace -r '^~/' "$HOME/" -- (commandline -opc))
    set -l word (commandline -ct)
    # An open quote makes it no word yet.
    set word (string unescape -- "$word"; or string replace -r '^[\'"]' '' -- "$word")
    @@_scan $line[2..-1]
    @@_place "$word"
    switch "$offer"
        case verb
            @@_verbs @@_offer_verb
        case option
            @@_options @@_offer_option
        case value
            @@_offer_value
        case command
            set -l words
            test "$command" -gt 0; and set words (string escape -- $line[(math 0 - $command)..-1])
            complete -C (string join ' ' -- $words "$word")
    end
end

complete@NAMES@ -f -a '(@@_complete)'
