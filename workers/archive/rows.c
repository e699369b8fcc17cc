/*
 * rows.c - the raw records of a day from the database, batch by batch in the order of their ids.
 */
#include "archive.h"

#include "archive_sql.h"

void day_batch_of_row(const struct result *rows, int row, struct day_batch *batch)
{
    *batch = (struct day_batch){
        .batch_id = result_int64(rows, row, 0),
        .commit_id = result_int64(rows, row, 1),
        .source_id = (int32_t)result_int64(rows, row, 2),
        .partition = (int32_t)result_int64(rows, row, 3),
        .epoch = result_int64(rows, row, 4),
        .first_offset = result_int64(rows, row, 5),
        .next_offset = result_int64(rows, row, 6),
        .record_count = result_int64(rows, row, 7),
        .applied_count = result_int64(rows, row, 8),
        .duplicate_count = result_int64(rows, row, 9),
        .parked_count = result_int64(rows, row, 10),
        .records_root = result_digest(rows, row, 11),
        .key_id = (int32_t)result_int64(rows, row, 12),
        .plain_size = result_int64(rows, row, 13),
        .seed = result_text(rows, row, 14),
        .sealed = result_text(rows, row, 15),
        .leaf = result_text(rows, row, 16),
    };
}

/* ---- batches ---- */

void day_rows_begin(struct db *db, calendar_date day, int64_t after, struct day_rows *ret_rows)
{
    *ret_rows = (struct day_rows){.db = db, .day = day, .after = after};
}

void day_rows_done(struct day_rows *rows)
{
    result_free(rows->page);
    rows->page = NULL;
}

static enum status page_read(struct day_rows *rows, struct error *error)
{
    struct params params;

    day_rows_done(rows);
    rows->next = 0;
    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_date(&params, rows->day);
    params_int64(&params, rows->after);
    return db_run_once(rows->db, archive_sql_raw_page, &params, error, &rows->page);
}

enum status day_rows_next(struct day_rows *rows, struct error *error, struct day_batch *ret_batch,
                          bool *ret_has_batch)
{
    enum status status = OK;

    if (rows->page == NULL || rows->next == result_rows(rows->page))
        status = page_read(rows, error);
    if (status != OK)
        return status;
    *ret_has_batch = rows->next < result_rows(rows->page);
    if (*ret_has_batch) {
        day_batch_of_row(rows->page, rows->next++, ret_batch);
        assert(ret_batch->batch_id > rows->after);
        rows->after = ret_batch->batch_id;
    }
    return OK;
}

/* ---- the head ---- */

static enum status head_part_read(struct db *db, const char *sql, calendar_date day,
                                  struct error *error, struct result **ret_rows)
{
    struct params params;
    enum status status;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_date(&params, day);
    status = db_run_once(db, sql, &params, error, ret_rows);
    if (status == OK && result_rows(*ret_rows) > DAY_LIST_MAX)
        return error_set(error, FATAL, "a day has more than %d sources or keys", DAY_LIST_MAX);
    return status;
}

static void head_fill(struct head_rows *rows, calendar_date day)
{
    struct day_head *head = &rows->head;

    head->day = day;
    head->source_count = (size_t)result_rows(rows->sources);
    head->key_count = (size_t)result_rows(rows->keys);
    for (int i = 0; i < result_rows(rows->sources); i++)
        head->sources[i] = (struct day_source){
            .source_id = (int32_t)result_int64(rows->sources, i, 0),
            .kind = result_text(rows->sources, i, 1),
            .cluster_id = result_text(rows->sources, i, 2),
            .topic = result_text(rows->sources, i, 3),
            .generation = (int32_t)result_int64(rows->sources, i, 4),
        };
    for (int i = 0; i < result_rows(rows->keys); i++)
        head->keys[i] = (struct day_key){
            .key_id = (int32_t)result_int64(rows->keys, i, 0),
            .scope = result_text(rows->keys, i, 1),
            .month = result_date(rows->keys, i, 2),
            .sealed_key = result_text(rows->keys, i, 3),
        };
}

enum status head_rows_read(struct db *db, calendar_date day, struct error *error,
                           struct head_rows *ret_rows)
{
    enum status status;

    *ret_rows = (struct head_rows){0};
    status = head_part_read(db, archive_sql_head_sources, day, error, &ret_rows->sources);
    if (status == OK)
        status = head_part_read(db, archive_sql_head_keys, day, error, &ret_rows->keys);
    if (status == OK)
        head_fill(ret_rows, day);
    return status;
}

void head_rows_done(struct head_rows *rows)
{
    result_free(rows->sources);
    result_free(rows->keys);
    rows->sources = rows->keys = NULL;
}
