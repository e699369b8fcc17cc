/*
 * customer.h - on whose behalf a payment is made: personal data.
 *
 *   record ─> payment.customer ──> customer_payment ──> payment_order.customer ──> the bank's file
 *             ingest's memory      sealed               the relay's memory
 *
 * (1) In clear it exists in memory alone, and in the message that a bank is given: never in a plain
 *     column, a log line, a metric or an error (I12).
 * (2) A text that is empty was not said.
 */
#ifndef SAWA_DOMAIN_CUSTOMER_H
#define SAWA_DOMAIN_CUSTOMER_H

#include "base/text.h"

enum {
    CUSTOMER_NAME_MAX = 140, /* Max140Text, in characters; so below */
    CUSTOMER_ACCOUNT_MAX = 34,
    CUSTOMER_TOWN_MAX = 35,
    CUSTOMER_PURPOSE_MAX = 4,
};

struct party {
    struct text name;
    struct text account;
    struct text country; /* ISO 3166 */
    struct text town;
};

struct customer {
    struct party debtor;
    struct party creditor;
    struct text purpose; /* ISO 20022 ExternalPurpose1Code */
};

#endif
