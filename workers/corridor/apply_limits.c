/*
 * apply_limits.c - what the nets of one corridor version are held against: see corridor.h.
 */
#include "corridor.h"

#include "corridor_sql.h"

static enum status minimum_insert(struct business *tx, const struct corridor *corridor,
                                  struct error *error)
{
    struct params params;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_int64(&params, corridor->minimum_minor);
    return db_run_once(tx->db, corridor_sql_corridor_limit_insert, &params, error, NULL);
}

/* One row per participant with terms, column by column. */
struct member_columns {
    int32_t *ids;
    int64_t *caps;
    bool *prefunded;
    int32_t *through;
    size_t count;
};

static void member_add(struct member_columns *columns, const struct participant *participant,
                       const struct member_terms *terms)
{
    size_t row = columns->count;

    if (terms->through == NULL && terms->cap_minor == NET_DEBIT_UNCAPPED && !terms->is_prefunded)
        return;
    columns->ids[row] = participant->participant_id;
    columns->caps[row] = terms->cap_minor == NET_DEBIT_UNCAPPED ? -1 : terms->cap_minor;
    columns->prefunded[row] = terms->is_prefunded;
    columns->through[row] = terms->through == NULL ? 0 : terms->through->participant_id;
    columns->count++;
}

static enum status members_insert(struct business *tx, const struct corridor *corridor,
                                  const struct member_columns *columns, struct error *error)
{
    struct params params;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_int32_array(&params, columns->ids, columns->count);
    params_int64_array(&params, columns->caps, columns->count);
    params_bool_array(&params, columns->prefunded, columns->count);
    params_int32_array(&params, columns->through, columns->count);
    return db_run_once(tx->db, corridor_sql_corridor_member_insert, &params, error, NULL);
}

static enum status terms_insert(struct business *tx, const struct corridor *corridor,
                                struct arena *arena, struct error *error)
{
    size_t count = corridor->participant_count;
    struct member_columns columns = {
        .ids = arena_alloc(arena, (count + 1) * sizeof *columns.ids),
        .caps = arena_alloc(arena, (count + 1) * sizeof *columns.caps),
        .prefunded = arena_alloc(arena, (count + 1) * sizeof *columns.prefunded),
        .through = arena_alloc(arena, (count + 1) * sizeof *columns.through),
    };

    assert(columns.ids != NULL && columns.caps != NULL);
    assert(columns.prefunded != NULL && columns.through != NULL);
    for (size_t i = 0; i < count; i++)
        member_add(&columns, corridor->participants[i], &corridor->terms[i]);
    return columns.count == 0 ? OK : members_insert(tx, corridor, &columns, error);
}

static enum status customers_insert(struct business *tx, const struct corridor *corridor,
                                    struct error *error)
{
    struct params params;

    effects_row(&tx->effects, "corridor_customer_payment", 2);
    effects_int64(&tx->effects, corridor->corridor_id);
    effects_int64(&tx->effects, corridor->version);
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    return db_run_once(tx->db, corridor_sql_corridor_customer_payment_insert, &params, error, NULL);
}

enum status apply_limits(struct business *tx, const struct corridor *corridor, struct arena *arena,
                         struct error *error)
{
    enum status status = OK;

    if (corridor->minimum_minor != 0)
        status = minimum_insert(tx, corridor, error);
    if (status == OK && corridor->terms != NULL)
        status = terms_insert(tx, corridor, arena, error);
    if (status == OK && corridor->instructs_payments)
        status = customers_insert(tx, corridor, error);
    return status;
}
