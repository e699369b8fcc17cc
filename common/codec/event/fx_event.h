/*
 * fx_event.h - the slots of one record as an FX event. As payment_event.h in every respect.
 *
 * Beyond the single fields: base and quote currency differ (rate_invalid), the validity is not
 * empty (time_out_of_range), and a LOCK names lock_id and corridor (text_invalid) and a notional
 * amount (amount_not_positive). bid <= rate <= ask, as far as they are quoted, and only beside a
 * RATE (rate_invalid); settlement_window only beside a LOCK, as 2026-03-02/1 (text_invalid).
 *
 *   content_digest  SHA-256 of: the byte 1, then event_id, kind (symbol), source, corridor,
 *                   base_currency, quote_currency, rate (int64, 10 fraction digits), lock_id,
 *                   notional (int64 minor units, 3 letters), valid_from, valid_until (int64
 *                   us); its first 16 bytes. With bid, ask or settlement_window it is the byte 2,
 *                   the same, then bid, ask, business date (days since 1970), number of the day
 */
#ifndef SAWA_CODEC_EVENT_FX_EVENT_H
#define SAWA_CODEC_EVENT_FX_EVENT_H

#include "codec/event/canonical.h"
#include "codec/event/slot.h"
#include "domain/fx.h"

/* slots: FX_COLUMN_COUNT of them; as payment_of_slots. */
must_use enum reason fx_of_slots(const struct slot *slots, struct canonical *canonical,
                                 struct fx_event *event);

#endif
