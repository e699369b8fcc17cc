/*
 * crypto.c - see crypto.h.
 */
#include "base/crypto.h"

/* The low-level digest calls are marked deprecated, not gone: through EVP each short digest costs
 * some 40 ns more, and ingest makes three per record. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <endian.h>
#include <stdlib.h>

/* Fetched once: looking the algorithm up again for each digest costs more than a short digest. */
static const EVP_MD *sha256_algorithm(void)
{
    static EVP_MD *algorithm;

    if (__atomic_load_n(&algorithm, __ATOMIC_ACQUIRE) == NULL) {
        EVP_MD *fetched = EVP_MD_fetch(NULL, "SHA256", NULL);
        EVP_MD *none = NULL;

        assert(fetched != NULL);
        if (!__atomic_compare_exchange_n(&algorithm, &none, fetched, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_ACQUIRE))
            EVP_MD_free(fetched);
    }
    return algorithm;
}

void digest_format(const struct digest *digest, char text[2 * SHA256_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < SHA256_SIZE; i++) {
        text[2 * i] = digits[digest->bytes[i] >> 4];
        text[2 * i + 1] = digits[digest->bytes[i] & 15];
    }
    text[2 * SHA256_SIZE] = '\0';
}

/* The library answers 1 for success; anything else here means a broken installation. */
static void crypto_must(int answer)
{
    if (answer != 1)
        abort();
}

static void digest_parts(const EVP_MD *algorithm, const struct text *parts, size_t part_count,
                         unsigned char *digest)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    assert(context != NULL);
    crypto_must(EVP_DigestInit_ex(context, algorithm, NULL));
    for (size_t i = 0; i < part_count; i++)
        crypto_must(EVP_DigestUpdate(context, parts[i].data, parts[i].size));
    crypto_must(EVP_DigestFinal_ex(context, digest, NULL));
    EVP_MD_CTX_free(context);
}

struct digest sha256_parts(const struct text *parts, size_t part_count)
{
    struct digest digest;

    digest_parts(sha256_algorithm(), parts, part_count, digest.bytes);
    return digest;
}

struct digest sha256(struct text bytes)
{
    return sha256_parts(&bytes, 1);
}

void sha1_parts(const struct text *parts, size_t part_count, unsigned char digest[20])
{
    digest_parts(EVP_sha1(), parts, part_count, digest);
}

struct digest hmac_sha256(struct text key, struct text bytes)
{
    struct digest digest;
    unsigned int size = 0;
    const unsigned char *made;

    assert(key.size <= INT32_MAX);
    made = HMAC(EVP_sha256(), key.data, (int)key.size, (const unsigned char *)bytes.data,
                bytes.size, digest.bytes, &size);
    assert(made == digest.bytes);
    assert(size == SHA256_SIZE);
    return digest;
}

struct sha256 {
    SHA256_CTX context;
};

struct sha256 *sha256_new(void)
{
    struct sha256 *sha256 = calloc(1, sizeof *sha256);

    assert(sha256 != NULL);
    sha256_begin(sha256);
    return sha256;
}

void sha256_free(struct sha256 *sha256)
{
    free(sha256);
}

void sha256_begin(struct sha256 *sha256)
{
    crypto_must(SHA256_Init(&sha256->context));
}

void sha256_add(struct sha256 *sha256, const void *bytes, size_t size)
{
    crypto_must(SHA256_Update(&sha256->context, bytes, size));
}

void sha256_end(struct sha256 *sha256, struct digest *ret_digest)
{
    crypto_must(SHA256_Final(ret_digest->bytes, &sha256->context));
}

void sha256_so_far(const struct sha256 *sha256, struct digest *ret_digest)
{
    struct sha256 copy = *sha256;

    sha256_end(&copy, ret_digest);
}

void random_bytes(void *bytes, size_t size)
{
    assert(size <= INT32_MAX);
    crypto_must(RAND_bytes(bytes, (int)size));
}

void seal(const unsigned char key[SEAL_KEY_SIZE], struct text aad, struct text plain,
          unsigned char *sealed)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char *body = sealed + SEAL_NONCE_SIZE;
    int size = 0;

    assert(context != NULL);
    assert(plain.size <= INT32_MAX && aad.size <= INT32_MAX);
    random_bytes(sealed, SEAL_NONCE_SIZE);
    crypto_must(EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, sealed));
    crypto_must(EVP_EncryptUpdate(context, NULL, &size, (const unsigned char *)aad.data,
                                  (int)aad.size));
    crypto_must(EVP_EncryptUpdate(context, body, &size, (const unsigned char *)plain.data,
                                  (int)plain.size));
    assert((size_t)size == plain.size);
    crypto_must(EVP_EncryptFinal_ex(context, body + size, &size));
    crypto_must(
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, SEAL_TAG_SIZE, body + plain.size));
    EVP_CIPHER_CTX_free(context);
}

bool seal_open(const unsigned char key[SEAL_KEY_SIZE], struct text aad, struct text sealed,
               unsigned char *plain)
{
    const unsigned char *nonce = (const unsigned char *)sealed.data;
    EVP_CIPHER_CTX *context;
    size_t plain_size;
    int size = 0;
    bool opened;

    if (sealed.size < SEAL_OVERHEAD || sealed.size > INT32_MAX)
        return false;
    plain_size = sealed.size - SEAL_OVERHEAD;
    context = EVP_CIPHER_CTX_new();
    assert(context != NULL);
    crypto_must(EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce));
    crypto_must(EVP_DecryptUpdate(context, NULL, &size, (const unsigned char *)aad.data,
                                  (int)aad.size));
    crypto_must(EVP_DecryptUpdate(context, plain, &size, nonce + SEAL_NONCE_SIZE, (int)plain_size));
    crypto_must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, SEAL_TAG_SIZE,
                                    (void *)(uintptr_t)(nonce + SEAL_NONCE_SIZE + plain_size)));
    opened = EVP_DecryptFinal_ex(context, plain + plain_size, &size) == 1;
    EVP_CIPHER_CTX_free(context);
    return opened;
}

void seed_blocks(const unsigned char seed[SEAL_KEY_SIZE], uint64_t first, size_t count,
                 unsigned char *blocks)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int size = 0;

    assert(context != NULL);
    assert(count <= INT32_MAX / 16);
    for (size_t i = 0; i < count; i++) {
        uint64_t counter[2] = {0, htobe64(first + i)};

        memcpy(blocks + 16 * i, counter, sizeof counter);
    }
    crypto_must(EVP_EncryptInit_ex(context, EVP_aes_256_ecb(), NULL, seed, NULL));
    crypto_must(EVP_CIPHER_CTX_set_padding(context, 0));
    crypto_must(EVP_EncryptUpdate(context, blocks, &size, blocks, (int)(16 * count)));
    assert((size_t)size == 16 * count);
    EVP_CIPHER_CTX_free(context);
}
