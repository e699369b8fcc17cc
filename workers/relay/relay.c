/*
 * relay.c - start, end and what all parts ask the database in one way; see relay.h.
 */
#include "relay.h"

#include "relay_sql.h"

enum { ARENA_BLOCK_SIZE = 1024 * 1024, ARENA_SIZE_MAX = 256 * 1024 * 1024 };

enum status relay_start(const struct program_run *run, struct error *error, struct relay *ret_relay)
{
    struct relay relay = {
        .folder = config_string(run->config, OPTION_RELAY_FOLDER),
        .schema_folder = config_string(run->config, OPTION_RELAY_SCHEMAS),
        .interval_ms = config_int(run->config, OPTION_RELAY_INTERVAL),
    };
    enum status status = vault_begin(run->config, error, &relay.vault);

    if (status == OK)
        status = session_open(run, error, &relay.session);
    if (status != OK)
        return status;
    arena_init(&relay.arena, ARENA_BLOCK_SIZE, ARENA_SIZE_MAX);
    *ret_relay = relay;
    return OK;
}

void relay_done(struct relay *relay)
{
    session_done(&relay->session);
    vault_end(&relay->vault);
    arena_done(&relay->arena);
}

enum status relay_sql(struct relay *relay, const char *sql, struct params *params,
                      struct error *error, struct result **ret_rows)
{
    enum status status = db_run(relay->session.db, sql, params, error, ret_rows);

    if (params != NULL)
        params_done(params);
    return status;
}

enum status relay_sql_file(struct relay *relay, const char *sql, const struct uuid *file_id,
                           struct error *error, struct result **ret_rows)
{
    struct params params;

    params_init(&params, RELAY_PARAMS_MAX);
    params_uuid(&params, file_id);
    return relay_sql(relay, sql, &params, error, ret_rows);
}

void relay_file_effect(struct business *tx, const struct uuid *file_id, enum file_state state)
{
    effects_row(&tx->effects, "payment_file", 2);
    effects_text(&tx->effects, (struct text){(const char *)file_id->bytes, 16});
    effects_text(&tx->effects, text_of(file_state_name(state)));
}

enum status relay_file_move(struct relay *relay, struct business *tx, const struct uuid *file_id,
                            enum file_state from, enum file_state to, int64_t staged,
                            struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RELAY_PARAMS_MAX);
    params_uuid(&params, file_id);
    params_string(&params, file_state_name(from));
    params_string(&params, file_state_name(to));
    if (staged == 0)
        params_null(&params);
    else
        params_int64(&params, staged);
    status = relay_sql(relay, relay_sql_file_move, &params, error, &rows);
    if (status == OK && result_affected(rows) != 1)
        status =
            error_set(error, DUPLICATE, "a payment file is not %s any more", file_state_name(from));
    result_free(rows);
    relay_file_effect(tx, file_id, to);
    return status;
}

static enum status not_one(const char *name, int found, struct error *error)
{
    error_set(error, REJECT,
              found == 0 ? "there is no payment file %s" : "several payment files begin with %s",
              name);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "list them with: sawa relay list");
}

enum status relay_file_find(struct relay *relay, const char *name, struct error *error,
                            struct result **ret_row)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RELAY_PARAMS_MAX);
    params_string(&params, name);
    status = relay_sql(relay, relay_sql_file_find, &params, error, &rows);
    if (status == OK && result_rows(rows) != 1)
        status = not_one(name, result_rows(rows), error);
    if (status != OK) {
        result_free(rows);
        return status;
    }
    *ret_row = rows;
    return OK;
}
