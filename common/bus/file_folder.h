/*
 * file_folder.h - a folder of numbered files: which one is next, and what is wrong with the others.
 *
 *   000017-payments.ndjson      number 17: the digits a name begins with, at most eight
 *   .000018.ndjson  000018.tmp  000018.part     not there yet: being written, complete by rename
 *   notes.txt                   no number: never read, and said so
 *
 * Files are taken number by number. A number that is missing is waited for, so a lost file stops
 * the reading instead of being passed over; a number that two files share stops it too.
 */
#ifndef SAWA_BUS_FILE_FOLDER_H
#define SAWA_BUS_FILE_FOLDER_H

#include "base/error.h"

enum { FILE_NAME_SIZE = 256, FILE_NUMBER_DIGITS_MAX = 8 };

struct folder_view {
    size_t count;   /* of numbered files */
    int64_t lowest; /* of their numbers */
    int64_t highest;
    size_t wanted;              /* files with the number asked for: 0, 1, or more: ambiguous */
    char name[FILE_NAME_SIZE];  /* one of them */
    char twin[FILE_NAME_SIZE];  /* another one */
    int64_t behind_size;        /* bytes in the files behind it */
    char stray[FILE_NAME_SIZE]; /* a name without a number; "": none */
};

/* The number a name begins with. False: it has none. */
must_use bool file_number_of(const char *name, int64_t *ret_number);

/* Looks at the folder. RETRY: it cannot be read now. */
must_use enum status folder_look(const char *path, int64_t number, struct error *error,
                                 struct folder_view *ret_view);

#endif
