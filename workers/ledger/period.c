/*
 * period.c - sawa ledger period: the books close up to a day, by two people.
 *
 *   OPEN ---propose-close, approve---> CLOSED <--propose-close, approve--- REOPENED
 *                                      CLOSED ---reopen, approve---------> REOPENED
 *
 * One proposal stands at a time; the next replaces it. Without --execute a verb shows what it would
 * do and what keeps it from it. What may not be is refused by PostgreSQL, whoever asks (4).
 */
#include "ledger.h"
#include "ledger_sql.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "store/business.h"
#include "store/refusal.h"

#include <stdio.h>

/* ---- what was refused, in words ---- */

static enum status period_explain(enum status status, struct error *error)
{
    static const struct refusal rows[] = {
        {"maker_is_not_checker", "maker and checker are the same person (maker_is_not_checker)",
         "another person, with a login of their own, decides"},
        {"decided_is_what_stands",
         "the proposal was decided or replaced meanwhile (decided_is_what_stands)",
         "sawa ledger period list shows what stands"},
        {"approval_comes_in_time",
         "the time to approve the proposal is over (approval_comes_in_time)",
         "propose it again: sawa ledger period propose-close"},
        {"approved_is_what_was_proposed",
         "the digest is not the one that was proposed (approved_is_what_was_proposed)",
         "sawa ledger period approve --until DATE shows the proposal"},
        {"approved_is_the_balance_as_it_is",
         "the balance has changed since it was proposed (approved_is_the_balance_as_it_is)",
         "look at sawa ledger trial-balance --until DATE, then propose again"},
        {"a_period_closes_when_it_is_over",
         "its last day is not over, and one hour more, in UTC (a_period_closes_when_it_is_over)",
         "wait: the stream books on the day it runs"},
        {"a_period_closes_after_its_windows",
         "windows of its days are not closed (a_period_closes_after_its_windows)",
         "sawa settle show lists them; sawa status tells what they wait for"},
        {"periods_close_in_order",
         "a period closes once, and one that was reopened closes first (periods_close_in_order)",
         "sawa ledger period list shows where the books stand"},
        {"the_last_period_reopens",
         "only the last period can be opened again, and only while closed "
         "(the_last_period_reopens)",
         "sawa ledger period list shows where the books stand"},
    };

    return refusal_explain(rows, COUNT_OF(rows), "the database refused it", status, error);
}

static enum status refuse(struct error *error, const char *what, const char *hint)
{
    error_set(error, REJECT, "%s", what);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "%s", hint);
}

/* ---- list ---- */

static void period_row(struct sheet *sheet, const struct result *rows, int row)
{
    char dates[2][DATE_TEXT_SIZE] = {"", ""};
    char decided[INSTANT_TEXT_SIZE] = "";
    struct text cells[8];

    for (int i = 0; i < 2; i++)
        if (!result_is_null(rows, row, i))
            date_format(result_date(rows, row, i), dates[i]);
    if (!result_is_null(rows, row, 5))
        instant_format(result_instant(rows, row, 5), decided);
    cells[0] = text_of(dates[0]);
    cells[1] = text_of(dates[1]);
    cells[2] = result_text(rows, row, 2);
    cells[3] = result_text(rows, row, 3);
    cells[4] = result_text(rows, row, 4);
    cells[5] = text_first(text_of(decided), 16);
    cells[6] = text_first(result_text(rows, row, 6), sheet->format == SHEET_TABLE ? 16 : 64);
    cells[7] = result_text(rows, row, 7);
    sheet_row(sheet, cells);
}

int period_list(struct program_run *run, const struct arguments *arguments)
{
    static const struct column columns[] = {
        {"first_date", 10, false},  {"last_date", 10, false},   {"state", 8, false},
        {"proposed_by", 14, false}, {"approved_by", 14, false}, {"decided_at", 16, false},
        {"digest", 16, false},      {"note", 0, false},
    };
    struct session session;
    struct sheet sheet;
    struct result *rows = NULL;
    struct error error;
    enum status status;

    if (snapshot_open(run, &error, &session) != OK)
        return program_fail(&error);
    status = db_run(session.db, ledger_sql_periods, NULL, &error, &rows);
    session_done(&session);
    if (status != OK)
        return program_fail(&error);
    sheet_init(&sheet, arguments->format, columns, COUNT_OF(columns));
    sheet_head(&sheet);
    for (int row = 0; row < result_rows(rows); row++)
        period_row(&sheet, rows, row);
    sheet_tail(&sheet);
    if (sheet.format == SHEET_JSON)
        buffer_byte(&sheet.out, '\n');
    result_free(rows);
    return sheet_end(&sheet, EXIT_OK);
}

/* ---- what keeps the books open ---- */

static const struct {
    const char *obstacle;
    const char *meaning;
    const char *remedy;
} obstacles[] = {
    {"period_is_not_over", "its days can still get entries of the stream",
     "wait: the stream books on the day it runs, and clocks may differ"},
    {"windows_are_not_closed", "a window books on its business date when it closes",
     "close them (sawa settle close --due); sawa status tells what a held one waits for"},
};

static void obstacle_print(const struct result *rows, int row)
{
    struct text name = result_text(rows, row, 0);

    printf("held     %.*s: %lld, %.*s\n", TEXT_ARG(name), (long long)result_int64(rows, row, 1),
           TEXT_ARG(result_text(rows, row, 2)));
    for (size_t i = 0; i < COUNT_OF(obstacles); i++)
        if (text_is(name, obstacles[i].obstacle))
            printf("         %s\n         remedy: %s\n", obstacles[i].meaning, obstacles[i].remedy);
}

/* Prints them; *ret_count: how many. */
static enum status obstacles_print(struct db *db, calendar_date until, struct error *error,
                                   int *ret_count)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_date(&params, until);
    status = db_run_once(db, ledger_sql_obstacles, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        obstacle_print(rows, i);
    if (status == OK)
        *ret_count = result_rows(rows);
    result_free(rows);
    return status;
}

/* The same order as period_order_refuse, told before anything is tried. */
static enum status order_check(struct db *db, bool closes, calendar_date until, struct error *error)
{
    struct result *rows = NULL;
    enum status status = db_run(db, ledger_sql_newest_period, NULL, error, &rows);
    bool known = status == OK && result_rows(rows) > 0;
    calendar_date last = known ? result_date(rows, 0, 0) : DATE_NONE;
    bool is_closed = known && result_bool(rows, 0, 1);

    result_free(rows);
    if (status != OK)
        return status;
    if (closes && is_closed && until <= last)
        return refuse(error, "the books are closed up to that day already",
                      "sawa ledger period list shows where they stand");
    if (closes && known && !is_closed && until != last)
        return refuse(error, "a period was opened again: it closes first, with its own last day",
                      "sawa ledger period list shows it");
    if (!closes && (!is_closed || until != last))
        return refuse(error, "only the last period can be opened again, and only while closed",
                      "sawa ledger period list shows it");
    return OK;
}

/* ---- proposals ---- */

struct proposal {
    int64_t proposal_id;
    bool closes;
    calendar_date last_date;
    struct digest digest, digest_now;
    bool is_late;
    char maker[128];
    char expires[INSTANT_TEXT_SIZE];
};

static void digest_print(const char *what, const struct digest *digest)
{
    char hex[2 * SHA256_SIZE + 1];

    digest_format(digest, hex);
    printf("%-8s %s\n", what, hex);
}

static enum status digest_read(struct db *db, calendar_date until, struct error *error,
                               struct digest *ret_digest)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_date(&params, until);
    status = db_run_once(db, ledger_sql_digest, &params, error, &rows);
    if (status == OK)
        *ret_digest = result_digest(rows, 0, 0);
    result_free(rows);
    return status;
}

static enum status proposal_insert(struct business *tx, bool closes,
                                   const struct arguments *arguments, struct error *error,
                                   struct digest *ret_digest)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_string(&params, closes ? "CLOSE" : "REOPEN");
    params_date(&params, arguments->until);
    params_string(&params, arguments->reason);
    params_int32(&params, (int32_t)arguments->hours);
    params_string(&params, arguments->by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, ledger_sql_proposal_insert, &params, error, &rows);
    if (status == OK) {
        *ret_digest = result_digest(rows, 0, 1);
        effects_row(&tx->effects, "period_proposal", 3);
        effects_text(&tx->effects, text_of(closes ? "CLOSE" : "REOPEN"));
        effects_int64(&tx->effects, arguments->until);
        effects_text(&tx->effects, (struct text){(const char *)ret_digest->bytes, SHA256_SIZE});
    }
    result_free(rows);
    return status;
}

static enum status proposal_store(struct session *session, bool closes,
                                  const struct arguments *arguments, struct error *error)
{
    struct business tx;
    struct digest digest;
    enum status status =
        business_begin(session->db, "period_proposal", session->worker, clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = business_finish(&tx, proposal_insert(&tx, closes, arguments, error, &digest), error);
    if (status != OK)
        return period_explain(status, error);
    digest_print("digest", &digest);
    printf("proposed; another person approves it within %lld hours, by its digest\n",
           (long long)arguments->hours);
    return OK;
}

/* What would be proposed, and what keeps it from being so. */
static enum status proposal_show(struct session *session, bool closes,
                                 const struct arguments *arguments, struct error *error,
                                 int *ret_held)
{
    struct digest digest;
    enum status status = order_check(session->db, closes, arguments->until, error);

    if (status == OK && closes)
        status = obstacles_print(session->db, arguments->until, error, ret_held);
    if (status == OK)
        status = digest_read(session->db, arguments->until, error, &digest);
    if (status != OK)
        return status;
    digest_print("digest", &digest);
    printf(*ret_held > 0 ? "nothing was written; it would be refused\n"
                         : "nothing was written; add --execute to propose it\n");
    return OK;
}

static int propose(struct program_run *run, bool closes, const struct arguments *arguments)
{
    struct session session;
    struct error error;
    char date[DATE_TEXT_SIZE];
    int held = 0;
    enum status status;

    if (arguments->until == DATE_NONE || (!closes && arguments->reason[0] == '\0'))
        return program_usage(run, closes ? "name the last day: --until DATE"
                                         : "reopen wants --until DATE and --reason TEXT");
    if (session_open(run, &error, &session) != OK)
        return program_fail(&error);
    date_format(arguments->until, date);
    printf("%s %s\n", closes ? "close the books up to the end of" : "reopen the period that ends",
           date);
    status = arguments->execute ? proposal_store(&session, closes, arguments, &error)
                                : proposal_show(&session, closes, arguments, &error, &held);
    session_done(&session);
    if (status != OK)
        return program_fail(&error);
    return held > 0 ? EXIT_REFUSED : EXIT_OK;
}

int period_propose_close(struct program_run *run, const struct arguments *arguments)
{
    return propose(run, true, arguments);
}

int period_reopen(struct program_run *run, const struct arguments *arguments)
{
    return propose(run, false, arguments);
}

/* ---- decisions ---- */

static void proposal_take(const struct result *rows, struct proposal *proposal)
{
    struct text login = result_text(rows, 0, 5);
    struct text named = result_text(rows, 0, 6);

    proposal->proposal_id = result_int64(rows, 0, 0);
    proposal->closes = text_is(result_text(rows, 0, 1), "CLOSE");
    proposal->last_date = result_date(rows, 0, 2);
    proposal->digest = result_digest(rows, 0, 3);
    text_show(named.size > 0 ? named : login, proposal->maker, sizeof proposal->maker);
    instant_format(result_instant(rows, 0, 8), proposal->expires);
    proposal->is_late = result_bool(rows, 0, 9);
    proposal->digest_now = result_digest(rows, 0, 10);
}

static enum status proposal_find(struct db *db, const struct arguments *arguments,
                                 struct error *error, struct proposal *ret_proposal)
{
    struct result *rows = NULL;
    enum status status = db_run(db, ledger_sql_proposal_find, NULL, error, &rows);

    if (status != OK)
        return status;
    if (result_rows(rows) == 0 || result_date(rows, 0, 2) != arguments->until)
        status = refuse(error, "no proposal of that day stands",
                        "sawa ledger period list shows the one that does");
    else
        proposal_take(rows, ret_proposal);
    result_free(rows);
    return status;
}

static bool digests_equal(const struct digest *left, const struct digest *right)
{
    return memcmp(left->bytes, right->bytes, SHA256_SIZE) == 0;
}

static void proposal_print(const struct proposal *proposal)
{
    char date[DATE_TEXT_SIZE];

    date_format(proposal->last_date, date);
    printf("%s %s, proposed by %s, %s %s\n",
           proposal->closes ? "close the books up to the end of" : "reopen the period that ends",
           date, proposal->maker, proposal->is_late ? "expired" : "to be decided until",
           proposal->expires);
    digest_print("digest", &proposal->digest);
}

/* What stands in the way of an approval, told before it is tried. */
static enum status approval_show(struct session *session, const struct proposal *proposal,
                                 struct error *error, int *ret_held)
{
    int held = 0;
    enum status status = OK;

    if (proposal->closes)
        status = obstacles_print(session->db, proposal->last_date, error, &held);
    if (status != OK)
        return status;
    if (!digests_equal(&proposal->digest, &proposal->digest_now)) {
        digest_print("now", &proposal->digest_now);
        printf("held     the balance has changed since it was proposed: propose it again\n");
        held++;
    }
    held += proposal->is_late ? 1 : 0;
    printf(held > 0 ? "nothing was written; it would be refused\n"
                    : "nothing was written; add --digest HEX and --execute to approve it\n");
    *ret_held = held;
    return OK;
}

static enum status decision_insert(struct business *tx, const struct proposal *proposal,
                                   const char *verdict, const struct arguments *arguments,
                                   struct error *error)
{
    struct params params;

    effects_row(&tx->effects, "period_decision", 3);
    effects_int64(&tx->effects, proposal->proposal_id);
    effects_text(&tx->effects, text_of(verdict));
    effects_text(&tx->effects, (struct text){(const char *)proposal->digest.bytes, SHA256_SIZE});
    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, proposal->proposal_id);
    params_string(&params, verdict);
    params_bytes(&params, proposal->digest.bytes, SHA256_SIZE);
    params_string(&params, arguments->reason);
    params_string(&params, arguments->by);
    params_int64(&params, tx->commit_id);
    return db_run_once(tx->db, ledger_sql_decision_insert, &params, error, NULL);
}

static enum status decision_store(struct session *session, const struct proposal *proposal,
                                  const char *verdict, const struct arguments *arguments,
                                  struct error *error)
{
    struct business tx;
    enum status status =
        business_begin(session->db, "period_decision", session->worker, clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = decision_insert(&tx, proposal, verdict, arguments, error);
    return period_explain(business_finish(&tx, status, error), error);
}

/* An approval names what it approves: the digest the person has seen. */
static enum status digest_check(const struct proposal *proposal, const struct arguments *arguments,
                                struct error *error)
{
    char hex[2 * SHA256_SIZE + 1];

    digest_format(&proposal->digest, hex);
    return strcmp(arguments->digest, hex) == 0
               ? OK
               : refuse(error, "the digest is not the one that was proposed",
                        "without --execute the proposal is shown");
}

int period_approve(struct program_run *run, const struct arguments *arguments)
{
    struct session session;
    struct proposal proposal = {0};
    struct error error;
    int held = 0;
    enum status status;

    if (arguments->until == DATE_NONE || (arguments->execute && arguments->digest == NULL))
        return program_usage(run, "approve wants --until DATE, and --digest HEX with --execute");
    if (session_open(run, &error, &session) != OK)
        return program_fail(&error);
    status = proposal_find(session.db, arguments, &error, &proposal);
    if (status == OK)
        proposal_print(&proposal);
    if (status == OK && arguments->digest != NULL)
        status = digest_check(&proposal, arguments, &error);
    if (status == OK)
        status = arguments->execute
                     ? decision_store(&session, &proposal, "APPROVED", arguments, &error)
                     : approval_show(&session, &proposal, &error, &held);
    session_done(&session);
    if (status != OK)
        return program_fail(&error);
    if (arguments->execute)
        printf("approved\n");
    return held > 0 ? EXIT_REFUSED : EXIT_OK;
}

int period_reject(struct program_run *run, const struct arguments *arguments)
{
    struct session session;
    struct proposal proposal = {0};
    struct error error;
    enum status status;

    if (arguments->until == DATE_NONE || arguments->reason[0] == '\0')
        return program_usage(run, "reject wants --until DATE and --reason TEXT");
    if (session_open(run, &error, &session) != OK)
        return program_fail(&error);
    status = proposal_find(session.db, arguments, &error, &proposal);
    if (status == OK) {
        proposal_print(&proposal);
        if (arguments->execute)
            status = decision_store(&session, &proposal, "REJECTED", arguments, &error);
    }
    session_done(&session);
    if (status != OK)
        return program_fail(&error);
    printf(arguments->execute ? "rejected\n" : "nothing was written; add --execute to reject it\n");
    return EXIT_OK;
}
