/*
 * around.c - what the runtime calls beside its store and its source: clocks, waiting, health,
 * metrics, log and random bytes, all by the world's clock and seed.
 *
 * Metrics become states reached; the log becomes the trace. random_bytes is wrapped at the link
 * for what calls it from outside crypto.c (seeds of archives); nonces of seals stay random and no
 * trace holds them.
 */
#include "base/clock.h"
#include "base/log.h"
#include "runtime/health.h"
#include "runtime/loop_metrics.h"
#include "runtime/stop.h"
#include "world.h"

#include <stdio.h>

/* ---- clock and stop ---- */

int64_t clock_now_us(void)
{
    return world.now_us;
}

int64_t clock_monotonic_us(void)
{
    return world.now_us;
}

void instant_format(int64_t instant_us, char text[INSTANT_TEXT_SIZE])
{
    snprintf(text, INSTANT_TEXT_SIZE, "%lld", (long long)instant_us);
}

bool stop_asked(void)
{
    return world.workers[task_worker()].stop;
}

bool stop_wait(int64_t wait_ms)
{
    seam("stop_wait");
    if (!stop_asked())
        task_sleep_us(wait_ms * MS);
    return stop_asked();
}

void __wrap_random_bytes(void *bytes, size_t size);
void __wrap_random_bytes(void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)bytes)[i] = (unsigned char)chance(256);
}

/* ---- health ---- */

void health_beat(struct health *health)
{
    (void)health;
}

void health_waits(struct health *health, int64_t wait_ms)
{
    (void)health;
    assert(wait_ms >= 0);
}

void health_ready(struct health *health, bool ready, const char *reason)
{
    (void)health;
    assert(ready || reason[0] != '\0');
}

/* ---- metrics ---- */

void loop_metrics_init(struct loop_metrics *metrics)
{
    (void)metrics;
}

void loop_metrics_source(struct loop_metrics *metrics, const struct source_identity *identity)
{
    text_copy(text_of(identity->topic), metrics->topic, sizeof metrics->topic);
}

void loop_metrics_committed(struct loop_metrics *metrics, const struct batch *batch)
{
    (void)metrics;
    (void)batch;
    if (world.lost_told != world.lost_parts)
        violation("I7", "%lld partitions were lost, and %lld of these losses told",
                  (long long)world.lost_parts, (long long)world.lost_told);
}

void loop_metrics_fenced(struct loop_metrics *metrics)
{
    (void)metrics;
    world.lost_told++;
    state_reached(STATE_FENCED, 1);
}

void loop_metrics_retried(struct loop_metrics *metrics, const struct error *error)
{
    (void)metrics;
    state_reached(error->cause == CAUSE_UNKNOWN ? STATE_UNKNOWN : STATE_RETRIED, 1);
}

void loop_metrics_passed(struct loop_metrics *metrics)
{
    (void)metrics;
}

void loop_metrics_forget(struct loop_metrics *metrics, const struct partitions *partitions)
{
    (void)metrics;
    assert(partitions->count <= BATCH_PART_MAX);
}

void loop_metrics_partitions(struct loop_metrics *metrics, struct source *source,
                             struct partitions *partitions)
{
    (void)metrics;
    for (size_t i = 0; i < partitions->count; i++)
        assert(source_high(source, partitions->list[i].number) >= 0);
}

struct metric *metric_of_row(enum metric_id id, const struct metric_label *labels,
                             size_t label_count)
{
    (void)id;
    (void)labels;
    (void)label_count;
    return NULL; /* the two below take it */
}

void metric_add(struct metric *metric, int64_t amount)
{
    (void)metric;
    assert(amount > 0);
}

void metric_set(struct metric *metric, int64_t value)
{
    (void)metric;
    (void)value;
}

/* ---- log ---- */

void log_event(enum log_level level, const char *action, const char *message,
               const struct log_field *fields, size_t field_count)
{
    (void)level;
    (void)message;
    (void)fields;
    trace("%d says %s (%zu)", task_worker(), action, field_count);
}

void log_error_of(const char *action, const struct error *error)
{
    trace("%d says %s: %s", task_worker(), action, error->primary);
}

void log_gate_away(struct log_gate *gate, const char *server, const struct error *error)
{
    gate->away = true;
    trace("%d says %s is away: %s %s", task_worker(), server, error->primary, error->code);
}

void log_gate_back(struct log_gate *gate, const char *server)
{
    (void)server;
    gate->away = false;
}
