/*
 * retry.c - parked retry: a parked record is decided on again, by the worker's own code.
 *
 *   BEGIN; commit_log
 *     the parked row is locked; decided before: nothing happens        exactly once (I1)
 *     its bytes are opened, decoded, judged: decode, validate          the worker's verbs
 *     applied with the batch id that took its offset                   the worker's apply
 *     parked: APPLIED or DUPLICATE; operator_action; audit leaf        (I6)
 *   COMMIT
 *
 * (a) One code path. decode, validate and apply are the verbs of the loop (ops.h); what is added
 *     here is only what the loop adds there: the transaction and its evidence. A retry looks every
 *     id up, as the loop does after a unique violation.
 * (b) The position does not move, no batch is written, no watermark moves and no cut is made: they
 *     were when the record was parked. A payment keeps the batch of its offset, so it is found
 *     there; the batch still counts it as parked, and parked.state tells the rest.
 * (c) Its window is chosen as for a record that comes now: the first open window of its corridor
 *     whose cut-off lies above the watermark of its partition as it stands today (or above its own
 *     time, where that is newer). A window that its partition has passed may be cut already, and
 *     what is closed stays closed: so it is late, says so, and settles with the next window. Where
 *     its own window is still the open one, it is not late. A replay of the archive would put the
 *     record where its offset lies; operator_action tells which records to treat otherwise.
 * (d) What is refused again stays parked, and nothing is written.
 */
#include "replay.h"

#include "fx/ops.h"
#include "ingest/ops.h"
#include "replay_sql.h"
#include "runtime/stream.h"

#include <stdio.h>

enum { ATTEMPTS_MAX = 8, WORKERS = 2 };

/* A worker's verbs and their state, opened when the first record wants them. */
struct hand {
    const struct worker_ops *ops;
    const char *topic_key;
    void *state;
    void *extra;
    struct batch *batch;
};

struct retry {
    struct program_run *run;
    const struct arguments *arguments;
    struct session session;
    unsigned char key_file[SEAL_KEY_SIZE];
    struct data_key key; /* that sealed the record at hand: seals what is stored of it */
    struct hand hands[WORKERS];
    size_t refused;
};

/* What became of one record. */
enum fate { FATE_APPLIED, FATE_DUPLICATE, FATE_REFUSED, FATE_DECIDED_BEFORE };

struct outcome {
    enum fate fate;
    enum reason reason;  /* FATE_REFUSED */
    char was_reason[64]; /* why it was parked */
    char state[16];      /* FATE_DECIDED_BEFORE */
};

/* ---- the worker ---- */

static enum status hand_open(struct retry *retry, struct hand *hand, struct error *error)
{
    static const struct batch_limits limits = {1, RAW_FRAME_MAX};
    enum status status;

    if (hand->state != NULL)
        return OK;
    status = hand->ops->open(retry->run->config, retry->session.db, error, &hand->state);
    if (status != OK)
        return status;
    hand->extra = hand->ops->extra_new();
    hand->batch = batch_new(&limits, hand->ops->row_size, hand->extra);
    if (hand->batch == NULL)
        return error_set(error, FATAL, "out of memory for a batch");
    return hand->ops->refresh(hand->state, retry->session.db, error);
}

static void hand_close(struct hand *hand)
{
    batch_free(hand->batch);
    if (hand->state == NULL)
        return;
    hand->ops->extra_free(hand->extra);
    hand->ops->close(hand->state);
}

static enum status hand_find(struct retry *retry, const char *topic, struct error *error,
                             struct hand **ret_hand)
{
    for (size_t i = 0; i < WORKERS; i++) {
        struct hand *hand = &retry->hands[i];

        if (strcmp(topic, config_string(retry->run->config, hand->topic_key)) != 0)
            continue;
        *ret_hand = hand;
        return hand_open(retry, hand, error);
    }
    error_set(error, REJECT, "no worker reads topic %.200s", topic);
    error_hint(error, "set ingest.topic or fx.topic as the worker that parked the record has it");
    error->exit_code = EXIT_CONFIGURATION;
    return REJECT;
}

/* ---- deciding: decode and validate ---- */

/* The place in the stream as the loop would give it; (c) the watermark is that of today. */
static struct position position_now(const struct parked_record *parked)
{
    return (struct position){.source_id = parked->source_id,
                             .partition = parked->partition,
                             .next_offset = parked->offset,
                             .start_offset = parked->offset,
                             .watermark_us = parked->watermark_us,
                             .anchor.offset = -1};
}

static enum status record_decode(struct hand *hand, const struct parked_record *parked,
                                 struct error *error)
{
    struct position position = position_now(parked);
    struct batch_part *part;
    enum reason reason = REASON_NONE;
    enum status status = OK;
    void *row;

    batch_clear(hand->batch);
    hand->ops->extra_clear(hand->extra);
    hand->ops->claimed(hand->state, &position);
    part = batch_part_open(hand->batch, &position);
    row = part == NULL ? NULL : batch_add(hand->batch, part, &parked->record);
    if (row == NULL)
        return error_set(error, FATAL, "out of memory for a batch");
    part->batch_id = parked->batch_id; /* (b) */
    if (parked->record.value.size > RECORD_VALUE_MAX)
        reason = REASON_VALUE_OVERSIZED;
    else
        status =
            hand->ops->decode(hand->state, &parked->record, hand->batch, part, row, &reason, error);
    if (status == RETRY || status == FATAL)
        return status;
    part->move.watermark_us = part->watermark_before_us; /* (b) */
    batch_decided(hand->batch, reason == REASON_NONE ? OK : REJECT, reason);
    return OK;
}

static enum status record_judge(struct hand *hand, struct db *db, struct error *error)
{
    struct batch *batch = hand->batch;

    batch_begin_attempt(batch);
    if (batch->records[0].verdict != OK)
        return OK;
    if (hand->ops->refused != NULL)
        hand->ops->refused(batch, DUPLICATE, error); /* (a): every id is looked up */
    return hand->ops->validate(batch, db, error);
}

static enum status record_decide(struct hand *hand, const struct parked_record *parked,
                                 struct db *db, struct error *error, struct outcome *outcome)
{
    static const enum fate fates[] =
        {[OK] = FATE_APPLIED, [DUPLICATE] = FATE_DUPLICATE, [REJECT] = FATE_REFUSED};
    enum status status = record_decode(hand, parked, error);

    if (status == OK)
        status = record_judge(hand, db, error);
    if (status != OK)
        return status;
    assert(hand->batch->records[0].verdict <= REJECT);
    outcome->fate = fates[hand->batch->records[0].verdict];
    outcome->reason = (enum reason)hand->batch->records[0].reason;
    return OK;
}

/* ---- one record, one transaction ---- */

static enum status parked_take(struct retry *retry, const struct place *place,
                               struct parked_record *parked, struct outcome *outcome,
                               struct error *error, struct hand **ret_hand)
{
    enum status status =
        parked_record_read(retry->session.db, retry->key_file, place, true, error, parked);

    *outcome = (struct outcome){.fate = FATE_DECIDED_BEFORE};
    if (status != OK)
        return status;
    text_copy(text_of(parked->reason), outcome->was_reason, sizeof outcome->was_reason);
    text_copy(text_of(parked->state), outcome->state, sizeof outcome->state);
    if (strcmp(parked->state, "PARKED") != 0)
        return OK;
    status = hand_find(retry, parked->topic, error, ret_hand);
    if (status == OK)
        status =
            keyring_find(retry->session.db, retry->key_file, parked->key_id, error, &retry->key);
    if (status == OK) {
        (*ret_hand)->batch->key = &retry->key;
        status = record_decide(*ret_hand, parked, retry->session.db, error, outcome);
    }
    return status;
}

static enum status outcome_write(struct decision *decision, struct hand *hand,
                                 const struct parked_record *parked, struct outcome *outcome,
                                 struct error *error)
{
    enum status status;

    if (outcome->fate == FATE_DUPLICATE)
        return parked_decide(decision, parked, "DUPLICATE", "duplicate", error);
    hand->batch->commit_id = decision->tx.commit_id;
    status = hand->ops->apply(hand->batch, decision->tx.db, &decision->tx.effects, error);
    if (status == REJECT) { /* only the store could tell: it stays parked */
        outcome->fate = FATE_REFUSED;
        outcome->reason = REASON_REFUSED_BY_STORE;
        return REJECT;
    }
    return status == OK ? parked_decide(decision, parked, "APPLIED", "applied", error) : status;
}

static bool has_effect(const struct outcome *outcome)
{
    return outcome->fate == FATE_APPLIED || outcome->fate == FATE_DUPLICATE;
}

static enum status retry_look(struct retry *retry, const struct place *place,
                              struct outcome *outcome, struct error *error)
{
    struct parked_record parked = {0};
    struct hand *hand = NULL;
    enum status status = tx_begin(retry->session.db, error);

    if (status == OK)
        status = parked_take(retry, place, &parked, outcome, error, &hand);
    tx_rollback(retry->session.db);
    parked_record_done(&parked);
    return status;
}

static enum status retry_execute(struct retry *retry, const struct place *place,
                                 struct outcome *outcome, struct error *error)
{
    struct parked_record parked = {0};
    struct hand *hand = NULL;
    struct decision decision;
    enum status status = decision_begin(retry->run, &retry->session, "parked_retry",
                                        retry->arguments, error, &decision);

    if (status != OK)
        return status;
    status = parked_take(retry, place, &parked, outcome, error, &hand);
    if (status == OK && has_effect(outcome))
        status = outcome_write(&decision, hand, &parked, outcome, error);
    parked_record_done(&parked);
    if (status == OK && has_effect(outcome))
        return business_end(&decision.tx, error);
    business_abandon(&decision.tx); /* (d) */
    return status == REJECT && outcome->fate == FATE_REFUSED ? OK : status;
}

/* ---- what can be put right ---- */

static bool partition_is_missing(enum status status, const struct error *error)
{
    return status == RETRY && strcmp(error->code, "23514") == 0 && error->subject[0] == '\0';
}

static enum status days_make(struct retry *retry, struct error *error)
{
    enum status status = OK;

    for (size_t i = 0; status == OK && i < WORKERS; i++)
        if (retry->hands[i].batch != NULL && retry->hands[i].ops->days != NULL)
            status = retry->hands[i].ops->days(retry->hands[i].batch, retry->session.db, error);
    return status;
}

/* A RETRY of the database goes by itself; one of decode (no window, no schemas) wants a person. A
 * lost reply to COMMIT needs nothing of its own: the next attempt finds what was decided. */
static enum status retry_again(struct retry *retry, enum status status, struct error *error)
{
    bool of_database =
        error->code[0] != '\0' || error->cause == CAUSE_UNKNOWN || db_is_broken(retry->session.db);

    if (partition_is_missing(status, error))
        return days_make(retry, error);
    return of_database ? session_await(&retry->session, error) : status;
}

static enum status retry_one(struct retry *retry, const struct place *place,
                             struct outcome *outcome, struct error *error)
{
    enum status status = RETRY;

    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        status =
            (retry->arguments->execute ? retry_execute : retry_look)(retry, place, outcome, error);
        if (status != RETRY && status != DUPLICATE)
            return status;
        if (status == RETRY && retry_again(retry, status, error) != OK)
            return error->status;
    }
    return status == DUPLICATE ? (error->status = FATAL) : status;
}

/* ---- the verb ---- */

static void outcome_print(const struct retry *retry, const struct place *place,
                          const struct outcome *outcome)
{
    const char *would = retry->arguments->execute ? "" : "would be ";

    printf("%s/%d@%lld  %s: ", place->source, place->partition, (long long)place->offset,
           outcome->was_reason);
    switch (outcome->fate) {
    case FATE_APPLIED: printf("%sapplied\n", would); break;
    case FATE_DUPLICATE: printf("%snoted as a duplicate: it is held already\n", would); break;
    case FATE_REFUSED: printf("stays parked: %s\n", reason_name(outcome->reason)); break;
    case FATE_DECIDED_BEFORE: printf("was decided before: %s\n", outcome->state); break;
    }
}

static enum status retry_all(struct retry *retry, const struct places *places, struct error *error)
{
    for (size_t i = 0; i < places->count; i++) {
        struct outcome outcome;
        enum status status = retry_one(retry, &places->list[i], &outcome, error);

        if (status != OK)
            return status;
        outcome_print(retry, &places->list[i], &outcome);
        retry->refused += outcome.fate == FATE_REFUSED ? 1 : 0;
    }
    return OK;
}

int parked_retry(struct program_run *run, const struct arguments *arguments)
{
    struct retry retry = {.run = run,
                          .arguments = arguments,
                          .hands = {{.ops = &ingest_ops, .topic_key = "ingest.topic"},
                                    {.ops = &fx_ops, .topic_key = "fx.topic"}}};
    struct places places = {0};
    struct error error;
    enum status status = stream_key_file(run->config, &error, retry.key_file);

    if (status == OK)
        status = session_open(run, &error, &retry.session);
    if (status == OK)
        status = places_collect(retry.session.db, arguments, &error, &places);
    if (status == OK)
        status = retry_all(&retry, &places, &error);
    for (size_t i = 0; i < WORKERS; i++)
        hand_close(&retry.hands[i]);
    explicit_bzero(retry.key_file, sizeof retry.key_file);
    explicit_bzero(&retry.key, sizeof retry.key);
    places_done(&places);
    session_done(&retry.session);
    if (status != OK)
        return program_fail(&error);
    dry_run_print(arguments);
    return retry.refused > 0 ? EXIT_REFUSED : EXIT_OK;
}
