/*
 * session.c - see session.h.
 */
#include "runtime/session.h"

#include "base/clock.h"
#include "base/config.h"
#include "runtime/stop.h"

enum { STATEMENT_TIMEOUT_MS = 300000, LOCK_TIMEOUT_MS = 10000 };

/* A worker may be started before its database: it waits as it would later (1). */
static enum status open_at_last(const struct program_run *run, const struct db_settings *settings,
                                struct log_gate *gate, struct error *error, struct db **ret_db)
{
    struct backoff backoff;
    enum status status = db_open(settings, error, ret_db);

    backoff_init(&backoff, &backoff_default, (uint64_t)clock_now_us());
    while (status == RETRY && !run->command->answers) {
        log_gate_away(gate, "postgresql", error);
        if (backoff_wait(&backoff) != BACKOFF_AGAIN) {
            error->exit_code = EXIT_OK; /* somebody asked it to stop */
            return RETRY;
        }
        status = db_open(settings, error, ret_db);
    }
    if (status == OK)
        log_gate_back(gate, "postgresql");
    return status;
}

enum status session_open(const struct program_run *run, struct error *error,
                         struct session *ret_session)
{
    struct session session = {0};
    const struct db_settings settings = {
        .dsn = config_string(run->config, OPTION_DATABASE_DSN),
        .application = run->program->name,
        .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
        .lock_timeout_ms = LOCK_TIMEOUT_MS,
    };
    enum status status = open_at_last(run, &settings, &session.gate, error, &session.db);

    if (status != OK)
        return status;
    options_worker_id(run->config, session.worker);
    backoff_init(&session.backoff, &backoff_default, (uint64_t)db_backend_pid(session.db));
    *ret_session = session;
    return OK;
}

void session_done(struct session *session)
{
    if (session == NULL)
        return;
    db_close(session->db);
    session->db = NULL;
}

enum status session_await(struct session *session, struct error *error)
{
    enum status status = RETRY;

    while (status == RETRY) {
        log_gate_away(&session->gate, "postgresql", error);
        if (backoff_wait(&session->backoff) != BACKOFF_AGAIN)
            return RETRY;
        status = db_is_broken(session->db) ? db_reopen(session->db, error) : OK;
    }
    return status;
}

void session_works(struct session *session)
{
    log_gate_back(&session->gate, "postgresql");
    backoff_reset(&session->backoff);
}
