/*
 * fair_share.h - how many partitions each of several workers should hold.
 *
 * Every worker asks for itself, from what it sees of the others, and all come to the same answer:
 * partitions / members each, and one more for as many as the division leaves over. Those who hold
 * one more already come first, then the smaller id, so that nobody gives up what another would have
 * to take in its place. How many more somebody holds does not count: the answer must stay the same
 * while some have given up their surplus and others have not yet.
 *
 *   partitions 12, held 12 0 0   ->  4 4 4    8 move
 *   partitions 13, held  5 4 4   ->  5 4 4    nothing moves
 *   partitions 13, held  5 4 4 0 ->  4 3 3 3  3 move: what the fourth needs
 *
 * (1) The shares of all members add up to the partitions.
 * (2) No two shares differ by more than one.
 * (3) No other shares with (1) and (2) ask the members to give up fewer partitions.
 *
 * Called by runtime/lease_keeper. It reads nothing and remembers nothing.
 */
#ifndef SAWA_DOMAIN_FAIR_SHARE_H
#define SAWA_DOMAIN_FAIR_SHARE_H

#include "base/uuid.h"

struct share_member {
    struct uuid id; /* no two are the same */
    size_t held;
};

/* The share of members[me]; count is at least 1. */
size_t fair_share(const struct share_member *members, size_t count, size_t me, size_t partitions);

#endif
