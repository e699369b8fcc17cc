/*
 * fx_decode.h - the bytes of one record as an FX event. As payment_decode.h in every respect.
 *
 * What the fields must be, and what the digest is made of: codec/event/fx_event.h.
 */
#ifndef SAWA_CODEC_AVRO_FX_DECODE_H
#define SAWA_CODEC_AVRO_FX_DECODE_H

#include "codec/avro/context.h"
#include "domain/fx.h"

/* As payment_decode. */
must_use enum status fx_decode(struct codec_context *context, struct text value,
                               struct fx_event *ret_event, enum reason *ret_reason,
                               struct error *error);

#endif
