/*
 * fuzz_avro.c - anything at all as a schema and a record: an answer, never a crash, and no time.
 *
 * The first byte chooses: 0 a payment body under our schema, 1 an FX body, 2 raw record frames,
 * 3 a schema text and, after a 0 byte, a body under the plan that it gives for payments.
 */
#include "codec/archive/records.h"
#include "codec/event/columns.h"
#include "codec/avro/decode.h"
#include "codec/avro/frame.h"
#include "codec/avro/fx_decode.h"
#include "codec/avro/payment_decode.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status fetch(void *user, uint32_t schema_id, struct buffer *ret_text,
                         struct error *error)
{
    const char *path =
        schema_id == 1 ? "schemas/avro/payment_event.avsc" : "schemas/avro/fx_event.avsc";
    FILE *file = fopen(path, "r");
    char *place = buffer_reserve(ret_text, SCHEMA_TEXT_MAX);

    (void)user;
    if (file == NULL)
        return error_set(error, REJECT, "run in the folder of the project");
    assert(place != NULL);
    buffer_commit(ret_text, fread(place, 1, SCHEMA_TEXT_MAX, file));
    fclose(file);
    return OK;
}

static const struct schema_source source = {fetch, NULL};

static void decode_event(struct codec_context *context, uint32_t schema_id, struct text body)
{
    size_t size = FRAME_HEADER_SIZE + body.size;
    unsigned char *value = malloc(size);
    struct text framed = {(const char *)value, size};
    struct payment payment;
    struct fx_event event;
    enum reason reason = REASON_NONE;
    struct error error;

    assert(value != NULL);
    frame_write(schema_id, value);
    if (body.size > 0)
        memcpy(value + FRAME_HEADER_SIZE, body.data, body.size);
    if (schema_id == 1 && payment_decode(context, framed, &payment, &reason, &error) == OK) {
        assert(payment.settlement_amount.minor > 0 && payment.instructed_amount.minor > 0);
        assert(payment.debtor_agent.data >= framed.data);
    }
    if (schema_id == 2 && fx_decode(context, framed, &event, &reason, &error) == OK)
        assert(event.rate > 0 && event.valid_from_us < event.valid_until_us);
    assert(reason < REASON_COUNT);
    free(value);
}

static void walk_frames(struct text rest)
{
    struct raw_record record;
    struct text frame;

    while (rest.size > 0 && raw_record_next(&rest, &record, &frame) == RAW_WHOLE) {
        struct text headers = record.headers;
        struct text name;
        struct text value;
        uint32_t count = 0;

        while (raw_header_next(&headers, &name, &value))
            count++;
        assert(count == record.header_count);
    }
}

static void run_schema(struct text input)
{
    const char *end = input.size == 0 ? NULL : memchr(input.data, '\0', input.size);
    size_t schema_size = end == NULL ? input.size : (size_t)(end - input.data);
    size_t body_size = end == NULL ? 0 : input.size - schema_size - 1;
    struct slot slots[COLUMN_COUNT_MAX];
    struct avro_schema *schema;
    struct plan *plan;
    struct error error;

    if (avro_schema_read((struct text){input.data, schema_size}, &error, &schema) != OK)
        return;
    if (plan_compile(avro_schema_root(schema), payment_columns(), &error, &plan) == OK) {
        struct text body = {input.data + input.size - body_size, body_size};
        enum reason reason = decode_run(plan, body, slots);

        assert(reason == REASON_NONE || reason == REASON_AVRO_MALFORMED ||
               reason == REASON_SCHEMA_UNREADABLE);
        plan_free(plan);
    }
    avro_schema_free(schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct codec_context *context;
    struct text rest = {(const char *)data + 1, size - 1};

    if (context == NULL)
        context = codec_context_new(&source);
    if (size == 0)
        return 0;
    switch (data[0] % 4) {
    case 0: decode_event(context, 1, rest); break;
    case 1: decode_event(context, 2, rest); break;
    case 2: walk_frames(rest); break;
    case 3: run_schema(rest); break;
    }
    return 0;
}
