/*
 * pack.h - bytes kept small: one zstd frame, fed in pieces.
 *
 *   pack = pack_new(size_max);
 *   pack_add(pack, piece) ...
 *   if (pack_end(pack, &packed)) ...        packed lives until pack_free
 *   pack_free(pack);
 *
 * The frame says its own length where it is known and carries a checksum: `zstd -d` reads it.
 */
#ifndef SAWA_CODEC_ARCHIVE_PACK_H
#define SAWA_CODEC_ARCHIVE_PACK_H

#include "base/text.h"

struct pack;

struct pack *pack_new(size_t size_max); /* size_max: the largest frame; never NULL */
void pack_free(struct pack *pack);      /* NULL is fine */

void pack_add(struct pack *pack, struct text piece);

/* False: the frame passed size_max; nothing of it counts. */
must_use bool pack_end(struct pack *pack, struct text *ret_packed);

#endif
