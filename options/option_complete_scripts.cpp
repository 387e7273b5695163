// SPDX-License-Identifier: MIT
#include "options/option_complete_scripts.hpp"

namespace kindling::options {

// Plain enough for both shells, whatever options are set in them. A variable called `path` would be
// the search path in zsh.
const char* const completion_scan_script = R"sh(
@@_match_option() {
    [ -z "$1" ] || [ "$1" = "$space" ] || return 0
    [ "$found" != exact ] || return 0
    case $want in
    "$4" | "$5") found=exact ;;
    --?*)
        case $5 in
        "$want"*) ;;
        *) return 0 ;;
        esac
        if [ -n "$found" ] && [ "$key" != "$3" ]; then
            found=several
            return 0
        fi
        found=${found:-near}
        ;;
    *) return 0 ;;
    esac
    key=$3 takes=$6 flags=$7 type=$8
}

@@_find_option() {
    want=$1 found= key= takes= flags= type=
    @@_options @@_match_option
    [ "$found" = exact ] || [ "$found" = near ]
}

@@_match_verb() {
    [ -z "$found" ] && [ "$1" = "$at" ] && [ "$2" = "$want" ] || return 0
    found=exact next=$3 flags=$4 space=$5 left=$6 types=$7
}

@@_enter_verb() {
    want=$1 found= flags= space= left=0 types=
    @@_verbs @@_match_verb
    has_verbs=
    [ -n "$found" ] || return 0
    at=$next
    case $flags in
    *v*) has_verbs=1 ;;
    esac
    if [ "$types" = verb ]; then
        at= space= has_verbs=1 helping=1
    fi
    [ -z "$helping" ] || left=0
}

@@_pass_word() {
    if [ -n "$has_verbs" ]; then
        @@_enter_verb "$1"
        return 0
    fi
    case $left in
    '' | 0) ;;
    *) left=$((left - 1)) ;;
    esac
    types=${types#*;}
}

# The option that was found last. The argument says whether its value would be the next word.
@@_pass_option() {
    given="$given $key "
    pending=
    [ "$takes" != '=' ] || pending=$1
    case $flags in
    *s*) command=1 ;;
    esac
}

@@_pass_bundle() {
    local rest=$1 letter
    while [ -n "$rest" ]; do
        letter=${rest%"${rest#?}"}
        rest=${rest#?}
        @@_find_option "-$letter" || return 0
        [ -z "$takes" ] || [ -z "$rest" ] || { @@_pass_option '' && return 0; }
        @@_pass_option 1
    done
}

@@_scan() {
    local word
    @@_enter_verb ''
    while [ $# -gt 0 ]; do
        word=$1
        shift
        if [ -n "$pending" ]; then
            pending=
        elif [ -n "$only" ]; then
            @@_pass_word "$word"
        else
            case $word in
            --) only=1 ;;
            --*=*) @@_find_option "${word%%=*}" && @@_pass_option '' ;;
            --*) @@_find_option "$word" && @@_pass_option 1 ;;
            -?*) @@_pass_bundle "${word#-}" ;;
            *) @@_pass_word "$word" ;;
            esac
        fi
        if [ -n "$command" ] && [ -z "$pending" ]; then
            [ "${1-}" != -- ] || shift
            command=$# only=1
            return 0
        fi
    done
    command=
}

@@_place_option() {
    local rest=${1#-} letter name=-
    case $1 in
    --*=*)
        @@_find_option "${1%%=*}" && [ -n "$takes" ] || return 0
        offer=value prefix=${1%%=*}= part=${1#*=}
        return 0
        ;;
    -[!-]*) ;;
    *) rest= ;;
    esac
    offer=option
    while [ -n "$rest" ]; do
        letter=${rest%"${rest#?}"}
        rest=${rest#?}
        name=$name$letter
        if ! @@_find_option "-$letter"; then
            offer=
            return 0
        fi
        if [ -n "$takes" ] && [ -n "$rest" ]; then
            offer=value prefix=$name part=$rest
            return 0
        fi
    done
}

# What the current word is: `offer` is verb, option, value or command; of a value `type` is its
# type, `prefix` what stands before it in the word, and `part` the beginning of the value.
@@_place() {
    offer= prefix= part=$1
    if [ -n "$pending" ]; then
        offer=value
    elif [ -n "$command" ]; then
        offer=command
    else
        case $only$1 in
        -*) @@_place_option "$1" ;;
        *)
            if [ -n "$has_verbs" ]; then
                offer=verb
            elif [ "$left" != 0 ]; then
                offer=value type=${types%%;*}
            fi
            ;;
        esac
    fi
    [ "$offer" = value ] || return 0
    case $type in
    *,)
        type=${type%,}
        case $part in
        *,*)
            prefix=$prefix${part%,*}, before=${part%,*}
            part=${part##*,}
            ;;
        esac
        separator=,
        ;;
    bool) type='yes|no' ;;
    tristate) type='yes|no|auto' ;;
    esac
}

@@_is_for_verb() {
    local upper=$at
    [ -n "$1" ] && [ -n "$at" ] || return 0
    while :; do
        case "|$1|" in
        *"|$upper|"*) return 0 ;;
        esac
        case $upper in
        *' '*) upper=${upper% *} ;;
        *) return 1 ;;
        esac
    done
}

@@_offer_option() {
    [ -z "$1" ] || [ "$1" = "$space" ] || return 0
    case $7 in
    *h*) return 0 ;;
    *r*) ;;
    *)
        case $given in
        *" $3 "*) return 0 ;;
        esac
        ;;
    esac
    @@_is_for_verb "$2" || return 0
    [ -z "$4" ] || @@_add "$4" "$9"
    [ -n "$5" ] || return 0
    [ "$6" = '=' ] || @@_add "$5" "$9"
    [ -z "$6" ] || @@_add "$5=" "$9"
}

@@_offer_verb() {
    case $4 in
    *h*) return 0 ;;
    esac
    [ "$1" != "$at" ] || [ -z "$2" ] || @@_add "$2" "$8"
}

@@_offer_choices() {
    local rest=$type item name
    while [ -n "$rest" ]; do
        item=${rest%%|*}
        case $rest in
        *'|'*) rest=${rest#*|} ;;
        *) rest= ;;
        esac
        name=${item%%:*}
        [ -n "$name" ] || continue
        case ",$before," in
        *",$name,"*) continue ;;
        esac
        case $item in
        *:*) @@_add "$prefix$name" "${item#*:}" ;;
        *) @@_add "$prefix$name" '' ;;
        esac
    done
}

@@_offer_units() {
    local unit
    for unit in /etc/systemd/system/*.* /run/systemd/system/*.* /usr/lib/systemd/system/*.*; do
        [ ! -f "$unit" ] || @@_add "$prefix${unit##*/}" ''
    done
}
)sh";

const char* const completion_bash_script = R"sh(
# Splits the line up to the cursor at blanks and takes quotes away. Of the last word, `cut`
# characters stand before what the shell replaces.
@@_split() {
    local rest=${COMP_LINE:0:COMP_POINT} breaks= run has_word= c
    for c in = : @; do
        case $COMP_WORDBREAKS in
        *"$c"*) breaks+=$c ;;
        esac
    done
    while [ -n "$rest" ]; do
        run=${rest%%[[:space:]\\\'\"]*}
        if [ -n "$run" ]; then
            if [ -n "$breaks" ] && [ "$run" != "${run##*[$breaks]}" ]; then
                c=${run##*[$breaks]}
                cut=$((${#word} + ${#run} - ${#c}))
            fi
            word+=$run has_word=1
            rest=${rest:${#run}}
            continue
        fi
        case $rest in
        [[:space:]]*)
            [ -z "$has_word" ] || line+=("$word")
            word= has_word= cut=0 rest=${rest:1}
            continue
            ;;
        \\*) word+=${rest:1:1} rest=${rest:2} ;;
        \'*) @@_split_quoted \' ;;
        *) @@_split_quoted \" ;;
        esac
        has_word=1
    done
}

@@_split_quoted() {
    local before=${#word} c
    rest=${rest:1}
    while [ -n "$rest" ]; do
        c=${rest:0:1}
        rest=${rest:1}
        if [ "$c" = "$1" ]; then
            return 0
        elif [ "$1$c" = '"\' ]; then
            case $rest in
            [\"\$\`\\]*) c=${rest:0:1} rest=${rest:1} ;;
            esac
        fi
        word+=$c
    done
    quote=$1 cut=$before
}

# One candidate for the whole word.
@@_add() {
    local text=$1
    case $text in
    "$word"*) ;;
    *) return 0 ;;
    esac
    text=${text:cut}
    case $quote in
    "'") text=${text//\'/\'\\\'\'} ;;
    '"')
        text=${text//\\/\\\\} text=${text//\"/\\\"}
        text=${text//\$/\\\$} text=${text//\`/\\\`}
        ;;
    *)
        [ -z "$text" ] || printf -v text %q "$text"
        ;;
    esac
    COMPREPLY+=("$text")
}

# Files whose names begin like `part`; the argument is "/" for directories only.
@@_offer_files() {
    local file start=$part
    case $part in
    '~/'*) start=$HOME/${part#'~/'} ;;
    esac
    for file in "$start"*; do
        [ -e "$file" ] || [ -L "$file" ] || continue
        [ -z "$1" ] || [ -d "$file" ] || continue
        file=$part${file:${#start}}
        if [ "$cut" = "${#prefix}" ]; then
            # The shell quotes it and marks directories.
            COMPREPLY+=("$file")
        elif [ -d "$start${file:${#part}}" ]; then
            @@_add "$prefix$file/" ''
        else
            @@_add "$prefix$file" ''
        fi
    done
    [ "$cut" != "${#prefix}" ] || compopt -o filenames 2>/dev/null
}

@@_offer_dynamic() {
    local program=${line[0]} answer value help
    [ -n "$(type -P -- "$program")" ] || program=@NAME@
    answer=$("$program" @DYNAMIC@ -- "${line[@]:1}" 2>/dev/null </dev/null)
    while IFS= read -r value; do
        [ -z "$value" ] || @@_add "$prefix${value%%$'\t'*}" ''
    done <<<"$answer"
}

@@_offer_generated() {
    local each
    while IFS= read -r each; do
        [ -z "$each" ] || @@_add "$prefix$each" ''
    done <<<"$(compgen "$@" -- "$part")"
}

@@_offer_value() {
    local process
    case $type in
    *'|'*) @@_offer_choices ;;
    path | path:* | file | file:*) @@_offer_files '' ;;
    dir | dir:*) @@_offer_files / ;;
    user) @@_offer_generated -u ;;
    group) @@_offer_generated -g ;;
    host) @@_offer_generated -A hostname ;;
    unit) @@_offer_units ;;
    pid)
        for process in /proc/[1-9]*; do
            [ ! -d "$process" ] || @@_add "$prefix${process##*/}" ''
        done
        ;;
    dynamic:*) @@_offer_dynamic ;;
    esac
}

@@() {
    local at= space= types= left=0 has_verbs= helping= only= command= pending= given=
    local want= found= next= key= takes= flags= type= offer= prefix= part= before= separator=
    local -a line=()
    local word= cut=0 quote= index
    COMPREPLY=()
    @@_split
    for index in "${!line[@]}"; do
        case ${line[index]} in
        '~/'*) line[index]=$HOME/${line[index]#'~/'} ;;
        esac
    done
    @@_scan "${line[@]:1}"
    @@_place "$word"
    case $offer in
    verb) @@_verbs @@_offer_verb ;;
    option) @@_options @@_offer_option ;;
    value) @@_offer_value ;;
    command) if [ "$command" = 0 ]; then @@_offer_generated -c; else @@_offer_files ''; fi ;;
    esac
    [ ${#COMPREPLY[@]} = 1 ] || return 0
    case ${COMPREPLY[0]} in
    *= | */) compopt -o nospace 2>/dev/null ;;
    *) [ -z "$separator" ] || compopt -o nospace 2>/dev/null ;;
    esac
    return 0
}
)sh";

const char* const completion_zsh_script = R"sh(
@@_add() {
    local name=${1#"$prefix"}
    name=${${name//\\/\\\\}//:/\\:}
    [ -z "$2" ] || name=$name:$2
    case $1 in
    *=) joined+=("$name") ;;
    *) plain+=("$name") ;;
    esac
}

@@_offer_dynamic() {
    local program=${line[1]} each help
    whence -p -- "$program" >/dev/null || program=@NAME@
    for each in "${(@f)$("$program" @DYNAMIC@ -- "${(@)line[2,-1]}" 2>/dev/null </dev/null)}"; do
        case $each in
        *$'\t'*) help=${each#*$'\t'} ;;
        *) help= ;;
        esac
        [ -z "$each" ] || @@_add "$prefix${each%%$'\t'*}" "$help"
    done
}

@@_offer_value() {
    local -a ending
    [ -z "$separator" ] || ending=(-q -S "$separator")
    [ -z "$prefix" ] || compset -p ${#prefix}
    case $type in
    *'|'*) @@_offer_choices ;;
    path | path:* | file | file:*) _files "${(@)ending}" ;;
    dir | dir:*) _files -/ "${(@)ending}" ;;
    user) _users "${(@)ending}" ;;
    group) _groups "${(@)ending}" ;;
    host) _hosts "${(@)ending}" ;;
    unit) setopt localoptions nullglob && @@_offer_units ;;
    pid) _pids "${(@)ending}" ;;
    dynamic:*) @@_offer_dynamic ;;
    esac
    # Values that end in "=" are as good as others.
    plain+=("${(@)joined}")
    joined=()
    [ ${#plain} = 0 ] || _describe -t values value plain "${(@)ending}"
}

@@_main() {
    local at= space= types= left=0 has_verbs= helping= only= command= pending= given=
    local want= found= next= key= takes= flags= type= offer= prefix= part= before= separator=
    local -a line plain joined
    line=("${(@Q)words[1,CURRENT-1]}")
    line=("${(@)line/#\~\//$HOME/}")
    @@_scan "${(@)line[2,-1]}"
    @@_place "${(Q)PREFIX}"
    case $offer in
    verb)
        @@_verbs @@_offer_verb
        _describe -t verbs verb plain
        ;;
    option)
        @@_options @@_offer_option
        _describe -t options option plain -- joined -S ''
        ;;
    value) @@_offer_value ;;
    command)
        shift $((CURRENT - 1 - command)) words
        CURRENT=$((command + 1))
        _normal
        ;;
    *) return 1 ;;
    esac
}
)sh";

const char* const completion_fish_script = R"sh(
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
    command $program @DYNAMIC@ -- $line[2..-1] 2>/dev/null </dev/null | @@_add_lines
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
)sh";

} // namespace kindling::options
