/*
 * fee_read.c - the fees of a corridor, from its book: see fee.h and corridor.h.
 */
#include "domain/corridor_work.h"

#include <stdio.h>
#include <string.h>

static const char *const fee_keys[] = {
    "code",          "payer",         "currency", "tiering", "tiers", "minimum_minor",
    "maximum_minor", "rounding",      "shares",   "tax",     "channels", "returned_by",
};

static const char *const channel_names[] = {"WALLET", "MOBILE_MONEY", "CARD", "BANK", "USSD"};
static const char *const return_names[] = {"REVERSED", "REFUNDED"};

/* "7.5": zero to 100, with as many digits as a rate. */
static int64_t take_percent(struct book_reader *reader, const struct config_node *map)
{
    struct text text = config_take_text(&reader->take, map, "percent", RATE_TEXT_SIZE);
    int64_t percent = 0;

    if (reader->take.failed || text_is(text, "0"))
        return 0;
    if (!rate_parse(text, &percent) || percent > FEE_PERCENT_MAX)
        config_refuse_value(&reader->take, config_tree_child(map, "percent"),
                            "is not a percentage", "write 0 to 100 with up to ten decimals: 7.5");
    return percent;
}

static int64_t take_minor(struct book_reader *reader, const struct config_node *map,
                          const char *key, int64_t otherwise)
{
    return config_take_has(&reader->take, map, key)
               ? config_take_int(&reader->take, map, key, 0, INT64_MAX - 1)
               : otherwise;
}

/* ---- tiers ---- */

static void read_tier(struct book_reader *reader, const struct config_node *map,
                      struct fee_tier *tier)
{
    static const char *const keys[] = {"up_to_minor", "fixed_minor", "percent"};

    config_take_keys(&reader->take, map, keys, COUNT_OF(keys));
    tier->up_to_minor = take_minor(reader, map, "up_to_minor", INT64_MAX);
    tier->fixed_minor = take_minor(reader, map, "fixed_minor", 0);
    if (config_take_has(&reader->take, map, "percent"))
        tier->percent = take_percent(reader, map);
}

static void check_tiers(struct book_reader *reader, const struct config_node *list,
                        const struct fee *fee)
{
    for (size_t i = 0; i < fee->tier_count && !reader->take.failed; i++) {
        bool is_last = i + 1 == fee->tier_count;
        bool is_open = fee->tiers[i].up_to_minor == INT64_MAX;

        if (is_last != is_open)
            config_refuse(&reader->take, list->line, "up_to_minor",
                          "must be there in every tier but the last",
                          "the last tier takes every amount above");
        else if (fee->tiers[i].up_to_minor <= (i == 0 ? 0 : fee->tiers[i - 1].up_to_minor))
            config_refuse(&reader->take, list->line, "up_to_minor", "must rise from tier to tier",
                          NULL);
    }
}

static void read_tiers(struct book_reader *reader, const struct config_node *map, struct fee *fee)
{
    static const char *const tierings[] = {"SLAB", "MARGINAL"};
    const struct config_node *list = config_take_node(&reader->take, map, "tiers", CONFIG_LIST);

    if (list == NULL)
        return;
    if (list->count == 0 || list->count > FEE_TIERS_MAX) {
        config_refuse(&reader->take, list->line, "tiers", "needs 1 to 16 tiers", NULL);
        return;
    }
    CONFIG_EACH(node, list)
    read_tier(reader, node, &fee->tiers[fee->tier_count++]);
    check_tiers(reader, list, fee);
    fee->tiering = TIERING_SLAB;
    if (list->count > 1 || config_take_has(&reader->take, map, "tiering"))
        fee->tiering = TIERING_SLAB + (enum fee_tiering)config_take_choice(
                                          &reader->take, map, "tiering", tierings, 2);
}

/* ---- who, when, how ---- */

static void read_bits(struct book_reader *reader, const struct config_node *map, const char *key,
                      const char *const *names, size_t count, unsigned first, uint32_t *bits)
{
    const struct config_node *list;

    if (!config_take_has(&reader->take, map, key))
        return;
    list = config_take_node(&reader->take, map, key, CONFIG_LIST);
    *bits = 0;
    for (const struct config_node *node = list == NULL ? NULL : list->first;
         node != NULL && !reader->take.failed; node = node->next) {
        size_t i = 0;

        while (i < count && strcmp(names[i], node->value) != 0)
            i++;
        if (i == count)
            config_refuse_name(&reader->take, node->line, key, text_of(node->value),
                               "one of its values", names, count);
        *bits |= UINT32_C(1) << (first + i);
    }
    if (!reader->take.failed && *bits == 0)
        config_refuse(&reader->take, list->line, key, "is empty", "leave the key out");
}

/* Weights, not percentages: 2 and 1 are two thirds and one. */
static void read_shares(struct book_reader *reader, const struct config_node *map, struct fee *fee)
{
    static const char *const keys[] = {"own", "debtor_agent", "creditor_agent"};
    const struct config_node *shares;
    int64_t sum = 0;

    fee->shares[FEE_OWN] = 1;
    if (!config_take_has(&reader->take, map, "shares"))
        return;
    shares = config_take_node(&reader->take, map, "shares", CONFIG_MAP);
    if (shares == NULL)
        return;
    config_take_keys(&reader->take, shares, keys, COUNT_OF(keys));
    for (size_t i = 0; i < COUNT_OF(keys) && !reader->take.failed; i++) {
        fee->shares[i] =
            config_take_has(&reader->take, shares, keys[i])
                ? config_take_int(&reader->take, shares, keys[i], 0, FEE_SHARE_MAX)
                : 0;
        sum += fee->shares[i];
    }
    if (!reader->take.failed && sum == 0)
        config_refuse(&reader->take, shares->line, "shares", "nobody gets a share", NULL);
}

static void read_tax(struct book_reader *reader, const struct config_node *map, struct fee *fee)
{
    static const char *const keys[] = {"country", "percent"};
    const struct config_node *tax;
    struct text country;

    if (!config_take_has(&reader->take, map, "tax"))
        return;
    tax = config_take_node(&reader->take, map, "tax", CONFIG_MAP);
    if (tax == NULL)
        return;
    config_take_keys(&reader->take, tax, keys, COUNT_OF(keys));
    country = book_code(reader, tax, "country", 2, 2, "");
    fee->tax_percent = take_percent(reader, tax);
    if (!reader->take.failed && fee->tax_percent == 0)
        config_refuse(&reader->take, tax->line, "tax", "is zero", "leave the key out");
    if (!reader->take.failed)
        (void)text_copy(country, fee->tax_country, sizeof fee->tax_country);
}

static void read_fee_currency(struct book_reader *reader, const struct config_node *map,
                              const struct corridor *corridor, struct fee *fee)
{
    fee->currency = book_currency(reader, map, "currency");
    if (!reader->take.failed && fee->currency != corridor->source_currency &&
        fee->currency != corridor->settlement_currency)
        config_refuse_value(&reader->take, config_tree_child(map, "currency"),
                            "is neither the source nor the settlement currency", NULL);
}

static void read_fee(struct book_reader *reader, const struct config_node *map,
                     const struct corridor *corridor, struct fee *fee)
{
    static const char *const payers[] = {"DEBTOR_AGENT", "CREDITOR_AGENT"};
    struct config_take *take = &reader->take;

    config_take_keys(take, map, fee_keys, COUNT_OF(fee_keys));
    (void)text_copy(book_code(reader, map, "code", 1, FEE_CODE_SIZE - 1, "-"), fee->code,
                    sizeof fee->code);
    fee->payer =
        FEE_DEBTOR_AGENT + (enum fee_party)config_take_choice(take, map, "payer", payers, 2);
    read_fee_currency(reader, map, corridor, fee);
    read_tiers(reader, map, fee);
    fee->minimum_minor = take_minor(reader, map, "minimum_minor", 0);
    fee->maximum_minor = take_minor(reader, map, "maximum_minor", INT64_MAX);
    if (!take->failed && fee->minimum_minor > fee->maximum_minor)
        config_refuse_value(take, config_tree_child(map, "minimum_minor"),
                            "is above maximum_minor", NULL);
    fee->rounding = book_rounding(reader, map, "rounding");
    read_shares(reader, map, fee);
    read_tax(reader, map, fee);
    fee->channels = UINT32_C(0x3E); /* all five */
    read_bits(reader, map, "channels", channel_names, COUNT_OF(channel_names), CHANNEL_WALLET,
              &fee->channels);
    read_bits(reader, map, "returned_by", return_names, COUNT_OF(return_names), PAYMENT_REVERSED,
              &fee->returned_by);
}

static void check_codes(struct book_reader *reader, const struct config_node *list,
                        const struct fee_schedule *schedule)
{
    for (size_t i = 0; i < schedule->count && !reader->take.failed; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(schedule->fees[i].code, schedule->fees[j].code) == 0)
                config_refuse(&reader->take, list->line, "fees", "one code occurs twice", NULL);
}

void book_fees_read(struct book_reader *reader, const struct config_node *map,
                    struct corridor *corridor)
{
    struct fee_schedule *schedule = &corridor->fees;
    const struct config_node *list;

    *schedule = (struct fee_schedule){corridor->corridor_id, corridor->version, NULL, 0};
    if (!config_take_has(&reader->take, map, "fees"))
        return;
    list = config_take_node(&reader->take, map, "fees", CONFIG_LIST);
    if (list == NULL)
        return;
    if (list->count == 0 || list->count > FEES_MAX) {
        config_refuse(&reader->take, list->line, "fees", "needs 1 to 8 fees", NULL);
        return;
    }
    schedule->fees = book_memory(reader, list->count, sizeof *schedule->fees);
    if (schedule->fees == NULL)
        return;
    CONFIG_EACH(node, list)
    read_fee(reader, node, corridor, &schedule->fees[schedule->count++]);
    check_codes(reader, list, schedule);
    if (!reader->take.failed)
        assert_fee_schedule_state(schedule);
}
