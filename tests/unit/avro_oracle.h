/*
 * avro_oracle.h - random payments written by avro-c's generic API, for the tests of our decoder.
 *
 * The oracle knows the truth before it is encoded; nothing here is shared with the decoder but
 * the schema text.
 */
#ifndef SAWA_TESTS_AVRO_ORACLE_H
#define SAWA_TESTS_AVRO_ORACLE_H

#include "base/text.h"

#include <avro.h>
#include <stdio.h>
#include <stdlib.h>

enum { ORACLE_RECORD_MAX = 4096, ORACLE_HEAD = 5 };

/* xorshift64*: the same seed gives the same records everywhere. */
static inline uint64_t oracle_random(uint64_t *random)
{
    *random ^= *random >> 12;
    *random ^= *random << 25;
    *random ^= *random >> 27;
    return *random * UINT64_C(2685821657736338717);
}

static inline uint64_t oracle_below(uint64_t *random, uint64_t bound)
{
    return oracle_random(random) % bound;
}

/* SAWA_TEST_SEED, or the given one; printed, so that a failure can be repeated. */
static inline uint64_t oracle_seed(uint64_t fallback)
{
    const char *given = getenv("SAWA_TEST_SEED");
    uint64_t seed = given == NULL ? fallback : strtoull(given, NULL, 10);

    printf("seed %llu\n", (unsigned long long)seed);
    return seed == 0 ? 1 : seed;
}

struct oracle {
    avro_schema_t schema;
    avro_value_iface_t *iface;
    avro_value_t value;
};

static inline size_t oracle_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    size_t got;

    assert(file != NULL);
    got = fread(text, 1, size, file);
    assert(got > 0 && got < size);
    fclose(file);
    return got;
}

static inline void oracle_open(struct oracle *oracle, const char *path)
{
    static char text[64 * 1024];
    size_t size = oracle_file(path, text, sizeof text);

    assert(avro_schema_from_json_length(text, size, &oracle->schema) == 0);
    oracle->iface = avro_generic_class_from_schema(oracle->schema);
    assert(avro_generic_value_new(oracle->iface, &oracle->value) == 0);
}

static inline void oracle_close(struct oracle *oracle)
{
    avro_value_decref(&oracle->value);
    avro_value_iface_decref(oracle->iface);
    avro_schema_decref(oracle->schema);
}

static inline avro_value_t oracle_field(struct oracle *oracle, const char *name)
{
    avro_value_t field;

    assert(avro_value_get_by_name(&oracle->value, name, &field, NULL) == 0);
    return field;
}

/* The branch of a [null, type] field. */
static inline avro_value_t oracle_branch(struct oracle *oracle, const char *name, bool has)
{
    avro_value_t field = oracle_field(oracle, name);
    avro_value_t branch;

    assert(avro_value_set_branch(&field, has ? 1 : 0, &branch) == 0);
    if (!has)
        assert(avro_value_set_null(&branch) == 0);
    return branch;
}

static inline void oracle_set_text(avro_value_t field, struct text text)
{
    char terminated[512];

    assert(text.size < sizeof terminated);
    memcpy(terminated, text.data, text.size);
    terminated[text.size] = '\0';
    assert(avro_value_set_string(&field, terminated) == 0);
}

/* Two's complement, big-endian, padded by up to padding bytes that only repeat the sign. */
static inline void oracle_set_decimal(avro_value_t field, __int128 value, size_t padding)
{
    unsigned char bytes[32];
    size_t size = 16;

    for (size_t i = 0; i < size; i++)
        bytes[sizeof bytes - 1 - i] = (unsigned char)(value >> (8 * i));
    while (size > 1 && ((bytes[32 - size] == 0 && bytes[33 - size] < 0x80) ||
                        (bytes[32 - size] == 0xff && bytes[33 - size] >= 0x80)))
        size--;
    for (size_t i = 0; i < padding && size < sizeof bytes; i++, size++)
        bytes[31 - size] = value < 0 ? 0xff : 0x00;
    assert(avro_value_set_bytes(&field, bytes + sizeof bytes - size, size) == 0);
}

/* The value in the Confluent wire format. */
static inline struct text oracle_encode(struct oracle *oracle, uint32_t schema_id, char *bytes)
{
    avro_writer_t writer = avro_writer_memory(bytes + ORACLE_HEAD, ORACLE_RECORD_MAX - ORACLE_HEAD);
    size_t size;

    bytes[0] = 0;
    for (int i = 0; i < 4; i++)
        bytes[1 + i] = (char)(schema_id >> (24 - 8 * i));
    assert(avro_value_write(writer, &oracle->value) == 0);
    size = (size_t)avro_writer_tell(writer);
    avro_writer_free(writer);
    return (struct text){bytes, ORACLE_HEAD + size};
}

/* Whether avro-c reads the body, and reads all of it. */
static inline bool oracle_reads(struct oracle *oracle, struct text value)
{
    avro_reader_t reader =
        avro_reader_memory(value.data + ORACLE_HEAD, (int64_t)(value.size - ORACLE_HEAD));
    char byte;
    bool reads = avro_value_read(reader, &oracle->value) == 0 && avro_read(reader, &byte, 1) != 0;

    avro_reader_free(reader);
    return reads;
}

#endif
