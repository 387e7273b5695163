# SPDX-License-Identifier: MIT
#
# Read by the scripts beside it, with their words, before they do anything: answers -h and --help
# with the comment at the head of the script, and refuses all other options.

# An error of whoever called, with what to do; nothing has happened yet.
refuse() {
    printf "error: %s\nhint: %s\n" "$1" "${2:-Try '$0 --help'.}" >&2
    exit 2
}

for word; do
    case $word in
        -h | --help)
            sed -n '1,3d; /^#/!q; s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        -*) refuse "unrecognized option '$word'" ;;
    esac
done
unset word
