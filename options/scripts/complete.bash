# SPDX-License-Identifier: MIT
#= Completes the words of @TITLE@ in bash. Made from its declarations: do not edit.

@@_options() {
@OPTIONS@    :
}

@@_verbs() {
@VERBS@}

@SCAN@
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
    answer=$("$program" @DYNAMIC@"${type#dynamic:}" -- "${line[@]:1}" 2>/dev/null </dev/null)
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
    case $type in
    *'|'*) @@_offer_choices ;;
    path | path:* | file | file:*) @@_offer_files '' ;;
    dir | dir:*) @@_offer_files / ;;
    user) @@_offer_generated -u ;;
    group) @@_offer_generated -g ;;
    host) @@_offer_generated -A hostname ;;
    unit) @@_offer_units ;;
    pid) @@_offer_processes ;;
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

complete -F @@@NAMES@
