/*
 * lease.c - see lease.h.
 */
#include "store/lease.h"

#include "store_sql.h"

enum { LEASE_PARAMS_MAX = 256 * 1024 };

static const struct uuid nobody;

bool lease_is_free(const struct lease_row *row)
{
    return uuid_compare(&row->holder, &nobody) == 0;
}

static void topic_params(struct params *params, const struct lease_member *me)
{
    params_init(params, LEASE_PARAMS_MAX);
    params_string(params, me->cluster_id);
    params_string(params, me->topic);
}

static void member_params(struct params *params, const struct lease_member *me)
{
    topic_params(params, me);
    params_uuid(params, &me->id);
}

static struct lease_row row_read(const struct result *rows, int row)
{
    struct lease_row read = {.partition = -1};

    if (!result_is_null(rows, row, 0))
        read.partition = (int32_t)result_int64(rows, row, 0);
    if (!result_is_null(rows, row, 1))
        read.holder = result_uuid(rows, row, 1);
    read.live = result_bool(rows, row, 2);
    assert(read.partition >= 0 || read.live);
    return read;
}

enum status lease_beat(struct db *db, const struct lease_member *me, int32_t partitions,
                       struct error *error, struct lease_picture *ret_picture)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    assert(partitions <= LEASE_PARTITION_MAX);
    member_params(&params, me);
    params_string(&params, me->worker);
    params_int64(&params, me->lease_ms);
    params_int32(&params, partitions);
    params_int32(&params, LEASE_ROWS_MAX);
    status = db_run(db, store_sql_lease_beat, &params, error, &rows);
    if (status == OK) {
        assert(result_rows(rows) <= LEASE_ROWS_MAX);
        ret_picture->count = (size_t)result_rows(rows);
        for (size_t i = 0; i < ret_picture->count; i++)
            ret_picture->rows[i] = row_read(rows, (int)i);
    }
    result_free(rows);
    params_done(&params);
    return status;
}

enum status lease_make(struct db *db, const struct lease_member *me, int32_t partitions,
                       struct error *error)
{
    struct params params;

    topic_params(&params, me);
    params_int32(&params, partitions);
    return db_run_once(db, store_sql_lease_make, &params, error, NULL);
}

static void seen_params(struct params *params, const struct lease_row *rows, size_t count)
{
    int32_t partitions[LEASE_PARTITION_MAX];
    struct uuid holders[LEASE_PARTITION_MAX];

    assert(count > 0 && count <= LEASE_PARTITION_MAX);
    for (size_t i = 0; i < count; i++) {
        partitions[i] = rows[i].partition;
        holders[i] = rows[i].holder;
    }
    params_int32_array(params, partitions, count);
    params_uuid_array(params, holders, count);
}

enum status lease_take(struct db *db, const struct lease_member *me, const struct lease_row *rows,
                       size_t count, size_t wanted, struct error *error, int32_t *ret_taken,
                       size_t *ret_count)
{
    struct params params;
    struct result *taken = NULL;
    enum status status;

    member_params(&params, me);
    seen_params(&params, rows, count);
    params_int32(&params, (int32_t)wanted);
    status = db_run(db, store_sql_lease_take, &params, error, &taken);
    if (status == OK) {
        assert((size_t)result_rows(taken) <= wanted);
        *ret_count = (size_t)result_rows(taken);
        for (size_t i = 0; i < *ret_count; i++)
            ret_taken[i] = (int32_t)result_int64(taken, (int)i, 0);
    }
    result_free(taken);
    params_done(&params);
    return status;
}

enum status lease_give(struct db *db, const struct lease_member *me, const int32_t *partitions,
                       size_t count, struct error *error)
{
    struct params params;

    member_params(&params, me);
    params_int32_array(&params, partitions, count);
    return db_run_once(db, store_sql_lease_give, &params, error, NULL);
}

enum status lease_leave(struct db *db, const struct lease_member *me, struct error *error)
{
    struct params params;

    member_params(&params, me);
    return db_run_once(db, store_sql_lease_leave, &params, error, NULL);
}
