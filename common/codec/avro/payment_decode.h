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
 * What the fields must be, and what the digests are made of: codec/event/payment_event.h.
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
