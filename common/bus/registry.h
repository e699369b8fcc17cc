/*
 * registry.h - where writer schemas come from: a directory, or a schema registry over HTTP.
 *
 * The codec asks through `struct schema_source` (codec/avro/context.h) and keeps what it got for
 * ever, since an id never changes its meaning. Both kinds give one answer of three:
 *
 *   OK      the schema's text
 *   REJECT  there is no such schema, or it is not on the allow-list: the record is parked
 *   RETRY   the registry is away or talks nonsense: nothing is parked, the batch waits
 *
 * directory: ids.json names the files; all of them are read once, at the start, and their digests
 *     are the allow-list. No file is opened later.
 * registry: GET {base}/schemas/ids/{id} (Confluent API). The base is fixed by configuration; an id
 *     is a number we format ourselves, so a record can choose no address.
 *
 * (1) No redirect is followed, no proxy is taken from the environment, an answer has at most
 *     256 KiB and 2 s; only http and https.
 * (2) A negative answer (404 in the registry's own words, not allowed, too large) is kept for
 *     negative_ms, doubling up to one minute while the id is asked again: a flood of unknown ids is
 *     no flood of requests. A 404 of a proxy, of a wrong path or of a server that is still starting
 *     is an outage.
 * (3) Where a directory is given beside the registry, its digests are the allow-list: another
 *     text under a known id is not used.
 *
 * One source may serve several contexts in several threads.
 */
#ifndef SAWA_BUS_REGISTRY_H
#define SAWA_BUS_REGISTRY_H

#include "codec/avro/context.h"

struct registry_config {
    const char *directory;   /* with ids.json; NULL: none                               */
    const char *base_url;    /* NULL: the directory is the source                        */
    const char *ca_file;     /* of the registry's certificate; NULL: the system's        */
    int64_t timeout_ms;      /* 0: 2,000                                                 */
    int64_t negative_ms;     /* 0: 1,000 (2)                                             */
    int64_t (*now_us)(void); /* NULL: clock_monotonic_us                                */
};

struct registry;

/* Reads the directory, checks the base. FATAL (configuration) where they cannot be used; asks the
 * registry nothing yet. The caller frees *ret_registry. */
must_use enum status registry_open(const struct registry_config *config, struct error *error,
                                   struct registry **ret_registry);
void registry_free(struct registry *registry); /* NULL is fine */

/* The source for codec_context_new; lives as long as the registry. */
struct schema_source registry_source(struct registry *registry);

/* The id of the schema with this text, blanks and the order of keys aside, in the directory: for
 * who has a schema and no id (an Avro container). False: it is not on the allow-list. */
must_use bool registry_find(struct registry *registry, struct text schema, uint32_t *ret_id);

/* Requests sent so far, for metrics and tests. */
uint64_t registry_request_count(struct registry *registry);

#endif
