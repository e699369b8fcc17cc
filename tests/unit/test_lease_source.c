/*
 * test_lease_source.c - workers of one process share a topic out by leases in a real database: the
 * real source over the real keeper, over a broker that is played.
 *
 * Nothing sleeps for a result: workers are polled until something is so, for WAIT_S at most.
 */
#include "base/clock.h"
#include "base/log.h"
#include "runtime/lease_source.h"
#include "runtime/metric_table.h"
#include "server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <time.h>

#include <cmocka.h>

enum { LEASE_MS = 300, PARTITIONS = 6, WORKERS_MAX = 3, WAIT_S = 20 };

/* ---- a broker that is played ---- */

static atomic_int partition_count;
static atomic_bool broker_is_away;
static char topic[64];

struct played {
    struct source source;
    size_t assigned; /* how many it delivers from now on */
    bool closed;
};

static enum status played_poll(struct source *source, int timeout_ms,
                               struct source_event *ret_event, struct error *error)
{
    (void)source;
    (void)timeout_ms;
    (void)error;
    ret_event->kind = SOURCE_IDLE;
    return OK;
}

static enum status played_assign(struct source *source, const struct source_start *starts,
                                 size_t count, struct error *error)
{
    (void)starts;
    (void)error;
    ((struct played *)source)->assigned = count;
    return OK;
}

static enum status played_identify(struct source *source, struct source_identity *ret_identity,
                                   struct error *error)
{
    (void)source;
    if (atomic_load(&broker_is_away))
        return error_set(error, RETRY, "the broker is away");
    *ret_identity = (struct source_identity){.kind = "KAFKA",
                                             .unit = "records",
                                             .cluster_id = "played",
                                             .partition_count = atomic_load(&partition_count)};
    text_copy(text_of(topic), ret_identity->topic, sizeof ret_identity->topic);
    return OK;
}

static enum status played_range(struct source *source, int32_t partition, int64_t *ret_low,
                                int64_t *ret_high, struct error *error)
{
    (void)source;
    (void)partition;
    (void)error;
    *ret_low = 0;
    *ret_high = 10;
    return OK;
}

static void played_close(struct source *source)
{
    ((struct played *)source)->closed = true;
}

static const struct source_ops played_ops = {.server = "played",
                                             .rereads = true,
                                             .poll = played_poll,
                                             .assign = played_assign,
                                             .identify = played_identify,
                                             .range = played_range,
                                             .close = played_close};

/* ---- workers ---- */

struct worker {
    struct played broker;
    struct source *source; /* NULL: not open */
    size_t count;
    int32_t partitions[LEASE_HELD_MAX];
    int events;
};

static struct worker workers[WORKERS_MAX];
static struct db *owner;
static char dsn[SERVER_DSN_SIZE]; /* of a worker's role */

static void worker_open(struct worker *worker)
{
    struct lease_settings settings = {.db = {.dsn = dsn, .application = "sawa-test"},
                                      .worker = "w",
                                      .lease_ms = LEASE_MS};
    struct error error;

    *worker = (struct worker){.broker = {.source.ops = &played_ops}};
    assert_int_equal(lease_source_open(&settings, &worker->broker.source, &error, &worker->source),
                     OK);
}

static void worker_close(struct worker *worker)
{
    source_close(worker->source);
    if (worker->source != NULL)
        assert_true(worker->broker.closed);
    worker->source = NULL;
    worker->count = 0;
}

/* As the loop does: what an event says is taken over at once. */
static void worker_poll(struct worker *worker)
{
    struct source_event event;
    struct error error;

    if (worker->source == NULL)
        return;
    assert_int_equal(source_poll(worker->source, 0, &event, &error), OK);
    if (event.kind != SOURCE_ASSIGNED && event.kind != SOURCE_REVOKED)
        return;
    assert_int_equal(worker->broker.assigned, 0); /* nothing comes before the claims */
    worker->count = source_partitions(worker->source, worker->partitions, LEASE_HELD_MAX);
    assert_true(event.kind == SOURCE_ASSIGNED || worker->count == 0);
    worker->events++;
}

static void pause_shortly(void)
{
    const struct timespec pause = {.tv_nsec = 2000000};

    nanosleep(&pause, NULL);
}

/* Polls those whose bit is set, until what is asked for is so. */
static void until(unsigned polled, bool (*is_so)(void))
{
    int64_t end_us = clock_monotonic_us() + (int64_t)WAIT_S * US_PER_SECOND;

    while (!is_so()) {
        assert_true(clock_monotonic_us() < end_us);
        for (size_t i = 0; i < WORKERS_MAX; i++)
            if (polled >> i & 1)
                worker_poll(&workers[i]);
        pause_shortly();
    }
}

static int open_server(void **state)
{
    (void)state;
    owner = server_open_as(getenv("SAWA_TEST_OWNER"));
    snprintf(dsn, sizeof dsn, "%s user=sawa_ingest", getenv("SAWA_TEST_DSN"));
    return 0;
}

static int close_server(void **state)
{
    (void)state;
    db_close(owner);
    return 0;
}

static int new_topic(void **state)
{
    static int number;

    (void)state;
    snprintf(topic, sizeof topic, "shared-%d-%d", (int)getpid(), number++);
    atomic_store(&partition_count, PARTITIONS);
    atomic_store(&broker_is_away, false);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORKERS_MAX; i++)
        worker_close(&workers[i]);
    return 0;
}

/* One number about the rows of our topic. */
static int64_t asked(const char *what, const char *table)
{
    char sql[512];

    snprintf(sql, sizeof sql, "SELECT %s FROM sawa.%s WHERE topic = '%s'", what, table, topic);
    return server_number(owner, sql);
}

static int64_t members(void)
{
    return asked("count(*)", "lease_member");
}

/* When the time of the member that joined last is over. */
static int64_t newest_expires_ms(void)
{
    return asked("(extract(epoch FROM (array_agg(expires_at ORDER BY joined_at DESC))[1])"
                 " * 1000)::bigint",
                 "lease_member");
}

static int64_t changes(const char *change)
{
    return metric_value(metric_of(METRIC_LEASE_CHANGES, METRIC_LABEL("change", change)));
}

/* ---- what is waited for ---- */

static bool first_has_all(void)
{
    return workers[0].count == (size_t)atomic_load(&partition_count);
}

static bool first_has_half(void)
{
    return workers[0].count == PARTITIONS / 2;
}

static bool second_has_half(void)
{
    return workers[1].count == PARTITIONS / 2;
}

static bool second_has_all(void)
{
    return workers[1].count == (size_t)atomic_load(&partition_count);
}

static bool second_is_a_member(void)
{
    return members() == 2;
}

static bool all_have_two(void)
{
    return workers[0].count == 2 && workers[1].count == 2 && workers[2].count == 2;
}

static bool first_lost_all(void)
{
    return workers[0].count == 0;
}

static bool nine_are_shared(void)
{
    return workers[0].count + workers[1].count == 9 && workers[0].count > 3 && workers[1].count > 3;
}

static bool is_held_twice(void)
{
    for (size_t i = 0; i < WORKERS_MAX; i++)
        for (size_t j = 0; j < workers[i].count; j++)
            for (size_t k = i + 1; k < WORKERS_MAX; k++)
                for (size_t l = 0; l < workers[k].count; l++)
                    if (workers[i].partitions[j] == workers[k].partitions[l])
                        return true;
    return false;
}

/* ---- tests ---- */

static void a_worker_alone_has_everything(void **state)
{
    (void)state;
    worker_open(&workers[0]);
    until(1, first_has_all);
    assert_int_equal(workers[0].events, 1);
}

static void who_does_not_read_is_no_member(void **state)
{
    (void)state;
    worker_open(&workers[0]);
    worker_open(&workers[1]);
    until(2, second_has_all);
    assert_int_equal(members(), 1);
}

/* Of what a worker gives up nothing is in flight any more: until its loop has taken the news, and
 * come back, all others see it held. */
static void nothing_is_given_up_before_it_was_heard_of(void **state)
{
    int64_t renewed;

    (void)state;
    worker_open(&workers[0]);
    until(1, first_has_all);
    worker_open(&workers[1]);
    until(2, second_is_a_member); /* the first one does not ask for news meanwhile */
    until(1, first_has_half);     /* it has been told by now, but not come back */
    renewed = newest_expires_ms();
    for (int beats = 0; beats < 3;) { /* of the second, which sees nothing it could take */
        int64_t now = newest_expires_ms();

        worker_poll(&workers[1]);
        pause_shortly();
        beats += now != renewed ? 1 : 0;
        renewed = now;
    }
    assert_int_equal(workers[1].count, 0);
    assert_int_equal(asked("count(member_id)", "partition_lease"), PARTITIONS);
    until(3, second_has_half);
    assert_false(is_held_twice());
}

static void three_share_and_who_goes_is_taken_over_at_once(void **state)
{
    int64_t given = changes("given");
    int64_t lapsed = changes("taken_lapsed");

    (void)state;
    for (size_t i = 0; i < 3; i++)
        worker_open(&workers[i]);
    until(7, all_have_two);
    assert_false(is_held_twice());
    worker_close(&workers[0]);
    worker_close(&workers[2]);
    assert_int_equal(members(), 1);
    until(2, second_has_all);
    assert_int_equal(changes("taken_lapsed"), lapsed); /* no time had to pass */
    assert_true(changes("given") >= given);
}

static void added_partitions_are_shared_too(void **state)
{
    (void)state;
    worker_open(&workers[0]);
    worker_open(&workers[1]);
    until(3, second_has_half);
    until(3, first_has_half);
    atomic_store(&partition_count, 9);
    until(3, nine_are_shared);
    assert_false(is_held_twice());
}

/* Its row is locked, so its beats fail until its time is over, as where it has no database. */
static void who_cannot_renew_loses_its_leases_and_hears_of_it(void **state)
{
    int64_t lost = changes("lost");
    int64_t low = 0;
    int64_t high = 0;
    struct error error;
    char sql[256];

    (void)state;
    worker_open(&workers[0]);
    until(1, first_has_all);
    assert_int_equal(source_range(workers[0].source, 0, &low, &high, &error), OK);
    worker_open(&workers[1]);
    until(3, second_has_half);
    assert_int_equal(tx_begin(owner, &error), OK);
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM (SELECT FROM sawa.lease_member WHERE topic = '%s'"
             " ORDER BY joined_at LIMIT 1 FOR UPDATE) AS locked",
             topic);
    assert_int_equal(server_number(owner, sql), 1);
    until(3, second_has_all);
    assert_int_equal(workers[0].count, PARTITIONS / 2); /* it has not heard */
    assert_int_equal(source_range(workers[0].source, workers[0].partitions[0], &low, &high, &error),
                     RETRY); /* but claims nothing by a lease that ran out */
    assert_int_equal(error.cause, CAUSE_SOURCE);
    assert_int_equal(tx_commit(owner, &error), OK);
    until(1, first_lost_all);
    assert_true(changes("lost") > lost);
    until(3, first_has_half); /* and gets its share again */
    assert_false(is_held_twice());
}

static void a_broker_that_is_away_costs_no_lease(void **state)
{
    int64_t before;

    (void)state;
    worker_open(&workers[0]);
    until(1, first_has_all);
    atomic_store(&broker_is_away, true);
    before = newest_expires_ms();
    while (newest_expires_ms() < before + 2 * LEASE_MS) {
        worker_poll(&workers[0]);
        pause_shortly();
    }
    assert_int_equal(workers[0].count, PARTITIONS);
    assert_int_equal(workers[0].events, 1);
}

static bool third_is_told_that_there_is_nothing(void)
{
    return workers[2].events == 1;
}

static bool both_have_one(void)
{
    return workers[0].count == 1 && workers[1].count == 1;
}

static void more_workers_than_partitions_are_told_so(void **state)
{
    (void)state;
    atomic_store(&partition_count, 2);
    worker_open(&workers[0]);
    worker_open(&workers[1]);
    until(3, both_have_one);
    worker_open(&workers[2]);
    until(7, third_is_told_that_there_is_nothing);
    assert_int_equal(workers[2].count, 0);
}

/* A schema without our tables, a role without rights: waiting would not help. */
static void a_database_that_refuses_ends_the_worker(void **state)
{
    struct lease_settings settings = {.worker = "w", .lease_ms = LEASE_MS};
    struct source_event event;
    struct error error;
    static char reader[SERVER_DSN_SIZE];
    enum status status = OK;
    int64_t end_us = clock_monotonic_us() + (int64_t)WAIT_S * US_PER_SECOND;

    (void)state;
    snprintf(reader, sizeof reader, "%s user=sawa_reader", getenv("SAWA_TEST_DSN"));
    settings.db = (struct db_settings){.dsn = reader, .application = "sawa-test"};
    workers[0] = (struct worker){.broker = {.source.ops = &played_ops}};
    assert_int_equal(lease_source_open(&settings, &workers[0].broker.source, &error,
                                       &workers[0].source),
                     OK);
    while (status == OK && clock_monotonic_us() < end_us) {
        status = source_poll(workers[0].source, 0, &event, &error);
        pause_shortly();
    }
    assert_int_equal(status, FATAL);
    assert_string_equal(error.code, "42501");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_worker_alone_has_everything, new_topic, close_all),
        cmocka_unit_test_setup_teardown(who_does_not_read_is_no_member, new_topic, close_all),
        cmocka_unit_test_setup_teardown(nothing_is_given_up_before_it_was_heard_of, new_topic,
                                        close_all),
        cmocka_unit_test_setup_teardown(three_share_and_who_goes_is_taken_over_at_once, new_topic,
                                        close_all),
        cmocka_unit_test_setup_teardown(added_partitions_are_shared_too, new_topic, close_all),
        cmocka_unit_test_setup_teardown(who_cannot_renew_loses_its_leases_and_hears_of_it,
                                        new_topic, close_all),
        cmocka_unit_test_setup_teardown(a_broker_that_is_away_costs_no_lease, new_topic, close_all),
        cmocka_unit_test_setup_teardown(more_workers_than_partitions_are_told_so, new_topic,
                                        close_all),
        cmocka_unit_test_setup_teardown(a_database_that_refuses_ends_the_worker, new_topic,
                                        close_all),
    };

    if (server_is_missing(COUNT_OF(tests)))
        return 0;
    log_level_set(LEVEL_ERROR);
    return cmocka_run_group_tests(tests, open_server, close_server);
}
