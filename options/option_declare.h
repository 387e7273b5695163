/* SPDX-License-Identifier: MIT */
/*
 * How C turns one declaration into two case labels and a record; option_macros.h is what programs
 * use. The macros come from a system header as far as warnings go: what they fold to constants is
 * more than C promises, and exactly what GCC and Clang do at every level of optimization.
 */
#pragma once

#include "options/option_record.h"

#pragma GCC system_header

/* It takes labels for expressions. */
/* clang-format off */

#ifdef __clang__
/* It folds constants with a remark that being in a system header does not silence. */
#define OPTION_QUIET_                                                                              \
    _Pragma("clang diagnostic push")                                                               \
    _Pragma("clang diagnostic ignored \"-Wgnu-folding-constant\"")
#define OPTION_LOUD_ _Pragma("clang diagnostic pop")
#define OPTION_SECTION_(name)                                                                      \
    __attribute__((section(name), used, retain, aligned(8), no_sanitize("address")))
#define OPTION_BYTE_(text, i) ((unsigned)(unsigned char)(text)[(i) < sizeof(text) ? (i) : 0])
#else
#define OPTION_QUIET_
#define OPTION_LOUD_
#define OPTION_SECTION_(name) __attribute__((section(name), used, retain, no_reorder, aligned(8)))
/* A difference to the end of an empty text: the byte, as a constant. */
#define OPTION_BYTE_(text, i)                                                                      \
    ((unsigned)__builtin_strncmp(&(text)[(i) < sizeof(text) ? (i) : 0], "", 1))
#endif

/* NULL, nullptr and 0 are no text, and one NUL. */
#define OPTION_IS_TEXT_(text) __builtin_types_compatible_p(__typeof__(&(text)[0]), char*)
#define OPTION_LITERAL_(text)                                                                      \
    __builtin_choose_expr(__builtin_types_compatible_p(__typeof__(text), void*) ||                 \
                              __builtin_types_compatible_p(__typeof__(text), int),                 \
                          "", text)
#define OPTION_HAS_(text)                                                                          \
    (!__builtin_types_compatible_p(__typeof__(text), void*) &&                                     \
     !__builtin_types_compatible_p(__typeof__(text), int))
/* The sum that OPTION_HASH_PRIME describes, over the first 48 bytes of a literal. */
#define OPTION_HASH_(t)                                                                            \
    (OPTION_BYTE_(t, 0) * (((0) < sizeof(t)) * 16777619u) +                                        \
     OPTION_BYTE_(t, 1) * (((1) < sizeof(t)) * 637696617u) +                                       \
     OPTION_BYTE_(t, 2) * (((2) < sizeof(t)) * 1055306571u) +                                      \
     OPTION_BYTE_(t, 3) * (((3) < sizeof(t)) * 1345077009u) +                                      \
     OPTION_BYTE_(t, 4) * (((4) < sizeof(t)) * 1185368003u) +                                      \
     OPTION_BYTE_(t, 5) * (((5) < sizeof(t)) * 4233492473u) +                                      \
     OPTION_BYTE_(t, 6) * (((6) < sizeof(t)) * 878009595u) +                                       \
     OPTION_BYTE_(t, 7) * (((7) < sizeof(t)) * 1566662433u) +                                      \
     OPTION_BYTE_(t, 8) * (((8) < sizeof(t)) * 558416115u) +                                       \
     OPTION_BYTE_(t, 9) * (((9) < sizeof(t)) * 1485291145u) +                                      \
     OPTION_BYTE_(t, 10) * (((10) < sizeof(t)) * 3870355883u) +                                    \
     OPTION_BYTE_(t, 11) * (((11) < sizeof(t)) * 3549196337u) +                                    \
     OPTION_BYTE_(t, 12) * (((12) < sizeof(t)) * 924097827u) +                                     \
     OPTION_BYTE_(t, 13) * (((13) < sizeof(t)) * 3631439385u) +                                    \
     OPTION_BYTE_(t, 14) * (((14) < sizeof(t)) * 3600621915u) +                                    \
     OPTION_BYTE_(t, 15) * (((15) < sizeof(t)) * 878412353u) +                                     \
     OPTION_BYTE_(t, 16) * (((16) < sizeof(t)) * 2903379027u) +                                    \
     OPTION_BYTE_(t, 17) * (((17) < sizeof(t)) * 3223152297u) +                                    \
     OPTION_BYTE_(t, 18) * (((18) < sizeof(t)) * 390634507u) +                                     \
     OPTION_BYTE_(t, 19) * (((19) < sizeof(t)) * 2991433041u) +                                    \
     OPTION_BYTE_(t, 20) * (((20) < sizeof(t)) * 20659843u) +                                      \
     OPTION_BYTE_(t, 21) * (((21) < sizeof(t)) * 1933797433u) +                                    \
     OPTION_BYTE_(t, 22) * (((22) < sizeof(t)) * 2887586235u) +                                    \
     OPTION_BYTE_(t, 23) * (((23) < sizeof(t)) * 2898454881u) +                                    \
     OPTION_BYTE_(t, 24) * (((24) < sizeof(t)) * 1473602483u) +                                    \
     OPTION_BYTE_(t, 25) * (((25) < sizeof(t)) * 4159435465u) +                                    \
     OPTION_BYTE_(t, 26) * (((26) < sizeof(t)) * 292500075u) +                                     \
     OPTION_BYTE_(t, 27) * (((27) < sizeof(t)) * 3708575345u) +                                    \
     OPTION_BYTE_(t, 28) * (((28) < sizeof(t)) * 1803070435u) +                                    \
     OPTION_BYTE_(t, 29) * (((29) < sizeof(t)) * 301373017u) +                                     \
     OPTION_BYTE_(t, 30) * (((30) < sizeof(t)) * 2687413787u) +                                    \
     OPTION_BYTE_(t, 31) * (((31) < sizeof(t)) * 1148982401u) +                                    \
     OPTION_BYTE_(t, 32) * (((32) < sizeof(t)) * 1347700499u) +                                    \
     OPTION_BYTE_(t, 33) * (((33) < sizeof(t)) * 2276188905u) +                                    \
     OPTION_BYTE_(t, 34) * (((34) < sizeof(t)) * 2090218699u) +                                    \
     OPTION_BYTE_(t, 35) * (((35) < sizeof(t)) * 3950320529u) +                                    \
     OPTION_BYTE_(t, 36) * (((36) < sizeof(t)) * 979002691u) +                                     \
     OPTION_BYTE_(t, 37) * (((37) < sizeof(t)) * 525166713u) +                                     \
     OPTION_BYTE_(t, 38) * (((38) < sizeof(t)) * 3218830971u) +                                    \
     OPTION_BYTE_(t, 39) * (((39) < sizeof(t)) * 2172355489u) +                                    \
     OPTION_BYTE_(t, 40) * (((40) < sizeof(t)) * 1987065459u) +                                    \
     OPTION_BYTE_(t, 41) * (((41) < sizeof(t)) * 3852842761u) +                                    \
     OPTION_BYTE_(t, 42) * (((42) < sizeof(t)) * 2363433771u) +                                    \
     OPTION_BYTE_(t, 43) * (((43) < sizeof(t)) * 3997457585u) +                                    \
     OPTION_BYTE_(t, 44) * (((44) < sizeof(t)) * 3332237987u) +                                    \
     OPTION_BYTE_(t, 45) * (((45) < sizeof(t)) * 1301831321u) +                                    \
     OPTION_BYTE_(t, 46) * (((46) < sizeof(t)) * 3218926299u) +                                    \
     OPTION_BYTE_(t, 47) * (((47) < sizeof(t)) * 3821385409u))

#define OPTION_META_                                                                               \
    (OPTION_HELP_ENTRY | OPTION_HELP_ENTRY_VERBATIM | OPTION_POSITIONAL_ENTRY |                    \
     OPTION_GROUP_MARKER | OPTION_NAMESPACE_MARKER | OPTION_IS_COMMAND)
#define OPTION_ID_(hash) (0x40000000u | ((hash)&0x3fffffffu))
#define OPTION_FIRST_CASE_(flags, short_, name, counter)                                           \
    (int)((flags)&OPTION_POSITIONAL_ENTRY ? 1                                                      \
          : (flags)&OPTION_META_          ? 0x10000000u | (counter)                                \
          : !OPTION_HAS_(name)            ? 0x20000000u | (unsigned char)(short_)                  \
                                          : OPTION_ID_(OPTION_HASH_(OPTION_LITERAL_(name))))
#define OPTION_SECOND_CASE_(flags, short_, counter)                                                \
    (int)((flags)&OPTION_DEFAULT_VERB             ? 2                                              \
          : (short_) && !((flags)&OPTION_META_) ? (unsigned char)(short_)                          \
                                                : 0x08000000u | (counter))

#define OPTION_SIZE_(text) (sizeof(OPTION_LITERAL_(text)) - 1)
#define OPTION_ROUNDED_(size) (((size) + 7) / 8 * 8)

/* What is wrong with a declaration. The compiler shows the line, and so which one it is. */
#define OPTION_IS_REAL_(flags) (!((flags) & (OPTION_META_ & ~OPTION_HELP_ENTRY)))
#define OPTION_LAST_(text) OPTION_BYTE_(text, sizeof(text) < 2 ? 0 : sizeof(text) - 2)
#define OPTION_ALPHABET_ "abcdefghijklmnopqrstuvwxyz0123456789-"
#ifdef __clang__
#define OPTION_HOLDS_BREAKS_(text) (__builtin_strchr(text, '\n') || __builtin_strchr(text, '\t'))
#define OPTION_NAME_BYTE_(t, i)                                                                    \
    ((i) + 1 >= sizeof(t) || __builtin_strchr(OPTION_ALPHABET_, (t)[(i) < sizeof(t) ? (i) : 0]))
#define OPTION_IS_NAME_(t)                                                                         \
    (OPTION_NAME_BYTE_(t, 0) && OPTION_NAME_BYTE_(t, 1) && OPTION_NAME_BYTE_(t, 2) &&              \
     OPTION_NAME_BYTE_(t, 3) && OPTION_NAME_BYTE_(t, 4) && OPTION_NAME_BYTE_(t, 5) &&              \
     OPTION_NAME_BYTE_(t, 6) && OPTION_NAME_BYTE_(t, 7) && OPTION_NAME_BYTE_(t, 8) &&              \
     OPTION_NAME_BYTE_(t, 9) && OPTION_NAME_BYTE_(t, 10) && OPTION_NAME_BYTE_(t, 11) &&            \
     OPTION_NAME_BYTE_(t, 12) && OPTION_NAME_BYTE_(t, 13) && OPTION_NAME_BYTE_(t, 14) &&           \
     OPTION_NAME_BYTE_(t, 15) && OPTION_NAME_BYTE_(t, 16) && OPTION_NAME_BYTE_(t, 17) &&           \
     OPTION_NAME_BYTE_(t, 18) && OPTION_NAME_BYTE_(t, 19) && OPTION_NAME_BYTE_(t, 20) &&           \
     OPTION_NAME_BYTE_(t, 21) && OPTION_NAME_BYTE_(t, 22) && OPTION_NAME_BYTE_(t, 23) &&           \
     OPTION_NAME_BYTE_(t, 24) && OPTION_NAME_BYTE_(t, 25) && OPTION_NAME_BYTE_(t, 26) &&           \
     OPTION_NAME_BYTE_(t, 27) && OPTION_NAME_BYTE_(t, 28) && OPTION_NAME_BYTE_(t, 29) &&           \
     OPTION_NAME_BYTE_(t, 30) && OPTION_NAME_BYTE_(t, 31) && OPTION_NAME_BYTE_(t, 32) &&           \
     OPTION_NAME_BYTE_(t, 33) && OPTION_NAME_BYTE_(t, 34) && OPTION_NAME_BYTE_(t, 35) &&           \
     OPTION_NAME_BYTE_(t, 36) && OPTION_NAME_BYTE_(t, 37) && OPTION_NAME_BYTE_(t, 38) &&           \
     OPTION_NAME_BYTE_(t, 39) && OPTION_NAME_BYTE_(t, 40) && OPTION_NAME_BYTE_(t, 41) &&           \
     OPTION_NAME_BYTE_(t, 42) && OPTION_NAME_BYTE_(t, 43) && OPTION_NAME_BYTE_(t, 44) &&           \
     OPTION_NAME_BYTE_(t, 45) && OPTION_NAME_BYTE_(t, 46) && OPTION_NAME_BYTE_(t, 47))
#else
#define OPTION_HOLDS_BREAKS_(text)                                                                 \
    (__builtin_strcspn(text, "\n\t") != sizeof(text) - 1 || __builtin_strstr(text, "  ") != 0)
#define OPTION_IS_NAME_(t) (__builtin_strspn(t, OPTION_ALPHABET_) == sizeof(t) - 1)
#endif
/* Only what a word can match takes an argument, ends the options or comes more than once. */
#define OPTION_EXCLUDES_(flags)                                                                    \
    (((flags)&OPTION_UNKNOWN_) ||                                                                  \
     (((flags)&OPTION_OPTIONAL_ARG) &&                                                             \
      ((flags) & ((OPTION_META_ & ~OPTION_HELP_ENTRY) | OPTION_IS_VERB))) ||                       \
     (((flags)&OPTION_STOPS_PARSING) &&                                                            \
      ((flags) & (OPTION_META_ | OPTION_IS_VERB | OPTION_REPEATABLE))) ||                          \
     (((flags)&OPTION_REPEATABLE) &&                                                               \
      ((flags) & (OPTION_META_ | OPTION_IS_VERB | OPTION_IS_ALIAS))) ||                            \
     (((flags)&OPTION_META_) & (((flags)&OPTION_META_) - 1)) ||                                    \
     (((flags) & (OPTION_IS_ALIAS | OPTION_IS_DEPRECATED)) && ((flags)&OPTION_META_)) ||           \
     (((flags) & (OPTION_DEFAULT_VERB | OPTION_HAS_VERBS | VERB_ONLINE_ONLY |                      \
                  VERB_OPTION_REQUIRED)) &&                                                        \
      (!((flags)&OPTION_IS_VERB) || ((flags) & (OPTION_META_ | OPTION_IS_ALIAS)))) ||              \
     (((flags)&OPTION_HAS_VERBS) && ((flags) & (VERB_ONLINE_ONLY | VERB_OPTION_REQUIRED))))
#define OPTION_CHECK_(counter, flags, short_, name, metavar, type, min, max, help, scope, details) \
    enum {                                                                                         \
        OPTION_JOIN(option_is_name_, counter) = OPTION_IS_NAME_(OPTION_LITERAL_(name)) &&          \
                                                OPTION_SIZE_(name) > 0 &&                          \
                                                OPTION_BYTE_(OPTION_LITERAL_(name), 0) != '-',     \
        OPTION_JOIN(option_is_help_, counter) = OPTION_SIZE_(help) > 0 &&                          \
                                                OPTION_LAST_(OPTION_LITERAL_(help)) != '.' &&      \
                                                !OPTION_HOLDS_BREAKS_(OPTION_LITERAL_(help))       \
    };                                                                                             \
    _Static_assert(!OPTION_IS_REAL_(flags) || OPTION_HAS_(name) || (short_),                       \
                   "an option has neither a short nor a long name");                               \
    _Static_assert(!OPTION_IS_REAL_(flags) || !OPTION_HAS_(name) ||                                \
                       OPTION_JOIN(option_is_name_, counter),                                      \
                   "the name of an option must be lower-case letters, digits and dashes");         \
    _Static_assert(OPTION_SIZE_(name) <=                                                           \
                       (OPTION_IS_REAL_(flags) ? OPTION_NAME_SIZE_MAX : OPTION_TEXT_SIZE_MAX),     \
                   "the name of an option is too long");                                           \
    _Static_assert(!(short_) ||                                                                    \
                       ((short_) > ' ' && (short_) <= '~' && (short_) != '-' && (short_) != '='),  \
                   "a short option must be printable and not a dash");                             \
    _Static_assert(!OPTION_HAS_(metavar) || OPTION_SIZE_(metavar) > 0,                             \
                   "the metavar of an option must not be empty");                                  \
    _Static_assert(OPTION_SIZE_(metavar) <= OPTION_TEXT_SIZE_MAX,                                  \
                   "the metavar of an option is too long");                                        \
    _Static_assert(!((flags)&OPTION_OPTIONAL_ARG) || OPTION_HAS_(metavar),                         \
                   "an optional argument needs a metavar");                                        \
    _Static_assert(!OPTION_EXCLUDES_(flags), "the flags of an option exclude each other");         \
    _Static_assert(!((flags)&OPTION_IS_ALIAS) || OPTION_SIZE_(scope) > 0,                          \
                   "an alias needs a target");                                                     \
    _Static_assert(!((flags) & (OPTION_GROUP_MARKER | OPTION_NAMESPACE_MARKER)) ||                 \
                       (OPTION_SIZE_(name) > 0 && !(short_) && !OPTION_HAS_(metavar)),             \
                   "a marker needs a name, and nothing else");                                     \
    _Static_assert(!OPTION_HAS_(help) || ((flags)&OPTION_IS_COMMAND) ||                            \
                       OPTION_JOIN(option_is_help_, counter),                                      \
                   "help must not end in a period or hold line breaks, tabs or double blanks");    \
    _Static_assert(!OPTION_IS_REAL_(flags) || !OPTION_HAS_(help) ||                                \
                       OPTION_SIZE_(name) + OPTION_SIZE_(metavar) <= OPTION_SYNOPSIS_SIZE_MAX,     \
                   "the synopsis of an option is too long for a help page");                       \
    _Static_assert(!OPTION_HAS_(type) || !OPTION_IS_REAL_(flags) || ((flags)&OPTION_IS_VERB) ||    \
                       OPTION_HAS_(metavar),                                                       \
                   "the type of an option needs a metavar");                                       \
    _Static_assert(!OPTION_HAS_(type) || OPTION_SIZE_(type) > 0,                                   \
                   "the type is unknown or has wrong bounds or values");                                    \
    _Static_assert((min) <= (max), "the counts of a verb are the wrong way round");                \
    _Static_assert((max) <= VERB_ANY, "the counts of a verb are too large");                       \
    _Static_assert(!((flags)&OPTION_IS_VERB) || !OPTION_HAS_(metavar) || (max) > 0,                \
                   "a verb has a synopsis of arguments that it does not take")

#define OPTION_RECORD_(section, counter, line, space, flags, short_, name, metavar, type, data,    \
                       min, max, help, scope, details)                                             \
    OPTION_QUIET_                                                                                  \
    OPTION_CHECK_(counter, flags, short_, name, metavar, type, min, max, help, scope, details);    \
    enum {                                                                                         \
        OPTION_JOIN(option_hash_, counter) =                                                       \
            (int)(OPTION_HAS_(name) ? OPTION_HASH_(OPTION_LITERAL_(name)) : 0)                     \
    };                                                                                             \
    static const struct __attribute__((aligned(8))) {                                              \
        struct option_record header_;                                                              \
        char name_[OPTION_SIZE_(name) + 1];                                                        \
        char metavar_[OPTION_SIZE_(metavar) + 1];                                                  \
        char help_[OPTION_SIZE_(help) + 1];                                                        \
        char type_[OPTION_SIZE_(type) + 1];                                                        \
        char scope_[OPTION_SIZE_(scope) + 1];                                                      \
        char details_[OPTION_SIZE_(details) + 1];                                                  \
    } OPTION_JOIN(option_record_, counter) OPTION_SECTION_(section) = {                            \
        {(uint32_t)(flags) | (OPTION_HAS_(metavar) ? OPTION_TAKES_ARGUMENT : 0u) |                 \
             (OPTION_HAS_(name) ? OPTION_HAS_LONG_NAME : 0u) |                                     \
             (OPTION_HAS_(help) ? 0u : OPTION_IS_HIDDEN),                                          \
         (uint16_t)OPTION_ROUNDED_(sizeof(struct option_record) + 6 + OPTION_SIZE_(name) +         \
                                   OPTION_SIZE_(metavar) + OPTION_SIZE_(help) +                    \
                                   OPTION_SIZE_(type) + OPTION_SIZE_(scope) +                      \
                                   OPTION_SIZE_(details)),                                         \
         OPTION_UNIT_,                                                                             \
         (int32_t)((flags)&OPTION_POSITIONAL_ENTRY ? 1                                             \
                   : (flags)&OPTION_META_          ? 0x10000000u | (counter)                       \
                   : !OPTION_HAS_(name)                                                            \
                       ? 0x20000000u | (unsigned char)(short_)                                     \
                       : OPTION_ID_((uint32_t)OPTION_JOIN(option_hash_, counter))),                \
         (uint32_t)OPTION_JOIN(option_hash_, counter), (uint32_t)(space), (uint16_t)(counter),     \
         (uint16_t)((line) < 0xffff ? (line) : 0xffff), (data), (uint16_t)(min), (uint16_t)(max),  \
         OPTION_RECORD_FORMAT, (uint8_t)(short_), (uint8_t)OPTION_SIZE_(name),                     \
         (uint8_t)OPTION_SIZE_(metavar), (uint16_t)OPTION_SIZE_(help),                             \
         (uint16_t)OPTION_SIZE_(type), (uint16_t)OPTION_SIZE_(scope),                              \
         (uint16_t)OPTION_SIZE_(details)},                                                         \
        OPTION_LITERAL_(name),                                                                     \
        OPTION_LITERAL_(metavar),                                                                  \
        OPTION_LITERAL_(help),                                                                     \
        OPTION_LITERAL_(type),                                                                     \
        OPTION_LITERAL_(scope),                                                                    \
        OPTION_LITERAL_(details)};                                                                 \
    OPTION_LOUD_                                                                                   \
    _Static_assert(1, "takes the semicolon")

/* The goto uses the label, which takes the author's colon; it never runs. */
#define OPTION_CASE_(...) OPTION_CASE_NEEDING_(, __VA_ARGS__)
#define OPTION_CASE_NEEDING_(needed, section, counter, space, flags, short_, name, ...)            \
    OPTION_QUIET_                                                                                  \
    case OPTION_FIRST_CASE_(flags, short_, name, counter):                                         \
    case OPTION_SECOND_CASE_(flags, short_, counter):;                                             \
    needed                                                                                         \
    OPTION_RECORD_(section, counter, __LINE__, space, flags, short_, name, __VA_ARGS__);           \
    OPTION_LOUD_                                                                                   \
    if (0)                                                                                         \
        goto OPTION_JOIN(option_label_, counter);                                                  \
    OPTION_JOIN(option_label_, counter)

/* Namespaces are sizes of types: a constant that has a scope, and that control may jump past. */
#define OPTION_NAMED_CASE_(section, counter, identifier, space, flags, name)                       \
    OPTION_QUIET_                                                                                  \
    case OPTION_FIRST_CASE_(flags, 0, name, counter):                                              \
    case OPTION_SECOND_CASE_(flags, 0, counter):;                                                  \
    /* OPTION_HASH_ looks no further. */                                                           \
    _Static_assert(OPTION_SIZE_(name) <= OPTION_NAME_SIZE_MAX,                                     \
                   "the name of a namespace is too long");                                         \
    static struct {                                                                                \
        char size[(OPTION_HASH_(name) & 0x3fffffffu) + 2];                                         \
    } *identifier __attribute__((unused));                                                         \
    OPTION_RECORD_(section, counter, __LINE__, space, flags, 0, name, OPTION_NULL_, OPTION_NULL_,  \
                   0, 0, 0, OPTION_NULL_, OPTION_NULL_, OPTION_NULL_);                             \
    OPTION_LOUD_                                                                                   \
    if (0)                                                                                         \
        goto OPTION_JOIN(option_label_, counter);                                                  \
    OPTION_JOIN(option_label_, counter)
static struct {
    char size[1];
} *option_namespace_ __attribute__((unused)), *verb_namespace_ __attribute__((unused));

/* The end of the file's name, which tells records of different units apart. */
#define OPTION_TAIL_(i)                                                                            \
    OPTION_BYTE_(__FILE_NAME__,                                                                    \
                 sizeof(__FILE_NAME__) - 2 - ((i) < sizeof(__FILE_NAME__) - 1 ? (i) : 0))
#define OPTION_UNIT_                                                                               \
    (uint16_t)(OPTION_TAIL_(0) + OPTION_TAIL_(1) * 3u + OPTION_TAIL_(2) * 31u +                    \
               OPTION_TAIL_(3) * 307u + OPTION_TAIL_(4) * 1031u + OPTION_TAIL_(5) * 4099u +        \
               OPTION_TAIL_(6) * 9109u + OPTION_TAIL_(7) * 17881u)

/* Nothing reads it: it makes the linker take the function from the library. */
#define OPTION_NEEDS_(function, counter)                                                           \
    static __typeof__(function)* const OPTION_JOIN(option_needs_, counter)                         \
        __attribute__((used)) = function;

#define OPTION_IF_(condition) if (condition)
#define OPTION_IS_GIVEN_(text) OPTION_HAS_(text)
#define OPTION_NULL_ ((void*)0)
#define OPTION_TABLE_TYPE_ (struct option_table)

#define OPTION_ERROR_VALUE_(parser) (-22) /* -EINVAL */

#ifdef NDEBUG
#define OPTION_IS_CHECKED_ 0
#else
#define OPTION_IS_CHECKED_ 1
#endif

/*
 * Two loops, because a declaration of a loop is of one type; a `break` leaves both. The first has
 * the namespace: a constant with a scope that a declaration can hold is the size of a type.
 */
#define OPTION_LOOP_(option, parser)                                                               \
    OPTION_QUIET_                                                                                  \
    for (struct {                                                                                  \
             char size[((OPTION_HASH_(__FILE_NAME__) ^ __LINE__ * 2654435761u) & 0x3fffffffu) +    \
                       0x40000002u];                                                               \
         } *option_namespace_ = 0, *option_once_ = (void*)"";                                      \
         option_once_; option_once_ = 0)                                                           \
        OPTION_LOUD_                                                                               \
        for (int option = option_parser_next_bound(parser, sizeof(*option_namespace_) - 1);        \
             option; option = option_parser_next_bound(parser, sizeof(*option_namespace_) - 1))
