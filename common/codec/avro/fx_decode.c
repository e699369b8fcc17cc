/*
 * fx_decode.c - see fx_decode.h.
 */
#include "codec/avro/fx_decode.h"

#include "codec/avro/decode.h"
#include "codec/avro/frame.h"
#include "codec/event/columns.h"
#include "codec/event/field.h"
#include "codec/event/fx_event.h"

static enum reason decode_body(struct codec_context *context, const struct plan *plan,
                               struct text body, struct fx_event *event)
{
    struct slot slots[FX_COLUMN_COUNT];

    CHECK(decode_run(plan, body, slots));
    return fx_of_slots(slots, codec_canonical(context), event);
}

enum status fx_decode(struct codec_context *context, struct text value, struct fx_event *ret_event,
                      enum reason *ret_reason, struct error *error)
{
    struct fx_event event = {0};
    const struct plan *plan;
    struct text body;
    uint32_t schema_id;
    enum reason reason = frame_read(value, &schema_id, &body);

    if (reason == REASON_NONE) {
        enum status status = codec_plan(context, schema_id, EVENT_FX, &plan, ret_reason, error);

        if (status != OK)
            return status;
        reason = decode_body(context, plan, body, &event);
    }
    if (reason != REASON_NONE) {
        *ret_reason = reason;
        return REJECT;
    }
    *ret_event = event;
    return OK;
}
