/*
 * record.c - a parked record, opened under its key; parked show.
 *
 * Without --content only what describes the record is shown: sizes, times, digest, schema id. Its
 * key, headers and value may hold accounts and names, so they are printed on demand alone (4).
 */
#include "replay.h"

#include "base/clock.h"
#include "domain/reason.h"
#include "replay_sql.h"
#include "runtime/stream.h"
#include "store/keyring.h"
#include "store/parked_aad.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HEX_LINE = 16, SCHEMA_ID_SIZE = 5 };

/* ---- reading ---- */

static void place_params(struct params *params, const struct parked_record *parked)
{
    params_init(params, REPLAY_PARAMS_MAX);
    params_int32(params, parked->source_id);
    params_int32(params, parked->partition);
    params_int64(params, parked->offset);
}

static enum status parked_lock(struct db *db, const struct parked_record *parked,
                               struct error *error)
{
    struct params params;

    assert(tx_is_open(db));
    place_params(&params, parked);
    return db_run_once(db, replay_sql_parked_lock, &params, error, NULL);
}

static enum status frame_read(struct parked_record *parked, struct error *error)
{
    struct text rest = buffer_view(&parked->plain);
    struct raw_record raw;
    struct text frame;

    if (raw_record_next(&rest, &raw, &frame) != RAW_WHOLE || rest.size > 0 ||
        raw.offset != parked->offset)
        return error_set(error, FATAL, "a parked record is not the frame it should be");
    parked->record = (struct record){.partition = parked->partition,
                                     .offset = raw.offset,
                                     .timestamp_ms = raw.timestamp_ms,
                                     .key = raw.key,
                                     .value = raw.value,
                                     .headers = raw.headers,
                                     .header_count = raw.header_count};
    return OK;
}

static enum status sealed_open(struct db *db, const unsigned char *key_file, struct text sealed,
                               struct parked_record *parked, struct error *error)
{
    struct data_key key;
    char aad[PARKED_AAD_SIZE];
    char *plain;
    bool opened;
    enum status status = keyring_find(db, key_file, parked->key_id, error, &key);

    if (status != OK)
        return status;
    plain = sealed.size < SEAL_OVERHEAD
                ? NULL
                : buffer_reserve(&parked->plain, sealed.size - SEAL_OVERHEAD);
    opened = plain != NULL && seal_open(key.key,
                                        parked_aad(parked->source_id, parked->partition,
                                                   parked->offset, parked->key_id, aad),
                                        sealed, (unsigned char *)plain);
    explicit_bzero(key.key, sizeof key.key);
    if (!opened)
        return error_set(error, FATAL, "a parked record does not open: it was altered or moved");
    buffer_commit(&parked->plain, sealed.size - SEAL_OVERHEAD);
    return frame_read(parked, error);
}

/* Its bytes have expired: what is left is its place, its reason and its hash. */
static void erased_take(const struct result *row, struct parked_record *parked)
{
    assert(strcmp(parked->state, "PARKED") != 0);
    parked->erased_at_us = result_instant(row, 0, 7);
    parked->record_hash = result_digest(row, 0, 8);
}

static enum status row_take(struct db *db, const unsigned char *key_file, const struct result *row,
                            struct parked_record *parked, struct error *error)
{
    parked->batch_id = result_int64(row, 0, 0);
    text_copy(result_text(row, 0, 1), parked->reason, sizeof parked->reason);
    text_copy(result_text(row, 0, 2), parked->state, sizeof parked->state);
    parked->key_id = (int32_t)result_int64(row, 0, 3);
    parked->parked_at_us = result_instant(row, 0, 5);
    parked->watermark_us = result_instant(row, 0, 6);
    if (!result_is_null(row, 0, 7)) {
        erased_take(row, parked);
        return OK;
    }
    return key_file == NULL ? OK : sealed_open(db, key_file, result_text(row, 0, 4), parked, error);
}

static enum status not_parked(const struct place *place, struct error *error)
{
    error_set(error, REJECT, "no record of this place is parked");
    error_detail(error, "%.200s/%d@%lld", place->source, place->partition,
                 (long long)place->offset);
    error_hint(error, "parked records are shown by: sawa replay parked list");
    error->exit_code = EXIT_USAGE;
    return REJECT;
}

enum status parked_record_read(struct db *db, const unsigned char key_file[SEAL_KEY_SIZE],
                               const struct place *place, bool for_update, struct error *error,
                               struct parked_record *ret_parked)
{
    struct parked_record *parked = ret_parked;
    struct source_row source;
    struct params params;
    struct result *row = NULL;
    enum status status = source_row_find(db, place->source, error, &source);

    *parked = (struct parked_record){.partition = place->partition, .offset = place->offset};
    buffer_init(&parked->plain, RAW_FRAME_MAX);
    if (status != OK)
        return status;
    parked->source_id = source.source_id;
    text_copy(text_of(source.topic), parked->topic, sizeof parked->topic);
    if (for_update)
        status = parked_lock(db, parked, error);
    if (status != OK)
        return status;
    place_params(&params, parked);
    status = db_run_once(db, replay_sql_parked_find, &params, error, &row);
    if (status == OK && result_rows(row) == 0)
        status = not_parked(place, error);
    if (status == OK)
        status = row_take(db, key_file, row, parked, error);
    result_free(row);
    return status;
}

void parked_record_done(struct parked_record *parked)
{
    if (parked->plain.data != NULL)
        explicit_bzero(parked->plain.data, parked->plain.capacity);
    buffer_done(&parked->plain);
}

/* ---- show ---- */

static void print_words(struct buffer *out, const char *reason)
{
    for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
        const struct reason_entry *entry = reason_entry((enum reason)i);

        if (strcmp(entry->name, reason) == 0)
            buffer_format(out, "  meaning:   %s\n  remedy:    %s\n", entry->meaning, entry->remedy);
    }
}

static void print_schema(struct buffer *out, struct text value)
{
    const unsigned char *bytes = (const unsigned char *)value.data;

    if (value.size < SCHEMA_ID_SIZE || bytes[0] != 0)
        return;
    buffer_format(out, "  schema id: %u\n",
                  (unsigned)bytes[1] << 24 | (unsigned)bytes[2] << 16 | (unsigned)bytes[3] << 8 |
                      (unsigned)bytes[4]);
}

static void print_erased(struct buffer *out, const struct parked_record *parked)
{
    char erased_at[INSTANT_TEXT_SIZE];
    char hex[2 * SHA256_SIZE + 1];

    instant_format(parked->erased_at_us, erased_at);
    digest_format(&parked->record_hash, hex);
    buffer_format(out, "  erased at: %s: its bytes have expired\n", erased_at);
    buffer_format(out, "  leaf:      %s\n", hex);
}

static void print_place(struct buffer *out, const struct place *place,
                        const struct parked_record *parked)
{
    char parked_at[INSTANT_TEXT_SIZE];

    instant_format(parked->parked_at_us, parked_at);
    buffer_format(out, "%s/%d@%lld  %s\n  reason:    %s\n", place->source, place->partition,
                  (long long)place->offset, parked->state, parked->reason);
    print_words(out, parked->reason);
    buffer_format(out, "  parked at: %s\n  batch:     %lld\n", parked_at,
                  (long long)parked->batch_id);
}

static void print_about(struct buffer *out, const struct parked_record *parked)
{
    const struct record *record = &parked->record;
    struct digest digest = sha256(record->value);
    char hex[2 * SHA256_SIZE + 1];
    char written[INSTANT_TEXT_SIZE];

    instant_format(record->timestamp_ms * 1000, written);
    digest_format(&digest, hex);
    buffer_format(out, "  written:   %s\n", record->timestamp_ms < 0 ? "no time" : written);
    buffer_format(out, "  key:       %zu bytes\n  value:     %zu bytes%s\n  headers:   %u\n",
                  record->key.size, record->value.size, record->value.data == NULL ? " (none)" : "",
                  record->header_count);
    buffer_format(out, "  SHA-256:   %s\n", hex);
    print_schema(out, record->value);
}

static void print_hex_line(struct buffer *out, struct text bytes, size_t at)
{
    size_t count = bytes.size - at < HEX_LINE ? bytes.size - at : HEX_LINE;

    buffer_format(out, "    %08zx ", at);
    for (size_t i = 0; i < HEX_LINE; i++)
        if (i < count)
            buffer_format(out, " %02x", (unsigned char)bytes.data[at + i]);
        else
            buffer_string(out, "   ");
    buffer_string(out, "  |");
    for (size_t i = 0; i < count; i++) {
        char byte = bytes.data[at + i];

        buffer_byte(out, (unsigned char)(byte >= ' ' && byte <= '~' ? byte : '.'));
    }
    buffer_string(out, "|\n");
}

static void print_hex(struct buffer *out, const char *what, struct text bytes)
{
    buffer_format(out, "  %s, %zu bytes:\n", what, bytes.size);
    for (size_t at = 0; at < bytes.size; at += HEX_LINE)
        print_hex_line(out, bytes, at);
}

static void print_content(struct buffer *out, const struct record *record)
{
    struct text rest = record->headers;
    struct text name;
    struct text value;

    print_hex(out, "key", record->key);
    while (raw_header_next(&rest, &name, &value)) {
        print_hex(out, "header name", name);
        print_hex(out, "header value", value);
    }
    print_hex(out, "value", record->value);
}

/* A new file that only its owner reads; one that is there is left alone. */
static enum status raw_write(const char *path, struct text value, struct error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = file >= 0;
    size_t at = 0;

    while (written && at < value.size) {
        ssize_t size = write(file, value.data + at, value.size - at);

        written = size > 0;
        at += written ? (size_t)size : 0;
    }
    if (file >= 0 && close(file) != 0)
        written = false;
    if (written)
        return OK;
    error_set(error, REJECT, "could not write the record to a file");
    error_detail(error, "%.200s: %s", path, strerror(errno));
    error->exit_code = EXIT_FAILED;
    return error_hint(error, "--raw wants a file that does not exist yet");
}

static enum status show(struct program_run *run, struct db *db, const struct arguments *arguments,
                        const struct place *place, struct buffer *out, struct error *error)
{
    unsigned char key_file[SEAL_KEY_SIZE];
    struct parked_record parked;
    enum status status = stream_key_file(run->config, error, key_file);

    if (status != OK)
        return status;
    status = parked_record_read(db, key_file, place, false, error, &parked);
    explicit_bzero(key_file, sizeof key_file);
    if (status == OK)
        print_place(out, place, &parked);
    if (status == OK && parked.erased_at_us != 0) {
        print_erased(out, &parked);
        parked_record_done(&parked);
        return OK;
    }
    if (status == OK)
        print_about(out, &parked);
    if (status == OK && arguments->content) {
        print_content(out, &parked.record);
        status = decoded_print(run->config, &parked, out, error);
    }
    if (status == OK && arguments->raw != NULL)
        status = raw_write(arguments->raw, parked.record.value, error);
    parked_record_done(&parked);
    return status;
}

int parked_show(struct program_run *run, const struct arguments *arguments)
{
    struct session session = {0};
    struct place place;
    struct buffer out;
    struct error error;
    enum status status;

    if (!place_parse(arguments->places[0], &place))
        return program_usage(run, "a PLACE is TOPIC[:GENERATION]/PARTITION@OFFSET");
    buffer_init(&out, REPLAY_OUT_MAX);
    status = session_open(run, &error, &session);
    if (status == OK)
        status = show(run, session.db, arguments, &place, &out, &error);
    session_done(&session);
    if (status == OK)
        return program_answer(&out, EXIT_OK);
    buffer_done(&out);
    return program_fail(&error);
}
