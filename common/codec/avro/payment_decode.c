/*
 * payment_decode.c - see payment_decode.h. The numbers in brackets are its invariants.
 */
#include "codec/avro/payment_decode.h"

#include "codec/avro/decode.h"
#include "codec/avro/frame.h"
#include "codec/event/columns.h"
#include "codec/event/field.h"
#include "codec/event/payment_event.h"

static enum reason decode_body(struct codec_context *context, const struct plan *plan,
                               struct text body, struct payment *payment)
{
    filled_later struct slot slots[PAYMENT_COLUMN_COUNT];

    CHECK(decode_run(plan, body, slots));
    return payment_of_slots(slots, codec_canonical(context), payment);
}

enum status payment_decode(struct codec_context *context, struct text value,
                           struct payment *ret_payment, enum reason *ret_reason,
                           struct error *error)
{
    struct payment payment = {0};
    const struct plan *plan;
    struct text body;
    uint32_t schema_id;
    enum reason reason = frame_read(value, &schema_id, &body);

    if (reason == REASON_NONE) {
        enum status status =
            codec_plan(context, schema_id, EVENT_PAYMENT, &plan, ret_reason, error);

        if (status != OK)
            return status;
        reason = decode_body(context, plan, body, &payment);
    }
    if (reason != REASON_NONE) {
        *ret_reason = reason;
        return REJECT;
    }
    *ret_payment = payment;
    return OK;
}
