/*
 * proof.h - why a bank balance and a book balance agree, to the last minor unit (I10).
 *
 *   statement closing balance                                book balance
 *   - what the bank has booked and the books have not        - what the books expect and the bank
 *   + what the books expect and the bank has not booked        has not booked
 *   = book balance                                           + what the bank has booked ...
 *                                                            = statement closing balance
 *
 * (1) Sums are exact over 128 bits and refused where they do not fit int64, never wrapped (I11).
 * (2) What is left is shown as unexplained. Nothing is ever forced to zero.
 */
#ifndef SAWA_DOMAIN_PROOF_H
#define SAWA_DOMAIN_PROOF_H

#include "base/status.h"
#include "domain/date.h"

enum { AGE_BUCKETS = 5 };

/* One side's outstanding items. */
struct outstanding {
    int64_t count;
    int64_t minor;
    int64_t bucket_counts[AGE_BUCKETS];
    int64_t bucket_minors[AGE_BUCKETS];
};

struct proof {
    int64_t bank_minor;       /* statement closing balance                      */
    int64_t book_minor;       /* debits less credits of the account             */
    struct outstanding bank;  /* booked at the bank, not in the books           */
    struct outstanding book;  /* in the books, not booked at the bank           */
    int64_t difference_minor; /* inside confirmed matches: bank less books      */
    int64_t unexplained_minor;
};

/* Adds one item to a side; age in days. False: a sum does not fit (1). */
must_use bool outstanding_add(struct outstanding *outstanding, int64_t amount_minor, int32_t age);

/* Fills unexplained_minor from the rest:
 * bank - book - (bank.minor - book.minor) - difference. False: it does not fit (1). */
must_use bool proof_close(struct proof *proof);

/* Days from date to as_of, at least 0. */
int32_t age_of(calendar_date date, calendar_date as_of);

/* 0 to AGE_BUCKETS - 1, and the name of each: "0-1 days", ..., "over 30 days". */
int age_bucket(int32_t age);
const char *age_bucket_name(int bucket);

#endif
