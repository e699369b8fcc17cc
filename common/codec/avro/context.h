/*
 * context.h - what a thread needs to turn bytes into events: the schemas it has met, the plans
 * compiled from them, and one digest context.
 *
 *   bytes --frame--> schema id + body --cache--> plan --run--> slots --checks--> event
 *
 * (1) One context belongs to one thread at a time.
 * (2) A schema id never changes its meaning: schema and plans are kept for the life of the
 *     context. A negative answer is not kept here; the source backs off by itself.
 * (3) Unknown ids are asked from the source, a callback, so the codec knows no network and no
 *     file. OK: the text; REJECT: there is no such schema, or it is not allowed; RETRY: the
 *     source is away, nothing is parked for that; FATAL: set-up.
 * (4) Want of memory is no verdict: it is FATAL, and no schema is refused for it.
 *
 *   struct codec_context *context = codec_context_new(&source);
 *   switch (payment_decode(context, value, &payment, &reason, &error)) ...
 *   codec_context_free(context);
 */
#ifndef SAWA_CODEC_AVRO_CONTEXT_H
#define SAWA_CODEC_AVRO_CONTEXT_H

#include "base/buffer.h"
#include "base/error.h"
#include "codec/event/canonical.h"
#include "codec/avro/plan.h"
#include "domain/reason.h"

/* Appends the text of a schema to ret_text; see (3) for the answers. */
typedef enum status schema_fetch(void *user, uint32_t schema_id, struct buffer *ret_text,
                                 struct error *error);

struct schema_source {
    schema_fetch *fetch;
    void *user;
};

/* The columns an event is made of; each kind has its own plans. */
enum event_type { EVENT_PAYMENT, EVENT_FX, EVENT_TYPE_COUNT };

struct codec_context;

/* The source must outlive the context. Never NULL. */
struct codec_context *codec_context_new(const struct schema_source *source);
void codec_context_free(struct codec_context *context); /* NULL is fine */

/* The plan that turns records of schema_id into events of type. REJECT: *ret_reason says why
 * (schema_unknown, schema_unreadable); RETRY, FATAL: error says why. */
must_use enum status codec_plan(struct codec_context *context, uint32_t schema_id,
                                enum event_type type, const struct plan **ret_plan,
                                enum reason *ret_reason, struct error *error);

/* Where the canonical bytes of an event are put together, one after the other (1). */
struct canonical *codec_canonical(struct codec_context *context);

#endif
