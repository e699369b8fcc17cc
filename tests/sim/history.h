/*
 * history.h - one history from its seed to its verdict.
 *
 *   world and producer from the seed -> faults, until FAULTY -> heal -> every position at the end
 *   within HEALING, or I8 -> all asked to stop, within STOPPING -> model_end
 *
 * Each seed draws which faults it has at all and how often (swarm): a history with everything at
 * once reaches less than many with a few.
 */
#ifndef SAWA_SIM_HISTORY_H
#define SAWA_SIM_HISTORY_H

#include "world.h"

struct history_options {
    uint64_t seed;
    enum plant plant;
    int64_t crash_at;  /* -1, or sweep: no faults but one crash of worker 0 at this step */
    const char *storm; /* NULL: as the seed says */
    bool trace;
};

bool history_knows_storm(const char *name);

/* Runs it in this process, which ends with it: 0, or a violation in tally. */
_Noreturn void history_run(const struct history_options *options, struct tally *tally);

#endif
