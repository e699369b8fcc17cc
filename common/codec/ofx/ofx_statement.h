/*
 * ofx_statement.h - what the elements of an OFX file say: one statement per STMTRS or CCSTMTRS.
 *
 *   SONRS                      when the file was made
 *   STMTTRNRS TRNUID
 *     STMTRS CURDEF            a statement
 *       BANKACCTFROM           its account
 *       BANKTRANLIST           its period
 *         STMTTRN              an entry
 *           PAYEE, BANKACCTTO  the other party
 *           CURRENCY           amounts are in that currency, ORIGCURRENCY: were in that one
 *       LEDGERBAL, AVAILBAL, BALLIST BAL
 *
 * (1) A value counts in the innermost aggregate of the table that is open; aggregates nobody knows
 *     are passed over, and so are their values, as far as they are not named like ours.
 * (2) Of a value that occurs twice the first counts.
 */
#ifndef SAWA_CODEC_OFX_OFX_STATEMENT_H
#define SAWA_CODEC_OFX_OFX_STATEMENT_H

#include "codec/statement_parser.h"

enum ofx_area {
    OFX_NOWHERE,
    OFX_SIGN_ON,
    OFX_RESPONSE,
    OFX_STATEMENT,
    OFX_ACCOUNT,
    OFX_LIST,
    OFX_ENTRY,
    OFX_PENDING,
    OFX_PAYEE,
    OFX_OTHER,
    OFX_CURRENCY,
    OFX_ORIGINAL,
    OFX_LEDGER,
    OFX_AVAILABLE,
    OFX_BALANCE,
};

/* The values that are kept, each until what it belongs to is whole. */
enum ofx_field {
    OFX_CURDEF,
    OFX_ACCTID,
    OFX_ACCTTYPE,
    OFX_DTSTART,
    OFX_DTEND,
    OFX_LEDGER_BALAMT,
    OFX_LEDGER_DTASOF,
    OFX_AVAILABLE_BALAMT,
    OFX_AVAILABLE_DTASOF,
    OFX_OF_ENTRY, /* from here on those of an entry */
    OFX_TRNTYPE = OFX_OF_ENTRY,
    OFX_DTPOSTED,
    OFX_DTAVAIL,
    OFX_DTTRAN,
    OFX_TRNAMT,
    OFX_FITID,
    OFX_CHECKNUM,
    OFX_REFNUM,
    OFX_NAME,
    OFX_MEMO,
    OFX_CORRECTACTION,
    OFX_PAYEE_NAME,
    OFX_TO_BANKID,
    OFX_TO_ACCTID,
    OFX_CURSYM,
    OFX_CURRATE,
    OFX_ORIGINAL_CURRATE,
    OFX_OF_BALANCE, /* and those of a BAL */
    OFX_BAL_NAME = OFX_OF_BALANCE,
    OFX_BAL_TYPE,
    OFX_BAL_VALUE,
    OFX_BAL_DTASOF,
    OFX_FIELD_COUNT,
};

struct ofx_statement {
    struct statement_context *context;
    char version[16];
    char created[32];         /* of the file: outlives the statements in it */
    struct buffer message_id; /* TRNUID */
    bool is_open;             /* a statement is being built */
    int64_t entry_line;
    struct text values[OFX_FIELD_COUNT]; /* in the statement's arena */
};

/* The aggregate of that name; NOWHERE: none that we know. */
enum ofx_area ofx_area_of(struct text name);

void ofx_statement_init(struct ofx_statement *message, struct statement_context *context);
void ofx_statement_done(struct ofx_statement *message);

/* An aggregate begins; one value, without blanks around; an aggregate is whole. */
void ofx_statement_begin(struct ofx_statement *message, enum ofx_area area, int64_t line);
void ofx_statement_value(struct ofx_statement *message, enum ofx_area area, struct text name,
                         struct text value);
must_use enum status ofx_statement_end(struct ofx_statement *message, enum ofx_area area,
                                       int64_t line, struct error *error);

#endif
