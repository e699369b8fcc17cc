/*
 * merkle.c - see merkle.h.
 */
#include "domain/merkle.h"

#include <stdlib.h>

struct merkle {
    struct sha256 *sha256;
    uint64_t count;
    struct digest edge[MERKLE_DEPTH_MAX + 1]; /* (1) */
};

struct merkle *merkle_new(void)
{
    struct merkle *merkle = calloc(1, sizeof *merkle);

    assert(merkle != NULL);
    merkle->sha256 = sha256_new();
    return merkle;
}

void merkle_free(struct merkle *merkle)
{
    if (merkle == NULL)
        return;
    sha256_free(merkle->sha256);
    free(merkle);
}

void merkle_begin(struct merkle *merkle)
{
    merkle->count = 0;
}

uint64_t merkle_count(const struct merkle *merkle)
{
    return merkle->count;
}

struct digest merkle_node(struct sha256 *sha256, const struct digest *left,
                          const struct digest *right)
{
    unsigned char bytes[1 + 2 * SHA256_SIZE] = {0x01};
    struct digest node;

    memcpy(bytes + 1, left->bytes, SHA256_SIZE);
    memcpy(bytes + 1 + SHA256_SIZE, right->bytes, SHA256_SIZE);
    sha256_begin(sha256);
    sha256_add(sha256, bytes, sizeof bytes);
    sha256_end(sha256, &node);
    return node;
}

/* As adding one to a binary counter: each carry joins two complete subtrees (1). */
void merkle_add(struct merkle *merkle, const struct digest *leaf_hash)
{
    struct digest carried = *leaf_hash;
    int level = 0;

    for (; merkle->count >> level & 1; level++)
        carried = merkle_node(merkle->sha256, &merkle->edge[level], &carried);
    assert(level <= MERKLE_DEPTH_MAX);
    merkle->edge[level] = carried;
    merkle->count++;
}

struct digest merkle_root(struct merkle *merkle)
{
    struct digest root;
    bool has_root = false;

    if (merkle->count == 0)
        return sha256(TEXT(""));
    for (int level = 0; level <= MERKLE_DEPTH_MAX; level++) {
        if (!(merkle->count >> level & 1))
            continue;
        root = has_root ? merkle_node(merkle->sha256, &merkle->edge[level], &root)
                        : merkle->edge[level];
        has_root = true;
    }
    return root;
}

struct digest merkle_leaf(struct sha256 *sha256, struct text data)
{
    struct digest leaf_hash;

    sha256_begin(sha256);
    sha256_add(sha256, "\x00", 1);
    sha256_add(sha256, data.data, data.size);
    sha256_end(sha256, &leaf_hash);
    return leaf_hash;
}

struct digest merkle_root_of(struct merkle *merkle, const struct digest *leaf_hashes, size_t count)
{
    merkle_begin(merkle);
    for (size_t i = 0; i < count; i++)
        merkle_add(merkle, &leaf_hashes[i]);
    return merkle_root(merkle);
}

/* The largest power of two below count; count > 1. */
static size_t split_of(size_t count)
{
    size_t split = 1;

    assert(count > 1);
    while (split < count - split)
        split *= 2;
    return split;
}

void merkle_prove(struct merkle *merkle, const struct digest *leaf_hashes, size_t count,
                  size_t index, struct merkle_path *ret_path)
{
    struct digest downwards[MERKLE_DEPTH_MAX + 1];
    size_t depth = 0;

    assert(index < count);
    while (count > 1) { /* from the root down to the leaf */
        size_t split = split_of(count);
        bool goes_left = index < split;

        assert(depth <= MERKLE_DEPTH_MAX);
        downwards[depth++] = goes_left ? merkle_root_of(merkle, leaf_hashes + split, count - split)
                                       : merkle_root_of(merkle, leaf_hashes, split);
        leaf_hashes += goes_left ? 0 : split;
        index -= goes_left ? 0 : split;
        count = goes_left ? split : count - split;
    }
    for (size_t i = 0; i < depth; i++)
        ret_path->nodes[i] = downwards[depth - 1 - i];
    ret_path->count = depth;
    merkle_begin(merkle);
}

bool merkle_verify(struct sha256 *sha256, const struct digest *leaf_hash, uint64_t index,
                   uint64_t count, const struct merkle_path *path, const struct digest *root)
{
    struct digest node = *leaf_hash;
    uint64_t at = index;
    uint64_t last = count - 1;

    if (index >= count || path->count > MERKLE_DEPTH_MAX + 1)
        return false;
    for (size_t i = 0; i < path->count; i++) {
        if (last == 0)
            return false; /* the path is longer than the way */
        if (at & 1 || at == last) {
            node = merkle_node(sha256, &path->nodes[i], &node);
            for (; !(at & 1) && at != 0; at >>= 1)
                last >>= 1; /* levels on which this node has no neighbour */
        } else {
            node = merkle_node(sha256, &node, &path->nodes[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && digest_equal(&node, root);
}
