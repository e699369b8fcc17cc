/*
 * unpack.c - see unpack.h. The numbers in brackets are its invariants.
 */
#include "codec/archive/unpack.h"

#include <limits.h>
#include <zlib.h>
#include <zstd.h>

enum { UNPACK_PIECE = 64 * 1024, WINDOW_LOG_MAX = 23, RAW_DEFLATE = -15 };

/* Room for the next piece, one byte more than may come out, so that too much shows. */
static char *piece_room(struct buffer *plain, size_t begin, size_t size_max, size_t *ret_room)
{
    size_t left = size_max + 1 - (plain->size - begin);

    *ret_room = left < UNPACK_PIECE ? left : UNPACK_PIECE;
    return buffer_reserve(plain, *ret_room);
}

static bool zstd_run(ZSTD_DCtx *context, struct text packed, size_t size_max,
                     struct buffer *ret_plain)
{
    ZSTD_inBuffer in = {packed.data, packed.size, 0};
    size_t begin = ret_plain->size;
    for (;;) {
        size_t left;
        size_t room;
        char *at = piece_room(ret_plain, begin, size_max, &room);
        ZSTD_outBuffer out = {at, room, 0};

        if (at == NULL)
            return false;
        left = ZSTD_decompressStream(context, &out, &in);
        if (ZSTD_isError(left))
            return false;
        buffer_commit(ret_plain, out.pos);
        if (ret_plain->size - begin > size_max)
            return false; /* (1) */
        if (in.pos == in.size && left == 0)
            return true;
        if (in.pos == in.size && out.pos < room)
            return false; /* (2) */
    }
}

bool unpack_zstd(struct text packed, size_t size_max, struct buffer *ret_plain)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();
    bool done = false;

    if (context == NULL)
        return false;
    if (packed.size > 0 &&
        !ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
        done = zstd_run(context, packed, size_max, ret_plain);
    ZSTD_freeDCtx(context);
    return done;
}

static bool deflate_run(z_stream *stream, size_t size_max, struct buffer *ret_plain)
{
    size_t begin = ret_plain->size;

    for (;;) {
        size_t room;
        char *at = piece_room(ret_plain, begin, size_max, &room);
        int answer;

        if (at == NULL)
            return false;
        stream->next_out = (Bytef *)at;
        stream->avail_out = (uInt)room;
        answer = inflate(stream, Z_NO_FLUSH);
        if (answer != Z_OK && answer != Z_STREAM_END)
            return false;
        buffer_commit(ret_plain, room - stream->avail_out);
        if (ret_plain->size - begin > size_max)
            return false; /* (1) */
        if (answer == Z_STREAM_END)
            return stream->avail_in == 0; /* (2) */
    }
}

bool unpack_deflate(struct text packed, size_t size_max, struct buffer *ret_plain)
{
    z_stream stream = {.next_in = (z_const Bytef *)packed.data};
    bool done;

    if (packed.size > INT_MAX || inflateInit2(&stream, RAW_DEFLATE) != Z_OK)
        return false;
    stream.avail_in = (uInt)packed.size;
    done = deflate_run(&stream, size_max, ret_plain);
    inflateEnd(&stream);
    return done;
}
