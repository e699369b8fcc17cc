/*
 * customer_event.h - debtor and creditor of a payment: whether a bank could hold them, and the
 * bytes that are sealed.
 *
 * Canonical bytes, for ever: the byte 1 (version of this list), then each field preceded by its
 * uint16 length, big-endian: name, account, country and town of the debtor, the same of the
 * creditor, purpose.
 *
 * (1) What customer_check lets pass can be written to a bank: names and accounts of both are there,
 *     every text is within its bounds, and something of a name is left in the X set.
 * (2) What customer_bytes_write gives, and nothing else, customer_bytes_read takes.
 */
#ifndef SAWA_CODEC_EVENT_CUSTOMER_EVENT_H
#define SAWA_CODEC_EVENT_CUSTOMER_EVENT_H

#include "base/buffer.h"
#include "domain/customer.h"
#include "domain/reason.h"

enum {
    CUSTOMER_FIELD_COUNT = 9,
    CUSTOMER_BYTES_MAX = 4096, /* more than all texts at their bounds, in UTF-8 */
};

/* REASON_NONE, REASON_PARTIES_MISSING or REASON_PARTIES_INVALID. Country and town may be missing,
 * and so may the purpose. */
must_use enum reason customer_check(const struct customer *customer);

/* Appends the bytes of what customer_check let pass: CUSTOMER_BYTES_MAX at most. */
void customer_bytes_write(const struct customer *customer, struct buffer *out);

/* Texts point into bytes. False: they are of another version, or cut. */
must_use bool customer_bytes_read(struct text bytes, struct customer *ret_customer);

#endif
