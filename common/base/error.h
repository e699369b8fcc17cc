/*
 * error.h - what went wrong, in three parts a person can act on.
 *
 * Who finds an error fills it; who can act on it logs it, once. Libraries never
 * print. Texts hold no personal data and no secrets (I12): of a database error
 * only SQLSTATE, constraint and line are kept.
 *
 *   could not read corridor file corridors.yaml        <- error_set
 *   detail: line 12, key cut_of: unknown               <- error_detail
 *   hint:   the nearest key is cut_off                 <- error_hint
 *
 * An error lives on the stack of the one who calls; it owns nothing.
 */
#ifndef SAWA_BASE_ERROR_H
#define SAWA_BASE_ERROR_H

#include "base/status.h"

struct error {
    enum status status;
    enum cause cause;
    enum exit_code exit_code; /* what a program ends with if this error ends it */
    int64_t line;             /* 1-based line of the input it is about, 0 unknown */
    char code[8];             /* SQLSTATE or client code, "" where there is none */
    char subject[64];         /* constraint, table or key it is about, "" where none */
    char primary[256];
    char detail[384];
    char hint[256];
};

/* Fills status and the first part, clears the rest, returns status: `return error_set(...)`. */
enum status error_set(struct error *error, enum status status, const char *format, ...)
    printf_like(3, 4);

/* Adds the second and third part. They return the status already set. */
enum status error_detail(struct error *error, const char *format, ...) printf_like(2, 3);
enum status error_hint(struct error *error, const char *format, ...) printf_like(2, 3);

/* As error_set with EXIT_CONFIGURATION; FATAL. */
enum status error_configuration(struct error *error, const char *format, ...) printf_like(2, 3);

/* The three parts as lines into text (always terminated). Returns text. */
const char *error_text(const struct error *error, char *text, size_t text_size);

#endif
