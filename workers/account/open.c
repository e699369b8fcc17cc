/*
 * open.c - propose, approve and show openings; see account.h.
 */
#include "account.h"

#include "account_sql.h"
#include "store/refusal.h"

#include <stdio.h>

enum { ARENA_BLOCK_SIZE = 256 * 1024, ARENA_SIZE_MAX = 64 * 1024 * 1024 };

static const char *const side_names[] = {[SIDE_BANK] = "BANK", [SIDE_BOOK] = "BOOK"};

/* A constraint that refused says it better than its SQLSTATE. */
static enum status opening_explain(enum status status, struct error *error)
{
    static const struct refusal rows[] = {
        {"maker_is_not_checker", "maker and checker are the same person (2)", NULL},
        {"i10_opening_agrees", "bank less its outstanding items is not book less its own (1)",
         NULL},
        {"i10_opening_items_are_the_difference", "the items do not sum to the outstanding totals",
         NULL},
        {"an_account_opens_once", "the account was opened before (3)", NULL},
        {"an_account_opens_before_its_first_day",
         "the account has postings or statements of that day or before (3)", NULL},
        {"approved_is_what_was_proposed", "it is about something else than was proposed", NULL},
        {"closed_periods_take_no_entry", "the books are closed up to that day: sawa ledger period",
         NULL},
    };

    return refusal_explain(rows, COUNT_OF(rows), "the opening was refused", status, error);
}

enum status opening_account(struct db *db, const char *code, struct opening *opening,
                            struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, ACCOUNT_PARAMS_MAX);
    params_string(&params, code);
    status = db_run_once(db, account_sql_account_find, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0) {
        status = error_set(error, REJECT, "there is no account %s", code);
        error_hint(error, "accounts come with the corridor book: sawa corridor propose");
        error->exit_code = EXIT_USAGE;
    }
    if (status == OK) {
        opening->account_id = (int32_t)result_int64(rows, 0, 0);
        opening->opening_account_id = (int32_t)result_int64(rows, 0, 2);
        if (!currency_parse(result_text(rows, 0, 1), &opening->currency))
            status = error_set(error, FATAL, "the account's currency is unknown to this version");
    }
    result_free(rows);
    return status;
}

struct digest opening_digest(const struct opening *opening)
{
    struct effects bytes;
    struct digest digest;

    effects_init(&bytes);
    effects_row(&bytes, "account_opening", 6);
    effects_int64(&bytes, opening->account_id);
    effects_int64(&bytes, opening->business_date);
    effects_int64(&bytes, opening->bank_minor);
    effects_int64(&bytes, opening->book_minor);
    effects_int64(&bytes, opening->bank_open_minor);
    effects_int64(&bytes, opening->book_open_minor);
    for (size_t i = 0; i < opening->item_count; i++) {
        effects_row(&bytes, side_names[opening->items[i].side], 4);
        effects_int64(&bytes, opening->items[i].amount_minor);
        effects_int64(&bytes, opening->items[i].value_date);
        effects_text(&bytes, opening->items[i].end_to_end_id);
        effects_text(&bytes, opening->items[i].reference);
    }
    digest = effects_end(&bytes);
    effects_done(&bytes);
    return digest;
}

/* ---- propose ---- */

static enum status money_read(const char *text, const char *what, currency of, struct error *error,
                              int64_t *ret_minor)
{
    struct amount amount;
    bool excess = false;

    if (!amount_parse(text_of(text), '.', true, of, &amount, &excess)) {
        error_set(error, REJECT, "%s is not an amount of the account's currency", what);
        error_hint(error, "write 1250000.00 with a point and no other marks");
        error->exit_code = EXIT_USAGE;
        return REJECT;
    }
    *ret_minor = amount.minor;
    return OK;
}

/* (1): book = bank - outstanding at the bank + outstanding in the books. */
static enum status book_follow(struct opening *opening, struct error *error)
{
    __int128 book =
        (__int128)opening->bank_minor - opening->bank_open_minor + opening->book_open_minor;

    if (book > INT64_MAX || book < INT64_MIN)
        return error_set(error, REJECT, "the book balance does not fit");
    opening->book_minor = (int64_t)book;
    return OK;
}

static enum status proposal_read(struct db *db, struct arena *arena,
                                 const struct open_arguments *arguments, struct opening *opening,
                                 struct error *error)
{
    enum status status = opening_account(db, arguments->account, opening, error);

    if (status == OK && arguments->items != NULL)
        status = opening_items_read(arguments->items, arena, opening, error);
    if (status == OK)
        status = money_read(arguments->balance, "--balance", opening->currency, error,
                            &opening->bank_minor);
    if (status == OK && arguments->book != NULL)
        return money_read(arguments->book, "--book", opening->currency, error,
                          &opening->book_minor);
    return status == OK ? book_follow(opening, error) : status;
}

static enum status proposal_insert(struct business *tx, const struct opening *opening,
                                   const struct digest *digest, const char *by, struct error *error,
                                   int64_t *ret_opening_id)
{
    char code[CURRENCY_CODE_SIZE];
    struct params params;
    struct result *rows = NULL;
    enum status status;

    currency_code(opening->currency, code);
    params_init(&params, ACCOUNT_PARAMS_MAX);
    params_int32(&params, opening->account_id);
    params_date(&params, opening->business_date);
    params_int64(&params, opening->bank_minor);
    params_int64(&params, opening->book_minor);
    params_int64(&params, opening->bank_open_minor);
    params_int64(&params, opening->book_open_minor);
    params_string(&params, code);
    params_bytes(&params, digest->bytes, SHA256_SIZE);
    params_string(&params, by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, account_sql_proposal_insert, &params, error, &rows);
    if (status == OK)
        *ret_opening_id = result_int64(rows, 0, 0);
    result_free(rows);
    return status;
}

static enum status items_insert(struct business *tx, struct arena *arena,
                                const struct opening *opening, int64_t opening_id,
                                struct error *error)
{
    size_t count = opening->item_count;
    struct text *texts = arena_alloc(arena, 3 * (count + 1) * sizeof *texts);
    int64_t *amounts = arena_alloc(arena, (count + 1) * sizeof *amounts);
    int32_t *dates = arena_alloc(arena, (count + 1) * sizeof *dates);
    struct params params;

    assert(texts != NULL && amounts != NULL && dates != NULL);
    for (size_t i = 0; i < count; i++) {
        texts[i] = text_of(side_names[opening->items[i].side]);
        texts[count + i] = opening->items[i].end_to_end_id;
        texts[2 * count + i] = opening->items[i].reference;
        amounts[i] = opening->items[i].amount_minor;
        dates[i] = opening->items[i].value_date;
    }
    params_init(&params, ACCOUNT_PARAMS_MAX);
    params_int64(&params, opening_id);
    params_text_array(&params, texts, count);
    params_int64_array(&params, amounts, count);
    params_date_array(&params, dates, count);
    params_text_array(&params, texts + count, count);
    params_text_array(&params, texts + 2 * count, count);
    return db_run_once(tx->db, account_sql_item_insert, &params, error, NULL);
}

static void digest_effect(struct business *tx, const char *table, const struct digest *digest)
{
    effects_row(&tx->effects, table, 1);
    effects_text(&tx->effects, (struct text){(const char *)digest->bytes, SHA256_SIZE});
}

static enum status proposal_store(struct session *session, struct arena *arena,
                                  const struct opening *opening, const struct digest *digest,
                                  const char *by, struct error *error)
{
    struct business tx;
    int64_t opening_id = 0;
    enum status status =
        business_begin(session->db, "account_opening", session->worker, clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    digest_effect(&tx, "account_opening", digest);
    status = proposal_insert(&tx, opening, digest, by, error, &opening_id);
    if (status == OK)
        status = items_insert(&tx, arena, opening, opening_id, error);
    return business_finish(&tx, status, error);
}

static void proposal_print(const char *verb, const struct open_arguments *arguments,
                           const struct opening *opening, const struct digest *digest)
{
    char bank[AMOUNT_TEXT_SIZE];
    char book[AMOUNT_TEXT_SIZE];
    char date[DATE_TEXT_SIZE];
    char hex[2 * SHA256_SIZE + 1];

    amount_format((struct amount){opening->bank_minor, opening->currency}, bank);
    amount_format((struct amount){opening->book_minor, opening->currency}, book);
    date_format(opening->business_date, date);
    digest_format(digest, hex);
    printf("%s %s at the end of %s: bank %s, book %s\ndigest %s\n", verb, arguments->account, date,
           bank, book, hex);
}

int open_propose(struct session *session, const struct open_arguments *arguments)
{
    struct opening opening = {.business_date = arguments->date};
    struct digest digest;
    struct arena arena;
    struct error error;
    enum status status;

    arena_init(&arena, ARENA_BLOCK_SIZE, ARENA_SIZE_MAX);
    status = proposal_read(session->db, &arena, arguments, &opening, &error);
    if (status == OK) {
        digest = opening_digest(&opening);
        status = proposal_store(session, &arena, &opening, &digest, arguments->by, &error);
        status = opening_explain(status, &error);
    }
    if (status == OK)
        proposal_print("proposed", arguments, &opening, &digest);
    arena_done(&arena);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* ---- approve ---- */

/* A stored proposal. */
struct proposal {
    int64_t opening_id;
    struct digest digest;
    struct text maker, proposed_by;
    struct result *rows; /* texts live as long as this */
};

static enum status none_there(const struct open_arguments *arguments, struct error *error)
{
    error_set(error, REJECT, "there is nothing to approve for account %s", arguments->account);
    error_hint(error, "proposals are shown by: sawa account open show");
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

static enum status proposal_find(struct db *db, const struct open_arguments *arguments,
                                 struct opening *opening, struct error *error,
                                 struct proposal *proposal)
{
    struct params params;
    enum status status;
    char hex[2 * SHA256_SIZE + 1];

    params_init(&params, ACCOUNT_PARAMS_MAX);
    params_int32(&params, opening->account_id);
    status = db_run_once(db, account_sql_proposal_find, &params, error, &proposal->rows);
    if (status != OK)
        return status;
    if (result_rows(proposal->rows) == 0)
        return none_there(arguments, error);
    proposal->opening_id = result_int64(proposal->rows, 0, 0);
    opening->business_date = result_date(proposal->rows, 0, 1);
    opening->bank_minor = result_int64(proposal->rows, 0, 2);
    opening->book_minor = result_int64(proposal->rows, 0, 3);
    proposal->digest = result_digest(proposal->rows, 0, 4);
    proposal->maker = result_text(proposal->rows, 0, 5);
    proposal->proposed_by = result_text(proposal->rows, 0, 6);
    digest_format(&proposal->digest, hex);
    return arguments->digest == NULL || strcmp(arguments->digest, hex) == 0
               ? OK
               : none_there(arguments, error);
}

static enum status approval_insert(struct business *tx, const struct opening *opening,
                                   const struct proposal *proposal, const char *by,
                                   struct error *error)
{
    struct params params;

    params_init(&params, ACCOUNT_PARAMS_MAX);
    params_int64(&params, proposal->opening_id);
    params_int32(&params, opening->account_id);
    params_bytes(&params, proposal->digest.bytes, SHA256_SIZE);
    params_text(&params, proposal->maker);
    params_text(&params, proposal->proposed_by);
    params_string(&params, by);
    params_int64(&params, tx->commit_id);
    return db_run_once(tx->db, account_sql_approval_insert, &params, error, NULL);
}

static enum status opening_book(struct business *tx, const struct opening *opening,
                                struct error *error)
{
    char code[CURRENCY_CODE_SIZE];
    struct params params;

    currency_code(opening->currency, code);
    params_init(&params, ACCOUNT_PARAMS_MAX);
    params_int64(&params, tx->commit_id);
    params_int32(&params, opening->account_id);
    params_int32(&params, opening->opening_account_id);
    params_int64(&params, opening->book_minor);
    params_string(&params, code);
    params_date(&params, opening->business_date);
    return db_run_once(tx->db, account_sql_opening_journal, &params, error, NULL);
}

static enum status opening_items(struct business *tx, const struct proposal *proposal,
                                 struct error *error)
{
    struct params params;
    enum status status;

    params_init(&params, ACCOUNT_PARAMS_MAX);
    params_int64(&params, proposal->opening_id);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, account_sql_opening_expected, &params, error, NULL);
    if (status != OK)
        return status;
    params_init(&params, ACCOUNT_PARAMS_MAX);
    params_int64(&params, proposal->opening_id);
    return db_run_once(tx->db, account_sql_opening_entries, &params, error, NULL);
}

static enum status approval_store(struct session *session, const struct opening *opening,
                                  const struct proposal *proposal, const char *by,
                                  struct error *error)
{
    struct business tx;
    enum status status = business_begin(session->db, "account_opening_approval", session->worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    digest_effect(&tx, "account_opening_approval", &proposal->digest);
    status = approval_insert(&tx, opening, proposal, by, error);
    if (status == OK)
        status = opening_book(&tx, opening, error);
    if (status == OK)
        status = opening_items(&tx, proposal, error);
    return business_finish(&tx, status, error);
}

int open_approve(struct session *session, const struct open_arguments *arguments)
{
    struct opening opening = {0};
    struct proposal proposal = {0};
    struct error error;
    enum status status = opening_account(session->db, arguments->account, &opening, &error);

    if (status == OK)
        status = proposal_find(session->db, arguments, &opening, &error, &proposal);
    if (status == OK) {
        status = approval_store(session, &opening, &proposal, arguments->by, &error);
        status = opening_explain(status, &error);
    }
    if (status == OK)
        proposal_print("approved", arguments, &opening, &proposal.digest);
    result_free(proposal.rows);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* ---- show ---- */

static void opening_print(const struct result *rows, int row)
{
    char date[DATE_TEXT_SIZE];
    char money[2][AMOUNT_TEXT_SIZE] = {"?", "?"};
    struct amount amount;

    date_format(result_date(rows, row, 1), date);
    for (int i = 0; i < 2; i++) {
        amount.minor = result_int64(rows, row, 3 + i);
        if (currency_parse(result_text(rows, row, 2), &amount.currency))
            amount_format(amount, money[i]);
    }
    printf("%-22.*s %s %.*s bank %s book %s  maker %.*s %.*s  checker %.*s %.*s  %.16s\n",
           TEXT_ARG(result_text(rows, row, 0)), date, TEXT_ARG(result_text(rows, row, 2)), money[0],
           money[1], TEXT_ARG(result_text(rows, row, 5)), TEXT_ARG(result_text(rows, row, 6)),
           TEXT_ARG(result_text(rows, row, 7)), TEXT_ARG(result_text(rows, row, 8)),
           result_text(rows, row, 9).data);
}

int open_show(struct session *session)
{
    struct result *rows = NULL;
    struct error error;

    if (db_run(session->db, account_sql_openings, NULL, &error, &rows) != OK)
        return program_fail(&error);
    for (int i = 0; i < result_rows(rows); i++)
        opening_print(rows, i);
    result_free(rows);
    return EXIT_OK;
}
