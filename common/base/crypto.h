/*
 * crypto.h - digests, random bytes and sealed bytes. The only door to OpenSSL.
 *
 * Digests cannot fail on memory that is there: a failure of the library is a
 * broken set-up and aborts. Opening a sealed text can fail: that is a finding.
 */
#ifndef SAWA_BASE_CRYPTO_H
#define SAWA_BASE_CRYPTO_H

#include "base/error.h"
#include "base/text.h"

enum { SHA256_SIZE = 32, SEAL_KEY_SIZE = 32, SEAL_NONCE_SIZE = 12, SEAL_TAG_SIZE = 16 };
enum { SEAL_OVERHEAD = SEAL_NONCE_SIZE + SEAL_TAG_SIZE };

struct digest {
    unsigned char bytes[SHA256_SIZE];
};

static inline bool digest_equal(const struct digest *left, const struct digest *right)
{
    return memcmp(left->bytes, right->bytes, SHA256_SIZE) == 0;
}

/* 64 lower-case hex digits, terminated. */
void digest_format(const struct digest *digest, char text[2 * SHA256_SIZE + 1]);

struct digest sha256(struct text bytes);
struct digest sha256_parts(const struct text *parts, size_t part_count);
struct digest hmac_sha256(struct text key, struct text bytes);
void sha1_parts(const struct text *parts, size_t part_count, unsigned char digest[20]);

/* A digest that is fed in pieces. One context serves many digests, one after the other. */
struct sha256;
struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *sha256); /* NULL is fine */
void sha256_begin(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, const void *bytes, size_t size);
void sha256_end(struct sha256 *sha256, struct digest *ret_digest);
/* The digest of what was added until now; more may follow. */
void sha256_so_far(const struct sha256 *sha256, struct digest *ret_digest);

/* Bytes from the system's generator. */
void random_bytes(void *bytes, size_t size);

/* AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce: sealed = nonce, ciphertext, tag.
 * sealed has room for plain.size + SEAL_OVERHEAD bytes. aad binds the place of the row:
 * a ciphertext moved elsewhere does not open. */
void seal(const unsigned char key[SEAL_KEY_SIZE], struct text aad, struct text plain,
          unsigned char *sealed);

/* Opens into plain (sealed.size - SEAL_OVERHEAD bytes). False: altered, moved or another key. */
must_use bool seal_open(const unsigned char key[SEAL_KEY_SIZE], struct text aad, struct text sealed,
                        unsigned char *plain);

/* count pseudo-random 16-byte blocks from a 32-byte seed: AES-256 of the counters
 * first .. first + count - 1. Block i depends on seed and i alone. */
void seed_blocks(const unsigned char seed[SEAL_KEY_SIZE], uint64_t first, size_t count,
                 unsigned char *blocks);

#endif
