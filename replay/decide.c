/*
 * decide.c - the business transaction of a decision (2). The leaf names the actor as a keyed hash
 * (runtime/actor.h).
 */
#include "replay.h"

#include "base/clock.h"
#include "replay_sql.h"

enum status decision_begin(const struct program_run *run, struct session *session,
                           const char *action, const struct arguments *arguments,
                           struct error *error, struct decision *ret_decision)
{
    struct decision decision = {.arguments = arguments, .action = action};
    enum status status;

    assert(arguments->execute); /* (1) */
    status = actor_hash(run->config, arguments->actor, error, decision.actor);
    if (status == OK)
        status = business_begin(session->db, action, session->worker, clock_now_us(), error,
                                &decision.tx);
    if (status != OK)
        return status;
    *ret_decision = decision;
    ret_decision->tx.leaf.actor = text_of(ret_decision->actor); /* where it lives from now on */
    return OK;
}

static void action_effect(struct decision *decision, const char *outcome, int32_t source_id,
                          int32_t partition, int64_t record_offset)
{
    struct effects *effects = &decision->tx.effects;

    effects_row(effects, "operator_action", 6);
    effects_int64(effects, decision->lines);
    effects_text(effects, text_of(outcome));
    effects_int64(effects, source_id);
    effects_int64(effects, partition);
    if (record_offset < 0)
        effects_null(effects);
    else
        effects_int64(effects, record_offset);
    effects_text(effects, text_of(decision->arguments->reason));
}

enum status decision_note(struct decision *decision, const char *outcome, int32_t source_id,
                          int32_t partition, int64_t record_offset, struct error *error)
{
    struct params params;

    decision->lines++;
    action_effect(decision, outcome, source_id, partition, record_offset);
    params_init(&params, REPLAY_PARAMS_MAX);
    params_int64(&params, decision->tx.commit_id);
    params_int32(&params, decision->lines);
    params_string(&params, decision->action);
    params_string(&params, outcome);
    params_int32(&params, source_id);
    params_int32(&params, partition);
    if (record_offset < 0)
        params_null(&params);
    else
        params_int64(&params, record_offset);
    params_string(&params, decision->arguments->reason);
    params_string(&params, decision->arguments->actor);
    return db_run_once(decision->tx.db, replay_sql_action_insert, &params, error, NULL);
}
