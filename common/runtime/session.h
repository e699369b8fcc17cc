/*
 * session.h - a program's connection to the database, as its configuration says.
 *
 * For programs that work between events rather than on a stream: settle, statement, reconcile,
 * report and the one-shot verbs.
 *
 *   session_open(run, &error, &session)     a verb that answers ends with its error (1)
 *   session_await(&session, &error)         after RETRY: waits, reconnects, says so once
 *   session_done(&session)
 *
 * (1) A verb that answers a person makes one attempt. A worker waits for its database from its
 *     first moment on: in what order pods start does not matter.
 */
#ifndef SAWA_RUNTIME_SESSION_H
#define SAWA_RUNTIME_SESSION_H

#include "base/log.h"
#include "runtime/backoff.h"
#include "runtime/options.h"
#include "runtime/program.h"
#include "store/db.h"

struct session {
    struct db *db;
    char worker[WORKER_ID_SIZE]; /* as commit_log.worker */
    struct backoff backoff;
    struct log_gate gate;
};

/* RETRY: the server is away; of a worker (1), with EXIT_OK: stop was asked while it waited. */
must_use enum status session_open(const struct program_run *run, struct error *error,
                                  struct session *ret_session);
void session_done(struct session *session); /* NULL and half-built are fine */

/* After a RETRY in error: waits with back-off, and connects again where the connection is lost.
 * OK: try again. RETRY: stop was asked. FATAL: the server refuses us for good. */
must_use enum status session_await(struct session *session, struct error *error);

/* What was tried has worked: the next failure starts with a short wait. */
void session_works(struct session *session);

#endif
