/*
 * accept.c - position accept: how a halted partition goes on.
 *
 *   why it halted                             what accept does
 *   ---------------------------------------   ----------------------------------------------------
 *   anchor_differs                            opens a NEW GENERATION of the source: its positions
 *   topic_shorter_than_position               start at the broker's first offset (--from), those of
 *   partition_count_shrank, topic_made_anew   the old one stay as evidence and move no more
 *   records_expired_before_they_were_read     passes the GAP [position, first offset kept), which
 *   offset_out_of_range                       stays recorded; by the range of today, so it may also
 *                                             be a new generation, or nothing but going on
 *   record_above_ceiling                      passes the GAP of that one record
 *   parked_rate_exceeded, halted_by_operator  CLEARS the halt: it goes on where it stands
 *
 * Why a new generation for the whole source, and not for one partition: a topic that was made anew
 * is another topic. What it shares with the old one is a name; windows, cuts and batches refer to
 * the source, so offsets of both never meet. Records that the producer sends again are known by
 * their event id and have no second effect (I1).
 *
 * The plan is made without a lock, printed, and compared again behind the locks of all positions
 * of the source (3), taken in the order in which batches take them: one in flight is waited for.
 */
#include "replay.h"

#include "replay_sql.h"

#include <stdio.h>
#include <stdlib.h>

enum way { WAY_CLEAR, WAY_GAP, WAY_GENERATION, WAY_BY_RANGE, WAY_PASS_RECORD };

static const struct {
    const char *reason;
    enum way way;
} ways[] = {
    {"anchor_differs", WAY_GENERATION},
    {"topic_made_anew", WAY_GENERATION},
    {"topic_shorter_than_position", WAY_GENERATION},
    {"partition_count_shrank", WAY_GENERATION},
    {"records_expired_before_they_were_read", WAY_BY_RANGE},
    {"offset_out_of_range", WAY_BY_RANGE},
    {"record_above_ceiling", WAY_PASS_RECORD},
    {"parked_rate_exceeded", WAY_CLEAR},
    {"halted_by_operator", WAY_CLEAR},
};

static const char *const outcomes[] = {[WAY_CLEAR] = "cleared",
                                       [WAY_GAP] = "gap_accepted",
                                       [WAY_GENERATION] = "generation_opened",
                                       [WAY_PASS_RECORD] = "gap_accepted"};

struct step {
    int32_t partition;
    enum way way;
    int64_t next_offset;
    int64_t to; /* WAY_GAP, WAY_PASS_RECORD */
    char reason[HALT_REASON_SIZE];
};

struct plan {
    struct source_row source;
    bool opens; /* a new generation, for all of the source */
    size_t count;
    struct step steps[REPLAY_PARTITIONS_MAX];
    int32_t partitions; /* of the topic today */
    struct range ranges[REPLAY_PARTITIONS_MAX];
    int64_t starts[REPLAY_PARTITIONS_MAX]; /* of the new generation */
};

static enum status refuse(struct error *error, const char *what, const char *hint)
{
    error_set(error, REJECT, "%s", what);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "%s", hint);
}

/* ---- the plan ---- */

static enum status way_find(const char *reason, struct error *error, enum way *ret_way)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        if (strcmp(reason, ways[i].reason) != 0)
            continue;
        *ret_way = ways[i].way;
        return OK;
    }
    refuse(error, "this version does not know why the partition halted", "use the newest release");
    return error_detail(error, "%s", reason);
}

static enum status steps_read(struct db *db, const struct arguments *arguments, struct plan *plan,
                              struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, plan->source.source_id);
    params_int32(&params, arguments->partition);
    status = db_run_once(db, replay_sql_positions_halted, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        struct step *step = &plan->steps[plan->count++];

        assert(plan->count <= REPLAY_PARTITIONS_MAX);
        step->partition = (int32_t)result_int64(rows, i, 0);
        step->next_offset = result_int64(rows, i, 1);
        text_copy(result_text(rows, i, 2), step->reason, sizeof step->reason);
        step->to = step->next_offset + 1;
        status = way_find(step->reason, error, &step->way);
    }
    result_free(rows);
    return status;
}

/* --from as an offset within what the broker has. */
static enum status from_read(const char *from, const struct range *range, struct error *error,
                             int64_t *ret_offset)
{
    int64_t offset = 0;

    if (from == NULL || strcmp(from, "earliest") == 0) {
        *ret_offset = range->low;
        return OK;
    }
    if (strcmp(from, "latest") == 0) {
        *ret_offset = range->high;
        return OK;
    }
    if (!text_to_int64(text_of(from), &offset) || offset < range->low || offset > range->high) {
        refuse(error, "--from is earliest, latest, or an offset the broker has",
               "where partitions differ, accept them one by one with --partition");
        return error_detail(error, "the broker has [%lld, %lld)", (long long)range->low,
                            (long long)range->high);
    }
    *ret_offset = offset;
    return OK;
}

/* What the broker's range of today makes of it. */
static enum status step_decide(const struct arguments *arguments, struct plan *plan,
                               struct step *step, struct error *error)
{
    const struct range *range = &plan->ranges[step->partition];

    if (step->way != WAY_BY_RANGE)
        return OK;
    if (step->partition >= plan->partitions || step->next_offset > range->high) {
        step->way = WAY_GENERATION;
        return OK;
    }
    if (step->next_offset >= range->low && arguments->from == NULL) {
        step->way = WAY_CLEAR;
        return OK;
    }
    step->way = WAY_GAP;
    if (from_read(arguments->from, range, error, &step->to) != OK)
        return REJECT;
    if (step->to <= step->next_offset)
        return refuse(error, "--from lies before the position: a position never goes back",
                      "leave --from away: it goes on at the first offset that is kept");
    return OK;
}

static enum status starts_decide(const struct arguments *arguments, struct plan *plan,
                                 struct error *error)
{
    enum status status = OK;

    for (int32_t i = 0; status == OK && i < plan->partitions; i++)
        status = from_read(arguments->from, &plan->ranges[i], error, &plan->starts[i]);
    return status;
}

static bool needs_ranges(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].way != WAY_CLEAR && plan->steps[i].way != WAY_PASS_RECORD)
            return true;
    return false;
}

static enum status plan_decide(struct program_run *run, const struct arguments *arguments,
                               struct plan *plan, struct error *error)
{
    enum status status = OK;

    if (!needs_ranges(plan))
        return arguments->from == NULL
                   ? OK
                   : refuse(error, "these partitions go on where they stand", "leave --from away");
    status = ranges_read(run, &plan->source, error, plan->ranges, &plan->partitions);
    for (size_t i = 0; status == OK && i < plan->count; i++) {
        status = step_decide(arguments, plan, &plan->steps[i], error);
        plan->opens = plan->opens || plan->steps[i].way == WAY_GENERATION;
    }
    return status == OK && plan->opens ? starts_decide(arguments, plan, error) : status;
}

static enum status plan_make(struct program_run *run, struct db *db,
                             const struct arguments *arguments, struct plan *plan,
                             struct error *error)
{
    enum status status = source_row_find(db, arguments->source, error, &plan->source);

    if (status == OK && !plan->source.newest)
        return refuse(error, "this generation is superseded: it goes on for nobody",
                      "name the topic without a generation");
    if (status == OK)
        status = steps_read(db, arguments, plan, error);
    if (status == OK && plan->count > 0)
        status = plan_decide(run, arguments, plan, error);
    return status;
}

/* ---- the plan, for people ---- */

static void step_print(const struct plan *plan, const struct step *step)
{
    const struct range *range = &plan->ranges[step->partition];

    printf("%s:%d/%d halted at %lld: %s\n", plan->source.topic, plan->source.generation,
           step->partition, (long long)step->next_offset, step->reason);
    if (plan->opens)
        return;
    if (step->way == WAY_CLEAR) {
        printf("  goes on at %lld\n", (long long)step->next_offset);
        return;
    }
    if (step->way == WAY_PASS_RECORD) {
        printf("  goes on at %lld; the record at %lld will never be read\n", (long long)step->to,
               (long long)step->next_offset);
        return;
    }
    printf("  goes on at %lld; [%lld, %lld) will never be read: %lld offsets, %lld of them are"
           " still at the broker\n",
           (long long)step->to, (long long)step->next_offset, (long long)step->to,
           (long long)(step->to - step->next_offset),
           (long long)(step->to -
                       (range->low > step->next_offset ? range->low : step->next_offset)));
}

static void generation_print(const struct plan *plan)
{
    printf("generation %d of %s is opened, with %d partitions; every partition of generation %d"
           " stands still for good\n",
           plan->source.generation + 1, plan->source.topic, plan->partitions,
           plan->source.generation);
    for (int32_t i = 0; i < plan->partitions; i++) {
        printf("  %s:%d/%d starts at %lld", plan->source.topic, plan->source.generation + 1, i,
               (long long)plan->starts[i]);
        if (plan->starts[i] > plan->ranges[i].low)
            printf("; [%lld, %lld) will never be read", (long long)plan->ranges[i].low,
                   (long long)plan->starts[i]);
        printf("\n");
    }
}

static void plan_print(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        step_print(plan, &plan->steps[i]);
    if (plan->opens)
        generation_print(plan);
    if (plan->count == 0)
        printf("nothing of %s:%d is halted here\n", plan->source.topic, plan->source.generation);
}

/* ---- carrying it out ---- */

static enum status changed_meanwhile(struct error *error)
{
    return refuse(error, "the positions have changed since they were looked at",
                  "look again without --execute");
}

/* (3): behind the locks every step still finds what it was made for. */
static enum status plan_recheck(struct db *db, const struct plan *plan, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    size_t found = 0;
    enum status status;

    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, plan->source.source_id);
    status = db_run_once(db, replay_sql_positions_lock, &params, error, &rows);
    for (int row = 0; status == OK && row < result_rows(rows) && found < plan->count; row++) {
        const struct step *step = &plan->steps[found];

        found += result_int64(rows, row, 0) == step->partition &&
                         result_int64(rows, row, 1) == step->next_offset &&
                         text_is(result_text(rows, row, 2), step->reason)
                     ? 1
                     : 0;
    }
    result_free(rows);
    return status == OK && found < plan->count ? changed_meanwhile(error) : status;
}

/* (3) Runs a statement of the plan, which finds the one row it was made for. ret_first: the number
 * in its first column; NULL where there is none to read. */
static enum status statement_run(struct decision *decision, const char *sql, struct params *params,
                                 struct error *error, int64_t *ret_first)
{
    struct result *row = NULL;
    enum status status = db_run_once(decision->tx.db, sql, params, error, &row);

    if (status == OK && result_affected(row) != 1)
        status = changed_meanwhile(error);
    if (status == OK && ret_first != NULL)
        *ret_first = result_int64(row, 0, 0);
    result_free(row);
    return status;
}

static enum status clear_run(struct decision *decision, const struct plan *plan,
                             const struct step *step, struct error *error)
{
    struct params params;

    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, plan->source.source_id);
    params_int32(&params, step->partition);
    params_string(&params, step->reason);
    return statement_run(decision, replay_sql_position_clear, &params, error, NULL);
}

static void gap_effect(struct decision *decision, int32_t source_id, int32_t partition,
                       int64_t first_offset, int64_t next_offset)
{
    struct effects *effects = &decision->tx.effects;

    effects_row(effects, "accepted_gap", 4);
    effects_int64(effects, source_id);
    effects_int64(effects, partition);
    effects_int64(effects, first_offset);
    effects_int64(effects, next_offset);
}

static enum status gap_run(struct decision *decision, const struct plan *plan,
                           const struct step *step, struct error *error)
{
    struct params params;

    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, plan->source.source_id);
    params_int32(&params, step->partition);
    params_int64(&params, step->next_offset);
    params_int64(&params, step->to);
    params_int64(&params, decision->tx.commit_id);
    gap_effect(decision, plan->source.source_id, step->partition, step->next_offset, step->to);
    return statement_run(decision, replay_sql_position_pass_gap, &params, error, NULL);
}

/* ---- a new generation ---- */

static enum status generation_insert(struct decision *decision, const struct plan *plan,
                                     struct error *error, int32_t *ret_source_id)
{
    struct params params;
    int64_t source_id = 0;
    enum status status;

    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, plan->source.source_id);
    params_int32(&params, plan->partitions);
    status = statement_run(decision, replay_sql_generation_open, &params, error, &source_id);
    if (status == OK)
        *ret_source_id = (int32_t)source_id;
    return status;
}

static void start_effects(struct decision *decision, const struct plan *plan, int32_t source_id)
{
    for (int32_t i = 0; i < plan->partitions; i++) {
        effects_row(&decision->tx.effects, "position", 3);
        effects_int64(&decision->tx.effects, source_id);
        effects_int64(&decision->tx.effects, i);
        effects_int64(&decision->tx.effects, plan->starts[i]);
        if (plan->starts[i] > plan->ranges[i].low)
            gap_effect(decision, source_id, i, plan->ranges[i].low, plan->starts[i]);
    }
}

static enum status starts_insert(struct decision *decision, const struct plan *plan,
                                 int32_t source_id, struct error *error)
{
    int32_t numbers[REPLAY_PARTITIONS_MAX];
    int64_t lows[REPLAY_PARTITIONS_MAX];
    size_t count = (size_t)plan->partitions;
    struct params params;
    enum status status;

    for (size_t i = 0; i < count; i++) {
        numbers[i] = (int32_t)i;
        lows[i] = plan->ranges[i].low;
    }
    start_effects(decision, plan, source_id);
    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, source_id);
    params_int32_array(&params, numbers, count);
    params_int64_array(&params, plan->starts, count);
    status = db_run_once(decision->tx.db, replay_sql_generation_positions, &params, error, NULL);
    if (status != OK)
        return status;
    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, source_id);
    params_int32_array(&params, numbers, count);
    params_int64_array(&params, lows, count);
    params_int64_array(&params, plan->starts, count);
    params_int64(&params, decision->tx.commit_id);
    return db_run_once(decision->tx.db, replay_sql_gaps_insert, &params, error, NULL);
}

/* Partitions of the old generation that were not halted halt now: nobody may move them on. */
static enum status old_supersede(struct decision *decision, const struct plan *plan,
                                 struct error *error)
{
    struct params params;

    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, plan->source.source_id);
    params_int32(&params, -1);
    params_string(&params, "generation_superseded");
    return db_run_once(decision->tx.db, replay_sql_positions_halt, &params, error, NULL);
}

static enum status generation_run(struct decision *decision, const struct plan *plan,
                                  struct error *error)
{
    int32_t source_id = 0;
    enum status status = generation_insert(decision, plan, error, &source_id);

    if (status == OK)
        status = starts_insert(decision, plan, source_id, error);
    if (status == OK)
        status = old_supersede(decision, plan, error);
    return status;
}

static enum status plan_run(struct decision *decision, const struct plan *plan, struct error *error)
{
    enum status status = plan_recheck(decision->tx.db, plan, error);

    if (status == OK && plan->opens)
        status = generation_run(decision, plan, error);
    for (size_t i = 0; status == OK && i < plan->count; i++) {
        const struct step *step = &plan->steps[i];
        enum way way = plan->opens ? WAY_GENERATION : step->way;

        if (way == WAY_CLEAR)
            status = clear_run(decision, plan, step, error);
        else if (way == WAY_GAP || way == WAY_PASS_RECORD)
            status = gap_run(decision, plan, step, error);
        if (status == OK)
            status = decision_note(decision, outcomes[way], plan->source.source_id, step->partition,
                                   -1, error);
    }
    return status;
}

static enum status plan_execute(struct program_run *run, struct session *session,
                                const struct arguments *arguments, const struct plan *plan,
                                struct error *error)
{
    struct decision decision;
    enum status status =
        decision_begin(run, session, "position_accept", arguments, error, &decision);

    if (status != OK)
        return status;
    status = plan_run(&decision, plan, error);
    return business_finish(&decision.tx, status, error);
}

int position_accept(struct program_run *run, const struct arguments *arguments)
{
    struct plan *plan = calloc(1, sizeof *plan);
    struct session session = {0};
    struct error error;
    enum status status;

    assert(plan != NULL);
    status = arguments->source == NULL ? error_set(&error, REJECT, "accept wants --source")
                                       : session_open(run, &error, &session);
    if (status == REJECT)
        error.exit_code = EXIT_USAGE;
    if (status == OK)
        status = plan_make(run, session.db, arguments, plan, &error);
    if (status == OK)
        plan_print(plan);
    if (status == OK && plan->count > 0 && arguments->execute)
        status = plan_execute(run, &session, arguments, plan, &error);
    if (status == OK && plan->count > 0)
        dry_run_print(arguments);
    session_done(&session);
    free(plan);
    return status == OK ? EXIT_OK : program_fail(&error);
}
