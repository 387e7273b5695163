/* SPDX-License-Identifier: MIT */
/*
 * Stands in for the header of libucontext, which Debian does not have: the same names and types,
 * on top of what glibc has. Source: libucontext 1.3, the functions it declares.
 */
#pragma once

#include <stdarg.h>
#include <ucontext.h>

typedef ucontext_t libucontext_ucontext_t;

static inline int libucontext_getcontext(libucontext_ucontext_t* context) {
    return getcontext(context);
}

static inline int libucontext_setcontext(const libucontext_ucontext_t* context) {
    return setcontext(context);
}

/* With two arguments, which are read as registers are: whole. */
static inline void libucontext_makecontext(libucontext_ucontext_t* context, void (*entry)(),
                                           int count, ...) {
    va_list arguments;
    va_start(arguments, count);
    unsigned first = va_arg(arguments, unsigned), second = va_arg(arguments, unsigned);
    va_end(arguments);
    makecontext(context, entry, count, first, second);
}
