/*
 * ticker.c - see ticker.h.
 */
#include "runtime/ticker.h"

#include "runtime/health.h"
#include "runtime/stop.h"

static enum status loop(const struct ticker *ticker, struct health *health, struct error *error)
{
    enum status status = OK;

    while (status == OK && !stop_asked()) {
        health_beat(health);
        status = ticker->tick(ticker->context, error);
        health_ready(health, status == OK, "database");
        if (status == RETRY)
            status = session_await(ticker->session, error);
        else if (status == OK)
            session_works(ticker->session);
        if (status == OK)
            stop_wait(ticker->interval_ms);
    }
    return stop_asked() ? OK : status;
}

int ticker_run(const struct program_run *run, const struct ticker *ticker)
{
    const struct health_options serve = {
        .listen = config_string(run->config, OPTION_HTTP_LISTEN),
        .heartbeat_ms = config_int(run->config, OPTION_HTTP_HEARTBEAT),
    };
    struct health *health = NULL;
    struct error error;
    enum status status = health_start(&serve, &error, &health);

    if (status == OK)
        status = loop(ticker, health, &error);
    health_stop(health);
    if (status != OK)
        log_error_of(ticker->ends, &error);
    return status == OK ? EXIT_OK : (int)error.exit_code;
}
