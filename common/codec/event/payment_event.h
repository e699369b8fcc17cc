/*
 * payment_event.h - the slots of one record as a payment: every check that needs no reference data,
 * and the digests. Shared by all formats.
 *
 * (1) The first check that fails, in the order of reason.h, gives the reason; then the payment is
 *     half filled and good for nothing.
 * (2) Texts of the payment point where those of the slots do; nothing is allocated.
 * (3) content_digest and transfer_id depend on what the record says, never on its format or its
 *     writer's schema.
 * (4) Only a refund has a return_id: it makes another transfer of what is the same otherwise, and
 *     a transfer is completed, or reversed, once.
 *
 * Texts are UTF-8 without control characters, 1 to 35 characters (event_id: 1 to 64). A lock_id
 * that is no UUID is an invalid text. A fee of zero is no fee, and a fee currency without a fee is
 * not looked at. Instants lie in [2000-01-01, 2100-01-01). A retired currency is unknown here.
 *
 * Canonical content, all integers big-endian, every field preceded by its uint16 length, 0xffff
 * where the field is absent:
 *   transfer_id     SHA-256 of: debtor_agent, transaction_id, kind as its symbol ("COMPLETED"), UTC
 *                   day of acceptance_time (int64 days since 1970): every report of a transfer says
 *                   the same day, and another day is another transfer; then return_id, where there
 *                   is one: every report of a refund says it, or none does
 *   content_digest  SHA-256 of: the byte 1 (version of this list), then event_id (16 bytes),
 *                   kind, corridor, debtor_agent, creditor_agent, transaction_id, end_to_end_id,
 *                   uetr, channel (symbols), instructed, settlement, fee (int64 minor units, 3
 *                   letters), rate (int64, 10 fraction digits), lock_id, acceptance_time (int64
 *                   us). Where there is a return_id, the byte is 2 and it comes last
 * Both keep the first 16 bytes. Debtor and creditor are in neither: a digest without a key would
 * tell who guesses a name that he is right. So the same event with other names is a DUPLICATE, as
 * it always was with other accounts: a correction needs an id of its own.
 */
#ifndef SAWA_CODEC_EVENT_PAYMENT_EVENT_H
#define SAWA_CODEC_EVENT_PAYMENT_EVENT_H

#include "codec/event/canonical.h"
#include "codec/event/slot.h"
#include "domain/payment.h"

/* slots: PAYMENT_COLUMN_COUNT of them; required ones are filled (event_id as text or UUID).
 * payment: zeroed. */
must_use enum reason payment_of_slots(const struct slot *slots, struct canonical *canonical,
                                      struct payment *payment);

#endif
