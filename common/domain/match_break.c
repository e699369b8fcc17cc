/*
 * match_break.c - what no pass explained, and what to call it: the table at the head of match.h.
 */
#include "domain/match_work.h"

enum {
    EXACT_SCORE = 900,    /* everything equal                 */
    RELATED_SCORE = 800,  /* a reference in common            */
    GROUP_LOOKED_AT = 32, /* per node and group, for candidates */
};

static void set_break(struct work *work, uint32_t node, enum break_type type)
{
    assert(work->nodes[node].partner == NODE_NONE);
    assert(work->nodes[node].break_type == 0);
    work->nodes[node].break_type = type;
}

static void set_both(struct work *work, uint32_t item, uint32_t entry, enum break_type type,
                     const char *reason)
{
    set_break(work, item, type);
    set_break(work, entry, type);
    work_add_candidate(work, item, entry, EXACT_SCORE, reason);
    work_add_candidate(work, entry, item, EXACT_SCORE, reason);
}

/* ---- a related pair, neither of which is matched ---- */

static int64_t magnitude(int64_t minor)
{
    return minor < 0 ? -minor : minor;
}

static bool is_fee(const struct match_rules *rules, const struct match_item *item,
                   const struct match_item *entry)
{
    __int128 difference = (__int128)entry->amount_minor - item->amount_minor;
    __int128 tolerance = (__int128)magnitude(item->amount_minor) * rules->fee_basis_points / 10000;
    bool is_short =
        difference < 0 || magnitude(entry->amount_minor) < magnitude(item->amount_minor);

    if (tolerance < rules->fee_minor)
        tolerance = rules->fee_minor;
    return is_short && difference != 0 && difference <= tolerance && -difference <= tolerance;
}

static bool is_opposite(const struct match_item *item, const struct match_item *entry)
{
    return (item->amount_minor < 0) != (entry->amount_minor < 0);
}

/* The rows "both, related" of the table, in its order. */
static enum break_type pair_type(const struct work *work, uint32_t item, uint32_t entry,
                                 const char **ret_reason)
{
    const struct match_item *a = work->nodes[item].item;
    const struct match_item *b = work->nodes[entry].item;

    *ret_reason = "same reference, other currency";
    if (a->currency != b->currency)
        return BREAK_CURRENCY;
    *ret_reason = "same reference, a return";
    if (is_opposite(a, b) && b->is_return)
        return BREAK_RETURNED;
    *ret_reason = "same reference, opposite sign";
    if (is_opposite(a, b))
        return BREAK_DIRECTION;
    *ret_reason = "same reference, short by a fee";
    if (is_fee(work->rules, a, b))
        return BREAK_FEE_VARIANCE;
    *ret_reason = "same reference, a return";
    if (a->amount_minor == b->amount_minor && a->is_return != b->is_return)
        return BREAK_RETURNED;
    *ret_reason = "same reference, other amount";
    return BREAK_AMOUNT;
}

static void break_pair(struct work *work, uint32_t item, uint32_t entry)
{
    const char *reason;
    enum break_type type = pair_type(work, item, entry, &reason);

    set_both(work, item, entry, type, reason);
}

/* ---- all equal: one subgroup of keys ---- */

/* The next open node of the side in [*at, end), NODE_NONE where there is none. */
static uint32_t next_open(const struct work *work, size_t *at, size_t end, bool wants_entry)
{
    for (; *at < end; (*at)++) {
        uint32_t node = work->keys[*at].node;

        if (is_entry(work, node) == wants_entry && is_open(work, node) &&
            !work->nodes[node].ambiguous)
            return node;
    }
    return NODE_NONE;
}

/* Both sides have open nodes that are equal: only their dates kept them apart. */
static void break_dates(struct work *work, size_t begin, size_t end)
{
    size_t i = begin;
    size_t j = begin;

    for (;;) {
        uint32_t item = next_open(work, &i, end, false);
        uint32_t entry = next_open(work, &j, end, true);

        if (item == NODE_NONE || entry == NODE_NONE)
            return;
        set_both(work, item, entry, BREAK_DATE, "all equal, dates too far apart");
    }
}

/* The first matched node of the side in [begin, end). */
static uint32_t first_matched(const struct work *work, size_t begin, size_t end, bool wants_entry)
{
    for (size_t i = begin; i < end; i++) {
        uint32_t node = work->keys[i].node;

        if (is_entry(work, node) == wants_entry && work->nodes[node].partner != NODE_NONE)
            return node;
    }
    return NODE_NONE;
}

static void break_duplicates(struct work *work, size_t begin, size_t end)
{
    uint32_t item = first_matched(work, begin, end, false);
    uint32_t entry = first_matched(work, begin, end, true);

    for (size_t i = begin; i < end; i++) {
        uint32_t node = work->keys[i].node;
        uint32_t other = is_entry(work, node) ? item : entry;

        if (other == NODE_NONE || !is_open(work, node) || work->nodes[node].ambiguous)
            continue;
        set_break(work, node,
                  is_entry(work, node) ? BREAK_DUPLICATE_AT_BANK : BREAK_DUPLICATE_IN_BOOKS);
        work_add_candidate(work, node, other, EXACT_SCORE, "all equal, and matched already");
    }
}

/* Candidates of ambiguous nodes: whoever is equal and not matched. */
static void add_equal_candidates(struct work *work, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        uint32_t node = work->keys[i].node;
        size_t looked_at = 0;

        if (!work->nodes[node].ambiguous || !is_open(work, node))
            continue;
        for (size_t j = begin; j < end && looked_at < GROUP_LOOKED_AT; j++) {
            uint32_t other = work->keys[j].node;

            if (is_entry(work, node) == is_entry(work, other) || !is_open(work, other))
                continue;
            looked_at++;
            work_add_candidate(work, node, other, EXACT_SCORE, "same reference and amount");
        }
    }
}

/* ---- related: one group of keys ---- */

/* The first matched item of the group whose amount is that of entry the other way round. */
static uint32_t undone_by(const struct work *work, size_t begin, size_t end, uint32_t entry)
{
    const struct match_item *undoes = work->nodes[entry].item;

    for (size_t i = begin; i < end; i++) {
        uint32_t node = work->keys[i].node;
        const struct match_item *item = work->nodes[node].item;

        if (!is_entry(work, node) && work->nodes[node].partner != NODE_NONE &&
            item->currency == undoes->currency &&
            (__int128)item->amount_minor + undoes->amount_minor == 0)
            return node;
    }
    return NODE_NONE;
}

static void break_returns(struct work *work, size_t begin, size_t end)
{
    size_t searches = 0;

    for (size_t i = begin; i < end && searches < GROUP_LOOKED_AT; i++) {
        uint32_t node = work->keys[i].node;
        uint32_t item;

        if (!is_entry(work, node) || !is_open(work, node) || work->nodes[node].ambiguous)
            continue;
        searches++; /* (4): a reference that hundreds share names nothing */
        item = undone_by(work, begin, end, node);
        if (item == NODE_NONE)
            continue;
        set_break(work, node, BREAK_RETURNED);
        work_add_candidate(work, node, item, EXACT_SCORE, "undoes what is matched with this");
    }
}

/* Open nodes of one side of the group, in order of currency and amount. */
static size_t collect_open(const struct work *work, size_t begin, size_t end, bool wants_entry,
                           uint32_t *nodes)
{
    size_t count = 0;

    for (size_t i = begin; i < end; i++) {
        uint32_t node = next_open(work, &i, end, wants_entry);

        if (node != NODE_NONE)
            nodes[count++] = node;
    }
    return count;
}

/* Pairs those that a fee explains: both lists ascend, so each is passed once. */
static void break_fees(struct work *work, const uint32_t *items, size_t item_count,
                       const uint32_t *entries, size_t entry_count)
{
    size_t i = 0;
    size_t j = 0;

    while (i < item_count && j < entry_count) {
        const struct match_item *a = work->nodes[items[i]].item;
        const struct match_item *b = work->nodes[entries[j]].item;

        if (a->currency == b->currency && !is_opposite(a, b) && is_fee(work->rules, a, b)) {
            break_pair(work, items[i++], entries[j++]);
            continue;
        }
        if (a->currency != b->currency ? a->currency < b->currency
                                       : a->amount_minor < b->amount_minor)
            i++;
        else
            j++;
    }
}

/* Related, and nothing better is known: paired in order. */
static void break_related(struct work *work, size_t begin, size_t end)
{
    uint32_t *items = work->scratch[0];
    uint32_t *entries = work->scratch[1];
    size_t item_count = collect_open(work, begin, end, false, items);
    size_t entry_count = collect_open(work, begin, end, true, entries);

    break_fees(work, items, item_count, entries, entry_count);
    item_count = collect_open(work, begin, end, false, items);
    entry_count = collect_open(work, begin, end, true, entries);
    for (size_t i = 0; i < item_count && i < entry_count; i++)
        break_pair(work, items[i], entries[i]);
}

/* What is still open but related to something keeps it as a candidate. */
static void add_related_candidates(struct work *work, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        uint32_t node = work->keys[i].node;
        size_t looked_at = 0;

        for (size_t j = begin; j < end && is_open(work, node) && looked_at < GROUP_LOOKED_AT; j++) {
            uint32_t other = work->keys[j].node;

            if (is_entry(work, node) == is_entry(work, other))
                continue;
            looked_at++;
            work_add_candidate(work, node, other, RELATED_SCORE, "same reference");
        }
    }
}

/* Runs step over every run of equal keys, or over every run of related keys. */
static void each_run(struct work *work, size_t count,
                     size_t (*run_end)(const struct work *work, size_t begin, size_t count),
                     void (*step)(struct work *work, size_t begin, size_t end))
{
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = run_end(work, begin, count);
        if (end - begin > 1)
            step(work, begin, end);
    }
}

/* ---- related to nothing ---- */

static enum break_type lone_type(const struct work *work, uint32_t node)
{
    const struct match_item *item = work->nodes[node].item;

    if (work->nodes[node].ambiguous)
        return BREAK_AMBIGUOUS;
    if (!is_entry(work, node))
        return item->date_to < work->rules->as_of ? BREAK_MISSING_AT_BANK : 0;
    if (item->is_return)
        return BREAK_RETURNED;
    return item->amount_minor > 0 ? BREAK_UNIDENTIFIED_RECEIPT : BREAK_MISSING_IN_BOOKS;
}

void work_break(struct work *work)
{
    size_t count = work_collect_keys(work, ~0U, false);

    each_run(work, count, work_equal_end, add_equal_candidates);
    each_run(work, count, work_equal_end, break_dates);
    each_run(work, count, work_equal_end, break_duplicates);
    each_run(work, count, work_group_end, break_returns);
    each_run(work, count, work_group_end, break_related);
    each_run(work, count, work_group_end, add_related_candidates);
    for (uint32_t i = 0; i < work->node_count; i++) {
        enum break_type type = is_open(work, i) ? lone_type(work, i) : 0;

        if (type != 0)
            set_break(work, i, type);
    }
}
