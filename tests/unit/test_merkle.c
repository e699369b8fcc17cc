/*
 * test_merkle.c - the tree against the published vectors of RFC 6962's reference code, and
 * against its recursive definition for every size up to 70.
 */
#include "domain/merkle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct sha256 *hasher;
static struct merkle *tree;

static int set_up(void **state)
{
    (void)state;
    hasher = sha256_new();
    tree = merkle_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sha256_free(hasher);
    merkle_free(tree);
    return 0;
}

static void assert_digest(struct digest digest, const char *expected)
{
    char text[2 * SHA256_SIZE + 1];

    digest_format(&digest, text);
    assert_string_equal(text, expected);
}

/* The eight leaves and roots that certificate-transparency's own tests use. */
static void known_trees_have_known_roots(void **state)
{
    static const struct text leaves[] = {
        {"", 0},
        {"\x00", 1},
        {"\x10", 1},
        {"\x20\x21", 2},
        {"\x30\x31", 2},
        {"\x40\x41\x42\x43", 4},
        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
    };
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };

    (void)state;
    merkle_begin(tree);
    for (size_t i = 0; i < COUNT_OF(leaves); i++) {
        struct digest leaf_hash = merkle_leaf(hasher, leaves[i]);

        assert_digest(merkle_root(tree), roots[i]);
        merkle_add(tree, &leaf_hash);
        assert_int_equal(merkle_count(tree), i + 1);
    }
    assert_digest(merkle_root(tree), roots[COUNT_OF(leaves)]);
}

/* RFC 6962 2.1 as it is written. */
static struct digest naive_root(const struct digest *leaves, size_t count)
{
    size_t split = 1;
    struct digest left;
    struct digest right;

    if (count == 1)
        return leaves[0];
    while (split * 2 < count)
        split *= 2;
    left = naive_root(leaves, split);
    right = naive_root(leaves + split, count - split);
    return merkle_node(hasher, &left, &right);
}

enum { SIZE_MAX_TRIED = 70 };

static void make_leaves(struct digest *leaves)
{
    for (uint32_t i = 0; i < SIZE_MAX_TRIED; i++)
        leaves[i] = merkle_leaf(hasher, (struct text){(const char *)&i, sizeof i});
}

static void every_proof_verifies_and_only_where_it_belongs(void **state)
{
    struct digest leaves[SIZE_MAX_TRIED];
    struct merkle_path path;

    (void)state;
    make_leaves(leaves);
    for (size_t count = 1; count <= SIZE_MAX_TRIED; count++) {
        struct digest root = merkle_root_of(tree, leaves, count);
        struct digest naive = naive_root(leaves, count);

        assert_true(digest_equal(&root, &naive));
        for (size_t index = 0; index < count; index++) {
            merkle_prove(tree, leaves, count, index, &path);
            assert_true(merkle_verify(hasher, &leaves[index], index, count, &path, &root));
            assert_false(merkle_verify(hasher, &leaves[(index + 1) % SIZE_MAX_TRIED], index, count,
                                       &path, &root));
            if (count > 1)
                assert_false(merkle_verify(hasher, &leaves[index], (index + 1) % count, count,
                                           &path, &root));
            path.count++;
            assert_false(path.count <= MERKLE_DEPTH_MAX &&
                         merkle_verify(hasher, &leaves[index], index, count, &path, &root));
            path.count--;
            for (size_t i = 0; i < path.count; i++) {
                path.nodes[i].bytes[i % SHA256_SIZE] ^= 1;
                assert_false(merkle_verify(hasher, &leaves[index], index, count, &path, &root));
                path.nodes[i].bytes[i % SHA256_SIZE] ^= 1;
            }
        }
    }
}

static void proofs_from_outside_do_no_harm(void **state)
{
    struct digest leaf = merkle_leaf(hasher, TEXT("x"));
    struct merkle_path path = {.count = 0};

    (void)state;
    assert_true(merkle_verify(hasher, &leaf, 0, 1, &path, &leaf));
    assert_false(merkle_verify(hasher, &leaf, 0, 0, &path, &leaf));
    assert_false(merkle_verify(hasher, &leaf, 1, 1, &path, &leaf));
    assert_false(merkle_verify(hasher, &leaf, UINT64_MAX, UINT64_MAX, &path, &leaf));
    path.count = MERKLE_DEPTH_MAX + 2;
    assert_false(merkle_verify(hasher, &leaf, 0, UINT64_MAX, &path, &leaf));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(known_trees_have_known_roots, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_proof_verifies_and_only_where_it_belongs, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(proofs_from_outside_do_no_harm, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
