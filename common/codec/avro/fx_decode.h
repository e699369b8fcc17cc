/*
 * fx_decode.h - the bytes of one record as an FX event. As payment_decode.h in every respect.
 *
 * Beyond the single fields: base and quote currency differ (rate_invalid), the validity is not
 * empty (time_out_of_range), and a LOCK names lock_id and corridor (text_invalid) and a notional
 * amount (amount_not_positive).
 *
 *   content_digest  SHA-256 of: the byte 1, then event_id, kind (symbol), source, corridor,
 *                   base_currency, quote_currency, rate (int64, 10 fraction digits), lock_id,
 *                   notional (int64 minor units, 3 letters), valid_from, valid_until (int64
 *                   us); its first 16 bytes
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
