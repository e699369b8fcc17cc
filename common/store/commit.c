/*
 * commit.c - see commit.h.
 */
#include "store/commit.h"

#include "store_sql.h"

enum { LEAF_BYTES_MAX = 1 << 20, COMMIT_PARAMS_MAX = LEAF_BYTES_MAX + 1024 };

enum status commit_begin_ids(struct db *db, int32_t batch_count, struct error *error,
                             int64_t *ret_commit_id, int64_t *ret_batch_ids)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    assert(tx_is_open(db));
    assert(batch_count >= 0 && batch_count <= COMMIT_BATCHES_MAX);
    params_init(&params, COMMIT_PARAMS_MAX);
    params_int32(&params, batch_count);
    status = db_run_once(db, store_sql_commit_ids, &params, error, &rows);
    if (status != OK)
        return status;
    assert(result_rows(rows) == batch_count + 1);
    *ret_commit_id = result_int64(rows, 0, 0);
    for (int32_t i = 0; i < batch_count; i++)
        ret_batch_ids[i] = result_int64(rows, i + 1, 0);
    result_free(rows);
    return OK;
}

enum status commit_write_log(struct db *db, const struct leaf *leaf, struct error *error)
{
    struct params params;

    assert(tx_is_open(db));
    params_init(&params, COMMIT_PARAMS_MAX);
    params_int64(&params, leaf->commit_id);
    params_text(&params, leaf->action);
    params_text(&params, leaf->worker);
    params_instant(&params, leaf->instant_us);
    return db_run_once(db, store_sql_commit_log_insert, &params, error, NULL);
}

static enum status leaf_insert(struct db *db, int64_t commit_id, struct text bytes,
                               struct error *error)
{
    struct digest hash = leaf_hash(bytes);
    struct params params;

    params_init(&params, COMMIT_PARAMS_MAX);
    params_int64(&params, commit_id);
    params_bytes(&params, bytes.data, bytes.size);
    params_bytes(&params, hash.bytes, SHA256_SIZE);
    return db_run_once(db, store_sql_audit_leaf_insert, &params, error, NULL);
}

enum status commit_write_leaf(struct db *db, const struct leaf *leaf, struct error *error)
{
    struct buffer bytes;
    enum status status;

    assert(tx_is_open(db));
    buffer_init(&bytes, LEAF_BYTES_MAX);
    leaf_encode(leaf, &bytes);
    status = buffer_failed(&bytes)
                 ? error_set(error, FATAL, "an audit leaf passes its ceiling of %d bytes",
                             LEAF_BYTES_MAX)
                 : leaf_insert(db, leaf->commit_id, buffer_view(&bytes), error);
    buffer_done(&bytes);
    return status;
}
