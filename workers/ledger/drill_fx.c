/*
 * drill_fx.c - what an entry between FX_POSITION and FX_GAIN_LOSS was made of.
 *
 *   gain or loss of a window = what its locks cover, at their rates less at the rate it settled at
 *   locks: where their events are; the volume: the payments of the window, in source currency
 */
#include "drill.h"
#include "ledger_sql.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "domain/rate.h"

/* Columns of drill_fx.sql and drill_fx_locks.sql. */
enum {
    FX_SOURCE,
    FX_CURRENCY,
    FX_RATE_SOURCE,
    FX_SIDE,
    FX_AS_OF,
    FX_RATE,
    FX_QUOTE_ID,
    FX_PIVOT_ID,
    FX_VOLUME,
    FX_WORTH,
    FX_LOCKED,
    FX_RESULT,
    FX_LET_GO,
};
enum { LOCK_ID, LOCK_COVER, LOCK_RATE, LOCK_COVERED, LOCK_WORTH, LOCK_RATE_WORTH, LOCK_TOPIC };

bool fx_is_entry(const struct entry *entry)
{
    return text_is(entry->debit_kind, "FX_GAIN_LOSS") ||
           text_is(entry->credit_kind, "FX_GAIN_LOSS");
}

static void rate_print(struct buffer *out, const struct result *fx)
{
    struct uuid quote_id = result_uuid(fx, 0, FX_QUOTE_ID);
    char rate[RATE_TEXT_SIZE];
    char instant[INSTANT_TEXT_SIZE];
    char uuid[UUID_TEXT_SIZE];

    rate_format(result_int64(fx, 0, FX_RATE), rate);
    instant_format(result_instant(fx, 0, FX_AS_OF), instant);
    uuid_format(&quote_id, uuid);
    buffer_format(out, "rate %s %.*s per %.*s, %.*s of %.*s as of %s, quote %s", rate,
                  TEXT_ARG(result_text(fx, 0, FX_CURRENCY)),
                  TEXT_ARG(result_text(fx, 0, FX_SOURCE)), TEXT_ARG(result_text(fx, 0, FX_SIDE)),
                  TEXT_ARG(result_text(fx, 0, FX_RATE_SOURCE)), instant, uuid);
    if (!result_is_null(fx, 0, FX_PIVOT_ID)) {
        quote_id = result_uuid(fx, 0, FX_PIVOT_ID);
        uuid_format(&quote_id, uuid);
        buffer_format(out, " and %s", uuid);
    }
    buffer_byte(out, '\n');
}

static void lock_print(struct drill *drill, const struct result *fx, const struct result *locks,
                       int row)
{
    struct buffer *out = drill_lines(drill);
    struct text code = drill->entry.currency;
    struct uuid lock_id = result_uuid(locks, row, LOCK_ID);
    char uuid[UUID_TEXT_SIZE];
    char rate[RATE_TEXT_SIZE];
    char money[3][MONEY_TEXT_SIZE];

    uuid_format(&lock_id, uuid);
    rate_format(result_int64(locks, row, LOCK_RATE), rate);
    buffer_format(out, "lock %s at %s, %.*s: covers %.*s, %.*s less %.*s", uuid, rate,
                  TEXT_ARG(result_text(locks, row, LOCK_COVER)),
                  TEXT_ARG(money_text(result_int64(locks, row, LOCK_COVERED),
                                      result_text(fx, 0, FX_SOURCE), money[0])),
                  TEXT_ARG(money_text(result_int64(locks, row, LOCK_WORTH), code, money[1])),
                  TEXT_ARG(money_text(result_int64(locks, row, LOCK_RATE_WORTH), code, money[2])));
    if (!result_is_null(locks, row, LOCK_TOPIC))
        buffer_format(out, "; event %.*s.%lld/%lld@%lld",
                      TEXT_ARG(result_text(locks, row, LOCK_TOPIC)),
                      (long long)result_int64(locks, row, LOCK_TOPIC + 1),
                      (long long)result_int64(locks, row, LOCK_TOPIC + 2),
                      (long long)result_int64(locks, row, LOCK_TOPIC + 3));
    buffer_byte(out, '\n');
}

/* Prints the locks; their sum, as the entry has it: without its sign. */
static bool locks_drill(struct drill *drill, const struct result *fx, const struct result *locks,
                        int64_t *ret_minor)
{
    __int128 sum = 0;

    for (int i = 0; i < result_rows(locks); i++) {
        lock_print(drill, fx, locks, i);
        sum +=
            (__int128)result_int64(locks, i, LOCK_WORTH) - result_int64(locks, i, LOCK_RATE_WORTH);
    }
    sum = sum < 0 ? -sum : sum;
    *ret_minor = (int64_t)sum;
    return sum <= INT64_MAX;
}

static enum status payment_take(void *context, const struct result *rows, int row,
                                struct error *error)
{
    struct drill *drill = context;
    int64_t minor = result_int64(rows, row, 5);
    bool came_back = result_int64(rows, row, 1) != 1;

    if (__builtin_add_overflow(drill->sides.owes_minor, came_back ? -minor : minor,
                               &drill->sides.owes_minor))
        return drill_too_large(error);
    drill->payment_count++;
    drill_row(drill, rows, row, minor, 6);
    return OK;
}

static void volume_equality(struct drill *drill, const struct result *fx, struct text code)
{
    int64_t volume = result_int64(fx, 0, FX_VOLUME);
    bool holds = volume == drill->sides.owes_minor;
    char text[2][MONEY_TEXT_SIZE];

    buffer_format(drill_lines(drill), "%s  %.*s %s %.*s  the payments of the window\n",
                  holds ? "proved" : "DIFFERS", TEXT_ARG(money_text(volume, code, text[0])),
                  holds ? "=" : "<>", TEXT_ARG(money_text(drill->sides.owes_minor, code, text[1])));
    drill->holds = drill->holds && holds;
}

/* Rows in source currency; a window of which days were let go cannot be added up any more. */
static enum status volume_drill(struct drill *drill, const struct result *fx, struct error *error)
{
    struct text settlement = drill->entry.currency;
    struct text source = result_text(fx, 0, FX_SOURCE);
    struct params params;
    enum status status;

    if (result_bool(fx, 0, FX_LET_GO)) {
        buffer_string(drill_lines(drill), "payments of the window are of days that were let go\n");
        return OK;
    }
    drill->entry.currency = source;
    sheet_head(&drill->sheet);
    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.window_id);
    status = stream_each(drill->session.db, ledger_sql_drill_fx_payments, &params, payment_take,
                         drill, error);
    drill->entry.currency = settlement;
    if (status != OK)
        return status;
    sheet_tail(&drill->sheet);
    volume_equality(drill, fx, source);
    return OK;
}

static enum status window_rows(struct drill *drill, const char *sql, struct error *error,
                               struct result **ret_rows)
{
    struct params params;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.window_id);
    return db_run_once(drill->session.db, sql, &params, error, ret_rows);
}

static enum status no_result(const struct drill *drill, struct error *error)
{
    error_set(error, REJECT, "entry %lld/%d books a result of no window",
              (long long)drill->entry.place.commit_id, (int)drill->entry.place.line);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "sawa settle verify tells what differs");
}

enum status fx_drill(struct drill *drill, struct error *error)
{
    struct result *fx = NULL;
    struct result *locks = NULL;
    int64_t result = 0;
    int64_t sum = 0;
    enum status status = window_rows(drill, ledger_sql_drill_fx, error, &fx);

    if (status == OK && result_rows(fx) == 0)
        status = no_result(drill, error);
    if (status == OK)
        status = window_rows(drill, ledger_sql_drill_fx_locks, error, &locks);
    if (status == OK) {
        result = result_int64(fx, 0, FX_RESULT);
        rate_print(drill_lines(drill), fx);
        if (!locks_drill(drill, fx, locks, &sum))
            status = drill_too_large(error);
    }
    if (status == OK)
        status = volume_drill(drill, fx, error);
    if (status == OK) {
        drill_equality(drill, result < 0 ? "the loss of the window" : "the gain of the window",
                       result < 0 ? -result : result);
        drill_equality(drill, "what its locks cover, at their rates less at the rate", sum);
    }
    result_free(fx);
    result_free(locks);
    return status;
}
