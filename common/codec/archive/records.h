/*
 * records.h - raw records as canonical bytes: what is archived, and what the audit leaf hashes.
 *
 *   frame = offset        int64
 *           timestamp_ms  int64
 *           key           int32 length (-1: none), bytes
 *           value         int32 length (-1: none), bytes
 *           headers       uint32 count, then for each: uint32 length, name, int32 length
 *                         (-1: none), value
 *   all integers big-endian; a batch is its frames, one after the other
 *
 * (1) One record has one frame: the same record gives the same bytes for ever. The format has no
 *     version of its own; the sealed batch around it has one.
 * (2) Reading is bounded: no length is believed beyond RAW_FRAME_MAX or the bytes at hand.
 *
 * Record hash (the leaf of a batch's Merkle tree, RFC 6962 prefix):
 *
 *   SHA-256( 0x00 || salt (16 bytes) || frame )      salt i of a batch = seed_blocks(seed, i)
 *
 * A batch stores one random 32-byte seed, and with it every salt. To erase one record later, the
 * batch is sealed anew without it, and instead of the seed the salts of all other records are
 * stored, with the hash of the erased one: the tree still verifies, and without its salt the hash
 * says nothing about a record whose content could be guessed.
 */
#ifndef SAWA_CODEC_ARCHIVE_RECORDS_H
#define SAWA_CODEC_ARCHIVE_RECORDS_H

#include "base/buffer.h"
#include "base/crypto.h"

enum { RAW_FRAME_MAX = 64 * 1024 * 1024, RAW_FRAME_MIN = 28, RAW_SALT_SIZE = 16 };

struct raw_record {
    int64_t offset;
    int64_t timestamp_ms;
    struct text key;     /* data NULL: none                        */
    struct text value;   /* data NULL: none (a tombstone)          */
    struct text headers; /* as in the frame, without their count   */
    uint32_t header_count;
};

/* Appends one header in the form of raw_record.headers; value.data NULL: none. */
void raw_header_append(struct buffer *headers, struct text name, struct text value);

/* Takes the first header off *rest. False: none is left (or *rest is no list of headers). */
must_use bool raw_header_next(struct text *rest, struct text *ret_name, struct text *ret_value);

/* Appends the frame. False: larger than RAW_FRAME_MAX, or the buffer failed. */
must_use bool raw_record_append(struct buffer *frames, const struct raw_record *record);

/* The frame in the pieces it is made of, for who must not hold it whole: key, value and headers are
 * the record's own bytes. size is the sum of the pieces. */
enum { RAW_PIECE_COUNT = 6 };

struct raw_pieces {
    struct text list[RAW_PIECE_COUNT];
    size_t size;
    char head[20];
    char value_size[4];
    char header_count[4];
};

/* False: larger than RAW_FRAME_MAX. pieces points into itself: it may not be copied. */
must_use bool raw_record_cut(const struct raw_record *record, struct raw_pieces *pieces);

enum raw_answer { RAW_WHOLE, RAW_PARTIAL, RAW_MALFORMED };

/* Takes the first frame off *rest (2). WHOLE: *ret_record and *ret_frame point into it.
 * PARTIAL: bytes are missing at the end; nothing is changed. */
must_use enum raw_answer raw_record_next(struct text *rest, struct raw_record *ret_record,
                                         struct text *ret_frame);

void raw_record_hash(struct sha256 *sha256, const unsigned char salt[RAW_SALT_SIZE],
                     struct text frame, struct digest *ret_hash);

/* The same of a frame in pieces. */
void raw_pieces_hash(struct sha256 *sha256, const unsigned char salt[RAW_SALT_SIZE],
                     const struct raw_pieces *pieces, struct digest *ret_hash);

#endif
