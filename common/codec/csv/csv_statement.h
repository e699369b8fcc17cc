/*
 * csv_statement.h - what the rows of a CSV file say by its profile: one statement.
 *
 *   ABOVE ── header row ──> TABLE        rows with a label stand in either (62)
 *
 * (1) A row of the table is an entry, and with its fee perhaps two; a row of a status that is
 *     neither booked nor pending is counted, and told of in the statement's information (63).
 * (2) A running balance is checked from row to row; the newest is the closing balance where the
 *     file names none.
 * (3) Where neither a balance nor totals show that the file is whole, closing_missing says so.
 */
#ifndef SAWA_CODEC_CSV_CSV_STATEMENT_H
#define SAWA_CODEC_CSV_CSV_STATEMENT_H

#include "codec/csv/csv_profile.h"
#include "codec/statement_parser.h"

struct csv_row {
    struct text fields[CSV_COLUMNS_MAX];
    size_t count; /* more than there is room for: too wide */
    int64_t line;
    struct text raw;
};

struct csv_running {
    bool is_known; /* of the row before */
    __int128 balance;
    __int128 change;
    int64_t breaks;
    int32_t first_break; /* the entry at it */
    bool is_broken;      /* at the last row */
    bool has_newest;
    struct statement_amount newest;
    calendar_date newest_date;
};

struct csv_statement {
    struct statement_context *context;
    const struct csv_profile *profile;
    bool in_table;
    size_t places[CSV_COLUMNS_MAX]; /* of the profile's columns, in a row */
    size_t width;                   /* columns a row must have for all of them */
    currency currency;
    struct text opening, closing; /* as labels have them; in the statement's arena */
    struct csv_running running;
    struct csv_words passed; /* statuses that are no entries, and how many of each */
    int64_t passed_counts[CSV_WORDS_MAX];
    int64_t passed_others;
    bool is_last_short; /* the last row has too few columns */
};

void csv_statement_begin(struct csv_statement *message, struct statement_context *context,
                         const struct csv_profile *profile);
must_use enum status csv_statement_row(struct csv_statement *message, const struct csv_row *row,
                                       struct error *error);
must_use enum status csv_statement_finish(struct csv_statement *message, int64_t line,
                                          struct error *error);

/* Whether the last row has all its columns, and fits the running balance where there is one. */
bool csv_is_last_row_whole(const struct csv_statement *message);

/* Whether the row holds the name of every column of the profile; their places in it. */
bool csv_is_header(const struct csv_profile *profile, const struct csv_row *row,
                   size_t *ret_places);

#endif
