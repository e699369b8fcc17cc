/*
 * corridor.c - sawa-settle corridor load [--dry-run] FILE | corridor show.
 *
 *   file ── read whole, checked whole ── compared with what is stored ── one transaction
 *
 * (1) A version that is stored never changes: the same content again is nothing to do, other
 *     content under the same version is refused.
 * (2) A participant keeps its id and its code for ever.
 */
#include "book_load.h"

#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

enum { LINES_SIZE_MAX = 4 * 1024 * 1024 };

/* ---- participants and accounts ---- */

static enum status participants_told(const struct result *rows, struct error *error)
{
    if (result_rows(rows) == 0)
        return OK;
    error_set(error, REJECT, "the corridor book was refused");
    error_detail(error, "participant %.*s is stored with another participant_id, or as %.*s",
                 TEXT_ARG(result_text(rows, 0, 0)), TEXT_ARG(result_text(rows, 0, 1)));
    error_hint(error, "participant_id and code of a participant never change (2)");
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

static enum status participants_merge(struct load *load, struct error *error)
{
    const struct corridor_book *book = load->book;
    struct arena *arena = &load->settle->arena;
    int32_t *ids = arena_alloc(arena, (book->participant_count + 1) * sizeof *ids);
    struct text *texts = arena_alloc(arena, 3 * (book->participant_count + 1) * sizeof *texts);
    struct params params;
    struct result *rows = NULL;
    enum status status;

    assert(ids != NULL && texts != NULL);
    for (size_t i = 0; i < book->participant_count; i++) {
        ids[i] = book->participants[i].participant_id;
        texts[i] = book->participants[i].code;
        texts[book->participant_count + i] = book->participants[i].name;
        texts[2 * book->participant_count + i] = book->participants[i].country;
    }
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32_array(&params, ids, book->participant_count);
    for (size_t i = 0; i < 3; i++)
        params_text_array(&params, texts + i * book->participant_count, book->participant_count);
    status =
        settle_run(load->settle->session.db, settle_sql_participant_merge, &params, error, &rows);
    if (status == OK)
        status = participants_told(rows, error);
    result_free(rows);
    return status;
}

static enum status nostros_merge(struct load *load, struct error *error)
{
    const struct corridor_book *book = load->book;
    size_t count = book->account_count;
    struct text *texts = arena_alloc(&load->settle->arena, 5 * (count + 1) * sizeof *texts);
    char(*codes)[CURRENCY_CODE_SIZE] =
        arena_alloc(&load->settle->arena, (count + 1) * sizeof *codes);
    struct params params;
    struct result *rows = NULL;
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
    params_init(&params, SETTLE_PARAMS_MAX);
    for (size_t i = 0; i < 5; i++)
        params_text_array(&params, texts + i * count, count);
    status = settle_run(load->settle->session.db, settle_sql_nostro_merge, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        buffer_format(&load->told, "account %.*s: new\n", TEXT_ARG(result_text(rows, i, 0)));
    result_free(rows);
    if (status != OK)
        return status;
    params_init(&params, SETTLE_PARAMS_MAX);
    params_text_array(&params, texts + count, count);
    return settle_run(load->settle->session.db, settle_sql_opening_account_merge, &params, error,
                      NULL);
}

/* ---- one corridor version ---- */

static enum status version_known(struct load *load, const struct corridor *corridor,
                                 struct error *error, bool *ret_known, struct text *ret_digest)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    status = settle_run(load->settle->session.db, settle_sql_corridor_known, &params, error, &rows);
    if (status == OK) {
        *ret_known = result_rows(rows) == 1;
        if (*ret_known)
            *ret_digest = arena_text(&load->settle->arena, result_text(rows, 0, 0));
    }
    result_free(rows);
    return status;
}

static enum status version_differs(const struct corridor *corridor, struct error *error)
{
    error_set(error, REJECT, "the corridor book was refused");
    error_detail(error, "corridor %.*s version %d is stored with other content (1)",
                 TEXT_ARG(corridor->code), corridor->version);
    error_hint(error, "write the change as a new version with its own effective_from");
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

static enum status corridor_insert(struct load *load, const struct corridor *corridor,
                                   const struct digest *digest, struct error *error)
{
    char codes[3][CURRENCY_CODE_SIZE];
    struct params params;
    struct result *rows = NULL;
    enum status status;

    currency_code(corridor->source_currency, codes[0]);
    currency_code(corridor->target_currency, codes[1]);
    currency_code(corridor->settlement_currency, codes[2]);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_text(&params, corridor->code);
    params_date(&params, corridor->effective_from);
    for (size_t i = 0; i < 3; i++)
        params_string(&params, codes[i]);
    params_string(&params, settlement_model_name(corridor->model));
    params_text(&params, corridor->nostro->code);
    params_int64(&params, corridor->limit_minor);
    params_text(&params, load->document->yaml);
    params_bytes(&params, digest->bytes, SHA256_SIZE);
    params_string(&params, corridor->checks_rate ? rounding_name(corridor->rate_rounding) : NULL);
    status =
        settle_run(load->settle->session.db, settle_sql_corridor_insert, &params, error, &rows);
    if (status == OK && result_affected(rows) != 1)
        status = error_set(error, FATAL, "account %.*s is stored with another currency",
                           TEXT_ARG(corridor->nostro->code));
    result_free(rows);
    return status;
}

static enum status corridor_participants(struct load *load, const struct corridor *corridor,
                                         struct error *error)
{
    size_t count = corridor->participant_count;
    int32_t *ids = arena_alloc(&load->settle->arena, (count + 1) * sizeof *ids);
    char code[CURRENCY_CODE_SIZE];
    struct params params;
    enum status status;

    assert(ids != NULL);
    for (size_t i = 0; i < count; i++)
        ids[i] = corridor->participants[i]->participant_id;
    currency_code(corridor->settlement_currency, code);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_int32_array(&params, ids, count);
    status = settle_run(load->settle->session.db, settle_sql_corridor_participant_insert, &params,
                        error, NULL);
    if (status != OK)
        return status;
    params_init(&params, SETTLE_PARAMS_MAX);
    params_string(&params, code);
    params_int32_array(&params, ids, count);
    return settle_run(load->settle->session.db, settle_sql_obligation_account_merge, &params, error,
                      NULL);
}

static enum status corridor_calendar(struct load *load, const struct corridor *corridor,
                                     struct error *error)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_text(&params, load->document->holidays);
    return settle_run(load->settle->session.db, settle_sql_corridor_calendar_insert, &params, error,
                      NULL);
}

static void corridor_effect(struct load *load, const struct corridor *corridor,
                            const struct digest *digest)
{
    struct effects *effects = &load->tx->effects;

    effects_row(effects, "corridor", 3);
    effects_int64(effects, corridor->corridor_id);
    effects_int64(effects, corridor->version);
    effects_text(effects, (struct text){(const char *)digest->bytes, SHA256_SIZE});
}

/* The version before this one in the same book: a book holds the whole history. */
static const struct corridor *version_before(const struct corridor_book *book,
                                             const struct corridor *corridor)
{
    bool follows = corridor > book->corridors && corridor[-1].corridor_id == corridor->corridor_id;

    return follows ? &corridor[-1] : NULL;
}

static void corridor_tell(struct load *load, const struct corridor *corridor)
{
    const struct corridor *before = version_before(load->book, corridor);

    buffer_format(&load->told, "corridor %.*s version %d: new\n", TEXT_ARG(corridor->code),
                  corridor->version);
    if (before == NULL)
        return;
    buffer_clear(&load->before);
    corridor_lines(before, &load->before);
    corridor_difference(buffer_view(&load->before), buffer_view(&load->lines), &load->told);
}

static enum status corridor_add(struct load *load, const struct corridor *corridor,
                                const struct digest *digest, struct error *error)
{
    enum status status = corridor_insert(load, corridor, digest, error);

    if (status == OK)
        status = corridor_participants(load, corridor, error);
    if (status == OK)
        status = corridor_calendar(load, corridor, error);
    if (status == OK)
        status = corridor_fees_insert(load, corridor, error);
    if (status != OK)
        return status;
    corridor_effect(load, corridor, digest);
    corridor_tell(load, corridor);
    load->added_count++;
    return OK;
}

static enum status corridor_merge(struct load *load, const struct corridor *corridor,
                                  struct error *error)
{
    struct digest digest;
    struct text held = {NULL, 0};
    bool known = false;
    enum status status = version_known(load, corridor, error, &known, &held);

    buffer_clear(&load->lines);
    corridor_lines(corridor, &load->lines);
    assert(!buffer_failed(&load->lines));
    digest = sha256(buffer_view(&load->lines));
    if (status != OK)
        return status;
    if (!known)
        return corridor_add(load, corridor, &digest, error);
    if (!text_equal(held, (struct text){(const char *)digest.bytes, SHA256_SIZE}))
        return version_differs(corridor, error);
    buffer_format(&load->told, "corridor %.*s version %d: as stored\n", TEXT_ARG(corridor->code),
                  corridor->version);
    return OK;
}

static enum status book_merge(struct load *load, struct error *error)
{
    enum status status = participants_merge(load, error);

    if (status == OK)
        status = nostros_merge(load, error);
    if (status == OK)
        status = participant_accounts_merge(load, error);
    if (status == OK)
        status = bank_profiles_merge(load, error);
    for (size_t i = 0; status == OK && i < load->book->corridor_count; i++)
        status = corridor_merge(load, &load->book->corridors[i], error);
    return status;
}

/* ---- the command ---- */

static enum status book_store(struct load *load, bool dry_run, struct error *error)
{
    struct settle *settle = load->settle;
    struct business tx;
    enum status status = business_begin(settle->session.db, "corridor", settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    load->tx = &tx;
    buffer_init(&load->lines, LINES_SIZE_MAX);
    buffer_init(&load->before, LINES_SIZE_MAX);
    status = book_merge(load, error);
    if (status == OK && (dry_run || load->added_count == 0))
        business_abandon(&tx);
    else
        status = business_finish(&tx, status, error);
    buffer_done(&load->before);
    buffer_done(&load->lines);
    return status;
}

static int corridor_load(struct settle *settle, const char *path, bool dry_run)
{
    struct book_document document;
    struct corridor_book book;
    struct load load = {.settle = settle, .document = &document, .book = &book};
    struct error error;
    enum status status = book_read_file(path, &settle->arena, &error, &document, &book);

    buffer_init(&load.told, LINES_SIZE_MAX);
    if (status == OK)
        status = book_store(&load, dry_run, &error);
    if (status == OK)
        printf("%.*s%s\n", TEXT_ARG(load.told),
               dry_run ? "dry run: nothing stored" : "corridor book loaded");
    buffer_done(&load.told);
    return status == OK ? EXIT_OK : program_fail(&error);
}

static int corridor_show(struct settle *settle)
{
    struct result *rows = NULL;
    struct error error;

    if (db_run(settle->session.db, settle_sql_corridor_latest, NULL, &error, &rows) != OK)
        return program_fail(&error);
    printf("%-10s %7s %-12s %-13s %-8s %-20s %12s\n", "corridor", "version", "from", "model",
           "settles", "account", "participants");
    for (int i = 0; i < result_rows(rows); i++) {
        char from[DATE_TEXT_SIZE];

        date_format(result_date(rows, i, 3), from);
        printf("%-10.*s %7lld %-12s %-13.*s %-8.*s %-20.*s %12lld\n",
               TEXT_ARG(result_text(rows, i, 2)), (long long)result_int64(rows, i, 1), from,
               TEXT_ARG(result_text(rows, i, 7)), TEXT_ARG(result_text(rows, i, 6)),
               TEXT_ARG(result_text(rows, i, 8)), (long long)result_int64(rows, i, 10));
    }
    result_free(rows);
    return EXIT_OK;
}

int corridor_command(struct program_run *run, int argc, char **argv)
{
    bool is_show = argc == 2 && strcmp(argv[1], "show") == 0;
    bool is_load = argc >= 3 && strcmp(argv[1], "load") == 0;
    bool dry_run = is_load && strcmp(argv[2], "--dry-run") == 0;
    struct settle settle;
    struct error error;
    int code;

    if (!is_show && (!is_load || argc != (dry_run ? 4 : 3)))
        return program_usage(run, "load FILE, or show?");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    code = is_show ? corridor_show(&settle) : corridor_load(&settle, argv[argc - 1], dry_run);
    settle_done(&settle);
    return code;
}
