/*
 * match_work.h - what match.c (passes) and match_break.c (what is left) share.
 *
 * Items and entries become nodes: first all items, then all entries, each side in the order of
 * content. From here on only node numbers count, so nothing can depend on the order of arrival.
 */
#ifndef SAWA_DOMAIN_MATCH_WORK_H
#define SAWA_DOMAIN_MATCH_WORK_H

#include "domain/match.h"

#define NODE_NONE UINT32_MAX

struct work_candidate {
    uint32_t node;
    int32_t score;
    const char *reason;
};

struct work_node {
    const struct match_item *item;
    uint32_t partner;           /* NODE_NONE: not matched             */
    uint32_t wished;            /* partner that a unique key names    */
    bool contradicted;          /* two unique keys name two partners  */
    bool ambiguous;             /* several might explain it           */
    bool referred;              /* related to something               */
    enum match_rule rule;       /* of the match                       */
    enum break_type break_type; /* 0: none yet                   */
    struct work_candidate *candidates;
    size_t candidate_count;
};

/* One reference of one node, as a key to sort by. */
struct work_key {
    uint32_t node;
    const struct match_reference *reference;
};

struct work {
    struct arena *arena;
    const struct match_rules *rules;
    struct work_node *nodes;
    uint32_t item_count; /* nodes below are items, the others entries */
    uint32_t node_count;
    struct work_key *keys; /* room for all references of all nodes */
    uint32_t *scratch[4];  /* each with room for one number per node */
    bool failed;           /* the arena is full */
};

static inline bool is_entry(const struct work *work, uint32_t node)
{
    return node >= work->item_count;
}

static inline bool is_open(const struct work *work, uint32_t node)
{
    return work->nodes[node].partner == NODE_NONE && work->nodes[node].break_type == 0;
}

/* Fills work->keys with the references of the kinds in mask (1 << kind); open_only leaves out
 * matched nodes. Sorted by account, kind, value, then currency, amount, return, side and node. */
size_t work_collect_keys(struct work *work, unsigned mask, bool open_only);

/* The end of the run of keys from begin with the same account, kind and value. */
size_t work_group_end(const struct work *work, size_t begin, size_t count);

/* The end of the run that is also equal in currency, amount and return. */
size_t work_equal_end(const struct work *work, size_t begin, size_t count);

/* Days from the item's dates to the entry's: 0 where they touch. */
int32_t work_days(const struct work *work, uint32_t item, uint32_t entry);

/* Keeps other as a candidate of node if it is among the best; ties by node number. */
void work_add_candidate(struct work *work, uint32_t node, uint32_t other, int32_t score,
                        const char *reason);

/* Gives every open node its break, or leaves it as not due. */
void work_break(struct work *work);

#endif
