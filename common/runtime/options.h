/*
 * options.h - the configuration keys that every program shares.
 *
 *   database.dsn       where PostgreSQL is; environment SAWA_DATABASE_DSN
 *   log.format         auto, json, text
 *   log.level          debug, info, warn, error
 *   http.listen        address of /livez, /readyz, /metrics
 *   http.heartbeat_ms  how long the poll loop may be silent and still count as alive
 *   worker.id          who holds a partition; host name and process id when empty
 *
 * program_main puts these rows before the program's own; --print-config shows all.
 * The names are constants, so a misspelt key does not compile.
 */
#ifndef SAWA_RUNTIME_OPTIONS_H
#define SAWA_RUNTIME_OPTIONS_H

#include "base/error.h"
#include "base/text.h"

struct config; /* base/config.h */
struct option_spec;

#define OPTION_DATABASE_DSN "database.dsn"
#define OPTION_LOG_FORMAT "log.format"
#define OPTION_LOG_LEVEL "log.level"
#define OPTION_HTTP_LISTEN "http.listen"
#define OPTION_HTTP_HEARTBEAT "http.heartbeat_ms"
#define OPTION_WORKER_ID "worker.id"

enum { WORKER_ID_SIZE = 96 };

/* The rows; ret_count says how many. */
const struct option_spec *options_common(size_t *ret_count);

/* worker.id, or "<host>:<pid>" where that is empty. Terminated; returns text. */
const char *options_worker_id(const struct config *config, char text[WORKER_ID_SIZE]);

#endif
