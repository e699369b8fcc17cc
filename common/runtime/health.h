/*
 * health.h - the three pages an orchestrator asks for.
 *
 *   /livez    200 while the poll loop turns: a beat within the deadline. It never
 *             asks a server; waiting under a deadline counts as alive.
 *   /readyz   200 when ready, else 503 and the reason. Not ready at the start.
 *   /metrics  runtime/metrics as Prometheus text
 *
 *        health_start            health_ready(true)
 *   -----> NOT READY ("starting") -----------> READY
 *                   ^                            |
 *                   +---- health_ready(false) ---+      (lost database, SIGTERM)
 *
 * GET and HEAD only; connections, header sizes, bodies and times have ceilings
 * (health.c). One thread of libmicrohttpd serves; the loop only sets values.
 *
 * health_beat, health_waits, health_ready and health_stop accept NULL, so a one-shot
 * verb runs the same code without a server.
 */
#ifndef SAWA_RUNTIME_HEALTH_H
#define SAWA_RUNTIME_HEALTH_H

#include "base/error.h"

struct health;

enum { HEALTH_REASON_SIZE = 160 };

struct health_options {
    const char *listen;   /* "127.0.0.1:8080", "[::1]:0", ":8080" (everywhere); port 0: any */
    int64_t heartbeat_ms; /* alive while the last beat is younger */

    /* May be NULL. Asked by /readyz, on the server's thread, when the program said ready: false
     * with a reason (terminated) overrules it. */
    bool (*ready)(void *context, char reason[HEALTH_REASON_SIZE]);
    void *context;
};

/* Binds, starts the thread and logs the chosen port (health_listening). EXIT_CONFIGURATION for an
 * address that is none, EXIT_DEPENDENCY when it is taken. The caller owns *ret_health. */
must_use enum status health_start(const struct health_options *options, struct error *error,
                                  struct health **ret_health);
void health_stop(struct health *health);

uint16_t health_port(const struct health *health);

void health_beat(struct health *health); /* the loop came round */

/* The next step may take up to wait_ms before the loop comes round (a lock, a claim): alive until
 * then plus the heartbeat. The next beat ends it. */
void health_waits(struct health *health, int64_t wait_ms);

/* reason is copied (cut), a literal or a text without personal data; ignored when ready. */
void health_ready(struct health *health, bool ready, const char *reason);

#endif
