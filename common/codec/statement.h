/*
 * statement.h - bank statements in any format: bytes in, statements out.
 *
 *   bytes ─> encoding ─> parser (recognised from the first bytes) ─> checks ─> sink
 *
 * (1) A piece may end anywhere: the same bytes give the same statements and
 *     findings, however they are cut.
 * (2) The sink gets whole statements. What it got is provisional until
 *     statement_reader_end answers OK: a file that turns out to be cut short is
 *     refused whole, so a sink stages and its owner publishes at the end.
 * (3) Nothing is silently empty: a file without a statement is refused.
 * (4) Every limit comes from the table the caller passes.
 * (5) After a REJECT the reader answers the same to everything.
 *
 *   reader = statement_reader_new(&statement_limits_default, profile, &sink);
 *   while (more)
 *       statement_reader_feed(reader, bytes, error)      REJECT: refused, see error
 *   statement_reader_end(reader, error)
 *   statement_reader_free(reader);
 *
 * A REJECT carries the code of the refusal in error.subject ("cut_short") and the
 * line in error.line. A sink's own failure (RETRY, FATAL) passes through.
 *
 * A sink that also takes entries one by one keeps memory flat, however large a statement is: it
 * gets each as soon as it is complete, and the statement without them at the end. What it knows of
 * the statement when an entry comes may still change: in an MT message the closing balance
 * follows.
 * Where an entry depends on what follows it, it waits in memory, under text_size_max.
 *
 * A format is one row in the table of parsers (statement_parser.h).
 */
#ifndef SAWA_CODEC_STATEMENT_H
#define SAWA_CODEC_STATEMENT_H

#include "base/error.h"
#include "codec/encoding.h"
#include "domain/statement.h"

/* Ceilings for everything a file can make large. */
struct statement_limits {
    int64_t file_size_max;
    size_t line_size_max;    /* one line of an MT file                          */
    size_t tag_size_max;     /* one field with all its lines; one entry's raw   */
    size_t text_size_max;    /* memory of one statement, its entries apart      */
    int32_t entries_max;     /* per statement                                   */
    int32_t findings_max;    /* per statement                                   */
    int32_t depth_max;       /* nesting of XML elements                         */
    int32_t attributes_max;  /* per XML element                                 */
    int32_t elements_max;    /* of one entry or payment, without its siblings   */
    size_t element_size_max; /* text of all these elements together             */
};

extern const struct statement_limits statement_limits_default;

struct csv_profile;

/* A bank's habits, where banks disagree. */
struct statement_profile {
    const char *name;
    const char *meaning;
    enum code_page code_page; /* of bytes that are no UTF-8; NONE: guess cp1252 (26) */
    bool decimal_point;       /* MT amounts may read 1234.56 or 1,234.56 (7)         */
    bool grouping_point;      /* MT amounts may read 1.234,56 (7)                    */
    bool reversal_flips_sign; /* camt: RvslInd turns the direction (31)              */
    /* BAI2: 900-919 balances, 920-959 credits, 960-999 debits (59) */
    bool customised_type_codes;
    const struct csv_profile *csv; /* what CSV files may look like (csv/csv_profile.h) */
    size_t csv_count;
};

/* The profile of that name, NULL where there is none. */
const struct statement_profile *statement_profile_find(struct text name);
/* The profile at index, NULL past the last: for help texts. The first is the default. */
const struct statement_profile *statement_profile_at(size_t index);

struct statement_sink {
    void *context;
    /* An entry, complete; it is gone when the call returns. NULL: entries stay with it. */
    enum status (*entry)(void *context, const struct statement *statement,
                         const struct statement_entry *entry, struct error *error);
    /* A whole statement; it is gone when the call returns (2). */
    enum status (*statement)(void *context, const struct statement *statement, struct error *error);
};

struct statement_reader;

/* limits, profile and what sink points to outlive the reader. */
struct statement_reader *statement_reader_new(const struct statement_limits *limits,
                                              const struct statement_profile *profile,
                                              const struct statement_sink *sink);
void statement_reader_free(struct statement_reader *reader); /* NULL is fine */

must_use enum status statement_reader_feed(struct statement_reader *reader, struct text bytes,
                                           struct error *error);
must_use enum status statement_reader_end(struct statement_reader *reader, struct error *error);

/* How many statements went to the sink, how many of them with an error among their findings. */
int64_t statement_reader_count(const struct statement_reader *reader);
int64_t statement_reader_held_count(const struct statement_reader *reader);

#endif
