/*
 * bai_statement.h - what the records of a BAI2 file say of its accounts: one statement per 03.
 *
 *   01 file, 02 group ─> kept, for every account below
 *   03 ─> account, balances, totals     16 ─> an entry     49, 98, 99 ─> held against what was read
 *
 * (1) Control totals are sums of amounts as they are written, credits and debits alike; a trailer
 *     is held against the totals the trailers below it announced, so one wrong figure is told once.
 * (2) Findings go to the statement that is being built; who builds it decides when it is whole.
 */
#ifndef SAWA_CODEC_BAI2_BAI_STATEMENT_H
#define SAWA_CODEC_BAI2_BAI_STATEMENT_H

#include "codec/bai2/bai_record.h"
#include "codec/statement_parser.h"

/* Where a record stands: as deep as headers without their trailers. */
enum bai_place { OUTSIDE, IN_FILE, IN_GROUP, IN_ACCOUNT };

/* What a trailer tells of what it closes (1). */
struct bai_total {
    __int128 sum;
    int64_t parts; /* accounts of a group, groups of a file */
    int64_t records;
};

struct bai_header { /* what 01 and 02 say of the statements below them */
    struct buffer file_id;
    char created[64];
    calendar_date date;
    enum date_verdict verdict;
    char digits[8]; /* of the date */
    currency currency;
    char status;          /* of the group: 1 update, 2 deletion, 3 correction, 4 test */
    enum answer is_final; /* by the as-of-date modifier; NONE: it does not say */
};

struct bai_statement {
    struct statement_context *context;
    struct bai_header header;
    struct bai_total totals[IN_ACCOUNT + 1]; /* of what is open, by place */
    bool is_total_wrong;                     /* since somebody set it to false */
    int64_t line;                            /* of the record that is taken */
};

/* A record with all that continues it: its fields, and from text_at on the text of a 16. */
struct bai_gathered {
    enum bai_code code;
    int64_t line;
    struct text content;
    size_t text_at; /* SIZE_MAX: it has none */
    struct text raw;
};

void bai_statement_init(struct bai_statement *message, struct statement_context *context);
void bai_statement_done(struct bai_statement *message);

must_use enum status bai_statement_take(struct bai_statement *message,
                                        const struct bai_gathered *record, struct error *error);

#endif
