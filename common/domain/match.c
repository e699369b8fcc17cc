/*
 * match.c - see match.h: order by content, then passes 1, 2 and 5. What is left: match_break.c.
 */
#include "domain/match.h"

#include "domain/match_work.h"

#include <stdlib.h>

enum {
    REFERENCE_SCORE = 1000,
    END_TO_END_SCORE = 950,
    AMOUNT_SCORE = 700,
    CANDIDATES_LOOKED_AT = 32
};

const char *break_type_name(enum break_type type)
{
    static const char *const names[BREAK_TYPE_COUNT] = {
        [BREAK_MISSING_AT_BANK] = "missing_at_bank",
        [BREAK_MISSING_IN_BOOKS] = "missing_in_books",
        [BREAK_AMOUNT] = "amount",
        [BREAK_CURRENCY] = "currency",
        [BREAK_DATE] = "date",
        [BREAK_DUPLICATE_AT_BANK] = "duplicate_at_bank",
        [BREAK_DUPLICATE_IN_BOOKS] = "duplicate_in_books",
        [BREAK_FEE_VARIANCE] = "fee_variance",
        [BREAK_FX_VARIANCE] = "fx_variance",
        [BREAK_DIRECTION] = "direction",
        [BREAK_AMBIGUOUS] = "ambiguous",
        [BREAK_RETURNED] = "returned",
        [BREAK_UNIDENTIFIED_RECEIPT] = "unidentified_receipt",
    };

    assert(type >= BREAK_MISSING_AT_BANK && type < BREAK_TYPE_COUNT);
    return names[type];
}

const char *match_rule_name(enum match_rule rule)
{
    switch (rule) {
    case MATCH_BY_REFERENCE: return "reference";
    case MATCH_BY_END_TO_END: return "end_to_end";
    case MATCH_BY_AMOUNT_DATE: return "amount_date";
    }
    assert(false);
    return "";
}

/* ---- order by content (3) ---- */

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* What must be equal in a match (2). */
static int compare_veto(const struct match_item *a, const struct match_item *b)
{
    int order = COMPARE(a->account_id, b->account_id);

    if (order == 0)
        order = COMPARE(a->currency, b->currency);
    if (order == 0)
        order = COMPARE(a->amount_minor, b->amount_minor);
    return order != 0 ? order : COMPARE(a->is_return, b->is_return);
}

static int compare_references(const struct match_reference *a, const struct match_reference *b)
{
    int order = COMPARE(a->kind, b->kind);

    return order != 0 ? order : text_compare(a->value, b->value);
}

static int compare_reference_lists(const struct match_item *a, const struct match_item *b)
{
    size_t count =
        a->reference_count < b->reference_count ? a->reference_count : b->reference_count;
    int order = 0;

    for (size_t i = 0; i < count && order == 0; i++)
        order = compare_references(&a->references[i], &b->references[i]);
    return order != 0 ? order : COMPARE(a->reference_count, b->reference_count);
}

static int compare_content(const void *left, const void *right)
{
    const struct match_item *a = ((const struct work_node *)left)->item;
    const struct match_item *b = ((const struct work_node *)right)->item;
    int order = compare_veto(a, b);

    if (order == 0)
        order = COMPARE(a->date_from, b->date_from);
    if (order == 0)
        order = COMPARE(a->date_to, b->date_to);
    if (order == 0)
        order = compare_reference_lists(a, b);
    return order != 0 ? order : uuid_compare(&a->id, &b->id);
}

static void assert_item(const struct match_item *item)
{
    assert(item->amount_minor != 0);
    assert(item->amount_minor != INT64_MIN); /* has no opposite */
    assert(item->date_from <= item->date_to);
    assert(item->reference_count <= MATCH_REFERENCES_MAX);
}

static void make_nodes(struct work_node *nodes, const struct match_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_item(&items[i]);
        nodes[i] = (struct work_node){.item = &items[i], .partner = NODE_NONE, .wished = NODE_NONE};
    }
    if (count > 0)
        qsort(nodes, count, sizeof *nodes, compare_content);
}

/* ---- keys ---- */

static bool says_nothing(struct text value)
{
    return value.size == 0 || text_is(value, "NONREF") || text_is(value, "NOTPROVIDED");
}

static int compare_groups(const struct work *work, const struct work_key *a,
                          const struct work_key *b)
{
    int order =
        COMPARE(work->nodes[a->node].item->account_id, work->nodes[b->node].item->account_id);

    return order != 0 ? order : compare_references(a->reference, b->reference);
}

static int compare_keys(const void *left, const void *right, void *context)
{
    const struct work *work = context;
    const struct work_key *a = left;
    const struct work_key *b = right;
    int order = compare_groups(work, a, b);

    if (order == 0)
        order = compare_veto(work->nodes[a->node].item, work->nodes[b->node].item);
    return order != 0 ? order : COMPARE(a->node, b->node); /* items come before entries */
}

/* A reference that a node lists twice counts once. */
static size_t drop_doubles(struct work *work, size_t count)
{
    struct work_key *keys = work->keys;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (kept == 0 || compare_keys(&keys[kept - 1], &keys[i], work) != 0)
            keys[kept++] = keys[i];
    return kept;
}

size_t work_collect_keys(struct work *work, unsigned mask, bool open_only)
{
    size_t count = 0;

    for (uint32_t i = 0; i < work->node_count; i++) {
        const struct match_item *item = work->nodes[i].item;

        if (open_only && work->nodes[i].partner != NODE_NONE)
            continue;
        for (size_t j = 0; j < item->reference_count; j++)
            if ((mask & 1U << item->references[j].kind) && !says_nothing(item->references[j].value))
                work->keys[count++] = (struct work_key){i, &item->references[j]};
    }
    if (count > 0)
        qsort_r(work->keys, count, sizeof *work->keys, compare_keys, work);
    return drop_doubles(work, count);
}

size_t work_group_end(const struct work *work, size_t begin, size_t count)
{
    size_t end = begin + 1;

    while (end < count && compare_groups(work, &work->keys[begin], &work->keys[end]) == 0)
        end++;
    return end;
}

size_t work_equal_end(const struct work *work, size_t begin, size_t count)
{
    size_t end = begin + 1;

    while (end < count && compare_groups(work, &work->keys[begin], &work->keys[end]) == 0 &&
           compare_veto(work->nodes[work->keys[begin].node].item,
                        work->nodes[work->keys[end].node].item) == 0)
        end++;
    return end;
}

/* The first key in [begin, end) that is an entry's. */
static size_t first_entry(const struct work *work, size_t begin, size_t end)
{
    while (begin < end && !is_entry(work, work->keys[begin].node))
        begin++;
    return begin;
}

/* ---- matching ---- */

int32_t work_days(const struct work *work, uint32_t item, uint32_t entry)
{
    const struct match_item *a = work->nodes[item].item;
    const struct match_item *b = work->nodes[entry].item;

    if (b->date_from > a->date_to)
        return b->date_from - a->date_to;
    return b->date_to < a->date_from ? b->date_to - a->date_from : 0;
}

static bool days_within(const struct work *work, uint32_t item, uint32_t entry, int32_t limit)
{
    int32_t days = work_days(work, item, entry);

    return days <= limit && -days <= limit;
}

static void match_nodes(struct work *work, uint32_t item, uint32_t entry, enum match_rule rule)
{
    struct work_node *a = &work->nodes[item];
    struct work_node *b = &work->nodes[entry];

    assert(!is_entry(work, item) && is_entry(work, entry));
    assert(a->partner == NODE_NONE && b->partner == NODE_NONE); /* (1) */
    assert(compare_veto(a->item, b->item) == 0);                /* (2) */
    a->partner = entry;
    b->partner = item;
    a->rule = rule;
    b->rule = rule;
    a->ambiguous = false;
    b->ambiguous = false;
}

/* ---- passes 1 and 2: keys that two nodes share alone ---- */

static void wish(struct work_node *node, uint32_t other)
{
    if (node->wished == NODE_NONE)
        node->wished = other;
    else if (node->wished != other)
        node->contradicted = true;
}

static void forget_wishes(struct work *work)
{
    for (uint32_t i = 0; i < work->node_count; i++) {
        work->nodes[i].wished = NODE_NONE;
        work->nodes[i].contradicted = false;
    }
}

static bool wish_holds(const struct work *work, uint32_t item)
{
    const struct work_node *node = &work->nodes[item];
    const struct work_node *other;

    if (node->wished == NODE_NONE || node->contradicted)
        return false;
    other = &work->nodes[node->wished];
    return !other->contradicted && other->wished == item &&
           days_within(work, item, node->wished, work->rules->reference_days);
}

static void pass_unique(struct work *work, unsigned mask, enum match_rule rule)
{
    size_t count = work_collect_keys(work, mask, true);

    forget_wishes(work);
    for (size_t begin = 0, end; begin < count; begin = end) {
        size_t entry;

        end = work_equal_end(work, begin, count);
        entry = first_entry(work, begin, end);
        if (entry != begin + 1 || end != begin + 2)
            continue;
        wish(&work->nodes[work->keys[begin].node], work->keys[entry].node);
        wish(&work->nodes[work->keys[entry].node], work->keys[begin].node);
    }
    for (uint32_t i = 0; i < work->item_count; i++)
        if (wish_holds(work, i))
            match_nodes(work, i, work->nodes[i].wished, rule);
}

/* ---- passes 1 and 2: keys that several share ---- */

static uint32_t root_of(uint32_t *parents, uint32_t node)
{
    while (parents[node] != node) {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    return node;
}

/* Pairs items keys[begin, entry) with entries keys[entry, end), both in order of dates. */
static void pair_by_date(struct work *work, size_t begin, size_t entry, size_t end,
                         enum match_rule rule)
{
    size_t i = begin;
    size_t j = entry;

    while (i < entry && j < end) {
        uint32_t item = work->keys[i].node;
        uint32_t other = work->keys[j].node;
        int32_t days = work_days(work, item, other);

        if (days_within(work, item, other, work->rules->reference_days)) {
            match_nodes(work, item, other, rule);
            i++;
            j++;
        } else if (days > 0) {
            i++; /* this item is too old for every entry that is left */
        } else {
            j++;
        }
    }
}

/* Joins what shares a key; sizes[root] becomes the number of nodes that hang together. */
static void join_groups(struct work *work, size_t count, uint32_t *parents, uint32_t *sizes)
{
    for (uint32_t i = 0; i < work->node_count; i++) {
        parents[i] = i;
        sizes[i] = 1;
    }
    for (size_t begin = 0, end; begin < count; begin = end) {
        size_t entry;

        end = work_equal_end(work, begin, count);
        entry = first_entry(work, begin, end);
        if (entry == begin || entry == end)
            continue; /* one side only: shares nothing */
        for (size_t i = begin + 1; i < end; i++) {
            uint32_t a = root_of(parents, work->keys[begin].node);
            uint32_t b = root_of(parents, work->keys[i].node);

            if (a == b)
                continue;
            parents[b] = a;
            sizes[a] += sizes[b];
        }
    }
}

/* Where one key joins all that hang together, they are equal and paired; else they contradict. */
static void pass_shared(struct work *work, unsigned mask, enum match_rule rule)
{
    size_t count = work_collect_keys(work, mask, true);
    uint32_t *parents = work->scratch[0];
    uint32_t *sizes = work->scratch[1];
    uint32_t *settled = work->scratch[2];

    join_groups(work, count, parents, sizes);
    for (uint32_t i = 0; i < work->node_count; i++)
        settled[i] = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        size_t entry;
        uint32_t root;

        end = work_equal_end(work, begin, count);
        entry = first_entry(work, begin, end);
        root = root_of(parents, work->keys[begin].node);
        if (entry == begin || entry == end || settled[root] || end - begin != sizes[root])
            continue;
        settled[root] = 1;
        pair_by_date(work, begin, entry, end, rule);
    }
    for (uint32_t i = 0; i < work->node_count; i++) {
        uint32_t root = root_of(parents, i);

        if (sizes[root] > 1 && !settled[root])
            work->nodes[i].ambiguous = true;
    }
}

/* ---- pass 5 ---- */

/* Nodes of one side with one amount, by first date; and the same by last date, for counting. */
struct amount_side {
    uint32_t *by_from;
    uint32_t *by_to;
    uint64_t *from_sums; /* sums of node numbers up to here */
    uint64_t *to_sums;
    size_t count;
};

static int compare_to(const void *left, const void *right, void *context)
{
    const struct work *work = context;
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    int order = COMPARE(work->nodes[a].item->date_to, work->nodes[b].item->date_to);

    return order != 0 ? order : COMPARE(a, b);
}

static void index_side(struct work *work, struct amount_side *side)
{
    memcpy(side->by_to, side->by_from, side->count * sizeof *side->by_to);
    qsort_r(side->by_to, side->count, sizeof *side->by_to, compare_to, work);
    side->from_sums[0] = 0;
    side->to_sums[0] = 0;
    for (size_t i = 0; i < side->count; i++) {
        side->from_sums[i + 1] = side->from_sums[i] + side->by_from[i];
        side->to_sums[i + 1] = side->to_sums[i] + side->by_to[i];
    }
}

/* How many of the side begin at or before date. */
static size_t count_from(const struct work *work, const struct amount_side *side, int64_t date)
{
    size_t low = 0;
    size_t high = side->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (work->nodes[side->by_from[middle]].item->date_from <= date)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many of the side end before date. */
static size_t count_ended(const struct work *work, const struct amount_side *side, int64_t date)
{
    size_t low = 0;
    size_t high = side->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (work->nodes[side->by_to[middle]].item->date_to < date)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many of side lie near node. Those that begin in time less those that ended before; the sums
 * of their numbers differ by the number of the one where it is alone. */
static size_t count_near(const struct work *work, uint32_t node, const struct amount_side *side,
                         uint32_t *ret_only)
{
    const struct match_item *item = work->nodes[node].item;
    int64_t days = work->rules->amount_days;
    size_t begun = count_from(work, side, (int64_t)item->date_to + days);
    size_t ended = count_ended(work, side, (int64_t)item->date_from - days);

    *ret_only = NODE_NONE;
    if (begun - ended == 1)
        *ret_only = (uint32_t)(side->from_sums[begun] - side->to_sums[ended]);
    return begun - ended;
}

static void add_near_candidates(struct work *work, uint32_t node, const struct amount_side *side)
{
    size_t until =
        count_from(work, side, (int64_t)work->nodes[node].item->date_to + work->rules->amount_days);
    size_t first = until > CANDIDATES_LOOKED_AT ? until - CANDIDATES_LOOKED_AT : 0;
    size_t end = until + 2 < side->count ? until + 2 : side->count;

    for (size_t i = first; i < end; i++) {
        uint32_t other = side->by_from[i];
        int32_t days =
            is_entry(work, node) ? work_days(work, other, node) : work_days(work, node, other);
        int32_t distance = days < 0 ? -days : days;

        if (work->nodes[other].partner != NODE_NONE)
            continue;
        work_add_candidate(work, node, other, AMOUNT_SCORE - (distance > 60 ? 600 : 10 * distance),
                           days == 0 ? "same amount and date" : "same amount, other date");
    }
}

static void match_group(struct work *work, const struct amount_side *items,
                        const struct amount_side *entries)
{
    for (size_t i = 0; i < items->count; i++) {
        uint32_t item = items->by_from[i];
        uint32_t entry;
        uint32_t back;

        if (count_near(work, item, entries, &entry) == 1 &&
            count_near(work, entry, items, &back) == 1)
            match_nodes(work, item, entry, MATCH_BY_AMOUNT_DATE);
    }
}

/* Counts are of the group as it was, not as matches thin it out: unique means alone (3). */
static void judge_side(struct work *work, const struct amount_side *side,
                       const struct amount_side *others)
{
    for (size_t i = 0; i < side->count; i++) {
        uint32_t node = side->by_from[i];
        uint32_t only;

        if (work->nodes[node].partner != NODE_NONE)
            continue;
        work->nodes[node].ambiguous = count_near(work, node, others, &only) > 0;
        add_near_candidates(work, node, others);
    }
}

static bool takes_part(const struct work *work, uint32_t node)
{
    const struct work_node *candidate = &work->nodes[node];

    return candidate->partner == NODE_NONE && !candidate->referred && !candidate->ambiguous;
}

/* Appends the nodes from *at that equal like in all vetoes. */
static void take_equal(const struct work *work, uint32_t *at, uint32_t end,
                       const struct match_item *like, struct amount_side *side)
{
    side->count = 0;
    for (; *at < end && compare_veto(work->nodes[*at].item, like) == 0; (*at)++)
        if (takes_part(work, *at))
            side->by_from[side->count++] = *at;
}

static bool alloc_side(struct work *work, size_t count, struct amount_side *side)
{
    side->by_from = arena_bytes(work->arena, (count + 1) * sizeof(uint32_t));
    side->by_to = arena_bytes(work->arena, (count + 1) * sizeof(uint32_t));
    side->from_sums = arena_bytes(work->arena, (count + 1) * sizeof(uint64_t));
    side->to_sums = arena_bytes(work->arena, (count + 1) * sizeof(uint64_t));
    return side->by_from != NULL && side->by_to != NULL && side->from_sums != NULL &&
           side->to_sums != NULL;
}

/* Both sides are in order of the vetoes: walks them together, one amount at a time. */
static void pass_amount_date(struct work *work)
{
    struct amount_side items;
    struct amount_side entries;
    uint32_t i = 0;
    uint32_t j = work->item_count;

    if (!alloc_side(work, work->item_count, &items) ||
        !alloc_side(work, work->node_count - work->item_count, &entries)) {
        work->failed = true;
        return;
    }
    while (i < work->item_count && j < work->node_count) {
        int order = compare_veto(work->nodes[i].item, work->nodes[j].item);
        const struct match_item *like = work->nodes[i].item;

        if (order != 0) {
            i += order < 0;
            j += order > 0;
            continue;
        }
        take_equal(work, &i, work->item_count, like, &items);
        take_equal(work, &j, work->node_count, like, &entries);
        if (items.count == 0 || entries.count == 0)
            continue;
        index_side(work, &items);
        index_side(work, &entries);
        match_group(work, &items, &entries);
        judge_side(work, &items, &entries);
        judge_side(work, &entries, &items);
    }
}

/* Whose references point at something on the other side (of the same account). */
static void find_referred(struct work *work)
{
    size_t count = work_collect_keys(work, ~0U, false);

    for (size_t begin = 0, end; begin < count; begin = end) {
        bool has_item = false;
        bool has_entry = false;

        end = work_group_end(work, begin, count);
        for (size_t i = begin; i < end; i++) {
            has_entry = has_entry || is_entry(work, work->keys[i].node);
            has_item = has_item || !is_entry(work, work->keys[i].node);
        }
        for (size_t i = begin; i < end && has_item && has_entry; i++)
            work->nodes[work->keys[i].node].referred = true;
    }
}

/* ---- candidates ---- */

static bool is_better(const struct work_candidate *a, const struct work_candidate *b)
{
    return a->score != b->score ? a->score > b->score : a->node < b->node;
}

static struct work_candidate *candidate_room(struct work *work, struct work_node *node)
{
    if (node->candidates == NULL)
        node->candidates =
            arena_alloc(work->arena, MATCH_CANDIDATES_MAX * sizeof *node->candidates);
    if (node->candidates == NULL)
        work->failed = true;
    return node->candidates;
}

static bool has_candidate(const struct work_node *node, uint32_t other)
{
    for (size_t i = 0; i < node->candidate_count; i++)
        if (node->candidates[i].node == other)
            return true;
    return false;
}

void work_add_candidate(struct work *work, uint32_t node, uint32_t other, int32_t score,
                        const char *reason)
{
    struct work_node *subject = &work->nodes[node];
    struct work_candidate added = {other, score, reason};
    struct work_candidate *list = candidate_room(work, subject);
    size_t at;

    assert(is_entry(work, node) != is_entry(work, other));
    if (list == NULL || has_candidate(subject, other))
        return;
    if (subject->candidate_count == MATCH_CANDIDATES_MAX) {
        if (!is_better(&added, &list[MATCH_CANDIDATES_MAX - 1]))
            return; /* (4) */
        subject->candidate_count--;
    }
    for (at = subject->candidate_count++; at > 0 && is_better(&added, &list[at - 1]); at--)
        list[at] = list[at - 1];
    list[at] = added;
}

/* ---- the result ---- */

static int32_t score_of(const struct work *work, uint32_t item)
{
    const struct work_node *node = &work->nodes[item];
    int32_t days = work_days(work, item, node->partner);
    int32_t distance = days < 0 ? -days : days;

    distance = distance > 40 ? 40 : distance;
    switch (node->rule) {
    case MATCH_BY_REFERENCE: return REFERENCE_SCORE - distance;
    case MATCH_BY_END_TO_END: return END_TO_END_SCORE - distance;
    case MATCH_BY_AMOUNT_DATE: return AMOUNT_SCORE - 10 * distance;
    }
    assert(false);
    return 0;
}

static const struct match_candidate *export_candidates(struct work *work,
                                                       const struct work_node *node)
{
    struct match_candidate *out =
        arena_alloc(work->arena, (node->candidate_count + 1) * sizeof *out);

    if (out == NULL)
        work->failed = true;
    for (size_t i = 0; out != NULL && i < node->candidate_count; i++)
        out[i] = (struct match_candidate){work->nodes[node->candidates[i].node].item->id,
                                          node->candidates[i].score, node->candidates[i].reason};
    return out;
}

static void export_node(struct work *work, uint32_t i, struct match_result *result)
{
    const struct work_node *node = &work->nodes[i];

    if (node->partner != NODE_NONE && !is_entry(work, i))
        result->matches[result->match_count++] =
            (struct match){node->item->id, work->nodes[node->partner].item->id, node->rule,
                           score_of(work, i), work_days(work, i, node->partner)};
    else if (node->break_type != 0)
        result->breaks[result->break_count++] =
            (struct match_break){node->break_type, is_entry(work, i), node->item->id,
                                 export_candidates(work, node), node->candidate_count};
    else
        result->not_due_count += node->partner == NODE_NONE;
}

static bool export_result(struct work *work, struct match_result *ret_result)
{
    struct match_result result = {0};

    result.matches = arena_alloc(work->arena, (work->item_count + 1) * sizeof *result.matches);
    result.breaks = arena_alloc(work->arena, (work->node_count + 1) * sizeof *result.breaks);
    if (result.matches == NULL || result.breaks == NULL)
        return false;
    for (uint32_t i = 0; i < work->node_count; i++)
        export_node(work, i, &result);
    if (work->failed)
        return false;
    assert_match_result_state(&result, work->item_count, work->node_count - work->item_count);
    *ret_result = result;
    return true;
}

void assert_match_result_state(const struct match_result *result, size_t item_count,
                               size_t entry_count)
{
    size_t item_breaks = 0;
    size_t entry_breaks = 0;

    for (size_t i = 0; i < result->break_count; i++) {
        item_breaks += !result->breaks[i].is_entry;
        entry_breaks += result->breaks[i].is_entry;
    }
    assert(result->match_count + item_breaks + result->not_due_count == item_count); /* (1) */
    assert(result->match_count + entry_breaks == entry_count);                       /* (1) */
}

static bool work_init(struct work *work, size_t item_count, size_t entry_count, size_t key_count)
{
    work->item_count = (uint32_t)item_count;
    work->node_count = (uint32_t)(item_count + entry_count);
    work->nodes = arena_bytes(work->arena, (work->node_count + 1) * sizeof *work->nodes);
    work->keys = arena_bytes(work->arena, (key_count + 1) * sizeof *work->keys);
    for (size_t i = 0; i < COUNT_OF(work->scratch); i++) {
        work->scratch[i] = arena_bytes(work->arena, (work->node_count + 1) * sizeof(uint32_t));
        if (work->scratch[i] == NULL)
            return false;
    }
    return work->nodes != NULL && work->keys != NULL;
}

static size_t count_references(const struct match_item *items, size_t count)
{
    size_t references = 0;

    for (size_t i = 0; i < count; i++)
        references += items[i].reference_count;
    return references;
}

static void run_passes(struct work *work)
{
    static const unsigned reference = 1U << MATCH_REFERENCE;
    static const unsigned end_to_end = 1U << MATCH_END_TO_END | 1U << MATCH_UETR;

    pass_unique(work, reference, MATCH_BY_REFERENCE);
    pass_unique(work, end_to_end, MATCH_BY_END_TO_END);
    pass_shared(work, reference, MATCH_BY_REFERENCE);
    pass_shared(work, end_to_end, MATCH_BY_END_TO_END);
    find_referred(work);
    pass_amount_date(work);
}

bool match_run(const struct match_item *items, size_t item_count, const struct match_item *entries,
               size_t entry_count, const struct match_rules *rules, struct arena *arena,
               struct match_result *ret_result)
{
    struct work work = {.arena = arena, .rules = rules};
    size_t key_count;

    if (item_count > MATCH_ITEMS_MAX || entry_count > MATCH_ITEMS_MAX - item_count)
        return false;
    key_count = count_references(items, item_count) + count_references(entries, entry_count);
    if (!work_init(&work, item_count, entry_count, key_count))
        return false;
    make_nodes(work.nodes, items, item_count);
    make_nodes(work.nodes + item_count, entries, entry_count);
    run_passes(&work);
    work_break(&work);
    return !work.failed && export_result(&work, ret_result);
}
