/*
 * drill.c - sawa ledger drill COMMIT/LINE: what an entry was made of, down to the raw records.
 *
 *   accrual   payments of its commit between its two accounts; their batches
 *   close     instruction, net position, obligations, payments of the window
 *   opening   what was proposed and approved
 *
 * Every step is a sum of the next one, and is printed as an equality; where it does not hold the
 * answer says so and the exit code is 1 (3). Raw records stay sealed: what is told of them is
 * their place, and the root of the hashes of their batch.
 *
 * In CSV and JSON the payments alone go to stdout; what stands around them goes to stderr.
 */
#include "ledger.h"
#include "ledger_sql.h"

#include "base/uuid.h"

#include <stdio.h>

enum { DRILL_CELLS = 7, KINDS = 4 };

static const struct column payment_columns[DRILL_CELLS] = {
    {"event_id", 36, false}, {"kind", 9, false}, {"debtor", 10, false}, {"creditor", 10, false},
    {"amount", 18, true},    {"raw", 8, false},  {"place", 0, false},
};

static const char *const kind_names[KINDS] = {"let go", "COMPLETED", "REVERSED", "REFUNDED"};

struct drill {
    struct session session;
    struct entry entry;
    struct sheet sheet;
    struct buffer around; /* lines for a person; the sheet's own in a table */
    struct sides sides;   /* what the payments add up to */
    int64_t payment_count;
    int64_t gone_count; /* of them in days that were let go */
    bool holds;
};

static struct buffer *lines_of(struct drill *drill)
{
    return drill->sheet.format == SHEET_TABLE ? &drill->sheet.out : &drill->around;
}

/* One equality, and whether it holds. */
static void equality_print(struct drill *drill, const char *what, int64_t minor)
{
    bool holds = minor == drill->entry.amount_minor;
    char text[2][MONEY_TEXT_SIZE];

    buffer_format(lines_of(drill), "%s  %.*s %s %.*s  %s\n", holds ? "proved" : "DIFFERS",
                  TEXT_ARG(money_text(drill->entry.amount_minor, drill->entry.currency, text[0])),
                  holds ? "=" : "<>", TEXT_ARG(money_text(minor, drill->entry.currency, text[1])),
                  what);
    drill->holds = drill->holds && holds;
}

static enum status too_large(struct error *error)
{
    return error_set(error, FATAL, "the parts of the entry sum to more than 64 bits");
}

/* ---- payments ---- */

/* Where a payment's raw record is: columns of both streams from topic on. */
static struct text place_text(const struct result *rows, int row, int column, char *text,
                              size_t size)
{
    int length = 0;

    if (result_is_null(rows, row, column))
        return TEXT("");
    length = snprintf(text, size, "%.*s.%lld/%lld@%lld", TEXT_ARG(result_text(rows, row, column)),
                      (long long)result_int64(rows, row, column + 1),
                      (long long)result_int64(rows, row, column + 2),
                      (long long)result_int64(rows, row, column + 3));
    return (struct text){text, length < (int)size ? (size_t)length : size - 1};
}

static void payment_row(struct drill *drill, const struct result *rows, int row, int64_t minor,
                        int place_column)
{
    int64_t kind = result_int64(rows, row, 1);
    char event[UUID_TEXT_SIZE] = "";
    char money[MONEY_TEXT_SIZE];
    char place[512];
    struct text cells[DRILL_CELLS];

    if (!result_is_null(rows, row, 0)) {
        struct uuid event_id = result_uuid(rows, row, 0);

        uuid_format(&event_id, event);
    }
    cells[0] = text_of(event);
    cells[1] = text_of(kind >= 0 && kind < KINDS ? kind_names[kind] : "?");
    cells[2] = result_text(rows, row, 2);
    cells[3] = result_text(rows, row, 3);
    cells[4] = money_text(minor, drill->entry.currency, money);
    cells[5] = result_is_null(rows, row, place_column + 5)
                   ? TEXT("")
                   : result_text(rows, row, place_column + 5);
    cells[6] = place_text(rows, row, place_column, place, sizeof place);
    sheet_row(&drill->sheet, cells);
}

/* ---- an accrual ---- */

static enum status accrual_take(void *context, const struct result *rows, int row,
                                struct error *error)
{
    struct drill *drill = context;
    int64_t minor = result_int64(rows, row, 4);

    if (__builtin_add_overflow(drill->sides.owes_minor, minor, &drill->sides.owes_minor))
        return too_large(error);
    drill->payment_count++;
    payment_row(drill, rows, row, minor, 5);
    return OK;
}

static void batch_print(struct buffer *out, const struct result *rows, int row)
{
    struct text place = result_text(rows, row, 11);

    buffer_format(out, "batch    %lld: %.*s %.*s.%lld/%lld, offsets %lld to %lld, ",
                  (long long)result_int64(rows, row, 0), TEXT_ARG(result_text(rows, row, 1)),
                  TEXT_ARG(result_text(rows, row, 2)), (long long)result_int64(rows, row, 3),
                  (long long)result_int64(rows, row, 4), (long long)result_int64(rows, row, 5),
                  (long long)result_int64(rows, row, 6) - 1);
    buffer_format(out, "%lld records, %lld applied; raw: %.*s%s%.*s; root %.*s\n",
                  (long long)result_int64(rows, row, 7), (long long)result_int64(rows, row, 8),
                  TEXT_ARG(result_text(rows, row, 10)), place.size > 0 ? ", " : "", TEXT_ARG(place),
                  TEXT_ARG(result_text(rows, row, 9)));
}

static enum status batches_print(struct drill *drill, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.place.commit_id);
    status = db_run_once(drill->session.db, ledger_sql_drill_batches, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        batch_print(lines_of(drill), rows, i);
    result_free(rows);
    return status;
}

static enum status not_of_payments(const struct drill *drill, struct error *error)
{
    error_set(error, REJECT, "entry %lld/%d does not book what participants owe each other",
              (long long)drill->entry.place.commit_id, (int)drill->entry.place.line);
    error_detail(error, "it is between %.*s and %.*s", TEXT_ARG(drill->entry.debit_kind),
                 TEXT_ARG(drill->entry.credit_kind));
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "sawa ledger entry shows its commit; other entries of it drill");
}

static enum status accrual_drill(struct drill *drill, struct error *error)
{
    struct params params;
    enum status status;

    if (!text_is(drill->entry.debit_kind, "OBLIGATION") ||
        !text_is(drill->entry.credit_kind, "OBLIGATION"))
        return not_of_payments(drill, error);
    status = batches_print(drill, error);
    if (status != OK)
        return status;
    sheet_head(&drill->sheet);
    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.place.commit_id);
    params_int32(&params, drill->entry.debit_account_id);
    params_int32(&params, drill->entry.credit_account_id);
    status = stream_each(drill->session.db, ledger_sql_drill_payments, &params, accrual_take, drill,
                         error);
    if (status != OK)
        return status;
    sheet_tail(&drill->sheet);
    equality_print(drill, "its payments", drill->sides.owes_minor);
    return OK;
}

/* ---- a close ---- */

/* What an entry of a close leads to: columns of drill_instruction.sql. */
struct instructed {
    int32_t participant_id, counterparty_id;
    enum settlement_model model;
    bool collects;
    struct sides net, gross;
    int64_t amount_minor;
};

static enum status no_instruction(const struct drill *drill, struct error *error)
{
    error_set(error, REJECT, "entry %lld/%d of a close books no instruction",
              (long long)drill->entry.place.commit_id, (int)drill->entry.place.line);
    error_detail(error, "it is between %.*s and %.*s", TEXT_ARG(drill->entry.debit_kind),
                 TEXT_ARG(drill->entry.credit_kind));
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "sawa ledger entry shows its window; sawa settle show too");
}

static void instruction_print(struct drill *drill, const struct result *rows)
{
    struct uuid instruction_id = result_uuid(rows, 0, 0);
    char uuid[UUID_TEXT_SIZE];
    char money[3][MONEY_TEXT_SIZE];
    struct text code = drill->entry.currency;

    uuid_format(&instruction_id, uuid);
    buffer_format(lines_of(drill), "instruction %s: %.*s %.*s, status %.*s, end-to-end %.*s\n",
                  uuid, TEXT_ARG(result_text(rows, 0, 6)), TEXT_ARG(result_text(rows, 0, 3)),
                  TEXT_ARG(result_text(rows, 0, 8)), TEXT_ARG(result_text(rows, 0, 1)));
    buffer_format(lines_of(drill),
                  "position %.*s, %.*s with %.*s: owes %.*s, is owed %.*s, net "
                  "%.*s\n",
                  TEXT_ARG(result_text(rows, 0, 9)), TEXT_ARG(result_text(rows, 0, 3)),
                  TEXT_ARG(result_text(rows, 0, 5)),
                  TEXT_ARG(money_text(result_int64(rows, 0, 10), code, money[0])),
                  TEXT_ARG(money_text(result_int64(rows, 0, 11), code, money[1])),
                  TEXT_ARG(money_text(result_int64(rows, 0, 12), code, money[2])));
}

static enum status instruction_read(struct drill *drill, struct error *error,
                                    struct instructed *ret_instructed)
{
    struct instructed found = {0};
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.place.commit_id);
    params_int32(&params, drill->entry.place.line);
    status = db_run_once(drill->session.db, ledger_sql_drill_instruction, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = no_instruction(drill, error);
    if (status == OK && !settlement_model_parse(result_text(rows, 0, 9), &found.model))
        status = error_set(error, FATAL, "the window netted by a model unknown to this version");
    if (status == OK) {
        instruction_print(drill, rows);
        found.participant_id = (int32_t)result_int64(rows, 0, 2);
        found.counterparty_id = (int32_t)result_int64(rows, 0, 4);
        found.collects = text_is(result_text(rows, 0, 6), "COLLECT");
        found.amount_minor = result_int64(rows, 0, 7);
        found.net = (struct sides){result_int64(rows, 0, 10), result_int64(rows, 0, 11)};
        found.gross = (struct sides){result_int64(rows, 0, 13), result_int64(rows, 0, 14)};
        *ret_instructed = found;
    }
    result_free(rows);
    return status;
}

static void params_position(struct params *params, const struct drill *drill,
                            const struct instructed *instructed)
{
    params_init(params, LEDGER_PARAMS_MAX);
    params_int64(params, drill->entry.window_id);
    params_int32(params, instructed->participant_id);
    params_int32(params, instructed->counterparty_id);
}

static enum status obligations_print(struct drill *drill, const struct instructed *instructed,
                                     struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    char money[MONEY_TEXT_SIZE];
    enum status status;

    params_position(&params, drill, instructed);
    status = db_run_once(drill->session.db, ledger_sql_drill_obligations, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        buffer_format(lines_of(drill), "obligation %.*s owes %.*s %.*s for %lld payments\n",
                      TEXT_ARG(result_text(rows, i, 0)), TEXT_ARG(result_text(rows, i, 1)),
                      TEXT_ARG(money_text(result_int64(rows, i, 3), drill->entry.currency, money)),
                      (long long)result_int64(rows, i, 2));
    result_free(rows);
    return status;
}

/* A payment of the window: signed as the participant sees it, owed to it above zero. */
static enum status window_take(void *context, const struct result *rows, int row,
                               struct error *error)
{
    struct drill *drill = context;
    int64_t minor = result_int64(rows, row, 4);
    int64_t count = result_int64(rows, row, 6);
    bool is_owed = result_bool(rows, row, 5);
    int64_t *side = is_owed ? &drill->sides.is_owed_minor : &drill->sides.owes_minor;

    if (__builtin_add_overflow(*side, minor, side))
        return too_large(error);
    drill->payment_count += count;
    drill->gone_count += result_is_null(rows, row, 0) ? count : 0;
    payment_row(drill, rows, row, is_owed ? minor : -minor, 8);
    return OK;
}

/* The same rule over three sides: position, obligations, payments. */
static enum status sides_prove(struct drill *drill, const struct instructed *instructed,
                               struct error *error)
{
    const struct {
        const char *what;
        struct sides sides;
    } steps[] = {
        {"its net position", instructed->net},
        {"the obligations of the position", instructed->gross},
        {"the payments of the window", drill->sides},
    };

    equality_print(drill, "its instruction", instructed->amount_minor);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        int64_t minor = 0;

        if (!due_of(instructed->model, &steps[i].sides, instructed->collects, &minor))
            return too_large(error);
        equality_print(drill, steps[i].what, minor);
    }
    return OK;
}

static enum status close_drill(struct drill *drill, struct error *error)
{
    struct instructed instructed = {0};
    struct params params;
    enum status status = instruction_read(drill, error, &instructed);

    if (status == OK)
        status = obligations_print(drill, &instructed, error);
    if (status != OK)
        return status;
    sheet_head(&drill->sheet);
    params_position(&params, drill, &instructed);
    status = stream_each(drill->session.db, ledger_sql_drill_window_payments, &params, window_take,
                         drill, error);
    if (status != OK)
        return status;
    sheet_tail(&drill->sheet);
    return sides_prove(drill, &instructed, error);
}

/* ---- an opening ---- */

static void person(struct buffer *out, const char *role, const struct result *rows, int column)
{
    struct text named = result_text(rows, 0, column + 1);

    buffer_format(out, "%s  %.*s%s%.*s\n", role, TEXT_ARG(result_text(rows, 0, column)),
                  named.size > 0 ? ", " : "", TEXT_ARG(named));
}

static enum status opening_drill(struct drill *drill, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    struct buffer *out = lines_of(drill);
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.place.commit_id);
    status = db_run_once(drill->session.db, ledger_sql_drill_opening, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = error_set(error, FATAL, "the commit of the entry approved no opening");
    if (status == OK) {
        int64_t book = result_int64(rows, 0, 2);
        char date[DATE_TEXT_SIZE];

        date_format(result_date(rows, 0, 1), date);
        buffer_format(out, "opening  %.*s at the end of %s, %lld outstanding items, digest %.*s\n",
                      TEXT_ARG(result_text(rows, 0, 0)), date, (long long)result_int64(rows, 0, 9),
                      TEXT_ARG(result_text(rows, 0, 8)));
        person(out, "maker  ", rows, 4);
        person(out, "checker", rows, 6);
        equality_print(drill, "the book balance that was approved",
                       book < 0 && book > INT64_MIN ? -book : book);
    }
    result_free(rows);
    return status;
}

/* ---- the verb ---- */

static enum status nothing_behind(const struct drill *drill, struct error *error)
{
    error_set(error, REJECT, "entries of action %.*s lead to nothing further",
              TEXT_ARG(drill->entry.action));
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "sawa ledger entry shows its commit and its place in the audit");
}

static enum status drill_kind(struct drill *drill, struct error *error)
{
    switch (drill->entry.kind) {
    case ENTRY_ACCRUAL: return accrual_drill(drill, error);
    case ENTRY_CLOSE: return close_drill(drill, error);
    case ENTRY_OPENING: return opening_drill(drill, error);
    default: return nothing_behind(drill, error);
    }
}

/* A day that was let go took its payments: of an accrual nothing is left to prove it with. */
static void gone_print(struct drill *drill)
{
    struct buffer *out = lines_of(drill);

    if (drill->entry.kind == ENTRY_OPENING)
        return;
    buffer_format(out, "%lld payments", (long long)drill->payment_count);
    if (drill->gone_count > 0)
        buffer_format(out, ", %lld of them in days that were let go: one sum per pair and day",
                      (long long)drill->gone_count);
    buffer_byte(out, '\n');
    if (!drill->holds && drill->entry.kind == ENTRY_ACCRUAL)
        buffer_string(out, "hint: payments of days that were let go cannot be shown any more: "
                           "sawa archive show\n");
}

static enum status drill_print(struct drill *drill, const struct place *place, struct error *error)
{
    enum status status = entry_read(drill->session.db, place, error, &drill->entry);

    if (status != OK)
        return status;
    entry_print(&drill->entry, lines_of(drill));
    status = drill_kind(drill, error);
    if (status == OK)
        gone_print(drill);
    return status;
}

int drill_verb(struct program_run *run, const struct arguments *arguments)
{
    struct drill drill = {.holds = true};
    struct place place = {0};
    struct error error;
    int code;

    if (!place_parse(text_of(arguments->word), &place))
        return program_usage(run, "an entry is COMMIT/LINE, as 4711/1");
    if (snapshot_open(run, &error, &drill.session) != OK)
        return program_fail(&error);
    sheet_init(&drill.sheet, arguments->format, payment_columns, DRILL_CELLS);
    buffer_init(&drill.around, 16 * LEDGER_PARAMS_MAX);
    code = drill_print(&drill, &place, &error) == OK ? EXIT_OK : program_fail(&error);
    if (drill.sheet.format == SHEET_JSON)
        buffer_byte(&drill.sheet.out, '\n');
    session_done(&drill.session);
    result_free(drill.entry.rows);
    if (drill.around.size > 0)
        (void)fwrite(drill.around.data, 1, drill.around.size, stderr);
    buffer_done(&drill.around);
    return sheet_end(&drill.sheet, code == EXIT_OK && !drill.holds ? EXIT_FAILED : code);
}
