/*
 * merkle.h - RFC 6962 Merkle trees over leaf hashes, built leaf by leaf.
 *
 *   MTH({})      = SHA-256()
 *   MTH({d})     = SHA-256(0x00 || d)                the caller hashes leaves
 *   MTH(D[0:n])  = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))   k: largest power of two < n
 *
 * While leaves arrive, only the roots of the complete subtrees on the right edge are kept:
 *
 *            r2            after 7 leaves: edge = { r2 of 4, r1 of 2, r0 of 1 }
 *          /    \    r1
 *         .      .  /  \  r0
 *        / \    / \ .  .  .
 *
 * (1) edge[i] is the root of a complete subtree of 2^i leaves exactly where bit i of the count is
 *     set.
 */
#ifndef SAWA_DOMAIN_MERKLE_H
#define SAWA_DOMAIN_MERKLE_H

#include "base/crypto.h"

enum { MERKLE_DEPTH_MAX = 63 };

struct merkle;

struct merkle *merkle_new(void); /* aborts without memory */
void merkle_free(struct merkle *merkle); /* NULL is fine */

/* Forgets all leaves. */
void merkle_begin(struct merkle *merkle);
void merkle_add(struct merkle *merkle, const struct digest *leaf_hash);
uint64_t merkle_count(const struct merkle *merkle);
struct digest merkle_root(struct merkle *merkle);

/* SHA-256(0x01 || left || right) */
struct digest merkle_node(struct sha256 *sha256, const struct digest *left,
                          const struct digest *right);

#endif
