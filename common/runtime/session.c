/*
 * session.c - see session.h.
 */
#include "runtime/session.h"

#include "base/config.h"
#include "runtime/stop.h"

enum { STATEMENT_TIMEOUT_MS = 300000, LOCK_TIMEOUT_MS = 10000 };

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
    enum status status = db_open(&settings, error, &session.db);

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
