/*
 * batch_store.c - see batch_store.h.
 */
#include "store/batch_store.h"

#include "base/arena.h"
#include "store/copy.h"
#include "store_sql.h"

#include <stdlib.h>

enum { BATCH_PARAMS_MAX = 512 * 1024, COPY_BYTES_MAX = 64 * 1024 * 1024, RAW_ROWS_MAX = 1024 };
enum { HEX_SIZE = 2 * SHA256_SIZE + 1, REASON_NAME_MAX = 64, PARKED_HEAD_SIZE = 256 };

#define PARAMS_INT64_COLUMN(params, rows, count, field)                                            \
    do {                                                                                           \
        for (size_t row_ = 0; row_ < (count); row_++)                                              \
            columns.wide[row_] = (rows)[row_].field;                                               \
        params_int64_array(params, columns.wide, count);                                           \
    } while (0)

#define PARAMS_INT32_COLUMN(params, rows, count, field)                                            \
    do {                                                                                           \
        for (size_t row_ = 0; row_ < (count); row_++)                                              \
            columns.narrow[row_] = (rows)[row_].field;                                             \
        params_int32_array(params, columns.narrow, count);                                         \
    } while (0)

static void params_roots(struct params *params, const struct batch_row *rows, size_t count)
{
    char hex[RAW_ROWS_MAX][HEX_SIZE];
    struct text texts[RAW_ROWS_MAX];

    assert(count <= RAW_ROWS_MAX);
    for (size_t i = 0; i < count; i++) {
        digest_format(&rows[i].records_root, hex[i]);
        texts[i] = text_of(hex[i]);
    }
    params_text_array(params, texts, count);
}

static void batch_params(struct params *params, const struct batch_row *rows, size_t count)
{
    union {
        int64_t wide[RAW_ROWS_MAX];
        int32_t narrow[RAW_ROWS_MAX];
    } columns = {{0}};

    assert(count <= RAW_ROWS_MAX);
    PARAMS_INT64_COLUMN(params, rows, count, batch_id);
    PARAMS_INT32_COLUMN(params, rows, count, partition);
    PARAMS_INT64_COLUMN(params, rows, count, epoch);
    PARAMS_INT64_COLUMN(params, rows, count, first_offset);
    PARAMS_INT64_COLUMN(params, rows, count, next_offset);
    PARAMS_INT32_COLUMN(params, rows, count, record_count);
    PARAMS_INT32_COLUMN(params, rows, count, applied_count);
    PARAMS_INT32_COLUMN(params, rows, count, duplicate_count);
    PARAMS_INT32_COLUMN(params, rows, count, parked_count);
    params_roots(params, rows, count);
}

enum status batch_insert(struct db *db, int64_t commit_id, int32_t source_id,
                         const struct batch_row *rows, size_t count, struct error *error)
{
    struct params params;

    assert(tx_is_open(db));
    params_init(&params, BATCH_PARAMS_MAX);
    params_int64(&params, commit_id);
    params_int32(&params, source_id);
    batch_params(&params, rows, count);
    return db_run_once(db, store_sql_batch_insert, &params, error, NULL);
}

/* Everything of the tuple up to the sealed bytes, which follow as a part of their own. */
static void raw_tuple(struct buffer *buffer, int32_t stored_on, const struct raw_row *row)
{
    char *at = copy_reserve(buffer, 128 + row->seed.size);

    if (at == NULL)
        return;
    at = copy_tuple(at, 6);
    at = copy_date(at, stored_on);
    at = copy_int64(at, row->batch_id);
    at = copy_int32(at, row->key_id);
    at = copy_int32(at, row->plain_size);
    at = copy_text(at, row->seed);
    at = copy_raw32(at, (uint32_t)row->sealed.size);
    copy_finish(buffer, at);
}

enum status raw_copy(struct db *db, int32_t stored_on, const struct raw_row *rows, size_t count,
                     struct error *error)
{
    struct text parts[2 * RAW_ROWS_MAX];
    struct buffer heads;
    size_t starts[RAW_ROWS_MAX + 1];
    enum status status;
    int64_t copied = 0;

    assert(tx_is_open(db) && count <= RAW_ROWS_MAX);
    buffer_init(&heads, COPY_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        starts[i] = heads.size;
        raw_tuple(&heads, stored_on, &rows[i]);
    }
    starts[count] = heads.size;
    for (size_t i = 0; i < count && !buffer_failed(&heads); i++) {
        parts[2 * i] = (struct text){heads.data + starts[i], starts[i + 1] - starts[i]};
        parts[2 * i + 1] = rows[i].sealed;
    }
    status = buffer_failed(&heads)
                 ? error_set(error, FATAL, "out of memory for raw records")
                 : db_copy(db, "COPY batch_raw (stored_on, batch_id, key_id, plain_size, seed,"
                               " sealed) FROM STDIN (FORMAT binary)",
                           parts, 2 * count, error, &copied);
    buffer_done(&heads);
    assert(status != OK || copied == (int64_t)count);
    return status;
}

enum status parked_copy_begin(struct db *db, struct error *error)
{
    assert(tx_is_open(db));
    return db_copy_begin(db,
                         "COPY parked (source_id, partition, record_offset, batch_id, reason,"
                         " event_id, key_id, parked_at, content_digest, sealed) FROM STDIN"
                         " (FORMAT binary)",
                         error);
}

/* Everything of the tuple up to the sealed bytes, which follow as they are. */
void parked_copy_put(struct db *db, int32_t source_id, const struct parked_row *row,
                     int64_t parked_at_us)
{
    struct text reason = text_of(row->reason);
    char head[PARKED_HEAD_SIZE];
    char *at = copy_tuple(head, 10);

    assert(reason.size <= REASON_NAME_MAX);
    at = copy_int32(at, source_id);
    at = copy_int32(at, row->partition);
    at = copy_int64(at, row->record_offset);
    at = copy_int64(at, row->batch_id);
    at = copy_text(at, reason);
    at = row->has_event_id ? copy_uuid(at, &row->event_id) : copy_null(at);
    at = copy_int32(at, row->key_id);
    at = copy_instant(at, parked_at_us);
    at = row->has_digest ? copy_uuid(at, &row->content_digest) : copy_null(at);
    at = copy_raw32(at, (uint32_t)row->sealed.size);
    db_copy_put(db, (struct text){head, (size_t)(at - head)});
    db_copy_put(db, row->sealed);
}

enum status parked_copy_end(struct db *db, size_t count, struct error *error)
{
    int64_t copied = 0;
    enum status status = db_copy_end(db, error, &copied);

    assert(status != OK || copied == (int64_t)count);
    return status;
}

enum status parked_known(struct db *db, int32_t source_id, const struct uuid *digests,
                         size_t count, struct error *error, bool *ret_known)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    assert(tx_is_open(db));
    params_init(&params, COPY_BYTES_MAX);
    params_int32(&params, source_id);
    params_uuid_array(&params, digests, count);
    status = db_run(db, store_sql_parked_known, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        ret_known[result_int64(rows, i, 0) - 1] = true;
    result_free(rows);
    params_done(&params);
    return status;
}

enum status day_ensure(struct db *db, const char *parent, int32_t day, struct error *error)
{
    struct params params;

    assert(!tx_is_open(db));
    params_init(&params, 256);
    params_string(&params, parent);
    params_date(&params, day);
    return db_run_once(db, store_sql_ensure_day, &params, error, NULL);
}
