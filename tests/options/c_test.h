/* SPDX-License-Identifier: MIT */
/*
 * What tests in C share: checks that are counted, and command lines.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int passed, failed;

static void check_at(const char* file, int line, bool holds, const char* what) {
    if (holds) {
        passed++;
        return;
    }
    failed++;
    printf("%s:%d: %s\n", file, line, what);
}
#define CHECK(condition) check_at(__FILE__, __LINE__, (condition), #condition)
#define CHECK_TEXT(text, expected) check_text_at(__FILE__, __LINE__, (text), (expected))

static void check_text_at(const char* file, int line, const char* text, const char* expected) {
    bool is_equal = strcmp(text, expected) == 0;
    check_at(file, line, is_equal, expected);
    if (!is_equal) printf("    but: %s\n", text);
}

/** A command line from a text: words are split at single blanks. */
struct line {
    char text[256];
    char* argv[32];
    int argc;
};

static void split(struct line* line, const char* words) {
    snprintf(line->text, sizeof(line->text), "/bin/c-test %s", words);
    line->argc = 0;
    char* rest = line->text;
    for (char* word; (word = strsep(&rest, " "));)
        if (*word || line->argc == 0) line->argv[line->argc++] = word;
    line->argv[line->argc] = NULL;
}
