/*
 * fx_show.c - the rate of a window and what its locks brought, as sawa-settle show tells it.
 *
 *   rate 0.0077 USD per KES, MID of CENTRAL-BANK as of 2026-03-02T12:59:59.999999Z: KES/USD ...
 *   volume 1000000.00 KES is worth 7700.00 USD; locked 600000.00 KES; gain 60.00 USD
 *   lock 30..01 KES/USD at 0.0078, IN_FORCE: covers 600000.00 KES, 4680.00 USD against 4620.00
 *
 * Columns of show_fx.sql and show_fx_locks.sql.
 */
#include "fx/fx.h"

#include "domain/rate.h"

#include <stdio.h>

enum {
    FX_SOURCE,
    FX_CURRENCY,
    FX_RATE_SOURCE,
    FX_SIDE,
    FX_AS_OF,
    FX_RATE,
    FX_QUOTE_PAIR,
    FX_QUOTE_ID,
    FX_QUOTED_AT,
    FX_PIVOT_PAIR,
    FX_PIVOT_ID,
    FX_VOLUME,
    FX_WORTH,
    FX_LOCKED,
    FX_RESULT,
};

enum {
    LOCK_ID,
    LOCK_SOURCE,
    LOCK_CURRENCY,
    LOCK_PAIR,
    LOCK_RATE,
    LOCK_COVER,
    LOCK_CLAIMED,
    LOCK_COVERED,
    LOCK_WORTH,
    LOCK_RATE_WORTH,
    LOCK_RESULT,
};

enum { TOLD_SIZE = 40 }; /* the longest of ids, amounts, rates and instants */

_Static_assert((int)TOLD_SIZE >= (int)UUID_TEXT_SIZE && (int)TOLD_SIZE >= (int)AMOUNT_TEXT_SIZE &&
                   (int)TOLD_SIZE >= (int)INSTANT_TEXT_SIZE,
               "room for each of them");

static const char *uuid_told(const struct result *rows, int row, int column,
                             char text[UUID_TEXT_SIZE])
{
    struct uuid uuid = result_uuid(rows, row, column);

    uuid_format(&uuid, text);
    return text;
}

static const char *rate_told(const struct result *rows, int row, int column,
                             char text[RATE_TEXT_SIZE])
{
    rate_format(result_int64(rows, row, column), text);
    return text;
}

static const char *instant_told(const struct result *rows, int row, int column,
                                char text[INSTANT_TEXT_SIZE])
{
    instant_format(result_instant(rows, row, column), text);
    return text;
}

static const char *result_word(int64_t result)
{
    return result == 0 ? "result" : result > 0 ? "gain" : "loss";
}

/* ---- for people ---- */

static void print_rate(const struct result *fx)
{
    char rate[RATE_TEXT_SIZE];
    char instant[INSTANT_TEXT_SIZE];
    char quote[UUID_TEXT_SIZE];

    printf("  rate %s %.*s per %.*s, %.*s of %.*s as of %s", rate_told(fx, 0, FX_RATE, rate),
           TEXT_ARG(result_text(fx, 0, FX_CURRENCY)), TEXT_ARG(result_text(fx, 0, FX_SOURCE)),
           TEXT_ARG(result_text(fx, 0, FX_SIDE)), TEXT_ARG(result_text(fx, 0, FX_RATE_SOURCE)),
           instant_told(fx, 0, FX_AS_OF, instant));
    printf(": %.*s quote %s of %s", TEXT_ARG(result_text(fx, 0, FX_QUOTE_PAIR)),
           uuid_told(fx, 0, FX_QUOTE_ID, quote), instant_told(fx, 0, FX_QUOTED_AT, instant));
    if (!result_is_null(fx, 0, FX_PIVOT_ID))
        printf(", then %.*s quote %s", TEXT_ARG(result_text(fx, 0, FX_PIVOT_PAIR)),
               uuid_told(fx, 0, FX_PIVOT_ID, quote));
    printf("\n");
}

static void print_worth(const struct result *fx)
{
    char volume[AMOUNT_TEXT_SIZE];
    char worth[AMOUNT_TEXT_SIZE];
    char locked[AMOUNT_TEXT_SIZE];
    char result[AMOUNT_TEXT_SIZE];

    printf("  volume %s %.*s is worth %s %.*s; locked %s %.*s; %s %s %.*s\n",
           money_told(fx, 0, FX_VOLUME, FX_SOURCE, volume), TEXT_ARG(result_text(fx, 0, FX_SOURCE)),
           money_told(fx, 0, FX_WORTH, FX_CURRENCY, worth),
           TEXT_ARG(result_text(fx, 0, FX_CURRENCY)),
           money_told(fx, 0, FX_LOCKED, FX_SOURCE, locked), TEXT_ARG(result_text(fx, 0, FX_SOURCE)),
           result_word(result_int64(fx, 0, FX_RESULT)),
           money_told(fx, 0, FX_RESULT, FX_CURRENCY, result),
           TEXT_ARG(result_text(fx, 0, FX_CURRENCY)));
}

static void print_lock(const struct result *locks, int row)
{
    char id[UUID_TEXT_SIZE];
    char rate[RATE_TEXT_SIZE];
    char covered[AMOUNT_TEXT_SIZE];
    char worth[AMOUNT_TEXT_SIZE];
    char rate_worth[AMOUNT_TEXT_SIZE];

    printf("  lock %s %.*s at %s, %.*s: covers %s %.*s, %s %.*s against %s\n",
           uuid_told(locks, row, LOCK_ID, id), TEXT_ARG(result_text(locks, row, LOCK_PAIR)),
           rate_told(locks, row, LOCK_RATE, rate), TEXT_ARG(result_text(locks, row, LOCK_COVER)),
           money_told(locks, row, LOCK_COVERED, LOCK_SOURCE, covered),
           TEXT_ARG(result_text(locks, row, LOCK_SOURCE)),
           money_told(locks, row, LOCK_WORTH, LOCK_CURRENCY, worth),
           TEXT_ARG(result_text(locks, row, LOCK_CURRENCY)),
           money_told(locks, row, LOCK_RATE_WORTH, LOCK_CURRENCY, rate_worth));
}

void fx_print(const struct result *fx, const struct result *locks)
{
    if (result_rows(fx) == 0)
        return;
    print_rate(fx);
    print_worth(fx);
    for (int i = 0; i < result_rows(locks); i++)
        print_lock(locks, i);
}

/* ---- for machines ---- */

static void json_string(struct buffer *out, const char *key, const char *value)
{
    buffer_format(out, ",\"%s\":", key);
    buffer_json(out, text_of(value));
}

static void json_text(struct buffer *out, const char *key, struct text value)
{
    buffer_format(out, ",\"%s\":", key);
    buffer_json(out, value);
}

static void json_lock(struct buffer *out, const struct result *locks, int row)
{
    char text[TOLD_SIZE];

    buffer_format(out, "{\"lock_id\":\"%s\"", uuid_told(locks, row, LOCK_ID, text));
    json_text(out, "pair", result_text(locks, row, LOCK_PAIR));
    json_string(out, "rate", rate_told(locks, row, LOCK_RATE, text));
    json_text(out, "cover", result_text(locks, row, LOCK_COVER));
    json_string(out, "claimed", money_told(locks, row, LOCK_CLAIMED, LOCK_SOURCE, text));
    json_string(out, "covered", money_told(locks, row, LOCK_COVERED, LOCK_SOURCE, text));
    json_string(out, "lock_worth", money_told(locks, row, LOCK_WORTH, LOCK_CURRENCY, text));
    json_string(out, "rate_worth", money_told(locks, row, LOCK_RATE_WORTH, LOCK_CURRENCY, text));
    json_string(out, "result", money_told(locks, row, LOCK_RESULT, LOCK_CURRENCY, text));
    buffer_byte(out, '}');
}

static void json_quotes(struct buffer *out, const struct result *fx)
{
    char id[UUID_TEXT_SIZE];

    buffer_format(out, ",\"quotes\":[\"%s\"", uuid_told(fx, 0, FX_QUOTE_ID, id));
    if (!result_is_null(fx, 0, FX_PIVOT_ID))
        buffer_format(out, ",\"%s\"", uuid_told(fx, 0, FX_PIVOT_ID, id));
    buffer_byte(out, ']');
}

void fx_json(struct buffer *out, const struct result *fx, const struct result *locks)
{
    char text[TOLD_SIZE];

    if (result_rows(fx) == 0)
        return;
    buffer_format(out, ",\"fx\":{\"rate\":\"%s\"", rate_told(fx, 0, FX_RATE, text));
    json_text(out, "source_currency", result_text(fx, 0, FX_SOURCE));
    json_text(out, "rate_source", result_text(fx, 0, FX_RATE_SOURCE));
    json_text(out, "side", result_text(fx, 0, FX_SIDE));
    json_string(out, "as_of", instant_told(fx, 0, FX_AS_OF, text));
    json_quotes(out, fx);
    json_string(out, "volume", money_told(fx, 0, FX_VOLUME, FX_SOURCE, text));
    json_string(out, "worth", money_told(fx, 0, FX_WORTH, FX_CURRENCY, text));
    json_string(out, "locked", money_told(fx, 0, FX_LOCKED, FX_SOURCE, text));
    json_string(out, "result", money_told(fx, 0, FX_RESULT, FX_CURRENCY, text));
    buffer_string(out, ",\"locks\":[");
    for (int i = 0; i < result_rows(locks); i++) {
        if (i > 0)
            buffer_byte(out, ',');
        json_lock(out, locks, i);
    }
    buffer_string(out, "]}");
}
