# SPDX-License-Identifier: MIT
#
# The part for bash and zsh: reads the words before the current one, and tells what the current one
# is. Plain enough for both shells, whatever options are set in them. A variable called `path` would
# be the search path in zsh.

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

@@_offer_processes() {
    local process
    for process in /proc/[1-9]*; do
        [ ! -d "$process" ] || @@_add "$prefix${process##*/}" ''
    done
}

@@_offer_units() {
    local unit
    for unit in /etc/systemd/system/*.* /run/systemd/system/*.* /usr/lib/systemd/system/*.*; do
        [ ! -f "$unit" ] || @@_add "$prefix${unit##*/}" ''
    done
}
