/*
 * options.h - the configuration keys that every program shares.
 *
 *   database.dsn       where PostgreSQL is; environment SAWA_DATABASE_DSN
 *   log.format         auto, json, text
 *   log.level          debug, info, warn, error
 *   http.listen        address of /livez, /readyz, /metrics
 *   http.heartbeat     how long the poll loop may be silent and still count as alive
 *   worker.id          who holds a partition; host name and process id when empty
 *
 * program_main puts these rows before the program's own; --print-config shows all.
 * The names are constants, so a misspelt key does not compile.
 */
#ifndef SAWA_RUNTIME_OPTIONS_H
#define SAWA_RUNTIME_OPTIONS_H

#include "base/config.h"

#define OPTION_DATABASE_DSN "database.dsn"
#define OPTION_LOG_FORMAT "log.format"
#define OPTION_LOG_LEVEL "log.level"
#define OPTION_HTTP_LISTEN "http.listen"
#define OPTION_HTTP_HEARTBEAT "http.heartbeat"
#define OPTION_WORKER_ID "worker.id"

enum { WORKER_ID_SIZE = 96 };

extern const struct option_table options_common;

enum { OPTIONS_FOREIGN_MAX = 32 };

/* One file serves all programs: fills rows with the sections of the other programs, those that
 * own does not name, and returns how many they are. */
size_t options_foreign(const struct option_table *own,
                       struct option_spec rows[OPTIONS_FOREIGN_MAX]);

/* worker.id, or "<host>:<pid>" where that is empty. Terminated; returns text. */
const char *options_worker_id(const struct config *config, char text[WORKER_ID_SIZE]);

#endif
