/* SPDX-License-Identifier: MIT */
/* Mistakes that a compiler sees in C++ alone; a part of the program that is not run. */
#include "options/option.h"

/* clang-format off */
__attribute__((used)) static int third(int option) {
    switch (option) {
    OPTION_LONG_TYPED("size-of-it", "SIZE", "sise", "A name that is misspelled"):
    OPTION_LONG_TYPED("between", "N", "uint:5..1", "Bounds the wrong way round"):
    OPTION_LONG_TYPED("many", "SIZE,...", "size,", "No mistake"):
    OPTION_LONG("not-a-text", "SIZE", "Help with \xff in it"):
        return option;
    }
    return 0;
}
/* clang-format on */
