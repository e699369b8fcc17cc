/*
 * fuzz_line.c - anything at all as a line of a file: an answer, never a crash.
 *
 * The first byte chooses: 0 a JSON payment, 1 a JSON FX event, 2 a CSV payment, 3 a CSV FX event;
 * of CSV the header goes up to the first line end. The bytes are copied, so that a read behind
 * their end is seen.
 */
#include "codec/event_codec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status fetch(void *user, uint32_t schema_id, struct buffer *ret_text,
                         struct error *error)
{
    (void)user;
    (void)schema_id;
    (void)ret_text;
    return error_set(error, REJECT, "lines have no schema");
}

static const struct schema_source source = {fetch, NULL};

static struct text copy_of(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size + (size == 0));

    assert(bytes != NULL);
    if (size > 0)
        memcpy(bytes, data, size);
    return (struct text){bytes, size};
}

/* The same bytes give the same answer, and what is accepted keeps what the ledger relies on. */
static void payment_run(struct event_codec *codec, const struct record *record)
{
    struct payment first;
    struct payment second;
    enum reason reasons[2] = {REASON_NONE, REASON_NONE};
    struct error error;
    enum status status = event_codec_payment(codec, record, &first, &reasons[0], &error);

    assert(status == OK || status == REJECT);
    assert((status == REJECT) == (reasons[0] != REASON_NONE));
    if (status == OK)
        assert(first.settlement_amount.minor > 0 && first.instructed_amount.minor > 0 &&
               first.rate >= 0 && first.transaction_id.size > 0);
    assert(event_codec_payment(codec, record, &second, &reasons[1], &error) == status);
    assert(reasons[0] == reasons[1]);
    if (status == OK)
        assert(uuid_compare(&first.content_digest, &second.content_digest) == 0);
}

static void fx_run(struct event_codec *codec, const struct record *record)
{
    struct fx_event event;
    enum reason reason = REASON_NONE;
    struct error error;

    if (event_codec_fx(codec, record, &event, &reason, &error) == OK)
        assert(event.rate > 0 && event.valid_from_us < event.valid_until_us);
    else
        assert(reason != REASON_NONE && reason < REASON_COUNT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct event_codec *codec;
    const uint8_t *end;
    size_t names = 0;
    struct record record = {.format = RECORD_NDJSON};

    if (codec == NULL)
        codec = event_codec_new(&source);
    if (size == 0)
        return 0;
    if (data[0] % 4 >= 2) {
        end = memchr(data + 1, '\n', size - 1);
        names = end == NULL ? 0 : (size_t)(end - data);
        record.format = RECORD_CSV;
    }
    record.columns = copy_of(data + 1, names == 0 ? 0 : names - 1);
    record.value = copy_of(data + 1 + names, size - 1 - names);
    if (data[0] % 2 == 0)
        payment_run(codec, &record);
    else
        fx_run(codec, &record);
    free((char *)record.columns.data);
    free((char *)record.value.data);
    return 0;
}
