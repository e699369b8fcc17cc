/*
 * erase.c - parked records: the hash of each is noted while its batch is there, and its bytes go by
 * policy.
 *
 * The hash is the record's leaf in the Merkle tree of its batch, made under a salt that only the
 * batch's sealed seed gives. So it is computed from the raw records of the batch: when its bytes
 * are erased, or when the day of its batch expires, whichever comes first. Afterwards place,
 * reason, decision and hash stay, and the tree of the batch still verifies with it.
 *
 * A record that nobody has decided on keeps its bytes, however old it is.
 */
#include "archive.h"

#include "archive_sql.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- hashes of one batch ---- */

struct wanted {
    int64_t *offsets; /* ascending */
    struct digest *hashes;
    size_t count;
    size_t found;
};

static void wanted_take(void *context, const struct raw_record *record, const struct digest *hash)
{
    struct wanted *wanted = context;

    if (wanted->found < wanted->count && wanted->offsets[wanted->found] == record->offset)
        wanted->hashes[wanted->found++] = *hash;
}

static enum status batch_prove(struct db *db, const unsigned char *key_file,
                               const struct result *row, struct wanted *wanted, struct error *error)
{
    struct day_prover *prover;
    struct day_batch batch;
    struct data_key key;
    enum status status;

    day_batch_of_row(row, 0, &batch);
    status = keyring_find(db, key_file, batch.key_id, error, &key);
    if (status != OK)
        return status;
    prover = day_prover_new();
    status = day_prove(prover, &batch, key.key, wanted_take, wanted, error);
    if (status == OK && wanted->found != wanted->count)
        status = error_set(error, FATAL, "a batch does not hold a record that was parked from it");
    explicit_bzero(key.key, sizeof key.key);
    day_prover_free(prover);
    return status;
}

/* The hashes of the wanted offsets of one batch. REJECT: the batch has expired. */
static enum status batch_hashes(struct db *db, const unsigned char *key_file, int64_t batch_id,
                                calendar_date from, calendar_date to, struct wanted *wanted,
                                struct error *error)
{
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_date(&params, from);
    params_date(&params, to);
    params_int64(&params, batch_id);
    status = db_run_once(db, archive_sql_raw_batch, &params, error, &row);
    if (status == OK && result_rows(row) == 0)
        status = error_set(error, REJECT,
                           "the raw records of batch %lld are gone, and a parked "
                           "record of it has no hash",
                           (long long)batch_id);
    if (status == OK)
        status = batch_prove(db, key_file, row, wanted, error);
    result_free(row);
    return status;
}

static enum status hash_note(struct business *tx, int32_t source_id, int32_t partition,
                             int64_t offset, const struct digest *hash, struct error *error)
{
    struct params params;

    effects_row(&tx->effects, "parked", 4);
    effects_int64(&tx->effects, source_id);
    effects_int64(&tx->effects, partition);
    effects_int64(&tx->effects, offset);
    effects_text(&tx->effects, (struct text){(const char *)hash->bytes, SHA256_SIZE});
    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_int32(&params, source_id);
    params_int32(&params, partition);
    params_int64(&params, offset);
    params_bytes(&params, hash->bytes, SHA256_SIZE);
    return db_run_once(tx->db, archive_sql_parked_note_hash, &params, error, NULL);
}

/* ---- rows of one batch: batch_id, source_id, partition, record_offset, ... ---- */

static int rows_of_batch(const struct result *rows, int first)
{
    int next = first;

    while (next < result_rows(rows) && result_int64(rows, next, 0) == result_int64(rows, first, 0))
        next++;
    return next;
}

/* Notes the hashes of rows [first, next) of one batch, stored between from and to. */
static enum status rows_note(struct business *tx, const unsigned char *key_file,
                             const struct result *rows, int first, int next, calendar_date from,
                             calendar_date to, struct error *error)
{
    struct wanted wanted = {.count = (size_t)(next - first)};
    enum status status;

    wanted.offsets = calloc(wanted.count, sizeof *wanted.offsets);
    wanted.hashes = calloc(wanted.count, sizeof *wanted.hashes);
    assert(wanted.offsets != NULL && wanted.hashes != NULL);
    for (size_t i = 0; i < wanted.count; i++)
        wanted.offsets[i] = result_int64(rows, first + (int)i, 3);
    status = batch_hashes(tx->db, key_file, result_int64(rows, first, 0), from, to, &wanted, error);
    for (size_t i = 0; status == OK && i < wanted.count; i++)
        status = hash_note(tx, (int32_t)result_int64(rows, first + (int)i, 1),
                           (int32_t)result_int64(rows, first + (int)i, 2), wanted.offsets[i],
                           &wanted.hashes[i], error);
    free(wanted.offsets);
    free(wanted.hashes);
    return status;
}

enum status day_hashes_note(struct business *tx, const unsigned char *key_file, calendar_date day,
                            struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    assert(tx_is_open(tx->db));
    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_date(&params, day);
    status = db_run_once(tx->db, archive_sql_parked_unhashed, &params, error, &rows);
    for (int first = 0, next = 0; status == OK && first < result_rows(rows); first = next) {
        next = rows_of_batch(rows, first);
        status = rows_note(tx, key_file, rows, first, next, day, day, error);
    }
    result_free(rows);
    return status;
}

/* ---- erasing ---- */

/* A batch stands under the day of its commit; the record was parked in it, moments apart. */
static enum status due_hashes_note(struct business *tx, const unsigned char *key_file,
                                   const struct result *rows, struct error *error)
{
    enum status status = OK;

    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        calendar_date parked_on = result_date(rows, i, 4);

        if (result_is_null(rows, i, 5))
            status = rows_note(tx, key_file, rows, i, i + 1, parked_on - 1, parked_on + 1, error);
    }
    return status;
}

static enum status one_erase(struct business *tx, const struct result *rows, int row,
                             struct error *error)
{
    struct params params;
    struct result *done = NULL;
    enum status status;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    for (int column = 1; column <= 2; column++)
        params_int32(&params, (int32_t)result_int64(rows, row, column));
    params_int64(&params, result_int64(rows, row, 3));
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, archive_sql_parked_erase, &params, error, &done);
    if (status == OK && !result_bool(done, 0, 0))
        status = error_set(error, REJECT, "a parked record was erased meanwhile");
    result_free(done);
    effects_row(&tx->effects, "parked", 3);
    for (int column = 1; column <= 3; column++)
        effects_int64(&tx->effects, result_int64(rows, row, column));
    return status;
}

static enum status due_read(struct db *db, int64_t before_us, struct error *error,
                            struct result **ret_rows)
{
    struct params params;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_instant(&params, before_us);
    return db_run_once(db, archive_sql_parked_due, &params, error, ret_rows);
}

/* Some of them, in one decision. *ret_count 0: none is left. */
static enum status some_erase(const struct program_run *run, struct session *session,
                              const struct arguments *arguments, const unsigned char *key_file,
                              int64_t before_us, struct error *error, int *ret_count)
{
    struct decision decision;
    struct result *rows = NULL;
    enum status status = due_read(session->db, before_us, error, &rows);

    *ret_count = status == OK ? result_rows(rows) : 0;
    if (*ret_count > 0)
        status = decision_begin(run, session, "parked_erase", arguments, error, &decision);
    if (status != OK || *ret_count == 0) {
        result_free(rows);
        return status;
    }
    status = due_hashes_note(&decision.tx, key_file, rows, error);
    for (int i = 0; status == OK && i < *ret_count; i++)
        status = one_erase(&decision.tx, rows, i, error);
    result_free(rows);
    return business_finish(&decision.tx, status, error);
}

static enum status counts_print(struct db *db, const struct arguments *arguments, int64_t before_us,
                                struct error *error)
{
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_instant(&params, before_us);
    status = db_run_once(db, archive_sql_parked_counts, &params, error, &row);
    if (status == OK)
        printf("parked: %lld %s their bytes; %lld as old wait for a decision and keep them\n",
               (long long)result_int64(row, 0, 0), arguments->execute ? "lose" : "would lose",
               (long long)result_int64(row, 0, 1));
    result_free(row);
    return status;
}

enum status parked_expire(const struct program_run *run, struct session *session,
                          const struct arguments *arguments, const unsigned char *key_file,
                          int64_t before_us, struct error *error)
{
    int count = 1;
    enum status status = counts_print(session->db, arguments, before_us, error);

    while (status == OK && arguments->execute && count > 0)
        status = some_erase(run, session, arguments, key_file, before_us, error, &count);
    return status;
}
