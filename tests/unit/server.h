/*
 * server.h - tests against a real PostgreSQL with our schema; tests/unit/server makes the database
 * and names it in SAWA_TEST_DSN (without a user). Where that is not set they are skipped, and say
 * so.
 */
#ifndef SAWA_TESTS_SERVER_H
#define SAWA_TESTS_SERVER_H

#include "store/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SERVER_DSN_SIZE = 512, SERVER_TEXTS_MAX = 256 };

/* Connects as a role, with these settings but for the DSN; ends the program where that fails. */
static inline struct db *server_open_with(const char *user, struct db_settings settings)
{
    static char texts[8][SERVER_DSN_SIZE];
    static size_t used;
    char *dsn = texts[used++ % COUNT_OF(texts)];
    const char *base = getenv("SAWA_TEST_DSN");
    struct db *db = NULL;
    struct error error;
    char text[1024];

    snprintf(dsn, SERVER_DSN_SIZE, "%s user=%s", base == NULL ? "" : base, user);
    settings.dsn = dsn;
    if (db_open(&settings, &error, &db) != OK) {
        fprintf(stderr, "%s\n", error_text(&error, text, sizeof text));
        exit(1);
    }
    return db;
}

/* lock_timeout_ms is short: tests wait. */
static inline struct db *server_open_as(const char *user)
{
    return server_open_with(user, (struct db_settings){.application = "sawa-test",
                                                       .statement_timeout_ms = 20000,
                                                       .lock_timeout_ms = 300});
}

/* db.h (3): a statement is known by its address. A text that was put together gets one for good. */
static inline const char *server_sql(const char *text)
{
    static char *texts[SERVER_TEXTS_MAX];

    for (size_t i = 0; i < SERVER_TEXTS_MAX; i++) {
        if (texts[i] == NULL)
            texts[i] = strdup(text);
        if (strcmp(texts[i], text) == 0)
            return texts[i];
    }
    abort();
}

/* The number a query of one value answers; ends the program where it fails. */
static inline int64_t server_number(struct db *db, const char *sql)
{
    struct result *rows = NULL;
    struct error error;
    char text[1024];
    int64_t number;

    if (db_run(db, server_sql(sql), NULL, &error, &rows) != OK || result_rows(rows) != 1) {
        fprintf(stderr, "%s\n%s\n", sql, error_text(&error, text, sizeof text));
        exit(1);
    }
    number = result_int64(rows, 0, 0);
    result_free(rows);
    return number;
}

static inline void server_script(struct db *db, const char *sql)
{
    struct error error;
    char text[1024];

    if (db_script(db, sql, &error) != OK) {
        fprintf(stderr, "%s\n%s\n", sql, error_text(&error, text, sizeof text));
        exit(1);
    }
}

/* For main: true where there is no server, after saying how many tests are skipped. */
static inline bool server_is_missing(size_t tests)
{
    if (getenv("SAWA_TEST_DSN") != NULL)
        return false;
    printf(
        "SKIP %zu no database to test on: SAWA_TEST_DSN is not set (tests/unit/server sets it)\n",
        tests);
    return true;
}

#endif
