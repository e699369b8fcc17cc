/*
 * stop.h - signals as flags, and waiting that a signal ends.
 *
 *   SIGTERM, SIGINT  stop flag: finish or roll back the batch, release, exit 0
 *   SIGHUP           reload flag: read configuration and secrets again
 *   SIGPIPE          ignored: a broken pipe is an answer of write(2)
 *
 * Handlers set a flag and wake one eventfd, nothing else. A second SIGTERM is the
 * first one again: who wants the process dead sends SIGKILL, and nothing is lost.
 * Nothing in Sawa sleeps: it waits here, or on a descriptor beside stop_fd().
 */
#ifndef SAWA_RUNTIME_STOP_H
#define SAWA_RUNTIME_STOP_H

#include "base/status.h"

void stop_install(void); /* once, before threads; program_main does it */

bool stop_asked(void);
void stop_ask(void); /* as the signal would: from tests or another thread */

/* Waits up to wait_ms; true as soon as stop is asked, false when the time has passed. */
bool stop_wait(int64_t wait_ms);

/* Readable for good once stop is asked; for poll(2) beside a socket. */
int stop_fd(void);

/* True once per SIGHUP (or per several that came close together). */
bool stop_take_reload(void);

void stop_reset(void); /* flags down again; tests only */

#endif
