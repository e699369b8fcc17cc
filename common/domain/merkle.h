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

struct merkle *merkle_new(void);         /* aborts without memory */
void merkle_free(struct merkle *merkle); /* NULL is fine */

/* Forgets all leaves. */
void merkle_begin(struct merkle *merkle);
void merkle_add(struct merkle *merkle, const struct digest *leaf_hash);
uint64_t merkle_count(const struct merkle *merkle);
struct digest merkle_root(struct merkle *merkle);

/* SHA-256(0x01 || left || right) */
struct digest merkle_node(struct sha256 *sha256, const struct digest *left,
                          const struct digest *right);

/* SHA-256(0x00 || data) */
struct digest merkle_leaf(struct sha256 *sha256, struct text data);

/* The root over an array; merkle is the scratch it is computed with, and holds it afterwards. */
struct digest merkle_root_of(struct merkle *merkle, const struct digest *leaf_hashes, size_t count);

/* The nodes beside the way from one leaf to the root, the lowest first. */
struct merkle_path {
    struct digest nodes[MERKLE_DEPTH_MAX + 1];
    size_t count;
};

/* The proof that leaf_hashes[index] is in the tree over all of them; index < count. merkle is
 * scratch: it forgets its leaves. */
void merkle_prove(struct merkle *merkle, const struct digest *leaf_hashes, size_t count,
                  size_t index, struct merkle_path *ret_path);

/* True when path leads from leaf_hash at index to the root of a tree of count leaves (RFC 9162
 * 2.1.3.2). Everything may come from outside. */
must_use bool merkle_verify(struct sha256 *sha256, const struct digest *leaf_hash, uint64_t index,
                            uint64_t count, const struct merkle_path *path,
                            const struct digest *root);

#endif
