/*
 * pack.c - see pack.h.
 */
#include "codec/archive/pack.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <zstd.h>

enum { PACK_LEVEL = 6 };

struct pack {
    ZSTD_CCtx *context;
    struct buffer out;
};

struct pack *pack_new(size_t size_max)
{
    struct pack *pack = calloc(1, sizeof *pack);

    assert(pack != NULL);
    pack->context = ZSTD_createCCtx();
    assert(pack->context != NULL);
    ZSTD_CCtx_setParameter(pack->context, ZSTD_c_compressionLevel, PACK_LEVEL);
    ZSTD_CCtx_setParameter(pack->context, ZSTD_c_checksumFlag, 1);
    buffer_init(&pack->out, size_max);
    return pack;
}

void pack_free(struct pack *pack)
{
    if (pack == NULL)
        return;
    ZSTD_freeCCtx(pack->context);
    buffer_done(&pack->out);
    free(pack);
}

/* One turn of the compressor; returns what is left to flush. */
static size_t pack_turn(struct pack *pack, ZSTD_inBuffer *in, ZSTD_EndDirective directive)
{
    size_t room = ZSTD_CStreamOutSize();
    char *at = buffer_reserve(&pack->out, room);
    ZSTD_outBuffer out = {at, room, 0};
    size_t left;

    if (at == NULL) { /* past the ceiling: swallow the rest */
        in->pos = in->size;
        return 0;
    }
    left = ZSTD_compressStream2(pack->context, &out, in, directive);
    assert(!ZSTD_isError(left));
    buffer_commit(&pack->out, out.pos);
    return left;
}

void pack_add(struct pack *pack, struct text piece)
{
    ZSTD_inBuffer in = {piece.data, piece.size, 0};

    while (in.pos < in.size)
        (void)pack_turn(pack, &in, ZSTD_e_continue);
}

bool pack_end(struct pack *pack, struct text *ret_packed)
{
    ZSTD_inBuffer in = {NULL, 0, 0};

    while (pack_turn(pack, &in, ZSTD_e_end) > 0)
        ;
    if (buffer_failed(&pack->out))
        return false;
    *ret_packed = buffer_view(&pack->out);
    return true;
}
