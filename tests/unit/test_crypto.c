/*
 * test_crypto.c - digests by their published vectors; a seal opens in its place, whole, or not.
 *
 * Vectors: FIPS 180-4 examples (SHA-1, SHA-256), RFC 4231 (HMAC), AES-256 of zeros, and
 * test case 16 of the GCM specification (McGrew and Viega, appendix B).
 */
#include "base/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BYTES_MAX = 512 };

static size_t unhex(const char *hex, unsigned char *bytes)
{
    size_t size = strlen(hex) / 2;

    assert_true(size <= BYTES_MAX);
    for (size_t i = 0; i < size; i++) {
        unsigned int byte;

        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        bytes[i] = (unsigned char)byte;
    }
    return size;
}

static void assert_digest(struct digest digest, const char *expected)
{
    char text[2 * SHA256_SIZE + 1];

    digest_format(&digest, text);
    assert_string_equal(text, expected);
}

static void sha256_gives_its_vectors(void **state)
{
    const struct text parts[] = {TEXT("abcdbcdecdefdefgefghfghighij"), TEXT(""),
                                 TEXT("hijkijkljklmklmnlmnomnopnopq")};
    struct sha256 *sha = sha256_new();
    struct digest digest;
    char thousand[1000];

    (void)state;
    memset(thousand, 'a', sizeof thousand);
    assert_digest(sha256(TEXT("")),
                  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest(sha256(TEXT("abc")),
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest(sha256_parts(parts, 3),
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    for (int round = 0; round < 2; round++) { /* one context, digest after digest */
        sha256_begin(sha);
        for (int i = 0; i < 1000; i++)
            sha256_add(sha, thousand, sizeof thousand);
        sha256_end(sha, &digest);
        assert_digest(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
    sha256_free(sha);
    sha256_free(NULL);
}

static void sha1_gives_its_vector(void **state)
{
    const struct text parts[] = {TEXT("a"), TEXT("bc")};
    unsigned char digest[20];
    unsigned char expected[BYTES_MAX];

    (void)state;
    sha1_parts(parts, 2, digest);
    unhex("a9993e364706816aba3e25717850c26c9cd0d89d", expected);
    assert_memory_equal(digest, expected, sizeof digest);
}

static void hmac_gives_the_vectors_of_rfc_4231(void **state)
{
    char long_key[131];

    (void)state;
    memset(long_key, 0xaa, sizeof long_key);
    assert_digest(hmac_sha256(TEXT("Jefe"), TEXT("what do ya want for nothing?")),
                  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_digest(hmac_sha256((struct text){long_key, sizeof long_key},
                              TEXT("Test Using Larger Than Block-Size Key - Hash Key First")),
                  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void opens_what_others_sealed(void **state)
{
    unsigned char key[BYTES_MAX];
    unsigned char aad[BYTES_MAX];
    unsigned char sealed[BYTES_MAX];
    unsigned char expected[BYTES_MAX];
    unsigned char plain[BYTES_MAX];
    size_t aad_size = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2", aad);
    size_t sealed_size = unhex("cafebabefacedbaddecaf888"
                               "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                               "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                               "76fc6ece0f4e1768cddf8853bb2d551b",
                               sealed);
    size_t plain_size = unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                              "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
                              expected);

    (void)state;
    assert_int_equal(unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", key),
                     SEAL_KEY_SIZE);
    assert_int_equal(sealed_size, plain_size + SEAL_OVERHEAD);
    assert_true(seal_open(key, (struct text){(char *)aad, aad_size},
                          (struct text){(char *)sealed, sealed_size}, plain));
    assert_memory_equal(plain, expected, plain_size);
}

static const unsigned char key[SEAL_KEY_SIZE] = "the key of the month of March";

static void a_seal_opens_only_whole_and_in_its_place(void **state)
{
    static const unsigned char other_key[SEAL_KEY_SIZE] = "the key of the month of May";
    const struct text plain = TEXT("KES 100.00 to somebody");
    const struct text aad = TEXT("parked/1/0/88123/7");
    unsigned char sealed[64];
    unsigned char opened[64];
    struct text view = {(char *)sealed, plain.size + SEAL_OVERHEAD};

    (void)state;
    seal(key, aad, plain, sealed);
    assert_true(seal_open(key, aad, view, opened));
    assert_memory_equal(opened, plain.data, plain.size);
    assert_false(seal_open(key, TEXT("parked/1/0/88124/7"), view, opened));
    assert_false(seal_open(key, TEXT(""), view, opened));
    assert_false(seal_open(other_key, aad, view, opened));
    for (size_t i = 0; i < view.size; i++) {
        sealed[i] ^= 1;
        assert_false(seal_open(key, aad, view, opened));
        sealed[i] ^= 1;
    }
    for (size_t size = 0; size < view.size; size++)
        assert_false(seal_open(key, aad, (struct text){view.data, size}, opened));
    assert_true(seal_open(key, aad, view, opened));
}

static void the_same_text_is_sealed_differently_each_time(void **state)
{
    unsigned char first[SEAL_OVERHEAD + 1];
    unsigned char second[SEAL_OVERHEAD + 1];
    unsigned char nothing[1];

    (void)state;
    seal(key, TEXT("a"), TEXT("x"), first);
    seal(key, TEXT("a"), TEXT("x"), second);
    assert_memory_not_equal(first, second, SEAL_NONCE_SIZE);
    seal(key, TEXT("a"), TEXT(""), first);
    assert_true(seal_open(key, TEXT("a"), (struct text){(char *)first, SEAL_OVERHEAD}, nothing));
}

static void seed_blocks_are_aes_of_their_number(void **state)
{
    unsigned char seed[BYTES_MAX];
    unsigned char expected[BYTES_MAX];
    unsigned char block[16];

    (void)state;
    unhex("0000000000000000000000000000000000000000000000000000000000000000", seed);
    unhex("dc95c078a2408989ad48a21492842087", expected); /* AES-256, key 0, block 0 */
    seed_blocks(seed, 0, 1, block);
    assert_memory_equal(block, expected, sizeof block);
}

static void seed_blocks_do_not_depend_on_how_many_are_asked(void **state)
{
    enum { COUNT = 300 };
    static const unsigned char seed[SEAL_KEY_SIZE] = "the seed of all salts";
    static unsigned char whole[COUNT * 16];
    static unsigned char parts[COUNT * 16];

    (void)state;
    seed_blocks(seed, 5, COUNT, whole);
    for (size_t step = 1; step <= 7; step++) {
        memset(parts, 0, sizeof parts);
        for (size_t at = 0; at < COUNT; at += step) {
            size_t count = at + step > COUNT ? COUNT - at : step;

            seed_blocks(seed, 5 + at, count, parts + at * 16);
        }
        assert_memory_equal(parts, whole, sizeof whole);
    }
}

static void random_bytes_differ(void **state)
{
    unsigned char first[32] = {0};
    unsigned char second[32] = {0};

    (void)state;
    random_bytes(first, sizeof first);
    random_bytes(second, sizeof second);
    assert_memory_not_equal(first, second, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_its_vectors),
        cmocka_unit_test(sha1_gives_its_vector),
        cmocka_unit_test(hmac_gives_the_vectors_of_rfc_4231),
        cmocka_unit_test(opens_what_others_sealed),
        cmocka_unit_test(a_seal_opens_only_whole_and_in_its_place),
        cmocka_unit_test(the_same_text_is_sealed_differently_each_time),
        cmocka_unit_test(seed_blocks_are_aes_of_their_number),
        cmocka_unit_test(seed_blocks_do_not_depend_on_how_many_are_asked),
        cmocka_unit_test(random_bytes_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
