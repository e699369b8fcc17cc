/*
 * world.h - one history: its seed, its clock, its tasks, its faults, its workers.
 *
 * A process runs one history and ends; so the world is global, and what a crashed worker leaves
 * behind in memory needs no care. Everything that varies comes from the seed through chance():
 * the same seed is the same history, step for step, and world.trace_hash proves it.
 *
 *   scheduler -- resumes one task --> worker's loop or lane -- calls a fake --> seam()
 *       ^                                                                       |
 *       +------------- another task, later, or never again (crash) -------------+
 *
 * (1) Exactly one task runs; it gives way at seams only.
 * (2) A worker that crashed is never resumed: its tasks are abandoned where they stood.
 * (3) The clock moves at seams and where every task waits.
 */
#ifndef SAWA_SIM_WORLD_H
#define SAWA_SIM_WORLD_H

#include "base/error.h"

enum {
    WORKERS_MAX = 3,
    SIM_PARTITIONS_MAX = 4,
    PRODUCED_MAX = 160,
    TASKS_MAX = 512,
    MS = 1000 /* microseconds */
};

/* ---- faults: name, chance in 100,000 at each place where it may strike ---- */

#define FAULTS(X)                                                                                  \
    X(CRASH, "worker crashes at a seam", 250)                                                      \
    X(PAUSE, "worker stops, wakes later", 150)                                                     \
    X(STOP, "worker is asked to stop", 60)                                                         \
    X(REPLY_LOST_APPLIED, "COMMIT applied, reply lost", 3000)                                      \
    X(REPLY_LOST_LATE, "COMMIT applied after its reply was lost", 3000)                            \
    X(REPLY_LOST_NOT, "COMMIT not applied, reply lost", 3000)                                      \
    X(CRASH_IN_COMMIT, "worker crashes while COMMIT is under way", 1500)                           \
    X(CONNECTION_LOST, "connection lost at a statement", 600)                                      \
    X(ZOMBIE_BACKEND, "a lost connection's backend lingers", 50000)                                \
    X(CLAIM_REPLY_LOST, "claim applied, reply lost", 3000)                                         \
    X(DATABASE_AWAY, "database restarts", 80)                                                      \
    X(SERIALIZATION, "SQLSTATE 40001", 500)                                                        \
    X(DEADLOCK, "SQLSTATE 40P01", 500)                                                             \
    X(LOCK_TIMEOUT, "SQLSTATE 55P03", 500)                                                         \
    X(DAY_MISSING, "no partition for today at the start", 50000)                                   \
    X(REBALANCE, "rebalance at a poll", 800)                                                       \
    X(NOTICE_LATE, "a member hears of a rebalance late", 30000)                                    \
    X(REVOKED_FIRST, "REVOKED, then ASSIGNED", 50000)                                              \
    X(DELIVERED_AGAIN, "a record delivered again", 3000)                                           \
    X(BROKER_AWAY, "broker away", 400)                                                             \
    X(OUT_OF_RANGE, "broker says: out of range", 60)                                               \
    X(RANGE_FOREIGN, "claim sees a range without our offset", 800)                                 \
    X(ANCHOR_FOREIGN, "the anchor's record differs", 1500)                                         \
    X(ASSIGN_REFUSED, "assign answers RETRY", 6000)                                                \
    X(SCHEMA_AWAY, "decode answers RETRY", 1500)

enum fault {
#define FAULT_NAME(name, text, rate) FAULT_##name,
    FAULTS(FAULT_NAME)
#undef FAULT_NAME
        FAULT_COUNT
};

/* ---- states reached: what the code went through, whatever caused it ---- */

#define STATES(X)                                                                                  \
    X(COMMITS, "commits")                                                                          \
    X(FENCED, "partitions fenced")                                                                 \
    X(UNKNOWN, "unknown outcomes")                                                                 \
    X(RETRIED, "batches given up")                                                                 \
    X(REFUSED_UNIQUE, "ids only the store found")                                                  \
    X(REFUSED_ROW, "rows only the store refused")                                                  \
    X(DUPLICATES, "event duplicates counted")                                                      \
    X(PARKED, "records parked")                                                                    \
    X(RECOVERED, "frames read back from the archive")                                              \
    X(LOCK_WAITS, "waits for a lock")                                                              \
    X(REAL_DEADLOCKS, "deadlocks of real waits")                                                   \
    X(BACKENDS_ENDED, "old owners' backends ended")                                                \
    X(COMMITS_OF_THE_DEAD, "commits after their worker died or hung up")                           \
    X(CONTROL_PASSED, "control records passed by END")                                             \
    X(HALTED, "partitions halted")                                                                 \
    X(STALLED, "turns stalled by decode")                                                          \
    X(ASSIGNED_STALLED, "partitions assigned while a record is held")                              \
    X(REFUSED_STALLED, "assign refused while a record is held")                                    \
    X(LOOP_RESTARTS, "loops that ended with RETRY")                                                \
    X(CLEAN_STOPS, "clean stops")                                                                  \
    X(DAYS_MADE, "day partitions made")                                                            \
    X(KEYS_MADE, "keys of a month made")                                                           \
    X(STEPS, "steps")

enum state {
#define STATE_NAME(name, text) STATE_##name,
    STATES(STATE_NAME)
#undef STATE_NAME
        STATE_COUNT
};

/* Bugs that can be planted, so that the checks are checked (tests/sim/selftest). */
#define PLANTS(X)                                                                                  \
    X(NONE, "none")                                                                                \
    X(EPOCH_IGNORED, "epoch-ignored")                                                              \
    X(MOVE_UNCOUNTED, "move-uncounted")                                                            \
    X(PARKED_DROPPED, "parked-dropped")                                                            \
    X(PLAIN_READ, "plain-read")                                                                    \
    X(PLAIN_READ_ALONE, "plain-read-alone")                                                        \
    X(LEAF_LEFT_OUT, "leaf-left-out")                                                              \
    X(UNIQUE_UNSEEN, "unique-unseen")                                                              \
    X(RECORD_SKIPPED, "record-skipped")

enum plant {
#define PLANT_NAME(name, text) PLANT_##name,
    PLANTS(PLANT_NAME)
#undef PLANT_NAME
        PLANT_COUNT
};

/* What a history leaves for the one who runs many; shared memory. */
struct tally {
    uint64_t faults[FAULT_COUNT];
    uint64_t states[STATE_COUNT];
    uint64_t trace_hash;
    char violation[512]; /* "": none */
};

struct sim_worker {
    int index;
    int incarnation;
    bool alive;
    bool stop;
    bool ended; /* the loop returned for good */
    int64_t paused_until_us;
    int64_t restart_at_us;
    struct member *member; /* its source; the group may know it longer than it lives */
};

struct world {
    uint64_t seed;
    uint64_t random;
    int64_t now_us;
    bool trace;
    bool healed;
    int64_t healed_at_us;
    enum plant plant;
    int64_t crash_at; /* sweep: the step at which worker 0 crashes; -1: none */
    bool crash_done;
    bool hot; /* few event ids, all at once */
    int rates[FAULT_COUNT];
    int64_t schema_away_until_us;
    int64_t lost_parts; /* what the store refused for its epoch, in batches that were collected */
    int64_t lost_told;  /* of these, told to who watches the worker */
    struct tally *tally;
    size_t worker_count;
    size_t lane_count;
    int32_t partition_count;
    struct sim_worker workers[WORKERS_MAX];
};

extern struct world world;

/* ---- chance ---- */

uint64_t chance(uint64_t below); /* 0 .. below - 1 */
int64_t chance_us(int64_t least_us, int64_t most_us);
bool fault_strikes(enum fault fault); /* counts it when it does; never once healed */
void fault_count(enum fault fault);   /* it struck, decided elsewhere */
void state_reached(enum state state, uint64_t count);
const char *fault_text(enum fault fault);

/* ---- trace and verdict ---- */

void trace(const char *format, ...) printf_like(1, 2);
/* Ends the history: an invariant does not hold. */
_Noreturn void violation(const char *invariant, const char *format, ...) printf_like(2, 3);

/* ---- tasks (schedule.c) ---- */

struct task;

struct task *task_start(int worker, void (*run)(void *), void *argument);
struct task *task_current(void);
int task_worker(void); /* index of the worker whose task runs; -1: the scheduler */

/* One call of a fake: the step is counted and traced, time passes, others may run, and the worker
 * may crash here. */
void seam(const char *name);
void task_sleep_us(int64_t wait_us); /* others run; ends early by task_wake */
void task_wake(struct task *task);
void tasks_abandon(int worker); /* (2); where its own task asks, it does not return */

/* Resumes one task, or moves the clock to when there is something to do: at most to limit_us. */
void schedule_turn(int64_t limit_us);

#endif
