/*
 * lease_keeper.c - see lease_keeper.h.
 */
#include "runtime/lease_keeper.h"

#include "base/clock.h"
#include "base/condition.h"
#include "base/crypto.h"
#include "base/log.h"
#include "runtime/backoff.h"
#include "runtime/metric_table.h"
#include "runtime/topic_scout.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    BEATS_PER_LEASE = 3,      /* two may fail                                            */
    UNSETTLED_MS = 200,       /* between beats while our share is not ours, at most      */
    UNWANTED_MS = 50,         /* between looks whether the reading thread is there       */
    STATEMENT_MS_MIN = 1000,  /* a beat that takes longer than the lease time is useless */
    STATEMENT_MS_MAX = 10000, /* and the end of the program waits for it                 */
};

/* How leases change hands, as the metric counts it. */
enum change { TAKEN_FREE, TAKEN_LAPSED, GIVEN, LOST, CHANGE_COUNT };
static const char *const change_names[] = {"taken_free", "taken_lapsed", "given", "lost"};

struct lease_keeper {
    struct lease_keeper_settings settings;
    char worker[WORKER_ID_SIZE];
    struct topic_scout *scout;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    atomic_llong version; /* of the offer; written under mutex */
    atomic_llong asked;   /* how often the reading thread came for news */

    /* Under mutex. */
    bool stopping;
    int64_t heard;          /* version */
    int64_t fresh_until_us; /* monotonic (2) */
    struct lease_offer offer;
    struct error failure; /* status OK: none */

    /* The thread's alone. */
    struct db *db;
    struct lease_member me;
    struct source_identity identity; /* partition_count 0: not known yet */
    struct lease_hold hold;
    struct lease_picture picture;
    struct lease_plan plan;
    struct lease_beats beats;
    bool changed_since;      /* the offer differs from what we hold */
    int64_t leaving_version; /* the first offer without what is LEAVING */
    int64_t asked_before;    /* (5) */
    int64_t asked_at_us;
    bool silent; /* and it was said */
    struct backoff backoff;
    struct log_gate gate;
    struct metric *changes[CHANGE_COUNT];
};

static int64_t beat_ms(const struct lease_keeper *keeper)
{
    return keeper->settings.lease_ms / BEATS_PER_LEASE;
}

static int64_t lease_us(const struct lease_keeper *keeper)
{
    return keeper->settings.lease_ms * 1000;
}

/* ---- the topic ---- */

static bool is_same_cluster(const struct source_identity *left, const struct source_identity *right)
{
    return strcmp(left->cluster_id, right->cluster_id) == 0;
}

static bool is_same_topic(const struct source_identity *left, const struct source_identity *right)
{
    return is_same_cluster(left, right) && left->partition_count == right->partition_count &&
           uuid_compare(&left->topic_uuid, &right->topic_uuid) == 0;
}

/* RETRY: the broker has not told yet. A topic that is another one, or has grown, is offered anew,
 * so that the loop registers it again. */
static enum status keeper_identify(struct lease_keeper *keeper, struct error *error)
{
    struct source_identity latest;

    if (!topic_scout_latest(keeper->scout, &latest) || latest.partition_count <= 0)
        return keeper->identity.partition_count > 0
                   ? OK
                   : error_set(error, RETRY, "the topic is not known yet");
    if (is_same_topic(&keeper->identity, &latest))
        return OK;
    if (latest.partition_count > LEASE_PARTITION_MAX) {
        error_configuration(error, "the topic has more partitions than leases can share out");
        return error_detail(error, "%d partitions; %d at most", latest.partition_count,
                            LEASE_PARTITION_MAX);
    }
    if (!is_same_cluster(&keeper->identity, &latest))
        lease_hold_clear(&keeper->hold); /* what we had there lapses */
    keeper->changed_since = keeper->identity.partition_count > 0;
    keeper->identity = latest;
    return OK;
}

/* ---- a beat ---- */

static enum status keeper_connect(struct lease_keeper *keeper, struct error *error)
{
    if (keeper->db == NULL)
        return db_open(&keeper->settings.db, error, &keeper->db);
    return db_is_broken(keeper->db) ? db_reopen(keeper->db, error) : OK;
}

static bool is_whole(const struct lease_picture *picture, int32_t partitions)
{
    size_t leases = 0;

    while (leases < picture->count && picture->rows[leases].partition >= 0)
        leases++;
    return leases == (size_t)partitions;
}

static void lost_count(struct lease_keeper *keeper, const int32_t *lost, size_t count)
{
    for (size_t i = 0; i < count; i++)
        log_warn("lease_lost", "another worker took a partition whose lease had run out",
                 LOG_INT("partition", lost[i]));
    metric_add(keeper->changes[LOST], (int64_t)count);
}

static enum status keeper_beat(struct lease_keeper *keeper, struct error *error)
{
    int32_t partitions = keeper->identity.partition_count;
    int64_t sent_us = clock_monotonic_us();
    int32_t lost[LEASE_HELD_MAX];
    size_t lost_counted = 0;
    enum status status = lease_beat(keeper->db, &keeper->me, partitions, error, &keeper->picture);

    if (status == OK && !is_whole(&keeper->picture, partitions)) { /* it is new, or has grown */
        status = lease_make(keeper->db, &keeper->me, partitions, error);
        if (status == OK)
            status = lease_beat(keeper->db, &keeper->me, partitions, error, &keeper->picture);
    }
    if (status != OK)
        return status;
    lease_beats_note(&keeper->beats, sent_us, clock_monotonic_us(), lease_us(keeper));
    if (lease_hold_see(&keeper->hold, &keeper->picture, &keeper->me.id, partitions, lost,
                       &lost_counted))
        keeper->changed_since = true;
    lost_count(keeper, lost, lost_counted);
    return OK;
}

/* ---- what follows ---- */

static bool is_heard(struct lease_keeper *keeper)
{
    bool heard;

    pthread_mutex_lock(&keeper->mutex);
    heard = keeper->heard >= keeper->leaving_version;
    pthread_mutex_unlock(&keeper->mutex);
    return heard;
}

static enum status keeper_give(struct lease_keeper *keeper, struct error *error)
{
    int32_t leaving[LEASE_HELD_MAX];
    size_t count = keeper->hold.leaving;
    enum status status;

    if (count == 0 || !is_heard(keeper)) /* (1) */
        return OK;
    status = lease_give(keeper->db, &keeper->me, leaving,
                        lease_hold_list(&keeper->hold, LEASE_LEAVING, leaving), error);
    if (status != OK)
        return status;
    lease_hold_given(&keeper->hold);
    metric_add(keeper->changes[GIVEN], (int64_t)count);
    log_info("leases_given", "gave leases up for workers that have too few",
             LOG_INT("partitions", (int64_t)count), LOG_INT("held", (int64_t)keeper->hold.ours));
    return OK;
}

/* How many of those just taken were another's until its time was over. */
static size_t lapsed_among(const struct lease_plan *plan, const int32_t *taken, size_t count)
{
    size_t lapsed = 0;

    for (size_t i = 0; i < plan->takeable_count; i++)
        for (size_t j = 0; !lease_is_free(&plan->takeable[i]) && j < count; j++)
            lapsed += plan->takeable[i].partition == taken[j] ? 1 : 0;
    return lapsed;
}

static enum status keeper_take(struct lease_keeper *keeper, size_t wanted, struct error *error)
{
    const struct lease_plan *plan = &keeper->plan;
    int32_t taken[LEASE_HELD_MAX];
    size_t count = 0;
    size_t lapsed;
    enum status status = lease_take(keeper->db, &keeper->me, plan->takeable, plan->takeable_count,
                                    wanted, error, taken, &count);

    if (status != OK || count == 0) /* a lost reply: the next beat sees what we took */
        return status;
    lease_hold_take(&keeper->hold, taken, count);
    keeper->changed_since = true;
    lapsed = lapsed_among(plan, taken, count);
    metric_add(keeper->changes[TAKEN_LAPSED], (int64_t)lapsed);
    metric_add(keeper->changes[TAKEN_FREE], (int64_t)(count - lapsed));
    log_info("leases_taken", "took leases", LOG_INT("partitions", (int64_t)count),
             LOG_INT("lapsed", (int64_t)lapsed), LOG_INT("held", (int64_t)keeper->hold.ours),
             LOG_INT("members", (int64_t)plan->members));
    return OK;
}

/* Towards our share. */
static enum status keeper_balance(struct lease_keeper *keeper, struct error *error)
{
    bool lapsed_too = lease_beats_trusted(&keeper->beats, lease_us(keeper)); /* (3) */
    size_t count;

    lease_plan(&keeper->picture, &keeper->me.id, keeper->identity.partition_count, lapsed_too,
               &keeper->plan);
    switch (lease_hold_next(&keeper->hold, &keeper->plan, &count)) {
    case LEASE_REST: return OK;
    case LEASE_TAKE: return keeper_take(keeper, count, error);
    case LEASE_LEAVE: break;
    }
    lease_hold_leave(&keeper->hold, count);
    keeper->leaving_version = atomic_load(&keeper->version) + 1;
    keeper->changed_since = true;
    return OK;
}

/* What the reading thread may see of it. Called also where a step has failed: the beat counts. */
static void keeper_publish(struct lease_keeper *keeper)
{
    bool idle = keeper->plan.share == 0;

    pthread_mutex_lock(&keeper->mutex);
    keeper->fresh_until_us = keeper->beats.sent_us + lease_us(keeper);
    if (keeper->changed_since || (idle && !keeper->offer.idle)) {
        keeper->offer.version = atomic_load(&keeper->version) + 1;
        keeper->offer.count = lease_hold_list(&keeper->hold, LEASE_OURS, keeper->offer.partitions);
        atomic_store(&keeper->version, keeper->offer.version);
    }
    keeper->offer.idle = idle;
    pthread_mutex_unlock(&keeper->mutex);
    keeper->changed_since = false;
    metric_set(metric_of(METRIC_LEASES), (int64_t)(keeper->hold.ours + keeper->hold.leaving));
    metric_set(metric_of(METRIC_LEASE_MEMBERS), (int64_t)keeper->plan.members);
}

/* ---- the thread ---- */

/* (5) */
static bool is_wanted(struct lease_keeper *keeper)
{
    int64_t asked = atomic_load(&keeper->asked);
    int64_t now_us = clock_monotonic_us();

    if (asked != keeper->asked_before) {
        keeper->asked_before = asked;
        keeper->asked_at_us = now_us;
        keeper->silent = false;
    }
    if (asked == 0)
        return false;
    if (now_us - keeper->asked_at_us < (int64_t)LEASE_SILENCE_MAX_MS * 1000)
        return true;
    if (!keeper->silent)
        log_warn("leases_not_renewed", "nothing was read for long; others may take the partitions",
                 LOG_INT("silent_ms", (now_us - keeper->asked_at_us) / 1000));
    keeper->silent = true;
    return false;
}

static enum status keeper_turn(struct lease_keeper *keeper, struct error *error)
{
    enum status status = keeper_identify(keeper, error);

    if (status != OK)
        return status == RETRY ? OK : status; /* who reads the source says that it is away */
    status = keeper_connect(keeper, error);
    if (status == OK)
        status = keeper_beat(keeper, error);
    if (status == OK) {
        status = keeper_give(keeper, error);
        if (status == OK)
            status = keeper_balance(keeper, error);
        keeper_publish(keeper);
    }
    if (status == OK) {
        log_gate_back(&keeper->gate, "postgresql");
        backoff_reset(&keeper->backoff);
    }
    return status;
}

/* Until the next turn. */
static int64_t pause_ms(struct lease_keeper *keeper, enum status status)
{
    bool settled = keeper->hold.ours == keeper->plan.share && keeper->hold.leaving == 0;

    if (status != OK)
        return backoff_next_ms(&keeper->backoff, clock_monotonic_us());
    if (keeper->beats.sent_us == 0)
        return UNWANTED_MS;
    return settled || beat_ms(keeper) < UNSETTLED_MS ? beat_ms(keeper) : UNSETTLED_MS;
}

/* False: it is over. What was heard ends the wait, where something waits to be given up for it. */
static bool keeper_wait(struct lease_keeper *keeper, int64_t wait_ms, bool hears)
{
    struct timespec deadline = condition_deadline(wait_ms);
    bool over;

    hears = hears && keeper->hold.leaving > 0;
    pthread_mutex_lock(&keeper->mutex);
    while (!keeper->stopping && !(hears && keeper->heard >= keeper->leaving_version) &&
           condition_wait(&keeper->changed, &keeper->mutex, &deadline))
        continue;
    over = keeper->stopping;
    pthread_mutex_unlock(&keeper->mutex);
    return !over;
}

static void keeper_fail(struct lease_keeper *keeper, const struct error *error)
{
    pthread_mutex_lock(&keeper->mutex);
    keeper->failure = *error;
    atomic_fetch_add(&keeper->version, 1);
    pthread_mutex_unlock(&keeper->mutex);
}

/* One attempt: where it fails, our time passes. */
static void keeper_leave(struct lease_keeper *keeper)
{
    struct error error;

    if (keeper->beats.sent_us == 0 || db_is_broken(keeper->db))
        return;
    if (lease_leave(keeper->db, &keeper->me, &error) != OK)
        log_error_of("leases_not_given_back", &error);
    else if (keeper->hold.ours + keeper->hold.leaving > 0)
        log_info("leases_given_back", "gave all leases back",
                 LOG_INT("partitions", (int64_t)(keeper->hold.ours + keeper->hold.leaving)));
}

static void *keeper_thread(void *argument)
{
    struct lease_keeper *keeper = argument;
    struct error error;
    enum status status;

    do {
        bool wanted = is_wanted(keeper);

        status = wanted ? keeper_turn(keeper, &error) : OK;
        if (status == FATAL) {
            keeper_fail(keeper, &error);
            break;
        }
        if (status == RETRY)
            log_gate_away(&keeper->gate, "postgresql", &error);
        if (!keeper_wait(keeper, wanted ? pause_ms(keeper, status) : UNWANTED_MS, status == OK))
            break;
    } while (true);
    keeper_leave(keeper);
    db_close(keeper->db);
    return NULL;
}

/* ---- beginning and end ---- */

static void settings_take(struct lease_keeper *keeper, const struct lease_keeper_settings *settings)
{
    const struct backoff_policy policy = {.first_ms = UNWANTED_MS,
                                          .ceiling_ms = settings->lease_ms / BEATS_PER_LEASE};
    int64_t statement_ms = settings->lease_ms;

    if (statement_ms < STATEMENT_MS_MIN)
        statement_ms = STATEMENT_MS_MIN;
    if (statement_ms > STATEMENT_MS_MAX)
        statement_ms = STATEMENT_MS_MAX;
    keeper->settings = *settings;
    keeper->settings.db.statement_timeout_ms = (int)statement_ms;
    keeper->settings.db.lock_timeout_ms = (int)statement_ms;
    text_copy(text_of(settings->worker), keeper->worker, sizeof keeper->worker);
    keeper->me = (struct lease_member){.cluster_id = keeper->identity.cluster_id,
                                       .topic = keeper->identity.topic,
                                       .worker = keeper->worker,
                                       .lease_ms = settings->lease_ms};
    random_bytes(keeper->me.id.bytes, sizeof keeper->me.id.bytes);
    backoff_init(&keeper->backoff, &policy, uuid_hash(&keeper->me.id));
}

static void keeper_free(struct lease_keeper *keeper)
{
    pthread_mutex_destroy(&keeper->mutex);
    pthread_cond_destroy(&keeper->changed);
    free(keeper);
}

enum status lease_keeper_start(const struct lease_keeper_settings *settings, struct error *error,
                               struct lease_keeper **ret_keeper)
{
    struct lease_keeper *keeper = calloc(1, sizeof *keeper);
    enum status status;

    assert(settings->lease_ms >= BEATS_PER_LEASE);
    if (keeper == NULL)
        return error_set(error, FATAL, "out of memory for leases");
    settings_take(keeper, settings);
    for (size_t i = 0; i < CHANGE_COUNT; i++)
        keeper->changes[i] =
            metric_of(METRIC_LEASE_CHANGES, METRIC_LABEL("change", change_names[i]));
    pthread_mutex_init(&keeper->mutex, NULL);
    condition_init(&keeper->changed);
    status = topic_scout_start(settings->source, settings->identify_ms, error, &keeper->scout);
    if (status == OK && pthread_create(&keeper->thread, NULL, keeper_thread, keeper) != 0) {
        topic_scout_stop(keeper->scout);
        status = error_set(error, FATAL, "could not start a thread");
    }
    if (status != OK) {
        keeper_free(keeper);
        return status;
    }
    *ret_keeper = keeper;
    return OK;
}

bool lease_keeper_stop(struct lease_keeper *keeper)
{
    bool source_is_free;

    if (keeper == NULL)
        return true;
    pthread_mutex_lock(&keeper->mutex);
    keeper->stopping = true;
    pthread_cond_broadcast(&keeper->changed);
    pthread_mutex_unlock(&keeper->mutex);
    pthread_join(keeper->thread, NULL);
    source_is_free = topic_scout_stop(keeper->scout);
    keeper_free(keeper);
    return source_is_free;
}

/* ---- the reading thread's side ---- */

int64_t lease_keeper_version(struct lease_keeper *keeper)
{
    atomic_fetch_add_explicit(&keeper->asked, 1, memory_order_relaxed);
    return atomic_load_explicit(&keeper->version, memory_order_acquire);
}

enum status lease_keeper_offer(struct lease_keeper *keeper, struct error *error,
                               struct lease_offer *ret_offer)
{
    enum status status = OK;

    pthread_mutex_lock(&keeper->mutex);
    if (keeper->failure.status == FATAL) {
        *error = keeper->failure;
        status = FATAL;
    } else {
        *ret_offer = keeper->offer;
    }
    pthread_mutex_unlock(&keeper->mutex);
    return status;
}

void lease_keeper_heard(struct lease_keeper *keeper, int64_t version)
{
    pthread_mutex_lock(&keeper->mutex);
    assert(version >= keeper->heard);
    keeper->heard = version;
    pthread_cond_broadcast(&keeper->changed);
    pthread_mutex_unlock(&keeper->mutex);
}

static bool is_offered(const struct lease_offer *offer, int32_t partition)
{
    for (size_t i = 0; i < offer->count; i++)
        if (offer->partitions[i] == partition)
            return true;
    return false;
}

enum status lease_keeper_allows(struct lease_keeper *keeper, int32_t partition, struct error *error)
{
    int64_t now_us = clock_monotonic_us();
    bool offered;
    bool fresh;

    pthread_mutex_lock(&keeper->mutex);
    offered = is_offered(&keeper->offer, partition);
    fresh = now_us < keeper->fresh_until_us;
    pthread_mutex_unlock(&keeper->mutex);
    if (offered && fresh)
        return OK;
    error_set(error, RETRY, "a partition may not be claimed without its lease");
    error_detail(error, "partition %d: %s", partition,
                 offered ? "the lease could not be renewed in time" : "another worker holds it");
    return error_hint(error, "nothing to do: it is claimed once the lease is renewed");
}
