/*
 * payment_reply.h - what a bank says about payments it was sent: pacs.002, pain.002, pacs.004.
 *
 *   OrgnlGrpInfAndSts      the message it speaks of, and maybe a status for all of it
 *   OrgnlPmtInfAndSts      pain.002: a status for one payment information
 *       TxInfAndSts        the status of one payment, by the ids that we gave it
 *   TxInf                  pacs.004: one payment whose money comes back
 *
 * All versions and variants by local names, as statements. The root says what it is.
 *
 * (1) A line is one thing the bank says, as it stands there; what follows from it is
 *     domain/payment_file.h.
 * (2) Lines come in document order, the group's first. A line without a status is none. A return
 *     is a line of status REPLY_RETURNED; of a whole group (GrpRtr) without its payments it is
 *     a line of that level, which says of no payment how much of it comes back.
 * (3) Lines are bounded, and those that speak of many payments at once more so: what follows from a
 *     reply is bounded with them.
 */
#ifndef SAWA_CODEC_ISO20022_PAYMENT_REPLY_H
#define SAWA_CODEC_ISO20022_PAYMENT_REPLY_H

#include "base/arena.h"
#include "base/error.h"
#include "domain/amount.h"
#include "domain/date.h"

#define REPLY_RETURNED "RETURNED" /* no code of ISO 20022: those have four letters */

enum {
    REPLY_LINES_MAX = 20000, /* a file of ours holds half as many payments at most */
    REPLY_GROUPS_MAX = 8,    /* of these, lines that are not about one payment     */
};

enum reply_level { REPLY_GROUP, REPLY_PAYMENT_INFORMATION, REPLY_TRANSACTION };

struct reply_line {
    enum reply_level level;
    struct text original_message_id;
    struct text original_instruction_id; /* empty where the bank left it out; so below */
    struct text original_end_to_end_id;
    struct text original_transaction_id;
    struct text original_uetr;
    struct text status; /* "ACSC", "RJCT", "PART", REPLY_RETURNED */
    struct text reason; /* StsRsnInf/Rsn/Cd or Prtry; RtrRsnInf of a return */
    struct text information;
    struct text return_id;         /* of a return, as the next two; empty: none was given */
    struct amount returned_amount; /* CURRENCY_NONE: missing or unreadable */
    calendar_date returned_on;     /* DATE_NONE: missing or unreadable */
};

struct payment_reply {
    struct text message;    /* "pacs.002", "pain.002", "pacs.004" */
    struct text message_id; /* of the reply itself */
    const struct reply_line *lines;
    size_t line_count;
};

/* Texts live in the arena. REJECT: not XML, hostile, or not such a message. */
must_use enum status payment_reply_read(struct text bytes, struct arena *arena, struct error *error,
                                        struct payment_reply *ret_reply);

const char *reply_level_name(enum reply_level level); /* "GROUP", as stored */

#endif
