/*
 * test_db.c - the door to PostgreSQL against a real server: every parameter type comes back as it
 * went, errors keep their code and line and nothing else, a lost COMMIT is unknown.
 */
#include "server.h"
#include "store/copy.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

static struct db *db;
static struct params params;

static int connect_db(void **state)
{
    (void)state;
    db = server_open_as("sawa_ingest");
    params_init(&params, 1024 * 1024);
    return 0;
}

static int disconnect_db(void **state)
{
    (void)state;
    params_done(&params);
    db_close(db);
    return 0;
}

static struct result *ask(const char *sql)
{
    struct result *rows = NULL;
    struct error error;
    char text[1024];

    if (db_run(db, sql, &params, &error, &rows) != OK)
        fail_msg("%s", error_text(&error, text, sizeof text));
    return rows;
}

/* ---- parameters ---- */

static void scalars_come_back_as_they_went(void **state)
{
    static const char sql[] = "SELECT $1::boolean, $2::integer, $3::bigint, $4::text, $5::bytea,"
                              " $6::uuid, $7::timestamptz, $8::date, $9::text, $10::bigint";
    static const struct uuid uuid = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
    const int64_t instants[] = {0, -1, 1, INT64_C(1772442907123456), INT64_MIN, INT64_MAX};
    struct result *rows;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(instants); i++) {
        struct uuid back;

        params_clear(&params);
        params_bool(&params, i % 2 == 1);
        params_int32(&params, i % 2 == 1 ? INT32_MIN : INT32_MAX);
        params_int64(&params, i % 2 == 1 ? INT64_MIN : INT64_MAX);
        params_text(&params, TEXT("₦ and a 'quote'"));
        params_bytes(&params, "\0\1\377", 3);
        params_uuid(&params, &uuid);
        params_instant(&params, instants[i]);
        params_date(&params, -1);
        params_string(&params, "");
        params_null(&params);
        rows = ask(sql);
        assert_int_equal(result_bool(rows, 0, 0), i % 2 == 1);
        assert_int_equal(result_int64(rows, 0, 1), i % 2 == 1 ? INT32_MIN : INT32_MAX);
        assert_true(result_int64(rows, 0, 2) == (i % 2 == 1 ? INT64_MIN : INT64_MAX));
        assert_true(text_is(result_text(rows, 0, 3), "₦ and a 'quote'"));
        assert_true(text_equal(result_text(rows, 0, 4), (struct text){"\0\1\377", 3}));
        back = result_uuid(rows, 0, 5);
        assert_int_equal(uuid_compare(&back, &uuid), 0);
        assert_true(result_instant(rows, 0, 6) == instants[i]);
        assert_int_equal(result_date(rows, 0, 7), -1);
        assert_false(result_is_null(rows, 0, 8));
        assert_int_equal(result_text(rows, 0, 8).size, 0);
        assert_true(result_is_null(rows, 0, 9));
        result_free(rows);
    }
}

static void an_instant_and_a_date_mean_what_they_say(void **state)
{
    struct result *rows;

    (void)state;
    params_clear(&params);
    params_instant(&params, INT64_C(1772442907123456));
    params_date(&params, 20514);
    params_instant(&params, INT64_MIN);
    rows = ask("SELECT to_char($1::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),"
               " $2::date::text, $3::timestamptz = '-infinity'");
    assert_true(text_is(result_text(rows, 0, 0), "2026-03-02 09:15:07.123456"));
    assert_true(text_is(result_text(rows, 0, 1), "2026-03-02"));
    assert_true(result_bool(rows, 0, 2));
    result_free(rows);
}

static void arrays_come_back_as_rows(void **state)
{
    static const bool bools[] = {true, false, true};
    static const int32_t int32s[] = {1, INT32_MIN, INT32_MAX};
    static const int64_t int64s[] = {1, INT64_MIN, INT64_MAX};
    static const int64_t instants[] = {0, INT64_MIN, INT64_C(1772442907123456)};
    static const int32_t days[] = {0, -1, 20514};
    static const struct uuid uuids[3] = {{{1}}, {{2}}, {{3}}};
    const struct text texts[] = {TEXT("a"), {NULL, 0}, TEXT("")};
    struct result *rows;

    (void)state;
    params_clear(&params);
    params_bool_array(&params, bools, 3);
    params_int32_array(&params, int32s, 3);
    params_int64_array(&params, int64s, 3);
    params_instant_array(&params, instants, 3);
    params_date_array(&params, days, 3);
    params_uuid_array(&params, uuids, 3);
    params_text_array(&params, texts, 3);
    rows = ask("SELECT * FROM unnest($1::boolean[], $2::integer[], $3::bigint[],"
               " $4::timestamptz[], $5::date[], $6::uuid[], $7::text[])");
    assert_int_equal(result_rows(rows), 3);
    for (int i = 0; i < 3; i++) {
        struct uuid uuid = result_uuid(rows, i, 5);

        assert_int_equal(result_bool(rows, i, 0), bools[i]);
        assert_true(result_int64(rows, i, 1) == int32s[i]);
        assert_true(result_int64(rows, i, 2) == int64s[i]);
        assert_true(result_instant(rows, i, 3) == instants[i]);
        assert_int_equal(result_date(rows, i, 4), days[i]);
        assert_int_equal(uuid_compare(&uuid, &uuids[i]), 0);
        assert_int_equal(result_is_null(rows, i, 6), i == 1);
    }
    result_free(rows);
}

static void an_empty_array_is_one(void **state)
{
    struct result *rows;

    (void)state;
    params_clear(&params);
    params_int64_array(&params, NULL, 0);
    params_text_array(&params, NULL, 0);
    rows = ask("SELECT cardinality($1::bigint[]), cardinality($2::text[])");
    assert_int_equal(result_int64(rows, 0, 0), 0);
    assert_int_equal(result_int64(rows, 0, 1), 0);
    result_free(rows);
}

static void parameters_past_their_ceiling_are_not_sent(void **state)
{
    struct params small;
    struct error error;

    (void)state;
    params_init(&small, 8);
    params_text(&small, TEXT("more than eight bytes"));
    assert_int_equal(db_run(db, "SELECT $1::text", &small, &error, NULL), FATAL);
    params_done(&small);
    assert_int_equal(server_number(db, "SELECT 1"), 1);
}

/* ---- errors ---- */

static void an_error_keeps_code_and_constraint_and_no_row(void **state)
{
    struct error error;
    char text[1024];

    (void)state;
    assert_int_equal(db_script(db,
                               "INSERT INTO source (kind, cluster_id, topic, partitions)"
                               " VALUES ('KAFKA', 'secret-of-a-customer', 't', 0)",
                               &error),
                     REJECT);
    assert_string_equal(error.code, "23514");
    assert_string_equal(error.subject, "source_partitions_check");
    assert_null(strstr(error_text(&error, text, sizeof text), "secret")); /* I12 */
    assert_int_equal(db_script(db, "SELECT 1 FROM nowhere", &error), FATAL);
    assert_string_equal(error.code, "42P01");
}

static void a_missing_day_is_a_retry_without_a_constraint(void **state)
{
    struct error error;

    (void)state;
    assert_int_equal(db_script(db, "INSERT INTO batch_raw VALUES ('2031-01-01', 1, 1, 1, 's', 's')",
                               &error),
                     RETRY);
    assert_string_equal(error.code, "23514");
    assert_string_equal(error.subject, "");
}

static char *pair_tuple(char *at, int32_t key, struct text value)
{
    return copy_text(copy_int32(copy_tuple(at, 2), key), value);
}

static enum status copy_pairs(const int32_t *keys, size_t count, size_t per_part,
                              struct error *error, int64_t *ret_rows)
{
    struct buffer tuples;
    struct text parts[16];
    size_t part_count = 0;
    enum status status;

    buffer_init(&tuples, 64 * 1024);
    assert_non_null(buffer_reserve(&tuples, 4096)); /* it does not move any more */
    for (size_t i = 0; i < count; i++) {
        char *at = copy_reserve(&tuples, 64);
        char *end = pair_tuple(at, keys[i], TEXT("value"));

        if (i % per_part == 0)
            parts[part_count++] = (struct text){at, 0};
        parts[part_count - 1].size += (size_t)(end - at);
        copy_finish(&tuples, end);
    }
    status = db_copy(db, "COPY pair (key, value) FROM STDIN (FORMAT binary)", parts, part_count,
                     error, ret_rows);
    buffer_done(&tuples);
    return status;
}

static void copy_names_the_line_at_fault(void **state)
{
    static const int32_t good[] = {1, 2, 3, 4, 5, 6, 7};
    static const int32_t twice[] = {11, 12, 13, 12, 14};
    static const int32_t negative[] = {21, 22, 23, 24, 25, -26, 27};
    struct error error;
    int64_t rows = 0;

    (void)state;
    server_script(db, "CREATE TEMP TABLE pair (key integer PRIMARY KEY CHECK (key > 0),"
                      " value text NOT NULL)");
    assert_int_equal(copy_pairs(good, COUNT_OF(good), 3, &error, &rows), OK);
    assert_int_equal(rows, 7);
    assert_int_equal(copy_pairs(twice, COUNT_OF(twice), 2, &error, &rows), DUPLICATE);
    assert_int_equal(error.line, 4);
    assert_string_equal(error.subject, "pair_pkey");
    assert_int_equal(copy_pairs(negative, COUNT_OF(negative), 7, &error, &rows), REJECT);
    assert_int_equal(error.line, 6);
    assert_false(db_is_broken(db));
    assert_int_equal(server_number(db, "SELECT count(*) FROM pair"), 7);
}

/* ---- transactions ---- */

static void a_failed_transaction_does_not_commit(void **state)
{
    struct error error;

    (void)state;
    assert_int_equal(tx_begin(db, &error), OK);
    assert_true(tx_is_open(db));
    assert_int_equal(db_script(db, "SELECT 1 / 0", &error), REJECT);
    assert_int_equal(tx_commit(db, &error), RETRY); /* the server answers ROLLBACK */
    assert_int_equal(error.cause, CAUSE_NONE);
    tx_rollback(db);
    assert_false(tx_is_open(db));
}

/* Ends the session of db as an administrator would. */
static void end_session(void)
{
    struct db *owner = server_open_as(getenv("SAWA_TEST_OWNER"));
    char sql[96];

    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)", db_backend_pid(db));
    server_script(owner, sql);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_stat_activity WHERE pid = %d",
             db_backend_pid(db));
    for (int64_t left = 1; left > 0;) {
        struct result *rows = NULL;
        struct error error;

        assert_int_equal(db_run(owner, server_sql(sql), NULL, &error, &rows), OK);
        left = result_int64(rows, 0, 0);
        result_free(rows);
    }
    db_close(owner);
}

static void a_broken_connection_stays_broken_until_reopened(void **state)
{
    struct error error;

    (void)state;
    end_session();
    assert_int_equal(db_script(db, "SELECT 1", &error), RETRY);
    assert_true(db_is_broken(db));
    assert_int_equal(db_run(db, "SELECT 1", NULL, &error, NULL), RETRY);
    assert_int_equal(tx_begin(db, &error), RETRY);
    assert_int_equal(db_reopen(db, &error), OK);
    assert_false(db_is_broken(db));
    assert_int_equal(server_number(db, "SELECT 1"), 1); /* prepared anew */
}

static void a_commit_whose_reply_is_lost_is_unknown(void **state)
{
    struct error error;

    (void)state;
    assert_int_equal(tx_begin(db, &error), OK);
    end_session();
    assert_int_equal(tx_commit(db, &error), RETRY);
    assert_int_equal(error.cause, CAUSE_UNKNOWN);
    assert_true(db_is_broken(db));
    tx_rollback(db); /* nothing to do, and no harm */
    assert_int_equal(db_reopen(db, &error), OK);
}

static void a_server_that_is_away_is_a_retry_and_a_refusal_is_not(void **state)
{
    const struct db_settings away = {.dsn = "host=127.0.0.1 port=1",
                                     .application = "sawa-test",
                                     .statement_timeout_ms = 100,
                                     .lock_timeout_ms = 100};
    struct db_settings unknown = away;
    struct db *never = NULL;
    struct error error;
    char dsn[SERVER_DSN_SIZE];

    (void)state;
    assert_int_equal(db_open(&away, &error, &never), RETRY);
    assert_int_equal(error.exit_code, EXIT_DEPENDENCY);
    snprintf(dsn, sizeof dsn, "%s user=sawa_ingest dbname=there_is_none", getenv("SAWA_TEST_DSN"));
    unknown.dsn = dsn;
    assert_int_equal(db_open(&unknown, &error, &never), FATAL);
    assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
    assert_null(never);
    db_close(NULL);
    result_free(NULL);
}

/* A backend that is stopped stands for a machine that died without a word, and for a server that
 * never got what was sent: whoever waits for an answer gets none. */
static struct db *patient_for_a_moment(void)
{
    return server_open_with("sawa_ingest", (struct db_settings){.application = "sawa-test",
                                                                .statement_timeout_ms = 100,
                                                                .lock_timeout_ms = 100,
                                                                .answer_grace_ms = 400});
}

static pid_t backend_stop(const struct db *session)
{
    pid_t backend = db_backend_pid(session);

    assert_int_equal(kill(backend, SIGSTOP), 0);
    return backend;
}

static struct db *silent_in_a_transaction(pid_t *ret_backend)
{
    struct db *silent = patient_for_a_moment();
    struct error error;

    assert_int_equal(tx_begin(silent, &error), OK);
    *ret_backend = backend_stop(silent);
    return silent;
}

static void a_server_that_falls_silent_is_given_up(void **state)
{
    pid_t backend;
    struct db *silent = silent_in_a_transaction(&backend);
    struct error error;

    (void)state;
    assert_int_equal(db_run(silent, "SELECT 1", NULL, &error, NULL), RETRY);
    assert_string_equal(error.detail, "no answer within 500 ms");
    assert_true(db_is_broken(silent));
    assert_int_equal(kill(backend, SIGCONT), 0);
    assert_int_equal(db_reopen(silent, &error), OK);
    db_close(silent);
}

/* The first answer is there, the end of all of them is not: who asked must not go on by it. */
static void an_answer_without_its_end_is_none(void **state)
{
    struct db *silent = patient_for_a_moment();
    struct error error;

    (void)state;
    assert_int_equal(db_script(silent, "SET statement_timeout = 0", &error), OK);
    assert_int_equal(db_script(silent, "SELECT 1; SELECT repeat('x', 1000000); SELECT pg_sleep(3)",
                               &error),
                     RETRY);
    assert_true(db_is_broken(silent));
    assert_string_equal(error.detail, "no answer within 500 ms");
    db_close(silent);
}

static void a_silent_answer_to_commit_is_unknown(void **state)
{
    pid_t backend;
    struct db *silent = silent_in_a_transaction(&backend);
    struct error error;

    (void)state;
    assert_int_equal(tx_commit(silent, &error), RETRY);
    assert_int_equal(error.cause, CAUSE_UNKNOWN);
    assert_int_equal(kill(backend, SIGCONT), 0);
    db_close(silent);
}

static void a_server_that_takes_no_more_rows_is_given_up(void **state)
{
    static char rows[1 << 20];
    struct db *silent = patient_for_a_moment();
    struct error error;
    int64_t copied;
    pid_t backend;

    (void)state;
    assert_int_equal(db_copy_begin(silent, "COPY event_seen FROM STDIN (FORMAT binary)", &error),
                     OK);
    backend = backend_stop(silent);
    for (int i = 0; i < 16; i++) /* more than any socket holds */
        db_copy_put(silent, (struct text){rows, sizeof rows});
    assert_int_equal(db_copy_end(silent, &error, &copied), RETRY);
    assert_true(db_is_broken(silent));
    assert_int_equal(kill(backend, SIGCONT), 0);
    db_close(silent);
}

/* A table of one page is read as a whole by any plan that is free to. */
static bool plan_reads_all(struct db *session)
{
    struct result *plan = NULL;
    struct error error;
    bool found;

    assert_int_equal(db_run(session, "EXPLAIN SELECT spcname FROM pg_tablespace WHERE oid = 1",
                            NULL, &error, &plan),
                     OK);
    found = strncmp(result_text(plan, 0, 0).data, "Seq Scan", strlen("Seq Scan")) == 0;
    result_free(plan);
    return found;
}

static void a_session_by_key_finds_rows_by_an_index_in_the_smallest_table(void **state)
{
    struct db *keyed =
        server_open_with("sawa_ingest", (struct db_settings){.application = "sawa-test",
                                                             .statement_timeout_ms = 20000,
                                                             .lock_timeout_ms = 300,
                                                             .by_key = true});

    (void)state;
    assert_true(plan_reads_all(db));
    assert_false(plan_reads_all(keyed));
    db_close(keyed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_come_back_as_they_went),
        cmocka_unit_test(an_instant_and_a_date_mean_what_they_say),
        cmocka_unit_test(arrays_come_back_as_rows),
        cmocka_unit_test(an_empty_array_is_one),
        cmocka_unit_test(parameters_past_their_ceiling_are_not_sent),
        cmocka_unit_test(an_error_keeps_code_and_constraint_and_no_row),
        cmocka_unit_test(a_missing_day_is_a_retry_without_a_constraint),
        cmocka_unit_test(copy_names_the_line_at_fault),
        cmocka_unit_test(a_failed_transaction_does_not_commit),
        cmocka_unit_test(a_broken_connection_stays_broken_until_reopened),
        cmocka_unit_test(a_commit_whose_reply_is_lost_is_unknown),
        cmocka_unit_test(a_server_that_is_away_is_a_retry_and_a_refusal_is_not),
        cmocka_unit_test(a_server_that_falls_silent_is_given_up),
        cmocka_unit_test(an_answer_without_its_end_is_none),
        cmocka_unit_test(a_silent_answer_to_commit_is_unknown),
        cmocka_unit_test(a_server_that_takes_no_more_rows_is_given_up),
        cmocka_unit_test(a_session_by_key_finds_rows_by_an_index_in_the_smallest_table),
    };

    if (server_is_missing(COUNT_OF(tests)))
        return 0;
    return cmocka_run_group_tests(tests, connect_db, disconnect_db);
}
