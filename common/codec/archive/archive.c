/*
 * archive.c - see archive.h. The numbers in brackets are its invariants.
 */
#include "codec/archive/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

enum {
    FORMAT_VERSION = 1,
    FORMAT_HEAD = 1 + SEAL_NONCE_SIZE, /* in front of the ciphertext */
    COMPRESSION_LEVEL = -3, /* see the README: half the time of 1, half as much again to store */
    PIECE_SIZE = 64 * 1024,
    SALT_COUNT = 64,    /* salts made at a time */
    WINDOW_LOG_MAX = 23 /* 8 MiB: what a reader spends on a window at most (2) */
};

struct archive_press {
    ZSTD_CCtx *zstd;
    struct sha256 *sha256;
};

struct archive_writer {
    struct archive_press *press;
    struct buffer piece;  /* frames not yet compressed */
    struct buffer sealed; /* head, then what is compressed so far */
    uint64_t plain_size;
    uint64_t record_count;
    unsigned char seed[SEAL_KEY_SIZE];
    unsigned char salts[SALT_COUNT * RAW_SALT_SIZE];
};

struct archive_reader {
    ZSTD_DCtx *zstd;
    struct buffer compressed; /* opened */
    size_t compressed_at;
    struct buffer window; /* decompressed, from the first frame not yet given out */
    size_t window_at;
    size_t plain_size; /* decompressed so far */
    size_t plain_max;
    bool is_ended; /* the last zstd frame came to its own end */
};

struct text archive_aad(int32_t source_id, int32_t partition, int64_t first_offset, int32_t key_id,
                        char text[ARCHIVE_AAD_SIZE])
{
    snprintf(text, ARCHIVE_AAD_SIZE, "batch_raw/%d/%d/%lld/%d", source_id, partition,
             (long long)first_offset, key_id);
    return text_of(text);
}

struct archive_press *archive_press_new(void)
{
    struct archive_press *press = calloc(1, sizeof *press);

    assert(press != NULL);
    press->zstd = ZSTD_createCCtx();
    assert(press->zstd != NULL);
    ZSTD_CCtx_setParameter(press->zstd, ZSTD_c_compressionLevel, COMPRESSION_LEVEL);
    press->sha256 = sha256_new();
    return press;
}

void archive_press_free(struct archive_press *press)
{
    if (press == NULL)
        return;
    ZSTD_freeCCtx(press->zstd);
    sha256_free(press->sha256);
    free(press);
}

struct archive_writer *archive_writer_new(struct archive_press *press, size_t sealed_max)
{
    struct archive_writer *writer = calloc(1, sizeof *writer);

    assert(writer != NULL);
    writer->press = press;
    buffer_init(&writer->piece, 2 * PIECE_SIZE); /* almost one, and a frame of at most one */
    buffer_init(&writer->sealed, sealed_max);
    return writer;
}

void archive_writer_free(struct archive_writer *writer)
{
    if (writer == NULL)
        return;
    buffer_done(&writer->piece);
    buffer_done(&writer->sealed);
    free(writer);
}

void archive_swap(struct archive_writer *writer, struct buffer *memory)
{
    struct buffer before = writer->sealed;

    writer->sealed = *memory;
    *memory = before;
}

void archive_begin(struct archive_writer *writer, const unsigned char seed[SEAL_KEY_SIZE])
{
    assert(writer->sealed.max > 0);
    buffer_clear(&writer->piece);
    buffer_clear(&writer->sealed);
    writer->plain_size = 0;
    writer->record_count = 0;
    memcpy(writer->seed, seed, SEAL_KEY_SIZE);
    buffer_byte(&writer->sealed, FORMAT_VERSION);
    if (buffer_reserve(&writer->sealed, SEAL_NONCE_SIZE) != NULL)
        buffer_commit(&writer->sealed, SEAL_NONCE_SIZE);
}

static enum status too_large(struct error *error)
{
    error_set(error, REJECT, "could not archive a batch: it is above its ceiling");
    return error_hint(error, "lower the size of a batch, or of one message");
}

/* The piece becomes a zstd frame of its own in sealed. False: sealed is full. */
static bool compress_piece(struct archive_writer *writer)
{
    size_t room = ZSTD_compressBound(writer->piece.size);
    char *place = buffer_reserve(&writer->sealed, room);
    size_t size;

    if (place == NULL)
        return false;
    size = ZSTD_compress2(writer->press->zstd, place, room, writer->piece.data, writer->piece.size);
    assert(!ZSTD_isError(size));
    buffer_commit(&writer->sealed, size);
    buffer_clear(&writer->piece);
    return true;
}

static const unsigned char *next_salt(struct archive_writer *writer)
{
    size_t index = writer->record_count % SALT_COUNT;

    if (index == 0)
        seed_blocks(writer->seed, writer->record_count, SALT_COUNT, writer->salts);
    writer->record_count++;
    return writer->salts + index * RAW_SALT_SIZE;
}

/* False: sealed is full. */
static bool piece_add(struct archive_writer *writer, struct text bytes)
{
    while (bytes.size > 0) {
        size_t room = PIECE_SIZE - writer->piece.size;
        size_t size = bytes.size < room ? bytes.size : room;

        buffer_append(&writer->piece, bytes.data, size);
        bytes = (struct text){bytes.data + size, bytes.size - size};
        if (writer->piece.size >= PIECE_SIZE && !compress_piece(writer))
            return false;
    }
    return true;
}

/* A frame larger than a piece goes through in slices: nothing of its size is allocated (2). */
static enum status add_large(struct archive_writer *writer, const struct raw_record *record,
                             struct error *error, struct digest *ret_hash)
{
    struct raw_pieces pieces;

    if (!raw_record_cut(record, &pieces))
        return too_large(error);
    raw_pieces_hash(writer->press->sha256, next_salt(writer), &pieces, ret_hash);
    writer->plain_size += pieces.size;
    for (size_t i = 0; i < RAW_PIECE_COUNT; i++)
        if (!piece_add(writer, pieces.list[i]))
            return too_large(error);
    return OK;
}

enum status archive_add(struct archive_writer *writer, const struct raw_record *record,
                        struct error *error, struct digest *ret_hash)
{
    size_t start = writer->piece.size;
    struct text frame;

    if (record->key.size + record->value.size + record->headers.size > PIECE_SIZE - RAW_FRAME_MIN)
        return add_large(writer, record, error, ret_hash);
    if (!raw_record_append(&writer->piece, record))
        return too_large(error);
    frame = (struct text){writer->piece.data + start, writer->piece.size - start};
    writer->plain_size += frame.size;
    raw_record_hash(writer->press->sha256, next_salt(writer), frame, ret_hash);
    if (writer->piece.size >= PIECE_SIZE && !compress_piece(writer))
        return too_large(error);
    return OK;
}

enum status archive_seal(struct archive_writer *writer, const unsigned char key[SEAL_KEY_SIZE],
                         struct text aad, struct error *error, struct text *ret_sealed,
                         uint64_t *ret_plain_size)
{
    struct buffer *sealed = &writer->sealed;
    struct text plain;
    bool fits = true;

    if (writer->piece.size > 0 || writer->plain_size == 0) /* nothing at all: one empty frame */
        fits = compress_piece(writer);
    if (!fits || buffer_reserve(sealed, SEAL_TAG_SIZE) == NULL)
        return too_large(error);
    plain = (struct text){sealed->data + FORMAT_HEAD, sealed->size - FORMAT_HEAD};
    buffer_commit(sealed, SEAL_TAG_SIZE);
    /* In place: the ciphertext goes exactly where the plain bytes lie, which GCM allows. */
    seal(key, aad, plain, (unsigned char *)sealed->data + 1);
    *ret_sealed = buffer_view(sealed);
    *ret_plain_size = writer->plain_size;
    return OK;
}

struct archive_reader *archive_reader_new(size_t plain_max)
{
    struct archive_reader *reader = calloc(1, sizeof *reader);

    assert(reader != NULL);
    reader->zstd = ZSTD_createDCtx();
    assert(reader->zstd != NULL);
    ZSTD_DCtx_setParameter(reader->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    reader->plain_max = plain_max;
    buffer_init(&reader->compressed, ZSTD_compressBound(plain_max) + SEAL_OVERHEAD);
    buffer_init(&reader->window, (size_t)RAW_FRAME_MAX + 2 * ZSTD_DStreamOutSize());
    return reader;
}

void archive_reader_free(struct archive_reader *reader)
{
    if (reader == NULL)
        return;
    ZSTD_freeDCtx(reader->zstd);
    buffer_done(&reader->compressed);
    buffer_done(&reader->window);
    free(reader);
}

static enum status unreadable(struct error *error, const char *what)
{
    error_set(error, REJECT, "could not read archived records");
    return error_detail(error, "%s", what);
}

static void reader_clear(struct archive_reader *reader)
{
    ZSTD_DCtx_reset(reader->zstd, ZSTD_reset_session_only);
    buffer_clear(&reader->compressed);
    buffer_clear(&reader->window);
    reader->compressed_at = 0;
    reader->window_at = 0;
    reader->plain_size = 0;
    reader->is_ended = false;
}

enum status archive_open(struct archive_reader *reader, const unsigned char key[SEAL_KEY_SIZE],
                         struct text aad, struct text sealed, struct error *error)
{
    struct text body;
    char *plain;

    reader_clear(reader);
    if (sealed.size < 1 + SEAL_OVERHEAD || sealed.data[0] != FORMAT_VERSION)
        return unreadable(error, "not a sealed batch of a known version");
    body = (struct text){sealed.data + 1, sealed.size - 1};
    plain = buffer_reserve(&reader->compressed, body.size);
    if (plain == NULL)
        return unreadable(error, "above the ceiling of one batch"); /* (2) */
    if (!seal_open(key, aad, body, (unsigned char *)plain))
        return unreadable(error, "altered, moved, or sealed under another key"); /* (1) */
    buffer_commit(&reader->compressed, body.size - SEAL_OVERHEAD);
    return OK;
}

/* What was given out goes, the rest moves to the front. */
static void window_compact(struct archive_reader *reader)
{
    struct buffer *window = &reader->window;
    size_t rest = window->size - reader->window_at;

    if (reader->window_at > 0 && rest > 0)
        memmove(window->data, window->data + reader->window_at, rest);
    window->size = rest;
    reader->window_at = 0;
}

/* Decompresses one more piece behind the window; error only where it fails. */
static enum status window_fill(struct archive_reader *reader, struct error *error)
{
    ZSTD_inBuffer input = {reader->compressed.data, reader->compressed.size, reader->compressed_at};
    ZSTD_outBuffer output = {NULL, ZSTD_DStreamOutSize(), 0};
    size_t answer;

    window_compact(reader);
    output.dst = buffer_reserve(&reader->window, output.size);
    if (output.dst == NULL)
        return unreadable(error, "a record above its ceiling");
    answer = ZSTD_decompressStream(reader->zstd, &output, &input);
    if (ZSTD_isError(answer) || (answer != 0 && output.pos == 0 && input.pos == input.size))
        return unreadable(error, "not compressed by us, or cut off");
    buffer_commit(&reader->window, output.pos);
    reader->compressed_at = input.pos;
    reader->plain_size += output.pos;
    reader->is_ended = answer == 0 && input.pos == input.size;
    if (reader->plain_size > reader->plain_max)
        return unreadable(error, "above the ceiling of one batch"); /* (2) */
    return OK;
}

/* The next frame of the window, while it holds a whole one. */
static enum raw_answer window_next(struct archive_reader *reader, struct raw_record *ret_record,
                                   struct text *ret_frame)
{
    struct buffer *window = &reader->window;
    struct text rest = {window->data, window->size - reader->window_at};
    enum raw_answer answer;

    if (rest.size == 0)
        return RAW_PARTIAL;
    rest.data += reader->window_at;
    answer = raw_record_next(&rest, ret_record, ret_frame);
    if (answer == RAW_WHOLE)
        reader->window_at += ret_frame->size;
    return answer;
}

enum status archive_next(struct archive_reader *reader, struct error *error,
                         struct raw_record *ret_record, struct text *ret_frame,
                         bool *ret_has_record)
{
    enum raw_answer answer;

    while ((answer = window_next(reader, ret_record, ret_frame)) == RAW_PARTIAL) {
        if (reader->is_ended) {
            *ret_has_record = false;
            return reader->window_at == reader->window.size
                       ? OK
                       : unreadable(error, "the last record is cut off");
        }
        if (window_fill(reader, error) != OK)
            return REJECT;
    }
    if (answer == RAW_MALFORMED)
        return unreadable(error, "not a raw record");
    *ret_has_record = true;
    return OK;
}
