/*
 * history.c - see history.h.
 */
#include "history.h"

#include "base/clock.h"
#include "model.h"
#include "source.h"
#include "workers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FAULTY_US = 15000 * MS,
    HEALING_US = 120000 * MS,
    STOPPING_US = 60000 * MS,
    ACCEPTING_US = 10000 * MS
};
enum { TURNS_MAX = 3000000, TRACE_MAX = 512 };

struct world world;

/* ---- chance ---- */

/* splitmix64 (Steele, Lea and Flood, OOPSLA 2014) */
static uint64_t random_next(void)
{
    uint64_t mixed = world.random += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

uint64_t chance(uint64_t below)
{
    return below <= 1 ? 0 : random_next() % below;
}

int64_t chance_us(int64_t least_us, int64_t most_us)
{
    return least_us + (int64_t)chance((uint64_t)(most_us - least_us + 1));
}

void fault_count(enum fault fault)
{
    world.tally->faults[fault]++;
    trace("- %s", fault_text(fault));
}

bool fault_strikes(enum fault fault)
{
    if (world.healed || world.rates[fault] == 0 || chance(100000) >= (uint64_t)world.rates[fault])
        return false;
    fault_count(fault);
    return true;
}

void state_reached(enum state state, uint64_t count)
{
    world.tally->states[state] += count;
}

const char *fault_text(enum fault fault)
{
    static const char *const texts[] = {
#define FAULT_TEXT(name, text, rate) text,
        FAULTS(FAULT_TEXT)
#undef FAULT_TEXT
    };

    return texts[fault];
}

/* ---- trace and verdict ---- */

void trace(const char *format, ...)
{
    char line[TRACE_MAX];
    va_list arguments;
    uint64_t hash = world.tally->trace_hash;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (const char *at = line; *at != '\0'; at++) /* FNV-1a */
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    world.tally->trace_hash = (hash ^ (uint64_t)world.now_us) * UINT64_C(0x100000001b3);
    if (!world.trace)
        return;
    printf("%12lld %s\n", (long long)world.now_us, line);
    fflush(stdout); /* an assert may come next */
}

void violation(const char *invariant, const char *format, ...)
{
    char *text = world.tally->violation;
    size_t size = sizeof world.tally->violation;
    int at = snprintf(text, size, "%s: ", invariant);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + at, size - (size_t)at, format, arguments);
    va_end(arguments);
    trace("- VIOLATION %s", text);
    fflush(stdout);
    _exit(EXIT_FAILED);
}

/* ---- the beginning ---- */

/* Faults that have to meet: each storm once showed a bug, or shows one that is planted by hand.
 * One history in four has one on top of what its seed draws. */
struct storm {
    const char *name;
    bool hot; /* few event ids, all at once */
    struct {
        enum fault fault;
        int rate;
    } rates[6];
};

static const struct storm storms[] = {
    /* a record is held by a stalled decode while its loop ends with RETRY and runs again */
    {"held-over-restart",
     false,
     {{FAULT_SCHEMA_AWAY, 8000}, {FAULT_ASSIGN_REFUSED, 30000}, {FAULT_CONNECTION_LOST, 2000}}},
    /* a record is held while what lies before it is rolled back and claimed again at once */
    {"held-over-claim",
     false,
     {{FAULT_SCHEMA_AWAY, 8000}, {FAULT_PAUSE, 1500}, {FAULT_CONNECTION_LOST, 2500}}},
    /* two lanes wait for each other's event ids */
    {"crossing", true, {{FAULT_SERIALIZATION, 100}}},
    /* partitions go back and forth between workers that hear of it late */
    {"to-and-fro",
     false,
     {{FAULT_REBALANCE, 6000}, {FAULT_NOTICE_LATE, 60000}, {FAULT_PAUSE, 600}}},
    /* nobody lives long, and commits come late */
    {"short-lives",
     false,
     {{FAULT_CRASH, 1500},
      {FAULT_CRASH_IN_COMMIT, 8000},
      {FAULT_ZOMBIE_BACKEND, 90000},
      {FAULT_REPLY_LOST_LATE, 10000}}},
};

static const struct storm *storm_of(const char *name)
{
    for (size_t i = 0; name != NULL && i < COUNT_OF(storms); i++)
        if (strcmp(storms[i].name, name) == 0)
            return &storms[i];
    return NULL;
}

bool history_knows_storm(const char *name)
{
    return storm_of(name) != NULL;
}

static void storm_take(const struct storm *storm)
{
    world.hot = storm->hot;
    for (size_t i = 0; i < COUNT_OF(storm->rates); i++)
        if (storm->rates[i].rate > 0)
            world.rates[storm->rates[i].fault] = storm->rates[i].rate;
}

static void rates_choose(bool only_crash)
{
    static const int rates[] = {
#define FAULT_RATE(name, text, rate) rate,
        FAULTS(FAULT_RATE)
#undef FAULT_RATE
    };

    for (size_t i = 0; i < FAULT_COUNT; i++)
        world.rates[i] = only_crash || chance(5) < 2 ? 0 : rates[i] / (1 + (int)chance(3));
}

/* Near the end of a month, so that days and keys change under way; or far from it. */
static int64_t begin_us(void)
{
    const int64_t month_us = 1796083200 * US_PER_SECOND; /* 2026-12-01T00:00:00Z */

    return month_us - chance_us(0, chance(2) == 0 ? 30000 * MS : US_PER_DAY);
}

static void world_begin(const struct history_options *options, struct tally *tally)
{
    world = (struct world){.seed = options->seed,
                           .random = options->seed * UINT64_C(0x2545f4914f6cdd1d),
                           .trace = options->trace,
                           .plant = options->plant,
                           .crash_at = options->crash_at,
                           .tally = tally};
    tally->trace_hash = UINT64_C(0xcbf29ce484222325);
    world.now_us = begin_us();
    world.worker_count = 1 + (size_t)chance(WORKERS_MAX);
    world.lane_count = 1 + (size_t)chance(2);
    world.partition_count = 1 + (int32_t)chance(SIM_PARTITIONS_MAX);
    rates_choose(options->crash_at >= 0);
    if (options->storm != NULL)
        storm_take(storm_of(options->storm));
    else if (options->crash_at < 0 && chance(4) == 0)
        storm_take(&storms[chance(COUNT_OF(storms))]);
    producer_begin(world.now_us, world.now_us + FAULTY_US);
    store_begin(world.now_us);
    group_begin();
    workers_begin();
}

/* ---- the way ---- */

static int64_t earlier(int64_t left_us, int64_t right_us)
{
    return left_us < right_us ? left_us : right_us;
}

/* What was seen before the healing may halt a partition just after it; later none may. */
static void operator_turn(void)
{
    if (world.healed && world.now_us < world.healed_at_us + ACCEPTING_US && store_accept_halts())
        group_rebalance();
}

static void world_turn(int64_t until_us)
{
    int64_t limit_us = earlier(until_us, earlier(store_next_us(), group_next_us()));

    workers_turn();
    store_turn();
    group_turn();
    operator_turn();
    schedule_turn(earlier(limit_us, workers_next_us()));
}

/* Turns until done says so; false: the time has come first. */
static bool world_run(bool (*done)(void), int64_t until_us)
{
    for (int64_t turns = 0; turns < TURNS_MAX; turns++) {
        if (done())
            return true;
        if (world.now_us >= until_us)
            return false;
        world_turn(until_us);
    }
    violation("I8", "no time passes any more");
}

static bool never(void)
{
    return false;
}

static bool has_converged(void)
{
    for (int32_t p = 0; p < world.partition_count; p++) {
        const struct sim_position *position = &store.positions[p];
        int64_t next = position->exists ? position->row.next_offset : producer.low[p];

        if (next != producer.end[p])
            return false;
    }
    return true;
}

static void world_heal(void)
{
    trace("- healed");
    world.healed = true;
    world.schema_away_until_us = 0;
    world.healed_at_us = world.now_us;
    workers_heal();
    store_heal();
    group_heal();
}

static void converge(void)
{
    if (world_run(has_converged, world.now_us + HEALING_US))
        return;
    for (int32_t p = 0; p < world.partition_count; p++)
        if (store.positions[p].row.next_offset != producer.end[p])
            violation("I8", "partition %d stands at %lld of %lld long after healing", p,
                      (long long)store.positions[p].row.next_offset, (long long)producer.end[p]);
}

void history_run(const struct history_options *options, struct tally *tally)
{
    world_begin(options, tally);
    world_run(options->crash_at >= 0 ? has_converged : never, world.now_us + FAULTY_US);
    world_heal();
    converge();
    workers_ask_to_stop();
    if (!world_run(workers_have_ended, world.now_us + STOPPING_US))
        violation("I8", "a worker does not stop when asked to");
    model_end();
    trace("- holds");
    fflush(stdout);
    _exit(EXIT_OK);
}
