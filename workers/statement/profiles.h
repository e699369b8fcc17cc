/*
 * profiles.h - how files are to be read: the options --profile P and --csv-profile YAML, which
 * parse, load, watch and check have in common.
 *
 *   profiles_init(&profiles);
 *   ... profiles_take(&profiles, option, optarg) for each option 'p' or 'c' ...
 *   statement_reader_new(limits, profiles_chosen(&profiles), sink)
 *   profiles_done(&profiles);
 */
#ifndef SAWA_STATEMENT_PROFILES_H
#define SAWA_STATEMENT_PROFILES_H

#include "base/arena.h"
#include "codec/csv/csv_profile.h"
#include "codec/statement.h"
#include "runtime/program.h"

#include <getopt.h>
#include <stdio.h>

enum { CSV_PROFILES_MAX = 32 };

/* Rows for getopt_long. */
#define PROFILE_OPTIONS                                                                            \
    {"profile", required_argument, NULL, 'p'},                                                     \
    {                                                                                              \
        "csv-profile", required_argument, NULL, 'c'                                                \
    }

struct profiles {
    struct statement_profile chosen; /* with those for CSV files */
    struct csv_profile csv[CSV_PROFILES_MAX];
    size_t csv_count;
    struct arena arena; /* the texts of csv */
};

void profiles_init(struct profiles *profiles);
void profiles_done(struct profiles *profiles);

/* EXIT_OK, or the exit code of the program after stderr was told. */
int profiles_take(struct profiles *profiles, int option, const char *argument);

/* Both of the above, for a command that has these options alone: EXIT_OK, and words from optind on.
 * The caller ends profiles with profiles_done, whatever the answer. */
int profiles_read(struct program_run *run, int argc, char **argv, struct profiles *profiles);

const struct statement_profile *profiles_chosen(const struct profiles *profiles);

/* One line for each profile there is, for help texts. */
void profiles_print(FILE *stream);

#endif
