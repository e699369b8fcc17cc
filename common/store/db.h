/*
 * db.h - one connection to PostgreSQL, its transactions and its answers.
 *
 * The only door to libpq. Every error of the server or the connection becomes one
 * of the five answers here, once (sqlstate.h holds the table), and keeps only
 * SQLSTATE, constraint and line: DETAIL and CONTEXT carry rows, so they are dropped (I12).
 *
 * Life:   db_open -> (tx_begin -> db_run, db_copy ... -> tx_commit | tx_rollback)* -> db_close
 *
 * (1) A broken connection stays broken: everything answers RETRY until db_reopen.
 * (2) tx_commit that lost its reply answers RETRY with CAUSE_UNKNOWN: the outcome is not
 *     known, nothing may be resent, and only a new claim tells (faults: COMMIT reply lost).
 * (3) SQL texts are static: a statement is prepared once per connection, by its address.
 * (4) by_key: every statement finds its rows by an index, however small the table was when the
 *     plan was made. Plans live as long as the connection, also those of foreign keys: one made
 *     for an empty table reads all of it for ever, until ANALYZE comes by. For streams; a program
 *     that reads whole tables does not set it.
 * (5) No wait is without an end. Where the server has not answered some seconds after its own
 *     statement time-out (answer_grace_ms), or takes no more rows, the connection is given up, as
 *     if it had been lost. A send that failed once, a machine that died without a word: libpq
 *     alone would wait for ever.
 *
 * A connection belongs to one thread at a time.
 */
#ifndef SAWA_STORE_DB_H
#define SAWA_STORE_DB_H

#include "base/buffer.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/uuid.h"

struct db;

struct db_settings {
    const char *dsn;         /* libpq conninfo; every libpq property passes through */
    const char *application; /* application_name: program and worker id */
    int statement_timeout_ms;
    int lock_timeout_ms;
    int answer_grace_ms; /* (5), 0: 5000 */
    bool by_key;         /* (4) */
};

/* Connects to a server that takes writes. RETRY: not there now; FATAL: refused for good
 * (authentication, unknown database). The caller owns *ret_db and ends it with db_close. */
must_use enum status db_open(const struct db_settings *settings, struct error *error,
                             struct db **ret_db);
/* Drops what is left of the connection and makes a new one with the same settings. */
must_use enum status db_reopen(struct db *db, struct error *error);
void db_close(struct db *db); /* NULL is fine */
bool db_is_broken(const struct db *db);
int db_backend_pid(const struct db *db);

/* ---- parameters: built in order, sent in binary ---- */

enum { PARAMS_MAX = 32 };

struct params {
    struct buffer bytes;
    size_t count;
    struct {
        size_t offset;
        int size; /* -1: NULL */
    } values[PARAMS_MAX];
};

void params_init(struct params *params, size_t bytes_max);
void params_done(struct params *params);
void params_clear(struct params *params);

void params_null(struct params *params);
void params_bool(struct params *params, bool value);
void params_int32(struct params *params, int32_t value);
void params_int64(struct params *params, int64_t value);
void params_text(struct params *params, struct text value);   /* data NULL: NULL */
void params_string(struct params *params, const char *value); /* NULL: NULL */
void params_bytes(struct params *params, const void *bytes, size_t size);
void params_uuid(struct params *params, const struct uuid *value);
void params_instant(struct params *params, int64_t instant_us); /* timestamptz */
void params_date(struct params *params, int32_t day);           /* days since 1970-01-01 */
void params_bool_array(struct params *params, const bool *values, size_t count);
void params_int32_array(struct params *params, const int32_t *values, size_t count);
void params_int64_array(struct params *params, const int64_t *values, size_t count);
void params_instant_array(struct params *params, const int64_t *instants_us, size_t count);
void params_date_array(struct params *params, const int32_t *days, size_t count);
void params_uuid_array(struct params *params, const struct uuid *values, size_t count);
/* data NULL in an element: NULL there */
void params_text_array(struct params *params, const struct text *values, size_t count);

/* PostgreSQL's instants count from 2000-01-01; INT64_MIN and INT64_MAX stand for the infinities. */
int64_t instant_to_pg(int64_t instant_us);
int64_t instant_of_pg(int64_t pg_us);

/* ---- statements ---- */

struct result; /* rows of one answer; freed with result_free, NULL is fine */

/* Runs one statement. params NULL: none. ret_result NULL: rows are not wanted. Counts of rows
 * touched: result_affected. */
must_use enum status db_run(struct db *db, const char *sql, const struct params *params,
                            struct error *error, struct result **ret_result);

/* As db_run, and frees params. */
must_use enum status db_run_once(struct db *db, const char *sql, struct params *params,
                                 struct error *error, struct result **ret_result);

/* Several statements in one text without parameters; for set-up. */
must_use enum status db_script(struct db *db, const char *sql, struct error *error);

/* COPY ... FROM STDIN (FORMAT binary): rows are the tuples of copy.h without header and trailer,
 * given in parts one after the other. On an error, error->line is the 1-based tuple at fault. */
must_use enum status db_copy(struct db *db, const char *sql, const struct text *parts,
                             size_t part_count, struct error *error, int64_t *ret_rows);

/* The same for tuples that are given one after the other, each while it is still in the cache.
 * After a begin that answered OK comes an end, whatever lies between: a put says nothing, because
 * what the server refuses shows at the end. */
must_use enum status db_copy_begin(struct db *db, const char *sql, struct error *error);
void db_copy_put(struct db *db, struct text tuples);
must_use enum status db_copy_end(struct db *db, struct error *error, int64_t *ret_rows);

void result_free(struct result *result);
int result_rows(const struct result *result);
int64_t result_affected(const struct result *result);
bool result_is_null(const struct result *result, int row, int column);
bool result_bool(const struct result *result, int row, int column);
int64_t result_int64(const struct result *result, int row, int column); /* int2, int4, int8 */
int64_t result_instant(const struct result *result, int row, int column);
int32_t result_date(const struct result *result, int row, int column);
struct uuid result_uuid(const struct result *result, int row, int column);
struct digest result_digest(const struct result *result, int row, int column); /* 32 bytes */
struct text result_text(const struct result *result, int row, int column);     /* text, bytea */

/* ---- transactions (READ COMMITTED) ---- */

must_use enum status tx_begin(struct db *db, struct error *error);
must_use enum status tx_commit(struct db *db, struct error *error); /* (2) */
/* Leaves no transaction open; a connection that cannot even do that is broken (1). */
void tx_rollback(struct db *db);
bool tx_is_open(const struct db *db);

#endif
