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
