/*
 * test_book.c - ingest's reference data as one snapshot, read from a real server.
 */
#include "book.h"
#include "server.h"

#include "domain/date.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The schema tests' fixture: corridor KES-NGN of two participants, one window of 2026-11-20. */
static struct db *db;
static struct db *owner;
static struct book book;
static struct fee_book *fee_book;
static calendar_date today;

static int connect_db(void **state)
{
    (void)state;
    db = server_open_as("sawa_ingest");
    owner = server_open_as(getenv("SAWA_TEST_OWNER"));
    today = date_of(2026, 11, 21);
    fee_book = fee_book_new();
    assert_non_null(fee_book);
    return 0;
}

static int disconnect_db(void **state)
{
    (void)state;
    db_close(db);
    db_close(owner);
    fee_book_free(fee_book);
    return 0;
}

static void refresh(calendar_date day)
{
    struct error error;

    assert_int_equal(book_refresh(&book, db, day, &error), OK);
}

static void an_empty_book_knows_nobody(void **state)
{
    (void)state;
    book_init(&book, fee_book);
    assert_null(book_corridor(&book, TEXT("KES-NGN")));
    assert_true(book_participant(&book, TEXT("BANKKE01")) == SIZE_MAX);
    book_done(&book);
}

static void finds_participants_by_code(void **state)
{
    size_t index;

    (void)state;
    book_init(&book, fee_book);
    refresh(today);
    assert_int_equal(book.version, 1);
    index = book_participant(&book, TEXT("WALLETNG02"));
    assert_true(index != SIZE_MAX);
    assert_int_equal(book.participants[index].participant_id, 2);
    assert_true(book_participant(&book, TEXT("WALLETNG0")) == SIZE_MAX);
    assert_true(book_participant(&book, TEXT("walletng02")) == SIZE_MAX);
    assert_true(book_participant(&book, TEXT("")) == SIZE_MAX);
    book_done(&book);
}

static void a_corridor_has_its_members_and_windows(void **state)
{
    const struct book_corridor *corridor;

    (void)state;
    book_init(&book, fee_book);
    refresh(today);
    corridor = book_corridor(&book, TEXT("KES-NGN"));
    assert_non_null(corridor);
    assert_int_equal(corridor->corridor_id, 1);
    assert_int_equal(corridor->limit_minor, 100000000);
    assert_int_equal(corridor->accounts[book_participant(&book, TEXT("BANKKE01"))], 2);
    assert_int_equal(corridor->accounts[book_participant(&book, TEXT("WALLETNG02"))], 3);
    assert_int_equal(corridor->window_count, 1);
    assert_int_equal(window_id_date(corridor->windows[0].window_id), date_of(2026, 11, 20));
    assert_true(corridor->windows[0].opens_at_us < corridor->windows[0].cut_off_us);
    assert_true(corridor->cuts[0] == WINDOW_NO_CUT);
    book_done(&book);
}

static void a_corridor_begins_on_its_day(void **state)
{
    (void)state;
    book_init(&book, fee_book);
    refresh(date_of(2025, 12, 31));
    assert_null(book_corridor(&book, TEXT("KES-NGN")));
    refresh(date_of(2026, 1, 1));
    assert_non_null(book_corridor(&book, TEXT("KES-NGN")));
    assert_int_equal(book.version, 2);
    book_done(&book);
}

/* Rows of the book are stored with an approval, in one transaction. */
static void approved(const char *sql)
{
    static const char decided[] =
        "WITH change AS (INSERT INTO corridor_change (definition, holidays, digest, reason, maker,"
        " expires_at, commit_id) SELECT definition, '', sha256(convert_to(definition, 'UTF8') ||"
        " '\\x00'::bytea), 'test', 'test', clock_timestamp() + interval '1 day', 2 FROM corridor"
        " WHERE corridor_id = 1 AND version = 1 RETURNING *)"
        " INSERT INTO corridor_decision (change_id, decision, digest, maker, commit_id)"
        " SELECT change_id, 'APPROVED', digest, maker, 2 FROM change;";
    char text[2048];

    assert_true(snprintf(text, sizeof text, "%s%s", decided, sql) < (int)sizeof text);
    server_script(owner, text);
}

static void the_newest_version_in_force_counts(void **state)
{
    (void)state;
    book_init(&book, fee_book);
    approved("INSERT INTO corridor SELECT corridor_id, 2, code, '2026-12-01', source_currency,"
             " target_currency, settlement_currency, model, nostro_account_id, 5, definition,"
             " digest FROM corridor WHERE corridor_id = 1 AND version = 1");
    refresh(today);
    assert_int_equal(book_corridor(&book, TEXT("KES-NGN"))->limit_minor, 100000000);
    refresh(date_of(2026, 12, 1));
    assert_int_equal(book_corridor(&book, TEXT("KES-NGN"))->limit_minor, 5);
    assert_int_equal(book_corridor(&book, TEXT("KES-NGN"))->accounts[0], 0); /* no members yet */
    server_script(owner, "DELETE FROM corridor WHERE version = 2");
    book_done(&book);
}

static void many_participants_are_all_found(void **state)
{
    char code[16];

    (void)state;
    book_init(&book, fee_book);
    approved("INSERT INTO participant SELECT 1000 + n, 'MANY' || n, 'n', 'KE'"
             " FROM generate_series(1, 3000) AS n");
    refresh(today);
    for (int i = 1; i <= 3000; i++) {
        size_t index;

        snprintf(code, sizeof code, "MANY%d", i);
        index = book_participant(&book, text_of(code));
        assert_true(index != SIZE_MAX);
        assert_int_equal(book.participants[index].participant_id, 1000 + i);
    }
    assert_true(book_participant(&book, TEXT("MANY3001")) == SIZE_MAX);
    server_script(owner, "DELETE FROM participant WHERE participant_id > 1000");
    book_done(&book);
}

static void an_error_leaves_the_old_snapshot(void **state)
{
    struct error error;
    char sql[96];

    (void)state;
    book_init(&book, fee_book);
    refresh(today);
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)", db_backend_pid(db));
    server_script(owner, sql);
    assert_int_equal(book_refresh(&book, db, today, &error), RETRY);
    assert_int_equal(book.version, 1);
    assert_non_null(book_corridor(&book, TEXT("KES-NGN")));
    assert_int_equal(db_reopen(db, &error), OK);
    book_done(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_book_knows_nobody),
        cmocka_unit_test(finds_participants_by_code),
        cmocka_unit_test(a_corridor_has_its_members_and_windows),
        cmocka_unit_test(a_corridor_begins_on_its_day),
        cmocka_unit_test(the_newest_version_in_force_counts),
        cmocka_unit_test(many_participants_are_all_found),
        cmocka_unit_test(an_error_leaves_the_old_snapshot),
    };

    if (server_is_missing(COUNT_OF(tests)))
        return 0;
    return cmocka_run_group_tests(tests, connect_db, disconnect_db);
}
