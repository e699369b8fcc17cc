/*
 * original.c - see original.h.
 */
#include "original.h"

#include "base/clock.h"
#include "codec/archive/unpack.h"
#include "runtime/stream.h"

#include "statement_sql.h"

#include <stdio.h>
#include <string.h>

/* Files of before parts were kept are one part, as large as they are. */
enum { PLAIN_SIZE_MAX = 1024 * 1024 * 1024, PACKED_SIZE_MAX = 256 * 1024 * 1024 };
enum { PARAMS_SIZE_MAX = 2 * ORIGINAL_PART_SIZE, AAD_SIZE = 2 * SHA256_SIZE + 64 };

enum status original_seal_read(const struct config *config, struct error *error,
                               struct original_seal *ret_seal)
{
    ret_seal->present = config_is_set(config, "batch.key_file");
    ret_seal->scope = config_string(config, "batch.key_scope");
    return ret_seal->present ? stream_key_file(config, error, ret_seal->key_file) : OK;
}

enum status original_key(struct db *db, const struct original_seal *seal, struct error *error,
                         struct data_key *ret_key)
{
    int32_t today = (int32_t)(clock_now_us() / US_PER_DAY);

    return seal->present
               ? keyring_get(db, seal->key_file, seal->scope, month_of_day(today), error, ret_key)
               : OK;
}

/* (2) Terminated. */
static struct text part_aad(const struct digest *digest, int32_t part, char text[AAD_SIZE])
{
    char hex[2 * SHA256_SIZE + 1];

    digest_format(digest, hex);
    snprintf(text, AAD_SIZE, "sawa statement original 1/%s/%d", hex, part);
    return text_of(text);
}

/* ---- in ---- */

void original_begin(struct original_writer *writer, struct db *db, int64_t file_id,
                    const struct digest *digest, const struct data_key *key)
{
    *writer = (struct original_writer){.db = db,
                                       .file_id = file_id,
                                       .digest = *digest,
                                       .key = key,
                                       .pack = NULL};
}

void original_abandon(struct original_writer *writer)
{
    pack_free(writer->pack);
    writer->pack = NULL;
}

static enum status part_insert(struct original_writer *writer, struct text bytes,
                               struct error *error)
{
    struct params params;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, writer->file_id);
    params_int32(&params, writer->part);
    if (writer->key == NULL)
        params_null(&params);
    else
        params_int32(&params, writer->key->key_id);
    params_bytes(&params, bytes.data, bytes.size);
    return db_run_once(writer->db, statement_sql_original_insert, &params, error, NULL);
}

static enum status part_seal(struct original_writer *writer, struct text packed,
                             struct error *error)
{
    char aad[AAD_SIZE];
    struct buffer sealed;
    char *place;
    enum status status;

    buffer_init(&sealed, packed.size + SEAL_OVERHEAD);
    place = buffer_reserve(&sealed, packed.size + SEAL_OVERHEAD);
    assert(place != NULL);
    seal(writer->key->key, part_aad(&writer->digest, writer->part, aad), packed,
         (unsigned char *)place);
    buffer_commit(&sealed, packed.size + SEAL_OVERHEAD);
    status = part_insert(writer, buffer_view(&sealed), error);
    buffer_done(&sealed);
    return status;
}

static enum status part_end(struct original_writer *writer, struct error *error)
{
    struct text packed;
    bool fits = pack_end(writer->pack, &packed);
    enum status status;

    assert(fits); /* zstd adds a few bytes at most to what it cannot pack */
    (void)fits;
    writer->part++;
    status =
        writer->key == NULL ? part_insert(writer, packed, error) : part_seal(writer, packed, error);
    original_abandon(writer);
    writer->size = 0;
    return status;
}

enum status original_add(struct original_writer *writer, struct text piece, struct error *error)
{
    enum status status = OK;

    while (status == OK && piece.size > 0) {
        size_t room = ORIGINAL_PART_SIZE - writer->size;
        struct text taken = text_first(piece, room);

        if (writer->pack == NULL)
            writer->pack = pack_new(ORIGINAL_PART_SIZE + ORIGINAL_PART_SIZE / 2);
        pack_add(writer->pack, taken);
        writer->size += taken.size;
        piece = text_from(piece, taken.size);
        if (writer->size == ORIGINAL_PART_SIZE)
            status = part_end(writer, error);
    }
    return status;
}

enum status original_end(struct original_writer *writer, struct error *error)
{
    return writer->pack == NULL ? OK : part_end(writer, error);
}

/* ---- out ---- */

struct reading {
    struct db *db;
    const struct original_seal *seal;
    int64_t file_id;
    struct digest digest;
    struct data_key key; /* used last; key_id 0: none */
    struct buffer plain; /* of the part at hand */
};

static enum status read_refuse(struct error *error, const char *detail, const char *hint)
{
    error_set(error, REJECT, "the original cannot be given out");
    error_detail(error, "%s", detail);
    error_hint(error, "%s", hint);
    error->exit_code = EXIT_FAILED;
    return REJECT;
}

static enum status key_find(struct reading *reading, int32_t key_id, struct error *error)
{
    if (!reading->seal->present)
        return read_refuse(error, "it is sealed, and batch.key_file is not set",
                           "run it with the configuration of sawa-statement run");
    return reading->key.key_id == key_id
               ? OK
               : keyring_find(reading->db, reading->seal->key_file, key_id, error, &reading->key);
}

static enum status part_unpack(struct reading *reading, struct text packed, struct error *error)
{
    buffer_clear(&reading->plain);
    return unpack_zstd(packed, PLAIN_SIZE_MAX, &reading->plain)
               ? OK
               : read_refuse(error, "the stored original is damaged", "restore it from a backup");
}

static enum status part_open(struct reading *reading, int32_t part, const struct result *rows,
                             struct error *error)
{
    struct text bytes = result_text(rows, 0, 0);
    struct buffer packed;
    char aad[AAD_SIZE];
    char *place;
    enum status status;

    if (result_is_null(rows, 0, 1))
        return part_unpack(reading, bytes, error);
    status = key_find(reading, (int32_t)result_int64(rows, 0, 1), error);
    if (status != OK)
        return status;
    if (bytes.size < SEAL_OVERHEAD)
        return read_refuse(error, "the stored original is damaged", "restore it from a backup");
    buffer_init(&packed, PACKED_SIZE_MAX);
    place = buffer_reserve(&packed, bytes.size);
    assert(place != NULL);
    if (seal_open(reading->key.key, part_aad(&reading->digest, part, aad), bytes,
                  (unsigned char *)place)) {
        buffer_commit(&packed, bytes.size - SEAL_OVERHEAD);
        status = part_unpack(reading, buffer_view(&packed), error);
    } else {
        status = read_refuse(error, "the stored original is not what was sealed",
                             "restore it from a backup");
    }
    buffer_done(&packed);
    return status;
}

/* *ret_found false: there is no such part. */
static enum status part_read(struct reading *reading, int32_t part, struct error *error,
                             bool *ret_found)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, reading->file_id);
    params_int32(&params, part);
    status = db_run_once(reading->db, statement_sql_original_part, &params, error, &rows);
    *ret_found = status == OK && result_rows(rows) > 0;
    if (*ret_found)
        status = part_open(reading, part, rows, error);
    result_free(rows);
    return status;
}

static enum status parts_each(struct reading *reading, original_take *take, void *context,
                              struct error *error)
{
    enum status status = OK;
    bool found = true;

    for (int32_t part = 1; status == OK && found; part++) {
        status = part_read(reading, part, error, &found);
        if (status == OK && found)
            status = take(context, buffer_view(&reading->plain), error);
    }
    return status;
}

static enum status digest_take(void *context, struct text piece, struct error *error)
{
    (void)error;
    sha256_add(context, piece.data, piece.size);
    return OK;
}

/* (3) */
static enum status digest_compare(struct reading *reading, struct error *error)
{
    struct sha256 *sha256 = sha256_new();
    struct digest found;
    enum status status = parts_each(reading, digest_take, sha256, error);

    sha256_end(sha256, &found);
    sha256_free(sha256);
    if (status != OK || digest_equal(&found, &reading->digest))
        return status;
    return read_refuse(error, "the stored original is not what came, or was not kept",
                       "restore it from a backup, or ask the bank for it again");
}

static enum status file_know(struct reading *reading, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, reading->file_id);
    status = db_run_once(reading->db, statement_sql_original, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = read_refuse(error, "no file has that number", "sawa statement list");
    else if (status == OK)
        reading->digest = result_digest(rows, 0, 1);
    result_free(rows);
    return status;
}

enum status original_read(struct db *db, const struct original_seal *seal, int64_t file_id,
                          original_take *take, void *context, struct error *error)
{
    struct reading reading = {.db = db, .seal = seal, .file_id = file_id};
    enum status status;

    buffer_init(&reading.plain, PLAIN_SIZE_MAX);
    status = file_know(&reading, error);
    if (status == OK)
        status = digest_compare(&reading, error);
    if (status == OK)
        status = parts_each(&reading, take, context, error);
    buffer_done(&reading.plain);
    explicit_bzero(&reading.key, sizeof reading.key);
    return status;
}
