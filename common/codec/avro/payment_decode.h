/*
 * payment_decode.h - the bytes of one record as a payment, with every check that needs no
 * reference data.
 *
 * (1) The first check that fails, in the order of reason.h, gives the reason; on REJECT
 *     *ret_payment is untouched.
 * (2) Texts of the payment point into value; nothing is allocated per record.
 * (3) content_digest and transfer_id depend on what the record says, never on how the writer's
 *     schema said it.
 *
 * Texts are UTF-8 without control characters, 1 to 35 characters (event_id: 1 to 64). A lock_id
 * that is no UUID is an invalid text. A fee of zero is no fee, and a fee currency without a fee is
 * not looked at. Instants lie in [2000-01-01, 2100-01-01). A retired currency is unknown here.
 *
 * Canonical content, all integers big-endian, every field preceded by its uint16 length, 0xffff
 * where the field is absent:
 *   transfer_id     SHA-256 of: debtor_agent, transaction_id, kind as its symbol ("COMPLETED"), UTC
 *                   day of acceptance_time (int64 days since 1970): every report of a transfer says
 *                   the same day, and another day is another transfer, such as a second part refund
 *   content_digest  SHA-256 of: the byte 1 (version of this list), then event_id (16 bytes),
 *                   kind, corridor, debtor_agent, creditor_agent, transaction_id, end_to_end_id,
 *                   uetr, channel (symbols), instructed, settlement, fee (int64 minor units, 3
 *                   letters), rate (int64, 10 fraction digits), lock_id, acceptance_time (int64 us)
 * Both keep the first 16 bytes.
 */
#ifndef SAWA_CODEC_AVRO_PAYMENT_DECODE_H
#define SAWA_CODEC_AVRO_PAYMENT_DECODE_H

#include "codec/avro/context.h"
#include "domain/payment.h"

/* value is a whole Kafka or AMQP value in the wire format of frame.h; data NULL: a tombstone.
 * OK, or REJECT with *ret_reason, or RETRY / FATAL with error (schema source). */
must_use enum status payment_decode(struct codec_context *context, struct text value,
                                    struct payment *ret_payment, enum reason *ret_reason,
                                    struct error *error);

#endif
