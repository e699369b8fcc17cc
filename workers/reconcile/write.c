/*
 * write.c - set-based writes of matches and breaks; see reconcile.h.
 */
#include "reconcile.h"

#include "reconcile_sql.h"

#include <stdio.h>

static void *room(struct step *step, size_t count, size_t size)
{
    void *memory = arena_alloc(step->arena, (count + 1) * size);

    assert(memory != NULL);
    return memory;
}

/* ---- matches ---- */

/* The same members under the same rule have the same id everywhere (I14). */
static struct uuid match_id_of(const struct match *match)
{
    char item[UUID_TEXT_SIZE];
    char entry[UUID_TEXT_SIZE];
    char name[160];

    uuid_format(&match->expected_item_id, item);
    uuid_format(&match->entry_id, entry);
    snprintf(name, sizeof name, "match/%s/%s/%s", match_rule_name(match->rule), item, entry);
    return uuid_of_name(text_of(name));
}

static void match_effect(struct business *tx, const struct match *match)
{
    effects_row(&tx->effects, "match", 3);
    effects_text(&tx->effects, (struct text){(const char *)match->expected_item_id.bytes, 16});
    effects_text(&tx->effects, (struct text){(const char *)match->entry_id.bytes, 16});
    effects_text(&tx->effects, text_of(match_rule_name(match->rule)));
}

struct match_columns {
    struct uuid *match_ids;
    struct uuid *item_ids;
    struct uuid *entry_ids;
    struct text *rules;
};

static struct match_columns match_columns_of(struct step *step, struct business *tx)
{
    size_t count = step->result.match_count;
    struct match_columns columns = {room(step, count, sizeof *columns.match_ids),
                                    room(step, count, sizeof *columns.item_ids),
                                    room(step, count, sizeof *columns.entry_ids),
                                    room(step, count, sizeof *columns.rules)};

    for (size_t i = 0; i < count; i++) {
        const struct match *match = &step->result.matches[i];

        columns.match_ids[i] = match_id_of(match);
        columns.item_ids[i] = match->expected_item_id;
        columns.entry_ids[i] = match->entry_id;
        columns.rules[i] = text_of(match_rule_name(match->rule));
        match_effect(tx, match);
    }
    return columns;
}

static enum status matches_insert(struct step *step, const struct business *tx,
                                  const struct match_columns *columns, struct error *error)
{
    size_t count = step->result.match_count;
    struct params params;

    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int64(&params, tx->commit_id);
    params_int32(&params, step->account_id);
    params_date(&params, step->as_of);
    params_uuid_array(&params, columns->match_ids, count);
    params_text_array(&params, columns->rules, count);
    params_uuid_array(&params, columns->item_ids, count);
    params_uuid_array(&params, columns->entry_ids, count);
    return db_run_once(step->db, reconcile_sql_match_insert, &params, error, NULL);
}

static enum status matches_write(struct step *step, struct business *tx, struct error *error)
{
    size_t count = step->result.match_count;
    struct match_columns columns;
    struct params params;
    enum status status;

    if (count == 0)
        return OK;
    columns = match_columns_of(step, tx);
    status = matches_insert(step, tx, &columns, error);
    if (status != OK)
        return status;
    params_init(&params, RECONCILE_PARAMS_MAX);
    params_uuid_array(&params, columns.match_ids, count);
    params_uuid_array(&params, columns.item_ids, count);
    params_uuid_array(&params, columns.entry_ids, count);
    return db_run_once(step->db, reconcile_sql_match_member_insert, &params, error, NULL);
}

/* ---- breaks ---- */

static void break_effect(struct business *tx, const struct match_break *found)
{
    effects_row(&tx->effects, "break_item", 2);
    effects_text(&tx->effects, (struct text){(const char *)found->id.bytes, 16});
    effects_text(&tx->effects, text_of(break_type_name(found->type)));
}

static enum status breaks_close(struct step *step, struct business *tx,
                                const struct changes *changes, struct error *error)
{
    struct params params;

    if (changes->closed_count == 0)
        return OK;
    for (size_t i = 0; i < changes->closed_count; i++) {
        effects_row(&tx->effects, "break_item closed", 1);
        effects_int64(&tx->effects, changes->closed_ids[i]);
    }
    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int64(&params, tx->commit_id);
    params_date(&params, step->as_of);
    params_int64_array(&params, changes->closed_ids, changes->closed_count);
    return db_run_once(step->db, reconcile_sql_breaks_close, &params, error, NULL);
}

static enum status breaks_change(struct step *step, struct business *tx,
                                 const struct changes *changes, struct error *error)
{
    size_t count = changes->changed_count;
    struct text *types = room(step, count, sizeof *types);
    struct params params;
    enum status status;

    if (count == 0)
        return OK;
    for (size_t i = 0; i < count; i++) {
        types[i] = text_of(break_type_name(changes->changed[i]->type));
        break_effect(tx, changes->changed[i]);
    }
    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int64_array(&params, changes->changed_ids, count);
    params_text_array(&params, types, count);
    params_uuid_array(&params, changes->changed_digests, count);
    status = db_run_once(step->db, reconcile_sql_breaks_change, &params, error, NULL);
    if (status != OK)
        return status;
    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int64_array(&params, changes->changed_ids, count);
    return db_run_once(step->db, reconcile_sql_candidates_delete, &params, error, NULL);
}

static enum status breaks_open(struct step *step, struct business *tx,
                               const struct changes *changes, struct error *error)
{
    size_t count = changes->opened_count;
    struct uuid *items = room(step, count, sizeof *items);
    struct uuid *entries = room(step, count, sizeof *entries);
    struct text *types = room(step, count, sizeof *types);
    struct params params;

    if (count == 0)
        return OK;
    for (size_t i = 0; i < count; i++) {
        const struct match_break *found = changes->opened[i];

        *(found->is_entry ? &entries[i] : &items[i]) = found->id;
        types[i] = text_of(break_type_name(found->type));
        break_effect(tx, found);
    }
    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int64(&params, tx->commit_id);
    params_int32(&params, step->account_id);
    params_date(&params, step->as_of);
    params_uuid_array(&params, items, count);
    params_uuid_array(&params, entries, count);
    params_text_array(&params, types, count);
    params_uuid_array(&params, changes->opened_digests, count);
    return db_run_once(step->db, reconcile_sql_breaks_open_insert, &params, error, NULL);
}

/* ---- candidates ---- */

struct candidate_columns {
    int32_t *of_entry;
    struct uuid *subjects;
    int32_t *ranks;
    struct uuid *ids;
    struct text *reasons;
    size_t count;
};

static void candidates_add(struct candidate_columns *columns, const struct match_break *found)
{
    for (size_t i = 0; i < found->candidate_count; i++) {
        columns->of_entry[columns->count] = found->is_entry;
        columns->subjects[columns->count] = found->id;
        columns->ranks[columns->count] = (int32_t)i + 1;
        columns->ids[columns->count] = found->candidates[i].id;
        columns->reasons[columns->count++] = text_of(found->candidates[i].reason);
    }
}

static enum status candidates_write(struct step *step, const struct changes *changes,
                                    struct error *error)
{
    size_t most = (changes->opened_count + changes->changed_count) * MATCH_CANDIDATES_MAX;
    struct candidate_columns columns = {room(step, most, sizeof *columns.of_entry),
                                        room(step, most, sizeof *columns.subjects),
                                        room(step, most, sizeof *columns.ranks),
                                        room(step, most, sizeof *columns.ids),
                                        room(step, most, sizeof *columns.reasons),
                                        0};
    struct params params;

    for (size_t i = 0; i < changes->opened_count; i++)
        candidates_add(&columns, changes->opened[i]);
    for (size_t i = 0; i < changes->changed_count; i++)
        candidates_add(&columns, changes->changed[i]);
    if (columns.count == 0)
        return OK;
    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int32_array(&params, columns.of_entry, columns.count);
    params_uuid_array(&params, columns.subjects, columns.count);
    params_int32_array(&params, columns.ranks, columns.count);
    params_uuid_array(&params, columns.ids, columns.count);
    params_text_array(&params, columns.reasons, columns.count);
    return db_run_once(step->db, reconcile_sql_candidates_insert, &params, error, NULL);
}

/* ---- everything ---- */

static enum status mark_write(struct step *step, const struct business *tx, struct error *error)
{
    struct params params;

    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int32(&params, step->account_id);
    params_date(&params, step->as_of);
    params_int64(&params, tx->commit_id);
    return db_run_once(step->db, reconcile_sql_mark, &params, error, NULL);
}

enum status changes_write(struct step *step, struct business *tx, const struct changes *changes,
                          struct error *error)
{
    enum status status = matches_write(step, tx, error);

    if (status == OK)
        status = breaks_close(step, tx, changes, error);
    if (status == OK)
        status = breaks_change(step, tx, changes, error);
    if (status == OK)
        status = breaks_open(step, tx, changes, error);
    if (status == OK)
        status = candidates_write(step, changes, error);
    return status == OK ? mark_write(step, tx, error) : status;
}
