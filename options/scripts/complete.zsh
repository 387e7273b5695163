# SPDX-License-Identifier: MIT
#=compdef@NAMES@
#= Completes the words of @TITLE@ in zsh. Made from its declarations: do not edit.

@@_options() {
@OPTIONS@    :
}

@@_verbs() {
@VERBS@}

@SCAN@
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
    for each in "${(@f)$("$program" @DYNAMIC@"${type#dynamic:}" -- "${(@)line[2,-1]}" 2>/dev/null </dev/null)}"; do
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
    # _files offers all files where there is no directory.
    dir | dir:*) _path_files -/ "${(@)ending}" ;;
    user) _users "${(@)ending}" ;;
    group) _groups "${(@)ending}" ;;
    host) _hosts "${(@)ending}" ;;
    unit) setopt localoptions nullglob && @@_offer_units ;;
    pid) _pids "${(@)ending}" || @@_offer_processes ;;
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

# A file in $fpath is called to complete; one that is sourced registers.
case ${zsh_eval_context[-1]} in
*func) @@_main "$@" ;;
*) compdef @@_main@NAMES@ ;;
esac
