/*
 * db.c - see db.h.
 */
#include "store/db.h"

#include "base/clock.h"
#include "store/copy.h"
#include "store/sqlstate.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { COPY_PIECE_SIZE = 32 * 1024, COPY_UNSENT_MAX = 256 * 1024 };
enum { STATEMENTS_MAX = 128, NAME_SIZE = 24, OPTIONS_SIZE = 224 };
enum { ANSWER_GRACE_MS = 5000 }; /* (5) */

struct db {
    PGconn *connection;
    struct db_settings settings;
    bool broken;
    bool silent;        /* so broken: it did not answer */
    bool copy_stopped;  /* of the COPY under way: the connection takes no more */
    size_t copy_unsent; /* at most: what libpq may hold of it */
    size_t statement_count;
    const char *statements[STATEMENTS_MAX]; /* prepared, by address (3) */
};

struct result {
    PGresult *rows;
};

/* ---- connection ---- */

static void connection_drop(struct db *db)
{
    PQfinish(db->connection);
    db->connection = NULL;
    db->broken = true;
    db->statement_count = 0;
}

/* libpq tells a refused connection by text only; any other failure is a server that is away. */
static enum status connect_failed(struct db *db, struct error *error)
{
    enum status status = RETRY;
    const char *said = PQerrorMessage(db->connection);

    if (strstr(said, "authentication failed") != NULL || strstr(said, "does not exist") != NULL ||
        strstr(said, "pg_hba.conf") != NULL || strstr(said, "invalid connection option") != NULL)
        status = FATAL;
    error_set(error, status, "could not connect to the database");
    error_detail(error, "%.*s", (int)strcspn(said, "\n"), said);
    error_hint(error, "check database.dsn, and that the server runs");
    error->exit_code = status == FATAL ? EXIT_CONFIGURATION : EXIT_DEPENDENCY;
    connection_drop(db);
    return status;
}

static void drop_notice(void *argument, const char *message)
{
    (void)argument;
    (void)message; /* notices repeat rows and settings: I12 */
}

/* A plan that cannot but read a table is priced beyond anything: no reason to compile it. */
static const char by_key_options[] = " -c enable_seqscan=off -c jit=off";

enum status db_reopen(struct db *db, struct error *error)
{
    char options[OPTIONS_SIZE];
    const char *keywords[] = {"dbname",          "application_name",
                              "options",         "target_session_attrs",
                              "connect_timeout", "tcp_user_timeout",
                              "client_encoding", NULL};
    const char *values[] = {db->settings.dsn,
                            db->settings.application,
                            options,
                            "read-write",
                            "5",
                            "20000",
                            "UTF8",
                            NULL};

    connection_drop(db);
    snprintf(options, sizeof options,
             "-c statement_timeout=%d -c lock_timeout=%d"
             " -c idle_in_transaction_session_timeout=60000%s",
             db->settings.statement_timeout_ms, db->settings.lock_timeout_ms,
             db->settings.by_key ? by_key_options : "");
    db->connection = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(db->connection) != CONNECTION_OK)
        return connect_failed(db, error);
    PQsetNoticeProcessor(db->connection, drop_notice, NULL);
    PQsetnonblocking(db->connection, 1); /* (5) */
    db->broken = false;
    db->silent = false;
    return OK;
}

enum status db_open(const struct db_settings *settings, struct error *error, struct db **ret_db)
{
    struct db *db = calloc(1, sizeof *db);
    enum status status;

    if (db == NULL)
        return error_set(error, FATAL, "out of memory for a database connection");
    db->settings = *settings;
    if (db->settings.answer_grace_ms == 0)
        db->settings.answer_grace_ms = ANSWER_GRACE_MS;
    status = db_reopen(db, error);
    if (status != OK) {
        db_close(db);
        return status;
    }
    *ret_db = db;
    return OK;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    PQfinish(db->connection);
    free(db);
}

bool db_is_broken(const struct db *db)
{
    return db->broken;
}

int db_backend_pid(const struct db *db)
{
    return db->broken ? 0 : PQbackendPID(db->connection);
}

/* ---- errors ---- */

static void copy_field(const PGresult *rows, int code, char *destination, size_t size)
{
    const char *value = PQresultErrorField(rows, code);

    text_copy(text_of(value == NULL ? "" : value), destination, size);
}

/* "COPY payment, line 17" -> 17. The only thing ever read from CONTEXT (I12). */
static int64_t context_line(const PGresult *rows)
{
    const char *context = PQresultErrorField(rows, PG_DIAG_CONTEXT);
    const char *at =
        context == NULL || strncmp(context, "COPY ", 5) != 0 ? NULL : strstr(context, ", line ");

    return at == NULL ? 0 : strtoll(at + 7, NULL, 10);
}

static int answer_wait_ms(const struct db *db)
{
    return db->settings.statement_timeout_ms + db->settings.answer_grace_ms;
}

static enum status connection_lost(struct db *db, struct error *error)
{
    db->broken = true;
    error_set(error, RETRY, "the database connection was lost");
    if (db->silent)
        error_detail(error, "no answer within %d ms", answer_wait_ms(db));
    return error_hint(error, "the worker reconnects by itself; see the server's log");
}

static enum status run_failed(struct db *db, const PGresult *rows, struct error *error)
{
    char sqlstate[8];
    char constraint[64];

    if (PQstatus(db->connection) != CONNECTION_OK)
        db->broken = true; /* FATAL answers of the server end the connection too */
    copy_field(rows, PG_DIAG_SQLSTATE, sqlstate, sizeof sqlstate);
    copy_field(rows, PG_DIAG_CONSTRAINT_NAME, constraint, sizeof constraint);
    if (sqlstate[0] == '\0')
        return connection_lost(db, error);
    error_set(error, sqlstate_status(sqlstate, constraint), "the database refused a statement");
    memcpy(error->code, sqlstate, sizeof error->code);
    memcpy(error->subject, constraint, sizeof error->subject);
    error->line = context_line(rows);
    return error_detail(error, "SQLSTATE %s%s%s, line %lld", sqlstate,
                        constraint[0] == '\0' ? "" : ", constraint ", constraint,
                        (long long)error->line);
}

/* ---- waiting, with an end (5) ---- */

static int64_t answer_ends_us(const struct db *db)
{
    return clock_monotonic_us() + answer_wait_ms(db) * 1000LL;
}

/* libpq would wait for ever. Nothing can be said to such a server any more, not even goodbye. */
static bool answer_given_up(struct db *db)
{
    shutdown(PQsocket(db->connection), SHUT_RDWR);
    db->broken = true;
    db->silent = true;
    return false;
}

/* Waits for one of events and takes in what has come; false: the connection is broken, or nothing
 * moved in time. */
static bool connection_wait(struct db *db, short events, int64_t ends_us)
{
    struct pollfd socket = {.fd = PQsocket(db->connection), .events = events};
    int64_t left_us = ends_us - clock_monotonic_us();

    if (socket.fd < 0)
        return false;
    if (left_us <= 0)
        return answer_given_up(db);
    if (poll(&socket, 1, (int)(left_us / 1000) + 1) < 0 && errno != EINTR)
        return answer_given_up(db);
    return (socket.revents & ~POLLOUT) == 0 || PQconsumeInput(db->connection) == 1;
}

/* False: it could not be sent. */
static bool all_sent(struct db *db, int64_t ends_us)
{
    int left;

    while ((left = PQflush(db->connection)) == 1)
        if (!connection_wait(db, POLLIN | POLLOUT, ends_us))
            return false;
    return left == 0;
}

/* The next answer to what was said; NULL: there is none, or the connection is broken. */
static PGresult *answer_next(struct db *db, int64_t ends_us)
{
    (void)all_sent(db, ends_us); /* where not, the answer tells why */
    while (!db->broken && PQisBusy(db->connection) == 1)
        if (!connection_wait(db, POLLIN, ends_us))
            break;
    return db->broken ? NULL : PQgetResult(db->connection);
}

/* The last answer to what was sent, or the one that says that rows of a COPY are awaited. */
static PGresult *answer_last(struct db *db, int sent)
{
    int64_t ends_us = answer_ends_us(db);
    PGresult *last = NULL;
    PGresult *next;

    if (sent != 1)
        return NULL;
    while ((next = answer_next(db, ends_us)) != NULL) {
        PQclear(last);
        last = next;
        if (PQresultStatus(last) == PGRES_COPY_IN)
            break;
    }
    if (db->broken) { /* between an answer and its end: of no use, who asks goes on by it */
        PQclear(last);
        last = NULL;
    }
    return last;
}

/* ---- statements ---- */

/* The name under which sql is prepared on this connection; prepares it at first use. */
static enum status statement_prepare(struct db *db, const char *sql, struct error *error,
                                     char name[NAME_SIZE])
{
    size_t index = 0;
    PGresult *rows;
    enum status status = OK;

    while (index < db->statement_count && db->statements[index] != sql)
        index++;
    snprintf(name, NAME_SIZE, "s%zu", index);
    if (index < db->statement_count)
        return OK;
    assert(index < STATEMENTS_MAX);
    rows = answer_last(db, PQsendPrepare(db->connection, name, sql, 0, NULL));
    if (PQresultStatus(rows) == PGRES_COMMAND_OK)
        db->statements[db->statement_count++] = sql;
    else
        status = run_failed(db, rows, error);
    PQclear(rows);
    return status;
}

static PGresult *execute(struct db *db, const char *name, const struct params *params)
{
    const char *values[PARAMS_MAX];
    int sizes[PARAMS_MAX];
    int formats[PARAMS_MAX];
    size_t count = params == NULL ? 0 : params->count;

    for (size_t i = 0; i < count; i++) {
        bool is_null = params->values[i].size < 0;

        values[i] = is_null ? NULL : params->bytes.data + params->values[i].offset;
        if (!is_null && params->bytes.data == NULL)
            values[i] = ""; /* an empty text as the only parameter */
        sizes[i] = is_null ? 0 : params->values[i].size;
        formats[i] = 1;
    }
    return answer_last(db, PQsendQueryPrepared(db->connection, name, (int)count, values, sizes,
                                               formats, 1));
}

static bool answered(const PGresult *rows)
{
    ExecStatusType answer = PQresultStatus(rows);

    return answer == PGRES_TUPLES_OK || answer == PGRES_COMMAND_OK;
}

static enum status result_keep(PGresult *rows, struct error *error, struct result **ret_result)
{
    struct result *result;

    if (ret_result == NULL) {
        PQclear(rows);
        return OK;
    }
    result = malloc(sizeof *result);
    if (result == NULL) {
        PQclear(rows);
        return error_set(error, FATAL, "out of memory for a query result");
    }
    result->rows = rows;
    *ret_result = result;
    return OK;
}

enum status db_run(struct db *db, const char *sql, const struct params *params, struct error *error,
                   struct result **ret_result)
{
    char name[NAME_SIZE];
    PGresult *rows;
    enum status status;

    if (db->broken)
        return connection_lost(db, error);
    if (params != NULL && buffer_failed(&params->bytes))
        return error_set(error, FATAL, "the parameters of a statement pass their ceiling");
    status = statement_prepare(db, sql, error, name);
    if (status != OK)
        return status;
    rows = execute(db, name, params);
    if (answered(rows))
        return result_keep(rows, error, ret_result);
    status = run_failed(db, rows, error);
    PQclear(rows);
    return status;
}

enum status db_run_once(struct db *db, const char *sql, struct params *params, struct error *error,
                        struct result **ret_result)
{
    enum status status = db_run(db, sql, params, error, ret_result);

    params_done(params);
    return status;
}

enum status db_script(struct db *db, const char *sql, struct error *error)
{
    PGresult *rows;
    enum status status = OK;

    if (db->broken)
        return connection_lost(db, error);
    rows = answer_last(db, PQsendQuery(db->connection, sql));
    if (!answered(rows))
        status = run_failed(db, rows, error);
    PQclear(rows);
    return status;
}

/* ---- COPY ---- */

static const char copy_header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
static const char copy_trailer[2] = "\377\377";

/* In small pieces: libpq makes room for the whole of what it is given at once. */
void db_copy_put(struct db *db, struct text tuples)
{
    while (tuples.size > 0 && !db->copy_stopped) {
        size_t size = tuples.size < COPY_PIECE_SIZE ? tuples.size : COPY_PIECE_SIZE;

        db->copy_stopped = PQputCopyData(db->connection, tuples.data, (int)size) != 1;
        tuples.data += size;
        tuples.size -= size;
        db->copy_unsent += size;
        if (db->copy_unsent < COPY_UNSENT_MAX)
            continue;
        db->copy_unsent = 0;
        if (!all_sent(db, answer_ends_us(db)))
            db->copy_stopped = true;
    }
}

/* Reads the answers up to the end; the first failure counts. Where rows could not be handed over
 * and the connection still lives, the client answers COPY_IN for ever: that is broken too. */
static enum status copy_answer(struct db *db, struct error *error, int64_t *ret_rows)
{
    int64_t ends_us = answer_ends_us(db);
    enum status status = OK;
    PGresult *rows;

    while ((rows = answer_next(db, ends_us)) != NULL) {
        if (status == OK && PQresultStatus(rows) == PGRES_COMMAND_OK)
            *ret_rows = strtoll(PQcmdTuples(rows), NULL, 10);
        else if (status == OK)
            status = run_failed(db, rows, error);
        PQclear(rows);
        if (db->broken || PQstatus(db->connection) != CONNECTION_OK)
            return status == OK ? connection_lost(db, error) : status;
    }
    return db->broken && status == OK ? connection_lost(db, error) : status;
}

enum status db_copy_begin(struct db *db, const char *sql, struct error *error)
{
    PGresult *rows;
    enum status status = OK;

    if (db->broken)
        return connection_lost(db, error);
    rows = answer_last(db, PQsendQuery(db->connection, sql));
    if (PQresultStatus(rows) != PGRES_COPY_IN)
        status = run_failed(db, rows, error);
    PQclear(rows);
    db->copy_stopped = false;
    db->copy_unsent = 0;
    if (status == OK)
        db_copy_put(db, (struct text){copy_header, sizeof copy_header});
    return status;
}

enum status db_copy_end(struct db *db, struct error *error, int64_t *ret_rows)
{
    enum status status;

    db_copy_put(db, (struct text){copy_trailer, sizeof copy_trailer});
    if (!db->copy_stopped)
        db->copy_stopped = PQputCopyEnd(db->connection, NULL) != 1;
    status = copy_answer(db, error, ret_rows);
    return status == OK && db->copy_stopped ? connection_lost(db, error) : status;
}

enum status db_copy(struct db *db, const char *sql, const struct text *parts, size_t part_count,
                    struct error *error, int64_t *ret_rows)
{
    enum status status = db_copy_begin(db, sql, error);

    if (status != OK)
        return status;
    for (size_t i = 0; i < part_count; i++)
        db_copy_put(db, parts[i]);
    return db_copy_end(db, error, ret_rows);
}

/* ---- results ---- */

void result_free(struct result *result)
{
    if (result == NULL)
        return;
    PQclear(result->rows);
    free(result);
}

int result_rows(const struct result *result)
{
    return PQntuples(result->rows);
}

int64_t result_affected(const struct result *result)
{
    return strtoll(PQcmdTuples(result->rows), NULL, 10);
}

bool result_is_null(const struct result *result, int row, int column)
{
    assert(row < PQntuples(result->rows) && column < PQnfields(result->rows));
    return PQgetisnull(result->rows, row, column) == 1;
}

struct text result_text(const struct result *result, int row, int column)
{
    if (result_is_null(result, row, column))
        return (struct text){NULL, 0};
    return (struct text){PQgetvalue(result->rows, row, column),
                         (size_t)PQgetlength(result->rows, row, column)};
}

bool result_bool(const struct result *result, int row, int column)
{
    struct text value = result_text(result, row, column);

    assert(value.size == 1);
    return value.data[0] != 0;
}

int64_t result_int64(const struct result *result, int row, int column)
{
    struct text value = result_text(result, row, column);
    uint64_t big;
    uint32_t middle;
    uint16_t small;

    assert(value.size == 8 || value.size == 4 || value.size == 2);
    if (value.size == 8) {
        memcpy(&big, value.data, 8);
        return (int64_t)be64toh(big);
    }
    if (value.size == 4) {
        memcpy(&middle, value.data, 4);
        return (int32_t)be32toh(middle);
    }
    memcpy(&small, value.data, 2);
    return (int16_t)be16toh(small);
}

int64_t result_instant(const struct result *result, int row, int column)
{
    return instant_of_pg(result_int64(result, row, column));
}

int32_t result_date(const struct result *result, int row, int column)
{
    return (int32_t)result_int64(result, row, column) + PG_EPOCH_DAYS;
}

/* A value of a known size: another one is no answer to what was asked. */
static void fixed_bytes(const struct result *result, int row, int column, void *bytes, size_t size)
{
    struct text value = result_text(result, row, column);

    assert(value.size == size);
    memcpy(bytes, value.data, size);
}

struct digest result_digest(const struct result *result, int row, int column)
{
    struct digest digest;

    fixed_bytes(result, row, column, digest.bytes, sizeof digest.bytes);
    return digest;
}

struct uuid result_uuid(const struct result *result, int row, int column)
{
    struct uuid uuid;

    fixed_bytes(result, row, column, uuid.bytes, sizeof uuid.bytes);
    return uuid;
}

/* ---- transactions ---- */

bool tx_is_open(const struct db *db)
{
    return !db->broken && PQtransactionStatus(db->connection) != PQTRANS_IDLE;
}

enum status tx_begin(struct db *db, struct error *error)
{
    assert(!tx_is_open(db));
    return db_script(db, "BEGIN ISOLATION LEVEL READ COMMITTED", error);
}

enum status tx_commit(struct db *db, struct error *error)
{
    PGresult *rows;
    enum status status = OK;

    assert(tx_is_open(db));
    rows = answer_last(db, PQsendQuery(db->connection, "COMMIT"));
    if (PQresultStatus(rows) != PGRES_COMMAND_OK) {
        status = run_failed(db, rows, error);
        if (db->broken) { /* (2) sent, not answered */
            status = error_set(error, RETRY, "the reply to COMMIT was lost");
            error->cause = CAUSE_UNKNOWN;
        }
    } else if (strcmp(PQcmdStatus(rows), "COMMIT") != 0) {
        status = error_set(error, RETRY, "the transaction was rolled back at COMMIT");
    }
    PQclear(rows);
    return status;
}

void tx_rollback(struct db *db)
{
    struct error ignored;

    if (!tx_is_open(db))
        return;
    if (db_script(db, "ROLLBACK", &ignored) != OK)
        db->broken = true;
}
