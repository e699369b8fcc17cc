/*
 * fx_policy_read.c - what a corridor version says about its rates, from its book: see fx_rate.h.
 */
#include "domain/corridor_work.h"

static void read_pivot(struct book_reader *reader, const struct config_node *map,
                       const struct corridor *corridor, struct fx_policy *policy)
{
    policy->pivot = CURRENCY_NONE;
    if (!config_take_has(&reader->take, map, "pivot"))
        return;
    policy->pivot = book_currency(reader, map, "pivot");
    if (!reader->take.failed && (policy->pivot == corridor->source_currency ||
                                 policy->pivot == corridor->settlement_currency))
        config_refuse_value(&reader->take, config_tree_child(map, "pivot"),
                            "is an end of the pair itself",
                            "a third currency that both are quoted in, or leave the key out");
}

void book_fx_read(struct book_reader *reader, const struct config_node *map,
                  struct corridor *corridor)
{
    static const char *const keys[] = {"source", "side", "max_age_minutes", "pivot", "rounding"};
    static const char *const sides[] = {"BID", "MID", "ASK"};
    struct fx_policy *policy = &corridor->fx;
    struct config_take *take = &reader->take;
    const struct config_node *fx;

    if (!config_take_has(take, map, "fx"))
        return;
    fx = config_take_node(take, map, "fx", CONFIG_MAP);
    if (fx == NULL)
        return;
    config_take_keys(take, fx, keys, COUNT_OF(keys));
    if (!take->failed && corridor->source_currency == corridor->settlement_currency)
        config_refuse(take, fx->line, "fx", "has nothing to exchange",
                      "the corridor settles in its source_currency: leave the key out");
    policy->source = config_take_text(take, fx, "source", FX_SOURCE_MAX);
    policy->side = SIDE_BID + (enum fx_side)config_take_choice(take, fx, "side", sides, 3);
    policy->max_age_minutes =
        (int32_t)config_take_int(take, fx, "max_age_minutes", 1, FX_AGE_MINUTES_MAX);
    read_pivot(reader, fx, corridor, policy);
    policy->rounding = book_rounding(reader, fx, "rounding");
}
