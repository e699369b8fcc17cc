/*
 * close_entries.c - see close_entries.h. The numbers in brackets are its invariants.
 */
#include "domain/close_entries.h"

/* The entries of one window as they are collected. */
struct list {
    const struct close_case *decided;
    const struct close_accounts *accounts;
    struct journal_entry *entries;
    size_t count;
    size_t room;
    size_t part; /* the next one */
};

struct journal_entry instruction_entry(bool collects, int32_t own_account_id,
                                       int32_t obligation_account_id, struct amount amount)
{
    return collects ? journal_entry_make(own_account_id, obligation_account_id, amount)
                    : journal_entry_make(obligation_account_id, own_account_id, amount);
}

size_t close_entries_room(size_t position_count, size_t part_count)
{
    return 2 * position_count + part_count + 1;
}

/* From or to an account of ours; nothing where there is nothing to move. */
static void list_add(struct list *list, bool collects, int32_t own_account_id,
                     int32_t obligation_account_id, int64_t minor)
{
    struct amount amount = {minor, list->accounts->currency};

    assert(minor >= 0);
    if (minor == 0)
        return;
    assert(list->count < list->room);
    list->entries[list->count++] =
        instruction_entry(collects, own_account_id, obligation_account_id, amount);
}

static int32_t obligation_of(const struct list *list, int32_t participant_index)
{
    return list->accounts->obligation_ids[participant_index];
}

/* The parts of a position; returns what they come to. */
static int64_t parts_add(struct list *list, size_t index, int32_t obligation)
{
    const struct close_parts *parts = list->decided->parts;
    int64_t sum = 0;

    for (size_t i = 0; parts != NULL && i < parts->counts[index]; i++) {
        int64_t minor = parts->minors[list->part++];

        list_add(list, false, list->accounts->nostro_id, obligation, minor);
        sum += minor; /* within what the position is paid */
    }
    return sum;
}

static void instructed_add(struct list *list, size_t index)
{
    const struct net_payment *instructed = &list->decided->settled[index].instructed;
    int32_t obligation =
        obligation_of(list, list->decided->positions->positions[index].participant_index);

    list_add(list, true, list->accounts->nostro_id, obligation, instructed->collect_minor);
    list_add(list, false, list->accounts->nostro_id, obligation,
             instructed->pay_minor - parts_add(list, index, obligation));
}

/* Of members alone: what joins who settles for them is the sum of these. What a member hands over
 * it has joined with the other sign: one that owes is credited, as if it had paid. */
static void handed_over_add(struct list *list, size_t index)
{
    int32_t member = list->decided->positions->positions[index].participant_index;
    int32_t through = list->decided->terms->participants[member].through_index;
    int64_t joined = list->decided->settled[index].joined_minor;

    if (through == member)
        return;
    assert(joined > INT64_MIN); /* it is a due, whose magnitude fits (settlement_limit.h) */
    list_add(list, joined > 0, obligation_of(list, through), obligation_of(list, member),
             joined < 0 ? -joined : joined);
}

static void funded_add(struct list *list, size_t index)
{
    int32_t participant = list->decided->positions->positions[index].participant_index;
    int64_t funded = list->decided->settled[index].funded_minor;

    if (funded == 0)
        return;
    assert(list->accounts->prefunding_ids != NULL);
    list_add(list, true, list->accounts->prefunding_ids[participant],
             obligation_of(list, participant), funded);
}

size_t close_entries(const struct close_case *decided, const struct close_accounts *accounts,
                     struct journal_entry *ret_entries)
{
    size_t count = decided->positions->count;
    struct list list = {
        .decided = decided,
        .accounts = accounts,
        .entries = ret_entries,
        .room = close_entries_room(count, decided->parts == NULL ? 0 : decided->parts->count),
    };

    for (size_t i = 0; i < count; i++)
        instructed_add(&list, i);
    for (size_t i = 0; decided->terms->participants != NULL && i < count; i++)
        handed_over_add(&list, i);
    for (size_t i = 0; decided->terms->participants != NULL && i < count; i++)
        funded_add(&list, i);
    if (decided->gain != NULL &&
        fx_gain_entry(decided->gain, accounts->fx_position_id, accounts->fx_gain_id,
                      accounts->currency, &list.entries[list.count]))
        list.count++;
    return list.count;
}
