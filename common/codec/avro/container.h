/*
 * container.h - an Avro object container file (Avro 1.11), block by block.
 *
 *   header   "Obj" 1 | map of bytes: avro.schema, avro.codec, ... | sync marker (16 bytes)
 *   block    count (long) | size (long) | size bytes, count records packed by the codec | sync
 *   ...
 *
 * The bytes come in as they are at hand; who reads the file keeps them. They are hostile.
 *
 * (1) Header <= 1 MiB, <= 64 entries, schema <= 256 KiB; codec null, deflate or zstandard.
 * (2) Block <= 16 MiB packed, <= 64 MiB plain, and no more records than it has bytes in the file:
 *     each record then has an offset of its own within its block.
 * (3) A block counts only whole: its sync marker is the header's, and its records end where its
 *     bytes do.
 * (4) Nothing is allocated but the plain block.
 */
#ifndef SAWA_CODEC_AVRO_CONTAINER_H
#define SAWA_CODEC_AVRO_CONTAINER_H

#include "base/buffer.h"

enum {
    CONTAINER_HEADER_MAX = 1024 * 1024,
    CONTAINER_ENTRY_MAX = 64,
    CONTAINER_BLOCK_MAX = 16 * 1024 * 1024,
    CONTAINER_PLAIN_MAX = 64 * 1024 * 1024,
    CONTAINER_SYNC_SIZE = 16,
    CONTAINER_HEAD_MAX = 20, /* count and size of a block */
};

enum container_codec { CONTAINER_NULL, CONTAINER_DEFLATE, CONTAINER_ZSTANDARD };

struct container_header {
    struct text schema; /* points into the bytes */
    enum container_codec codec;
    unsigned char sync[CONTAINER_SYNC_SIZE];
    size_t size; /* of the whole header */
};

struct container_block {
    int64_t count;
    struct text packed; /* points into the bytes */
    size_t size;        /* of the whole block, with its sync marker */
};

enum container_answer {
    CONTAINER_WHOLE,
    CONTAINER_PARTIAL, /* more bytes are needed; *ret_needed at least */
    CONTAINER_DAMAGED,
};

/* True when these bytes begin as a container does. */
must_use bool container_begins(struct text bytes);

/* bytes: from the file's first one on. */
must_use enum container_answer container_header_read(struct text bytes,
                                                     struct container_header *ret_header,
                                                     size_t *ret_needed);

/* bytes: from the block's first one on; outputs are set on WHOLE, *ret_needed on PARTIAL. */
must_use enum container_answer container_block_read(const struct container_header *header,
                                                    struct text bytes,
                                                    struct container_block *ret_block,
                                                    size_t *ret_needed);

/* The records of a block, one after the other: in the block where the codec is null, else
 * unpacked into plain. False: damaged, or above (2). */
must_use bool container_unpack(enum container_codec codec, const struct container_block *block,
                               struct buffer *plain, struct text *ret_records);

#endif
