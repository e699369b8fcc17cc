/*
 * unpack.h - compressed bytes of somebody else, opened within a ceiling.
 *
 * (1) No more than size_max bytes come out, whatever the bytes claim; a stream that would give more
 *     is refused as a whole.
 * (2) All of the bytes are one stream: cut off, damaged, or with bytes left over is refused.
 */
#ifndef SAWA_CODEC_ARCHIVE_UNPACK_H
#define SAWA_CODEC_ARCHIVE_UNPACK_H

#include "base/buffer.h"

/* Appends what a zstd frame (or several, one after the other) holds. False: refused. */
must_use bool unpack_zstd(struct text packed, size_t size_max, struct buffer *ret_plain);

/* The same for a raw deflate stream (RFC 1951, no zlib or gzip head). */
must_use bool unpack_deflate(struct text packed, size_t size_max, struct buffer *ret_plain);

#endif
