/*
 * apply.c - the rows of a book that are new: see corridor.h.
 *
 * plan.c has said that nothing contradicts what is stored; the constraints of the tables say it
 * again. What is there already is left alone.
 */
#include "corridor.h"

#include "corridor_sql.h"
#include "domain/corridor_lines.h"

#include <string.h>

/* One book on its way into the database. */
struct applying {
    const struct plan *plan;
    const struct corridor_book *book;
    struct arena *arena;
    struct business *tx;
};

/* ---- participants and accounts ---- */

static enum status participants_merge(struct applying *one, struct error *error)
{
    const struct corridor_book *book = one->book;
    size_t count = book->participant_count;
    int32_t *ids = arena_alloc(one->arena, (count + 1) * sizeof *ids);
    struct text *texts = arena_alloc(one->arena, 3 * (count + 1) * sizeof *texts);
    struct params params;

    assert(ids != NULL && texts != NULL);
    for (size_t i = 0; i < count; i++) {
        ids[i] = book->participants[i].participant_id;
        texts[i] = book->participants[i].code;
        texts[count + i] = book->participants[i].name;
        texts[2 * count + i] = book->participants[i].country;
    }
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32_array(&params, ids, count);
    for (size_t i = 0; i < 3; i++)
        params_text_array(&params, texts + i * count, count);
    return db_run_once(one->tx->db, corridor_sql_participant_merge, &params, error, NULL);
}

static enum status nostros_merge(struct applying *one, struct error *error)
{
    const struct corridor_book *book = one->book;
    size_t count = book->account_count;
    struct text *texts = arena_alloc(one->arena, 5 * (count + 1) * sizeof *texts);
    char(*codes)[CURRENCY_CODE_SIZE] = arena_alloc(one->arena, (count + 1) * sizeof *codes);
    struct params params;
    enum status status;

    assert(texts != NULL && codes != NULL);
    for (size_t i = 0; i < count; i++) {
        currency_code(book->accounts[i].currency, codes[i]);
        texts[i] = book->accounts[i].code;
        texts[count + i] = text_of(codes[i]);
        texts[2 * count + i] = book->accounts[i].servicer_bic;
        texts[3 * count + i] = book->accounts[i].servicer_account;
        texts[4 * count + i] = book->accounts[i].statement_format;
    }
    params_init(&params, CORRIDOR_PARAMS_MAX);
    for (size_t i = 0; i < 5; i++)
        params_text_array(&params, texts + i * count, count);
    status = db_run_once(one->tx->db, corridor_sql_nostro_merge, &params, error, NULL);
    if (status != OK)
        return status;
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_text_array(&params, texts + count, count);
    return db_run_once(one->tx->db, corridor_sql_opening_account_merge, &params, error, NULL);
}

/* ---- one corridor version ---- */

static enum status corridor_insert(struct applying *one, const struct corridor *corridor,
                                   const struct digest *digest, struct error *error)
{
    char codes[3][CURRENCY_CODE_SIZE];
    struct params params;
    struct result *rows = NULL;
    enum status status;

    currency_code(corridor->source_currency, codes[0]);
    currency_code(corridor->target_currency, codes[1]);
    currency_code(corridor->settlement_currency, codes[2]);
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_text(&params, corridor->code);
    params_date(&params, corridor->effective_from);
    for (size_t i = 0; i < 3; i++)
        params_string(&params, codes[i]);
    params_string(&params, settlement_model_name(corridor->model));
    params_text(&params, corridor->nostro->code);
    params_int64(&params, corridor->limit_minor);
    params_text(&params, one->plan->draft->document.yaml);
    params_bytes(&params, digest->bytes, SHA256_SIZE);
    params_string(&params, corridor->checks_rate ? rounding_name(corridor->rate_rounding) : NULL);
    status = db_run_once(one->tx->db, corridor_sql_corridor_insert, &params, error, &rows);
    if (status == OK && result_affected(rows) != 1)
        status = error_set(error, FATAL, "account %.*s is stored with another currency",
                           TEXT_ARG(corridor->nostro->code));
    result_free(rows);
    return status;
}

static enum status corridor_participants(struct applying *one, const struct corridor *corridor,
                                         struct error *error)
{
    size_t count = corridor->participant_count;
    int32_t *ids = arena_alloc(one->arena, (count + 1) * sizeof *ids);
    char code[CURRENCY_CODE_SIZE];
    struct params params;
    enum status status;

    assert(ids != NULL);
    for (size_t i = 0; i < count; i++)
        ids[i] = corridor->participants[i]->participant_id;
    currency_code(corridor->settlement_currency, code);
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_int32_array(&params, ids, count);
    status =
        db_run_once(one->tx->db, corridor_sql_corridor_participant_insert, &params, error, NULL);
    if (status != OK)
        return status;
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_string(&params, code);
    params_int32_array(&params, ids, count);
    return db_run_once(one->tx->db, corridor_sql_obligation_account_merge, &params, error, NULL);
}

static enum status corridor_calendar(struct applying *one, const struct corridor *corridor,
                                     struct error *error)
{
    struct params params;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_text(&params, one->plan->draft->document.holidays);
    return db_run_once(one->tx->db, corridor_sql_corridor_calendar_insert, &params, error, NULL);
}

static void corridor_effect(struct applying *one, const struct corridor *corridor,
                            const struct digest *digest)
{
    struct effects *effects = &one->tx->effects;

    effects_row(effects, "corridor", 3);
    effects_int64(effects, corridor->corridor_id);
    effects_int64(effects, corridor->version);
    effects_text(effects, (struct text){(const char *)digest->bytes, SHA256_SIZE});
}

static enum status corridor_add(struct applying *one, const struct corridor *corridor,
                                struct buffer *scratch, struct error *error)
{
    struct digest digest = corridor_digest(corridor, scratch);
    enum status status = corridor_insert(one, corridor, &digest, error);

    if (status == OK)
        status = corridor_participants(one, corridor, error);
    if (status == OK)
        status = corridor_calendar(one, corridor, error);
    if (status == OK)
        status = apply_fx(one->tx, corridor, error);
    if (status == OK)
        status = apply_fees(one->tx, corridor, error);
    if (status == OK)
        status = apply_limits(one->tx, corridor, one->arena, error);
    if (status == OK)
        corridor_effect(one, corridor, &digest);
    return status;
}

enum status apply_book(const struct plan *plan, struct business *tx, struct error *error)
{
    struct applying one = {plan, &plan->draft->book, &plan->work->arena, tx};
    struct buffer scratch;
    enum status status = participants_merge(&one, error);

    buffer_init(&scratch, CORRIDOR_LINES_MAX);
    if (status == OK)
        status = nostros_merge(&one, error);
    if (status == OK)
        status = apply_accounts(plan, tx, error);
    if (status == OK)
        status = apply_profiles(plan, tx, error);
    for (size_t i = 0; status == OK && i < one.book->corridor_count; i++) {
        if (plan->corridor_is_new[i])
            status = corridor_add(&one, &one.book->corridors[i], &scratch, error);
    }
    buffer_done(&scratch);
    return status;
}
