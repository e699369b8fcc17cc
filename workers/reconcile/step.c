/*
 * step.c - one account and one statement date: look, decide, compare with what is stored, write
 * what changed; see reconcile.h.
 */
#include "reconcile.h"

#include "reconcile_sql.h"

#include <stdlib.h>

/* ---- breaks by what they are about ---- */

static int order_of(bool left_entry, const struct uuid *left, bool right_entry,
                    const struct uuid *right)
{
    return left_entry != right_entry ? (int)left_entry - (int)right_entry
                                     : uuid_compare(left, right);
}

static int break_compare(const void *left, const void *right)
{
    const struct match_break *a = left;
    const struct match_break *b = right;

    return order_of(a->is_entry, &a->id, b->is_entry, &b->id);
}

/* The break about an item or entry, NULL where it is none. The result's breaks are sorted. */
static struct match_break *break_about(const struct step *step, const struct uuid *id,
                                       bool is_entry)
{
    const struct match_break key = {.is_entry = is_entry, .id = *id};

    return bsearch(&key, step->result.breaks, step->result.break_count, sizeof *step->result.breaks,
                   break_compare);
}

/* ---- duplicates of what was matched before ---- */

static void duplicate_mark(struct step *step, const struct match *match, bool is_entry)
{
    const struct uuid *subject = is_entry ? &match->entry_id : &match->expected_item_id;
    struct match_break *found = break_about(step, subject, is_entry);
    struct match_candidate *candidate = arena_alloc(step->arena, sizeof *candidate);

    assert(found != NULL);
    assert(candidate != NULL);
    *candidate = (struct match_candidate){
        .id = is_entry ? match->expected_item_id : match->entry_id,
        .score = match->score,
        .reason = "equal to what is matched already",
    };
    found->type = is_entry ? BREAK_DUPLICATE_AT_BANK : BREAK_DUPLICATE_IN_BOOKS;
    found->candidates = candidate;
    found->candidate_count = 1;
}

/* A booking or an expectation of the last days may come a second time: whatever would match by
 * reference something that is matched already is a duplicate of it. */
static void duplicates_mark(struct step *step, const struct match_result *again, bool is_entry)
{
    for (size_t i = 0; i < again->match_count; i++) {
        if (again->matches[i].rule != MATCH_BY_AMOUNT_DATE)
            duplicate_mark(step, &again->matches[i], is_entry);
    }
}

/* Those of side that are breaks now. */
static struct side breaks_of(struct step *step, const struct side *side, bool is_entry)
{
    struct side left = {arena_alloc(step->arena, (side->count + 1) * sizeof *left.items), 0};

    for (size_t i = 0; left.items != NULL && i < side->count; i++) {
        if (break_about(step, &side->items[i].id, is_entry) != NULL)
            left.items[left.count++] = side->items[i];
    }
    return left;
}

static bool duplicates_find(struct step *step, const struct match_rules *rules)
{
    struct side entries = breaks_of(step, &step->entries, true);
    struct side items = breaks_of(step, &step->items, false);
    struct match_result again;

    if (entries.items == NULL || items.items == NULL)
        return false;
    if (!match_run(step->matched_items.items, step->matched_items.count, entries.items,
                   entries.count, rules, step->arena, &again))
        return false;
    duplicates_mark(step, &again, true);
    if (!match_run(items.items, items.count, step->matched_entries.items,
                   step->matched_entries.count, rules, step->arena, &again))
        return false;
    duplicates_mark(step, &again, false);
    return true;
}

static enum status step_decide(struct step *step, struct error *error)
{
    struct match_rules rules = MATCH_RULES_STANDARD;
    struct side entries = withdrawn_leave(step);

    rules.as_of = step->as_of;
    if (!match_run(step->items.items, step->items.count, entries.items, entries.count, &rules,
                   step->arena, &step->result))
        return error_set(error, FATAL, "an account has more open items than fit into memory");
    withdrawn_break(step);
    qsort(step->result.breaks, step->result.break_count, sizeof *step->result.breaks,
          break_compare);
    if (!duplicates_find(step, &rules))
        return error_set(error, FATAL, "an account has more matched items than fit into memory");
    return OK;
}

/* ---- what has changed ---- */

static int stored_compare(const void *left, const void *right)
{
    const struct stored_break *a = left;
    const struct stored_break *b = right;

    return order_of(a->is_entry, &a->id, b->is_entry, &b->id);
}

/* Type and candidates in one value: equal, and there is nothing to write. */
static struct uuid break_digest(const struct match_break *found, struct buffer *bytes)
{
    buffer_clear(bytes);
    buffer_string(bytes, break_type_name(found->type));
    for (size_t i = 0; i < found->candidate_count; i++) {
        buffer_byte(bytes, '/');
        buffer_append(bytes, found->candidates[i].id.bytes, sizeof found->candidates[i].id.bytes);
        buffer_string(bytes, found->candidates[i].reason);
    }
    return uuid_of_name(buffer_view(bytes));
}

static enum status stored_read(struct step *step, struct error *error,
                               struct stored_break **ret_stored, size_t *ret_count)
{
    struct params params;
    struct result *rows = NULL;
    struct stored_break *stored;
    enum status status;

    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int32(&params, step->account_id);
    status = db_run_once(step->db, reconcile_sql_breaks_open, &params, error, &rows);
    if (status != OK)
        return status;
    stored = arena_alloc(step->arena, ((size_t)result_rows(rows) + 1) * sizeof *stored);
    assert(stored != NULL);
    for (int i = 0; i < result_rows(rows); i++)
        stored[i] = (struct stored_break){result_int64(rows, i, 0), result_bool(rows, i, 1),
                                          result_uuid(rows, i, 2), result_uuid(rows, i, 3)};
    *ret_count = (size_t)result_rows(rows);
    *ret_stored = stored;
    qsort(stored, *ret_count, sizeof *stored, stored_compare);
    result_free(rows);
    return OK;
}

static void change_add(struct changes *changes, const struct stored_break *stored,
                       const struct match_break *found, const struct uuid *digest)
{
    if (uuid_compare(&stored->digest, digest) == 0)
        return;
    changes->changed[changes->changed_count] = found;
    changes->changed_ids[changes->changed_count] = stored->break_id;
    changes->changed_digests[changes->changed_count++] = *digest;
}

static void open_add(struct changes *changes, const struct match_break *found,
                     const struct uuid *digest)
{
    changes->opened[changes->opened_count] = found;
    changes->opened_digests[changes->opened_count++] = *digest;
}

/* Both sides in one order: what only the left has is over, what only the right has begins. */
static void breaks_merge(const struct stored_break *stored, size_t stored_count,
                         const struct match_break *found, size_t found_count,
                         struct changes *changes)
{
    struct buffer bytes;
    size_t i = 0;
    size_t j = 0;

    buffer_init(&bytes, 64 * 1024);
    while (i < stored_count || j < found_count) {
        int order = i == stored_count  ? 1
                    : j == found_count ? -1
                                       : order_of(stored[i].is_entry, &stored[i].id,
                                                  found[j].is_entry, &found[j].id);
        struct uuid digest = order >= 0 ? break_digest(&found[j], &bytes) : (struct uuid){{0}};

        if (order < 0)
            changes->closed_ids[changes->closed_count++] = stored[i].break_id;
        else if (order > 0)
            open_add(changes, &found[j], &digest);
        else
            change_add(changes, &stored[i], &found[j], &digest);
        i += order <= 0;
        j += order >= 0;
    }
    assert(!buffer_failed(&bytes));
    buffer_done(&bytes);
}

static void *room(struct step *step, size_t count, size_t size)
{
    void *memory = arena_alloc(step->arena, (count + 1) * size);

    assert(memory != NULL);
    return memory;
}

static enum status changes_find(struct step *step, struct error *error, struct changes *changes)
{
    size_t found_count = step->result.break_count;
    struct stored_break *stored = NULL;
    size_t stored_count = 0;
    enum status status = stored_read(step, error, &stored, &stored_count);

    if (status != OK)
        return status;
    changes->opened = room(step, found_count, sizeof *changes->opened);
    changes->opened_digests = room(step, found_count, sizeof *changes->opened_digests);
    changes->changed = room(step, found_count, sizeof *changes->changed);
    changes->changed_ids = room(step, found_count, sizeof *changes->changed_ids);
    changes->changed_digests = room(step, found_count, sizeof *changes->changed_digests);
    changes->closed_ids = room(step, stored_count, sizeof *changes->closed_ids);
    breaks_merge(stored, stored_count, step->result.breaks, found_count, changes);
    return OK;
}

/* ---- the step ---- */

static enum status mark_differs(struct step *step, struct error *error, bool *ret_differs)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int32(&params, step->account_id);
    status = db_run_once(step->db, reconcile_sql_mark_read, &params, error, &rows);
    if (status == OK)
        *ret_differs = result_rows(rows) == 0 || result_date(rows, 0, 0) < step->as_of;
    result_free(rows);
    return status;
}

static enum status account_lock(struct step *step, struct error *error)
{
    struct params params;

    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int32(&params, step->account_id);
    return db_run_once(step->db, reconcile_sql_account_lock, &params, error, NULL);
}

static enum status step_look(struct step *step, struct error *error, struct changes *changes)
{
    enum status status = account_lock(step, error);

    if (status == OK)
        status = input_read(step, error);
    if (status == OK)
        status = step_decide(step, error);
    if (status == OK)
        status = changes_find(step, error, changes);
    if (status == OK)
        status = mark_differs(step, error, &changes->moves_mark);
    return status;
}

static bool is_nothing(const struct step *step, const struct changes *changes) /* (3) */
{
    return step->result.match_count == 0 && changes->opened_count == 0 &&
           changes->changed_count == 0 && changes->closed_count == 0 && !changes->moves_mark;
}

static void counts_add(struct reconcile_counts *counts, const struct step *step,
                       const struct changes *changes)
{
    counts->steps++;
    counts->matched += (int64_t)step->result.match_count;
    counts->opened += (int64_t)changes->opened_count;
    counts->closed += (int64_t)changes->closed_count;
    counts->changed += (int64_t)changes->changed_count;
}

static enum status step_write(struct step *step, const struct changes *changes, struct error *error)
{
    struct business tx;
    enum status status = business_enter(step->db, "reconcile", step->reconcile->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    return business_finish(&tx, changes_write(step, &tx, changes, error), error);
}

enum status step_run(struct reconcile *reconcile, int32_t account_id, calendar_date as_of,
                     struct error *error, struct reconcile_counts *counts)
{
    struct step step = {.reconcile = reconcile,
                        .db = reconcile->session.db,
                        .arena = &reconcile->arena,
                        .account_id = account_id,
                        .as_of = as_of};
    struct changes changes = {0};
    enum status status = tx_begin(step.db, error);

    if (status != OK)
        return status;
    arena_reset(step.arena);
    status = step_look(&step, error, &changes);
    if (status == OK && !is_nothing(&step, &changes)) {
        status = step_write(&step, &changes, error);
        if (status == OK)
            counts_add(counts, &step, &changes);
    }
    tx_rollback(step.db); /* nothing is open after step_write */
    return status;
}
