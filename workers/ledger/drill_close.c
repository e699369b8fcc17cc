/*
 * drill_close.c - what an entry of a window was made of.
 *
 *   close         instruction, net position, obligations and charges, payments of the window; or
 *                 what was taken of a balance, or handed over in a group, and then the same
 *   reversal      the instruction that a bank rejected, its withdrawal; then as the close
 *   return        the instruction whose money came back; then as the close, less what the other
 *                 entry of the same return books: the bank's charge, or what came in
 *   next attempt  the attempts before it, who proposed and approved it; then as the close
 *   outside       the instruction, who let it be settled outside; then as the close
 *   made after all  the same, and by which word of the bank's
 *
 * Charges are settled against the agent (domain/netting.h): they join a multilateral position;
 * in the other models they are a position of their own, with no obligations behind it. What windows
 * before carried to a position, and members of a group handed over to it, stands beside its
 * obligations: each of them has a window of its own to drill into.
 */
#include "drill.h"
#include "ledger_sql.h"

#include "base/uuid.h"
#include "store/fee_store.h"

/* What an entry of a close leads to: columns of drill_instruction.sql. */
struct instructed {
    int32_t participant_id, counterparty_id;
    enum settlement_model model;
    bool collects;
    struct uuid instruction_id;
    struct sides net, obligations, charges;
    struct sides beyond; /* carried in, handed over */
    bool is_instruction;
    int64_t charge_count;
    int64_t amount_minor;
    int64_t apart_minor;    /* of it, booked by other entries: a return with a charge has two */
    bool is_one_of_several; /* the position instructs customers' payments one by one */
};

/* Where pairs settle apart, what is against the agent is charges and nothing else (netting.h). */
static bool is_of_charges_alone(const struct instructed *instructed)
{
    return instructed->model != MODEL_MULTILATERAL && instructed->counterparty_id == 0;
}

static enum status no_instruction(const struct drill *drill, struct error *error)
{
    error_set(error, REJECT, "entry %lld/%d of a window books no instruction",
              (long long)drill->entry.place.commit_id, (int)drill->entry.place.line);
    error_detail(error, "it is between %.*s and %.*s", TEXT_ARG(drill->entry.debit_kind),
                 TEXT_ARG(drill->entry.credit_kind));
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "sawa ledger entry shows its window; sawa settle show too");
}

/* What was taken or handed over has no instruction: its status says which. */
static void instruction_name(struct drill *drill, const struct result *rows)
{
    struct uuid instruction_id = {{0}};
    char uuid[UUID_TEXT_SIZE];

    if (result_is_null(rows, 0, 0)) {
        buffer_format(drill_lines(drill), "%.*s: %.*s\n", TEXT_ARG(result_text(rows, 0, 3)),
                      TEXT_ARG(result_text(rows, 0, 8)));
        return;
    }
    instruction_id = result_uuid(rows, 0, 0);
    uuid_format(&instruction_id, uuid);
    buffer_format(drill_lines(drill), "instruction %s: %.*s %.*s, status %.*s, end-to-end %.*s\n",
                  uuid, TEXT_ARG(result_text(rows, 0, 6)), TEXT_ARG(result_text(rows, 0, 3)),
                  TEXT_ARG(result_text(rows, 0, 8)), TEXT_ARG(result_text(rows, 0, 1)));
    if (!result_bool(rows, 0, 15))
        return;
    instruction_id = result_uuid(rows, 0, 16);
    uuid_format(&instruction_id, uuid);
    buffer_format(drill_lines(drill), "for the customer's payment %s\n", uuid);
}

static void instruction_print(struct drill *drill, const struct result *rows)
{
    char money[3][MONEY_TEXT_SIZE];
    struct text code = drill->entry.currency;

    instruction_name(drill, rows);
    buffer_format(drill_lines(drill),
                  "position %.*s, %.*s with %.*s: owes %.*s, is owed %.*s, net "
                  "%.*s\n",
                  TEXT_ARG(result_text(rows, 0, 9)), TEXT_ARG(result_text(rows, 0, 3)),
                  TEXT_ARG(result_text(rows, 0, 5)),
                  TEXT_ARG(money_text(result_int64(rows, 0, 10), code, money[0])),
                  TEXT_ARG(money_text(result_int64(rows, 0, 11), code, money[1])),
                  TEXT_ARG(money_text(result_int64(rows, 0, 12), code, money[2])));
}

static enum status told_read(struct drill *drill, const char *sql, struct error *error,
                             struct result **ret_rows)
{
    struct params params;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.place.commit_id);
    params_int32(&params, drill->entry.place.line);
    return db_run_once(drill->session.db, sql, &params, error, ret_rows);
}

static enum status instruction_read(struct drill *drill, struct error *error,
                                    struct instructed *ret_instructed)
{
    struct instructed found = {0};
    struct result *rows = NULL;
    enum status status = told_read(drill, ledger_sql_drill_instruction, error, &rows);

    if (status == OK && result_rows(rows) == 0) {
        result_free(rows);
        rows = NULL;
        status = told_read(drill, ledger_sql_drill_taken, error, &rows);
    }
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
        found.apart_minor = result_int64(rows, 0, 13);
        found.net = (struct sides){result_int64(rows, 0, 10), result_int64(rows, 0, 11)};
        found.is_instruction = !result_is_null(rows, 0, 0);
        if (found.is_instruction) {
            found.instruction_id = result_uuid(rows, 0, 0);
            found.is_one_of_several = result_bool(rows, 0, 14);
        }
        *ret_instructed = found;
    }
    result_free(rows);
    return status;
}

/* ---- what a bank rejected, or sent back ---- */

/* Columns of drill_attempts.sql. */
static void attempt_print(struct buffer *out, const struct result *rows, int row)
{
    char date[DATE_TEXT_SIZE];

    date_format(result_date(rows, row, 2), date);
    buffer_format(out, "attempt  %lld: commit %lld, for %s, %.*s",
                  (long long)result_int64(rows, row, 0), (long long)result_int64(rows, row, 1),
                  date, TEXT_ARG(result_text(rows, row, 3)));
    if (!result_is_null(rows, row, 4)) {
        struct text reason = result_text(rows, row, 6);
        bool came_back = text_is(result_text(rows, row, 3), "RETURNED");

        date_format(result_date(rows, row, 5), date);
        buffer_format(out, "; %s on %s by commit %lld, the bank said %.*s",
                      came_back ? "came back" : "withdrawn", date,
                      (long long)result_int64(rows, row, 4),
                      TEXT_ARG(reason.size > 0 ? reason : TEXT("no reason")));
    }
    if (!result_is_null(rows, row, 7)) {
        drill_person(out, "; proposed by ", rows, row, 7);
        drill_person(out, ", approved by ", rows, row, 9);
        buffer_format(out, " in commit %lld: %.*s", (long long)result_int64(rows, row, 12),
                      TEXT_ARG(result_text(rows, row, 11)));
    }
    if (!result_is_null(rows, row, 13)) {
        date_format(result_date(rows, row, 14), date);
        buffer_format(out, "; settled outside on %s by commit %lld", date,
                      (long long)result_int64(rows, row, 13));
        drill_person(out, ", proposed by ", rows, row, 15);
        drill_person(out, ", approved by ", rows, row, 17);
        buffer_format(out, ": %.*s", TEXT_ARG(result_text(rows, row, 19)));
    }
    if (!result_is_null(rows, row, 20)) {
        date_format(result_date(rows, row, 21), date);
        buffer_format(out, "; made after all, booked on %s by commit %lld", date,
                      (long long)result_int64(rows, row, 20));
        drill_person(out, ", proposed by ", rows, row, 22);
        drill_person(out, ", approved by ", rows, row, 24);
        buffer_format(out, ": %.*s", TEXT_ARG(result_text(rows, row, 26)));
    }
    buffer_byte(out, '\n');
}

/* Nothing where the first attempt is the only one and stands. */
static enum status attempts_print(struct drill *drill, const struct instructed *instructed,
                                  struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    if (!instructed->is_instruction)
        return OK;
    params_init(&params, LEDGER_PARAMS_MAX);
    params_uuid(&params, &instructed->instruction_id);
    status = db_run_once(drill->session.db, ledger_sql_drill_attempts, &params, error, &rows);
    if (status == OK && (result_rows(rows) > 1 || !result_is_null(rows, 0, 4))) {
        for (int i = 0; i < result_rows(rows); i++)
            attempt_print(drill_lines(drill), rows, i);
    }
    result_free(rows);
    return status;
}

/* ---- what a position is made of ---- */

static void params_position(struct params *params, const struct drill *drill,
                            const struct instructed *instructed)
{
    params_init(params, LEDGER_PARAMS_MAX);
    params_int64(params, drill->entry.window_id);
    params_int32(params, instructed->participant_id);
    params_int32(params, instructed->counterparty_id);
    params_bool(params, is_of_charges_alone(instructed));
}

static bool sides_add(struct sides *sides, bool is_owed, int64_t minor)
{
    int64_t *side = is_owed ? &sides->is_owed_minor : &sides->owes_minor;

    return !__builtin_add_overflow(*side, minor, side);
}

static void obligation_print(struct drill *drill, const struct result *rows, int row)
{
    struct buffer *out = drill_lines(drill);
    struct text charge = result_text(rows, row, 0);
    char money[MONEY_TEXT_SIZE];

    if (charge.size > 0)
        buffer_format(out, "charge %.*s ", TEXT_ARG(charge));
    else
        buffer_string(out, "obligation ");
    drill_owing(out, rows, row, 1);
    buffer_format(out, " %.*s for %lld payments\n",
                  TEXT_ARG(money_text(result_int64(rows, row, 4), drill->entry.currency, money)),
                  (long long)result_int64(rows, row, 3));
}

static enum status obligations_drill(struct drill *drill, struct instructed *instructed,
                                     struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_position(&params, drill, instructed);
    status = db_run_once(drill->session.db, ledger_sql_drill_obligations, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        bool is_charge = result_text(rows, i, 0).size > 0;

        obligation_print(drill, rows, i);
        instructed->charge_count += is_charge;
        if (!sides_add(is_charge ? &instructed->charges : &instructed->obligations,
                       result_bool(rows, i, 5), result_int64(rows, i, 4)))
            status = drill_too_large(error);
    }
    result_free(rows);
    return status;
}

/* Of other windows, and of other participants of the group. */
static enum status beyond_drill(struct drill *drill, struct instructed *instructed,
                                struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.window_id);
    params_int32(&params, instructed->participant_id);
    params_int32(&params, instructed->counterparty_id);
    status = db_run_once(drill->session.db, ledger_sql_drill_beyond, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        int64_t minor = result_int64(rows, i, 2);
        bool is_owed = result_bool(rows, i, 1);
        char money[MONEY_TEXT_SIZE];

        buffer_format(drill_lines(drill), "%.*s: %s %.*s\n", TEXT_ARG(result_text(rows, i, 0)),
                      is_owed ? "is owed" : "owes",
                      TEXT_ARG(money_text(minor, drill->entry.currency, money)));
        if (!sides_add(&instructed->beyond, is_owed, minor))
            status = drill_too_large(error);
    }
    result_free(rows);
    return status;
}

/* A payment of the window, or a charge: signed as the participant sees it, owed to it above
 * zero. */
static enum status window_take(void *context, const struct result *rows, int row,
                               struct error *error)
{
    struct drill *drill = context;
    int64_t minor = result_int64(rows, row, 5);
    int64_t count = result_int64(rows, row, 7);
    bool is_owed = result_bool(rows, row, 6);

    if (!sides_add(&drill->sides, is_owed, minor))
        return drill_too_large(error);
    if (result_text(rows, row, 4).size > 0) {
        drill->charge_count += count;
    } else {
        drill->payment_count += count;
        drill->gone_count += result_is_null(rows, row, 0) ? count : 0;
    }
    drill_row(drill, rows, row, is_owed ? minor : -minor, 8);
    return OK;
}

static void gross_print(struct drill *drill, const struct instructed *instructed)
{
    const int64_t minors[] = {instructed->obligations.owes_minor, instructed->charges.owes_minor,
                              instructed->obligations.is_owed_minor,
                              instructed->charges.is_owed_minor};
    char money[COUNT_OF(minors)][MONEY_TEXT_SIZE];
    struct text texts[COUNT_OF(minors)];

    if (instructed->charge_count == 0)
        return;
    for (size_t i = 0; i < COUNT_OF(minors); i++)
        texts[i] = money_text(minors[i], drill->entry.currency, money[i]);
    buffer_format(drill_lines(drill),
                  "obligations + charges: owes %.*s + %.*s, is owed %.*s + %.*s\n",
                  TEXT_ARG(texts[0]), TEXT_ARG(texts[1]), TEXT_ARG(texts[2]), TEXT_ARG(texts[3]));
}

/* Obligations and charges together. */
static bool gross_of(const struct instructed *instructed, struct sides *ret_gross)
{
    struct sides gross = instructed->obligations;

    if (!sides_add(&gross, false, instructed->charges.owes_minor) ||
        !sides_add(&gross, true, instructed->charges.is_owed_minor))
        return false;
    *ret_gross = gross;
    return true;
}

static void apart_print(struct drill *drill, const struct instructed *instructed)
{
    char money[MONEY_TEXT_SIZE];

    buffer_format(drill_lines(drill), "less %.*s that %s\n",
                  TEXT_ARG(money_text(instructed->apart_minor, drill->entry.currency, money)),
                  instructed->is_one_of_several ? "other entries of this position book"
                                                : "the other entry of this return books");
}

/* The same rule over three sides: position, obligations and charges, payments. */
static enum status sides_prove(struct drill *drill, const struct instructed *instructed,
                               struct error *error)
{
    bool has_charges = instructed->charge_count > 0;
    bool alone = is_of_charges_alone(instructed);
    struct sides gross;

    if (!gross_of(instructed, &gross))
        return drill_too_large(error);
    const struct {
        const char *what;
        struct sides sides;
    } steps[] = {
        {"its net position", instructed->net},
        {alone         ? "the charges of the position"
         : has_charges ? "the obligations and charges of the position"
                       : "the obligations of the position",
         gross},
        {alone         ? "what the payments of the window are charged"
         : has_charges ? "the payments of the window and what they are charged"
                       : "the payments of the window",
         drill->sides},
    };

    if (instructed->apart_minor != 0)
        apart_print(drill, instructed);
    drill_equality(drill, instructed->is_instruction ? "its instruction" : "what it was for",
                   instructed->amount_minor - instructed->apart_minor);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        struct sides sides = steps[i].sides;
        int64_t minor = 0;

        if (!sides_add(&sides, false, instructed->beyond.owes_minor) ||
            !sides_add(&sides, true, instructed->beyond.is_owed_minor) ||
            !due_of(instructed->model, &sides, instructed->counterparty_id, instructed->collects,
                    &minor))
            return drill_too_large(error);
        drill_equality(drill, steps[i].what, minor - instructed->apart_minor);
    }
    return OK;
}

enum status close_drill(struct drill *drill, struct error *error)
{
    struct instructed instructed = {0};
    struct params params;
    enum status status = instruction_read(drill, error, &instructed);

    if (status == OK)
        status = attempts_print(drill, &instructed, error);
    if (status == OK)
        status = obligations_drill(drill, &instructed, error);
    if (status == OK)
        status = beyond_drill(drill, &instructed, error);
    if (status != OK)
        return status;
    gross_print(drill, &instructed);
    sheet_head(&drill->sheet);
    params_position(&params, drill, &instructed);
    params_currencies(&params);
    status = stream_each(drill->session.db, ledger_sql_drill_window_payments, &params, window_take,
                         drill, error);
    if (status != OK)
        return status;
    sheet_tail(&drill->sheet);
    return sides_prove(drill, &instructed, error);
}
