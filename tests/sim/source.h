/*
 * source.h - a broker, its consumer group, and one source (base/ports.h) per running worker.
 *
 *   producer's list --visible_us--> broker --poll--> member (the source of one worker)
 *                                   group: who has which partition, by its own belief
 *
 * (1) A member delivers a partition only after source_assign, from the offset it was given on;
 *     what was delivered before may come again (FAULT_DELIVERED_AGAIN), nothing is passed over.
 * (2) The group takes a member for alive until its session ends: a crashed or stopped worker keeps
 *     its partitions for a while, and one that wakes up late still reads them (a zombie).
 * (3) A record's bytes die at source_release.
 * (4) A hint never lies ahead of the committed position; else the history is in violation.
 */
#ifndef SAWA_SIM_SOURCE_H
#define SAWA_SIM_SOURCE_H

#include "base/ports.h"
#include "world.h"

struct member;

void group_begin(void);
void group_turn(void); /* expels members whose session has ended */
int64_t group_next_us(void);
void group_heal(void);
void group_rebalance(void);

struct member *member_join(int worker);
void member_died(struct member *member); /* its session ends later (2) */
struct source *member_source(struct member *member);

#endif
