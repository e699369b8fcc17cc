/*
 * position.c - see position.h.
 */
#include "store/position.h"

#include "store/source_topic.h"
#include "store_sql.h"

enum { POSITION_PARAMS_MAX = 256 * 1024 };

void assert_position_state(const struct position *before, const struct position *after)
{
    assert(after->source_id == before->source_id);
    assert(after->partition == before->partition);
    assert(after->next_offset >= before->next_offset); /* (1) */
    assert(after->epoch > before->epoch);              /* (1) */
}

/* ---- sources ---- */

static enum status source_find(struct db *db, const struct params *params, struct error *error,
                               struct result **ret_found)
{
    return db_run(db, store_sql_source_find, params, error, ret_found);
}

static void identity_params(struct params *params, const struct source_identity *identity)
{
    params_clear(params);
    params_string(params, identity->kind);
    params_string(params, identity->cluster_id);
    params_string(params, identity->topic);
}

/* Finds the newest generation, making the first one where there is none. */
static enum status source_find_or_make(struct db *db, const struct source_identity *identity,
                                       struct params *params, struct error *error,
                                       struct result **ret_found)
{
    enum status status;

    identity_params(params, identity);
    status = source_find(db, params, error, ret_found);
    if (status != OK || result_rows(*ret_found) > 0)
        return status;
    result_free(*ret_found);
    *ret_found = NULL;
    params_int32(params, identity->partition_count);
    status = db_run(db, store_sql_source_insert, params, error, NULL);
    identity_params(params, identity);
    return status == OK ? source_find(db, params, error, ret_found) : status;
}

static enum status source_grow(struct db *db, int32_t source_id, int32_t partitions,
                               struct params *params, struct error *error)
{
    params_clear(params);
    params_int32(params, source_id);
    params_int32(params, partitions);
    return db_run(db, store_sql_source_grow, params, error, NULL);
}

static enum status source_halt(struct db *db, const struct source_known *known,
                               struct params *params, struct error *error)
{
    params_clear(params);
    params_int32(params, known->source_id);
    params_string(params, known->halt);
    return db_run(db, store_sql_source_halt, params, error, NULL);
}

static enum status source_check(struct db *db, const struct source_identity *identity,
                                const struct result *found, struct params *params,
                                struct error *error, struct source_known *known)
{
    int64_t partitions = result_int64(found, 0, 2);
    enum status status = OK;
    bool same = true;

    known->source_id = (int32_t)result_int64(found, 0, 0);
    known->generation = (int32_t)result_int64(found, 0, 1);
    known->halt = NULL;
    if (identity->partition_count < partitions)
        known->halt = "partition_count_shrank";
    else
        status = source_topic_check(db, known->source_id, &identity->topic_uuid, error, &same);
    if (status == OK && !same)
        known->halt = "topic_made_anew";
    if (status == OK && known->halt != NULL)
        return source_halt(db, known, params, error);
    if (status == OK && identity->partition_count > partitions)
        return source_grow(db, known->source_id, identity->partition_count, params, error);
    return status;
}

enum status source_register(struct db *db, const struct source_identity *identity,
                            struct error *error, struct source_known *ret_known)
{
    struct source_known known;
    struct params params;
    struct result *found = NULL;
    enum status status;

    params_init(&params, POSITION_PARAMS_MAX);
    status = source_find_or_make(db, identity, &params, error, &found);
    if (status == OK)
        status = source_check(db, identity, found, &params, error, &known);
    if (status == OK)
        *ret_known = known;
    result_free(found);
    params_done(&params);
    return status;
}

/* ---- claim ---- */

static void position_read(const struct result *row, int32_t source_id, int32_t partition,
                          struct position *ret_position)
{
    struct position position = {.source_id = source_id, .partition = partition};

    position.next_offset = result_int64(row, 0, 0);
    position.epoch = result_int64(row, 0, 1);
    position.start_offset = result_int64(row, 0, 2);
    position.watermark_us = result_instant(row, 0, 3);
    position.anchor.offset = -1;
    if (!result_is_null(row, 0, 4)) {
        position.anchor.offset = result_int64(row, 0, 4);
        position.anchor.time_ms = result_int64(row, 0, 5);
        position.anchor.crc32c = (uint32_t)result_int64(row, 0, 6);
    }
    text_copy(result_text(row, 0, 7), position.halt_reason, sizeof position.halt_reason);
    assert(position.epoch > 0);
    assert(position.anchor.offset < position.next_offset);
    *ret_position = position;
}

/* The old owner holds the row past the lock time-out: a stopped or half-dead process. */
static void end_old_owner(struct db *db, int32_t source_id, int32_t partition)
{
    struct params params;
    struct error ignored;

    params_init(&params, POSITION_PARAMS_MAX);
    params_int32(&params, source_id);
    params_int32(&params, partition);
    if (db_run(db, store_sql_position_end_owner, &params, &ignored, NULL) != OK)
        assert(ignored.status != OK); /* the next claim tries again */
    params_done(&params);
}

static enum status claim_row(struct db *db, struct params *params, struct error *error,
                             struct result **ret_row)
{
    enum status status = db_run(db, store_sql_position_claim, params, error, ret_row);

    if (status == OK && result_rows(*ret_row) != 1)
        return error_set(error, FATAL, "the position of a partition is missing");
    return status;
}

enum status position_claim(struct db *db, int32_t source_id, int32_t partition,
                           int64_t start_offset, const char *owner, struct error *error,
                           struct position *ret_position)
{
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, POSITION_PARAMS_MAX);
    params_int32(&params, source_id);
    params_int32(&params, partition);
    params_int64(&params, start_offset);
    status = db_run(db, store_sql_position_make, &params, error, NULL);
    if (status == OK) {
        params_clear(&params);
        params_int32(&params, source_id);
        params_int32(&params, partition);
        params_string(&params, owner);
        status = claim_row(db, &params, error, &row);
    }
    if (status == OK)
        position_read(row, source_id, partition, ret_position);
    else if (status == RETRY && strcmp(error->code, "55P03") == 0)
        end_old_owner(db, source_id, partition);
    result_free(row);
    params_done(&params);
    return status;
}

/* ---- lock and move ---- */

/* Columns of the moves, as the arrays that SQL takes. */
struct columns {
    int32_t partitions[POSITION_BATCH_MAX];
    int64_t epochs[POSITION_BATCH_MAX];
    int64_t numbers[POSITION_BATCH_MAX];
};

static void columns_begin(struct columns *columns, struct params *params, int32_t source_id,
                          const struct position_move *moves, size_t count)
{
    assert(count > 0 && count <= POSITION_BATCH_MAX);
    for (size_t i = 0; i < count; i++) {
        columns->partitions[i] = moves[i].partition;
        columns->epochs[i] = moves[i].epoch;
    }
    params_int32(params, source_id);
    params_int32_array(params, columns->partitions, count);
    params_int64_array(params, columns->epochs, count);
}

static enum status fenced(struct error *error, size_t lost, size_t count)
{
    error_set(error, RETRY, "another worker holds the partition, or it is halted");
    error_detail(error, "%zu of %zu partitions of the batch are no longer ours", lost, count);
    error->cause = CAUSE_FENCED;
    return RETRY;
}

/* A row we locked under our epoch but that does not stand where the batch starts is lost too:
 * only another commit under this epoch can have moved it, and there is none. */
static size_t held_mark(const struct result *rows, const struct position_move *moves, size_t count,
                        bool *ret_held)
{
    size_t held = 0;

    for (size_t i = 0; i < count; i++) {
        ret_held[i] = false;
        for (int row = 0; row < result_rows(rows) && !ret_held[i]; row++)
            ret_held[i] = result_int64(rows, row, 0) == moves[i].partition &&
                          result_int64(rows, row, 1) == moves[i].expected;
        held += ret_held[i] ? 1 : 0;
    }
    return held;
}

enum status position_lock(struct db *db, int32_t source_id, const struct position_move *moves,
                          size_t count, struct error *error, bool *ret_held)
{
    struct columns columns;
    struct params params;
    struct result *rows = NULL;
    enum status status;
    size_t held = 0;

    assert(tx_is_open(db));
    params_init(&params, POSITION_PARAMS_MAX);
    columns_begin(&columns, &params, source_id, moves, count);
    status = db_run(db, store_sql_position_lock, &params, error, &rows);
    if (status == OK)
        held = held_mark(rows, moves, count, ret_held);
    result_free(rows);
    params_done(&params);
    if (status == OK && held < count)
        return fenced(error, count - held, count);
    return status;
}

/* Each column of the moves becomes one array parameter; offset is where it lies in the struct. */
static void params_column(struct params *params, struct columns *columns,
                          const struct position_move *moves, size_t count, size_t offset)
{
    for (size_t i = 0; i < count; i++)
        memcpy(&columns->numbers[i], (const char *)&moves[i] + offset, sizeof(int64_t));
    params_int64_array(params, columns->numbers, count);
}

static void move_params(struct params *params, struct columns *columns,
                        const struct position_move *moves, size_t count)
{
    params_column(params, columns, moves, count, offsetof(struct position_move, expected));
    params_column(params, columns, moves, count, offsetof(struct position_move, next_offset));
    for (size_t i = 0; i < count; i++)
        columns->numbers[i] = moves[i].watermark_us;
    params_instant_array(params, columns->numbers, count);
    params_column(params, columns, moves, count, offsetof(struct position_move, anchor.offset));
    params_column(params, columns, moves, count, offsetof(struct position_move, anchor.time_ms));
    for (size_t i = 0; i < count; i++)
        columns->numbers[i] = moves[i].anchor.crc32c;
    params_int64_array(params, columns->numbers, count);
}

enum status position_move(struct db *db, int32_t source_id, const struct position_move *moves,
                          size_t count, struct error *error)
{
    struct columns columns;
    struct params params;
    struct result *moved = NULL;
    enum status status;
    int64_t rows = 0;

    assert(tx_is_open(db));
    params_init(&params, POSITION_PARAMS_MAX);
    columns_begin(&columns, &params, source_id, moves, count);
    move_params(&params, &columns, moves, count);
    status = db_run(db, store_sql_position_move, &params, error, &moved);
    if (status == OK)
        rows = result_affected(moved);
    result_free(moved);
    params_done(&params);
    if (status == OK && rows != (int64_t)count)
        return fenced(error, count - (size_t)rows, count);
    return status;
}

enum status position_halt(struct db *db, const struct position *position, const char *reason,
                          struct error *error)
{
    struct params params;

    params_init(&params, POSITION_PARAMS_MAX);
    params_int32(&params, position->source_id);
    params_int32(&params, position->partition);
    params_int64(&params, position->epoch);
    params_string(&params, reason);
    return db_run_once(db, store_sql_position_halt, &params, error, NULL);
}

enum status position_resumed(struct db *db, int32_t source_id, const int32_t *partitions,
                             size_t count, struct error *error, bool *ret_resumed,
                             bool *ret_superseded)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, POSITION_PARAMS_MAX);
    params_int32(&params, source_id);
    params_int32_array(&params, partitions, count);
    status = db_run(db, store_sql_position_resumed, &params, error, &rows);
    for (size_t i = 0; status == OK && i < count; i++) {
        ret_resumed[i] = false;
        for (int row = 0; row < result_rows(rows) && !ret_resumed[i]; row++)
            ret_resumed[i] = result_int64(rows, row, 0) == partitions[i];
    }
    if (status == OK)
        *ret_superseded = result_rows(rows) > 0 && result_bool(rows, 0, 1);
    result_free(rows);
    params_done(&params);
    return status;
}

enum status position_release(struct db *db, int32_t source_id, const struct position_move *moves,
                             size_t count, struct error *error)
{
    struct columns columns;
    struct params params;

    params_init(&params, POSITION_PARAMS_MAX);
    columns_begin(&columns, &params, source_id, moves, count);
    return db_run_once(db, store_sql_position_release, &params, error, NULL);
}
