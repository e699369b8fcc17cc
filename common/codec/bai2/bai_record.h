/*
 * bai_record.h - BAI2 records and their fields, without their neighbours.
 *
 *   16,108,000000000203500,V,060316,,,REF 7,TFR 1020 0345678    /
 *   |  |   amount          |          |     text: to the end, whatever it holds
 *   |  type code           funds      references: of the bank, of the customer
 *   record code
 *
 * Pure functions on borrowed text. A line holds pieces: a record, or what a record before goes on
 * with; a piece ends with a slash that nothing but blanks, or the next record, follows. Any other
 * slash is text. (57, 56)
 */
#ifndef SAWA_CODEC_BAI2_BAI_RECORD_H
#define SAWA_CODEC_BAI2_BAI_RECORD_H

#include "domain/statement.h"

enum bai_code {
    BAI_TEXT = 0, /* no record: what a line before goes on with */
    BAI_FILE = 1,
    BAI_GROUP = 2,
    BAI_ACCOUNT = 3,
    BAI_ENTRY = 16,
    BAI_ACCOUNT_END = 49,
    BAI_MORE = 88,
    BAI_GROUP_END = 98,
    BAI_FILE_END = 99,
};

struct bai_piece {
    enum bai_code code;
    struct text raw;     /* with code and slash */
    struct text content; /* without */
    bool ended;          /* by a slash */
};

/* Takes the first piece off *line, which is not empty and begins with no blank; neither will what
 * is left of it. entry is the content so far of the 16 that is open, NULL where none is: in its
 * text, a record behind a slash wants a blank between. */
struct bai_piece bai_take_piece(struct text *line, const struct text *entry);

/* The fields of a record one by one; empty ones behind the last. */
struct bai_fields {
    struct text rest;
    bool ended;
};
struct text bai_field(struct bai_fields *fields);

/* Digits, with a sign perhaps: minor units. False: not so, or too large. */
must_use bool bai_amount_of(struct text field, int64_t *ret_minor);

/* When money may be used. Only the date of V is a fact for us; the other parts are passed over. */
struct bai_funds {
    char type;              /* 0: none */
    bool is_known;          /* 0 1 2 S V D Z, or none */
    struct text value_date; /* V: as written, empty where absent */
};
struct bai_funds bai_funds_of(struct bai_fields *fields);

struct bai_entry {
    struct text type;
    struct text amount;
    struct bai_funds funds;
    struct text bank_reference, customer_reference;
    bool has_text; /* behind the customer reference; an empty text is none (55) */
};

/* The fields of a 16 before its text. False: they are not all there, the absent ones are empty;
 * else the text begins at *ret_text_at. */
must_use bool bai_entry_of(struct text content, struct bai_entry *ret_entry, size_t *ret_text_at);

enum bai_kind {
    BAI_UNKNOWN,
    BAI_BALANCE,    /* 001 to 099, customised 900 to 919 */
    BAI_CREDIT,     /* 100 to 399, customised 920 to 959 */
    BAI_DEBIT,      /* 400 to 699, customised 960 to 999 */
    BAI_INFORMATION /* 890: text alone */
};

/* What a type code stands for; the customised ones only where a profile says so. */
enum bai_kind bai_kind_of(struct text type, bool customised);

#endif
