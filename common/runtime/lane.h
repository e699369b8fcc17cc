/*
 * lane.h - a thread and a connection that make batches true, one after the other.
 *
 * Several lanes carry different partitions (partition number modulo lane count), so one commits
 * while the other fills, and PostgreSQL works on two cores.
 *
 *           lane_submit              thread                  lane_collect
 *   IDLE ----------------> BUSY ----------------> DONE ---------------------> IDLE
 *                            attempt_until_decided (attempt.h)
 *
 * (1) lane->db belongs to the thread while BUSY, to the reading thread otherwise.
 * (2) The batch that was submitted stays the lane's until lane_collect gives it back.
 * (3) Retries have back-off and an end; what the end leaves is decided by a new claim.
 */
#ifndef SAWA_RUNTIME_LANE_H
#define SAWA_RUNTIME_LANE_H

#include "runtime/commit.h"

struct lane;

struct lane_settings {
    const struct worker_ops *ops;
    struct db_settings db;
    const char *worker;
    int attempts_max;
};

/* Connects and starts the thread. The settings' strings must outlive it. */
must_use enum status lane_start(const struct lane_settings *settings, struct error *error,
                                struct lane **ret_lane);

/* Waits for the batch in hand, ends the thread, closes the connection. NULL is fine. */
void lane_stop(struct lane *lane);

bool lane_is_idle(struct lane *lane);
bool lane_is_done(struct lane *lane);

/* Waits at most timeout_ms until the lane is not BUSY. False: it still is. */
bool lane_wait(struct lane *lane, int64_t timeout_ms);

/* The connection, while not BUSY (1); reconnects a broken one. */
must_use enum status lane_db(struct lane *lane, struct error *error, struct db **ret_db);

/* source_name: as leaves name the source; must outlive the batch. */
void lane_submit(struct lane *lane, struct batch *batch, struct text source_name);

/* The outcome of the batch that was DONE; the lane is IDLE afterwards. OK: committed, but for
 * dropped parts. RETRY: not committed, or not known: claim again. FATAL: stop. */
enum status lane_collect(struct lane *lane, struct error *ret_error);

#endif
