/*
 * mt_message.h - the fields of one MT message, put into a statement.
 *
 * The reader finds out which lines make a field; here a field gets its meaning.
 * A message is begun, gets its fields in file order, and is finished once.
 */
#ifndef SAWA_CODEC_SWIFT_MT_MT_MESSAGE_H
#define SAWA_CODEC_SWIFT_MT_MT_MESSAGE_H

#include "codec/statement_parser.h"

struct mt_message {
    struct statement_context *context;
    enum statement_format hint;   /* from an envelope or a header line; UNKNOWN: by content */
    calendar_date indicator_date; /* :13D: */
    bool is_intraday;             /* :34F: :90C: :90D: or :13D: was there */
    bool has_balance;             /* :60a: or :62a: was there */
    bool opening_seen, closing_seen;
    struct statement_entry *entry; /* the last :61:, NULL before the first */
};

void mt_message_begin(struct mt_message *message, struct statement_context *context);

/* One per tag: field is the whole content, lines joined by \n, line is where it begins. */
typedef void mt_apply(struct mt_message *message, const char *tag, struct text field, int64_t line);

mt_apply mt_apply_reference;   /* :20: */
mt_apply mt_apply_account;     /* :25: :25P: */
mt_apply mt_apply_number;      /* :28: :28C: */
mt_apply mt_apply_indicator;   /* :13D: */
mt_apply mt_apply_floor;       /* :34F: */
mt_apply mt_apply_opening;     /* :60F: :60M: */
mt_apply mt_apply_entry;       /* :61: */
mt_apply mt_apply_closing;     /* :62F: :62M: */
mt_apply mt_apply_available;   /* :64: :65: */
mt_apply mt_apply_total;       /* :90C: :90D: */
mt_apply mt_apply_information; /* :86: of the statement, text of no tag */

/* Completes the last entry with its :86: and its raw lines. */
void mt_message_end_entry(struct mt_message *message, struct text narrative, struct text raw);

/* Decides format, period, years and states that need the whole message. Again changes nothing. */
void mt_message_finish(struct mt_message *message);

#endif
