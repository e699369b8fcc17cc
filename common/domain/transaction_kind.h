/*
 * transaction_kind.h - one vocabulary for what banks call a booking, and for why money comes back.
 *
 * Every format has its own codes. Each is looked up in a table of its scheme and becomes one word
 * of ours; the bank's own code is kept beside it (transaction_code_raw). A code that no table has
 * is UNKNOWN: nothing is guessed from texts, amounts or neighbours, and that is no finding.
 *
 *   scheme                    an example      where the facts are from
 *   ISO 20022 BkTxCd          PMNT/RCDT/RRTN  Bank Transaction Codes, External Code Sets, 6.3
 *                                             (2009) to 6.6 (2020), iso20022.org
 *   SWIFT, field 61, 6        NRTI, S103      SWIFT Standards, Category 9, MT 940: transaction
 *                                             type identification; S: a message type
 *   GVC (German banks)        109             DFUe-Abkommen, Anlage 3, chapter 8; the older ones:
 *                                             a bank's list of 2011 with their SWIFT codes
 *   BAI2 type code            555             BAI, Cash Management Balance Reporting
 *                                             Specifications, version 2: level detail
 *   OFX TRNTYPE               SRVCHG          OFX 2.2, section 11.4.4.3
 *   return reasons            AC04            ISO 20022 ExternalReturnReason1Code
 *
 * (1) The most exact scheme that knows the code gives the word: BkTxCd, else the bank's scheme
 *     (GVC, BAI2, OFX), else the SWIFT type. A booking is a return where any of them says so.
 * (2) In the ISO sets a sub-family says more than its family, a family more than its domain.
 * (3) Names are stored: they never change.
 */
#ifndef SAWA_DOMAIN_TRANSACTION_KIND_H
#define SAWA_DOMAIN_TRANSACTION_KIND_H

#include "domain/statement.h"

enum transaction_kind {
    KIND_UNKNOWN = 0,
    KIND_CREDIT_TRANSFER,
    KIND_DIRECT_DEBIT,
    KIND_CHEQUE,
    KIND_CARD,
    KIND_CASH,
    KIND_DRAFT,  /* bills of exchange, collections, documentary credits */
    KIND_CHARGE, /* fees and commissions of the bank */
    KIND_INTEREST,
    KIND_TAX,
    KIND_ADJUSTMENT, /* corrections and value date adjustments of the bank */
    KIND_BALANCING,  /* sweeping, topping, zero balancing between accounts of one owner */
    KIND_FOREIGN_EXCHANGE,
    KIND_LOAN,       /* and deposits */
    KIND_SECURITIES, /* and derivatives, with what they yield */
    KIND_COUNT,
};

struct transaction_meaning {
    enum transaction_kind kind;
    bool is_return; /* of a booking before, or its reversal by the bank */
};

/* What the codes of an entry say (1). */
struct transaction_meaning transaction_meaning_of(const struct statement_code *code);

const char *transaction_kind_name(enum transaction_kind kind); /* "credit_transfer" (3) */

/* The bank's code in one text, as it came: "PMNT/RCDT/ESCT", "NTRF", "GVC 166". Appended. */
void transaction_code_raw(const struct statement_code *code, struct buffer *out);

/* Why money comes back. */
enum return_reason {
    RETURN_UNKNOWN = 0,
    RETURN_ACCOUNT_INVALID,
    RETURN_ACCOUNT_CLOSED,
    RETURN_ACCOUNT_BLOCKED,
    RETURN_AGENT_INVALID,
    RETURN_PARTY_UNKNOWN,
    RETURN_NOT_ALLOWED,
    RETURN_FUNDS_MISSING,
    RETURN_AMOUNT_INVALID,
    RETURN_DUPLICATE,
    RETURN_MANDATE_MISSING,
    RETURN_REQUESTED,
    RETURN_FRAUD,
    RETURN_REGULATION,
    RETURN_TECHNICAL,
    RETURN_TOO_LATE,
    RETURN_NOT_GIVEN, /* the bank says that it does not say */
    RETURN_COUNT,
};

enum return_reason return_reason_of(struct text code);
const char *return_reason_name(enum return_reason reason); /* "account_closed" (3) */

/* True where the bank gave a reason, or one of its codes says so: it takes back what was booked
 * before, and matches nothing that is expected for the first time (match.h, is_return). */
bool transaction_is_return(const struct statement_facts *facts);

#endif
