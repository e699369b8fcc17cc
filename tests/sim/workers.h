/*
 * workers.h - the workers of a history: started, crashed, stopped, restarted; one lane file for
 * their lanes (lane.c), one toy for their work (toy.c).
 *
 *   restarting --restart_at--> running loop_run --RETRY--> again after a back-off (as stream.c)
 *        ^                        |        |
 *        +----- crash ------------+        +-- asked to stop: OK; started again, or the end
 */
#ifndef SAWA_SIM_WORKERS_H
#define SAWA_SIM_WORKERS_H

#include "runtime/worker.h"
#include "world.h"

extern const struct worker_ops toy_ops;

/* What a record holds; the toy's wire format. amount <= 0: refused by decode. */
struct toy_value {
    uint32_t magic;
    int32_t event_id;
    int64_t amount;
};

enum { TOY_MAGIC = 0x53415741, TOY_AMOUNT_REFUSED = 666 /* by a constraint of the store only */ };

void workers_begin(void);
void workers_turn(void); /* restarts what is due */
int64_t workers_next_us(void);
void worker_crash(int worker); /* does not return to a task of that worker */
void workers_heal(void);       /* nobody is paused, everybody runs */
void workers_ask_to_stop(void);
bool workers_have_ended(void);

#endif
