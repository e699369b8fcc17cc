/*
 * statement_parser.h - what a format has to bring, and what it finds there.
 *
 * A parser is a row of verbs. It fills context->statement and calls
 * statement_entry_done after each entry and statement_deliver at the end of each
 * statement; the front does the rest (encoding, checks, sink). For parsers only.
 *
 * An entry may be gone after statement_entry_done. A parser that must look at it again when the
 * statement ends sets context->entries_wait before: this one and those behind it stay.
 *
 * (1) recognise looks at the same head whatever the pieces were: the first
 *     STATEMENT_HEAD_SIZE bytes, or the whole file if it is smaller.
 * (2) feed sees well-formed UTF-8 and nothing else.
 */
#ifndef SAWA_CODEC_STATEMENT_PARSER_H
#define SAWA_CODEC_STATEMENT_PARSER_H

#include "codec/statement.h"
#include "domain/statement_check.h"

enum { STATEMENT_HEAD_SIZE = 4096 };

struct statement_context {
    const struct statement_limits *limits;
    const struct statement_profile *profile;
    const struct statement_sink *sink;
    const struct csv_profile *csv; /* a CSV file: the one of profile that it fits */
    struct statement statement;    /* the one being built */
    struct statement_chain chain;
    struct buffer information; /* of the statement, gathered until it is delivered */
    bool entries_wait;         /* entries are complete only when the statement is */
    bool encoding_guessed;     /* and not yet noted in a statement */
    int64_t statement_count;
    int64_t held_count;
    enum finding_code refusal; /* FINDING_NONE while the file is good */
    char refusal_text[160];
    int64_t refusal_line;
};

struct statement_parser {
    const char *name;
    bool (*recognise)(struct statement_context *context, struct text head);
    void *(*open)(struct statement_context *context);
    enum status (*feed)(void *parser, struct text bytes, struct error *error);
    enum status (*end)(void *parser, struct error *error);
    void (*close)(void *parser); /* NULL is fine */
};

extern const struct statement_parser bai2_parser;
extern const struct statement_parser camt_parser;
extern const struct statement_parser csv_statement_parser;
extern const struct statement_parser ofx_parser;
extern const struct statement_parser swift_mt_parser;

/* Refuses the file; the first refusal stays. Always REJECT. */
enum status statement_refuse(struct statement_context *context, enum finding_code code,
                             int64_t line, struct error *error, const char *format, ...)
    printf_like(5, 6);

/* Fills error with the refusal there is. Always REJECT. */
enum status statement_refused(const struct statement_context *context, struct error *error);

/* REJECT where the statement is past a ceiling: for what is added before an entry is done. */
must_use enum status statement_fits(struct statement_context *context, int64_t line,
                                    struct error *error);

/* The entries that were added are complete (none is fine). REJECT past a ceiling. */
must_use enum status statement_entry_done(struct statement_context *context, int64_t line,
                                          struct error *error);

/* Checks the statement, hands it to the sink, and clears it for the next. */
must_use enum status statement_deliver(struct statement_context *context, int64_t line,
                                       struct error *error);

/* Adds a line to the statement's information; nothing where text is empty. */
void statement_inform(struct statement_context *context, struct text text);

/* Notes a guessed encoding in the statement being built, once per file. */
void statement_note_encoding(struct statement_context *context, int64_t line);

#endif
