/*
 * settle.c - start, end and the one way to run a statement; see settle.h.
 */
#include "settle.h"

#include <string.h>

enum { ARENA_BLOCK_SIZE = 1024 * 1024, ARENA_SIZE_MAX = 512 * 1024 * 1024 };

/* "payments,refunds" into texts that point into the configuration. */
static void topics_split(struct settle *settle, const char *list)
{
    while (*list != '\0' && settle->topic_count < SETTLE_TOPICS_MAX) {
        size_t size = strcspn(list, ",");
        struct text topic = text_trim((struct text){list, size});

        if (topic.size > 0)
            settle->topics[settle->topic_count++] = topic;
        list += size + (list[size] == ',');
    }
}

enum status settle_start(const struct program_run *run, struct error *error,
                         struct settle *ret_settle)
{
    struct settle settle = {
        .interval_ms = config_int(run->config, OPTION_SETTLE_INTERVAL),
        .ahead_days = (int32_t)config_int(run->config, OPTION_SETTLE_AHEAD),
    };
    enum status status = session_open(run, error, &settle.session);

    if (status != OK)
        return status;
    topics_split(&settle, config_string(run->config, OPTION_SETTLE_TOPICS));
    arena_init(&settle.arena, ARENA_BLOCK_SIZE, ARENA_SIZE_MAX);
    *ret_settle = settle;
    return OK;
}

void settle_done(struct settle *settle)
{
    session_done(&settle->session);
    arena_done(&settle->arena);
}

enum status settle_run(struct db *db, const char *sql, struct params *params, struct error *error,
                       struct result **ret_result)
{
    enum status status = db_run(db, sql, params, error, ret_result);

    params_done(params);
    return status;
}
