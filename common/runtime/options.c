/*
 * options.c - see options.h.
 */
#include "runtime/options.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static const struct option_spec common_specs[] = {
    {.key = OPTION_DATABASE_DSN,
     .type = OPTION_STRING,
     .meaning = "where PostgreSQL is: a libpq connection string; secrets go into passfile"},
    {.key = OPTION_LOG_FORMAT,
     .type = OPTION_ENUM,
     .standard = "auto",
     .values = "auto|json|text",
     .meaning = "auto is text on a terminal, else one JSON line per event"},
    {.key = OPTION_LOG_LEVEL,
     .type = OPTION_ENUM,
     .standard = "info",
     .values = "debug|info|warn|error",
     .meaning = "the least level that is logged"},
    {.key = OPTION_HTTP_LISTEN,
     .type = OPTION_STRING,
     .standard = "127.0.0.1:0",
     .meaning = "address of /livez, /readyz and /metrics; port 0 takes a free one and logs it"},
    {.key = OPTION_HTTP_HEARTBEAT,
     .type = OPTION_DURATION_MS,
     .standard = "30s",
     .min = 100,
     .max = 600000,
     .unit = "ms",
     .meaning = "how long the poll loop may be silent and still count as alive"},
    {.key = OPTION_WORKER_ID,
     .type = OPTION_STRING,
     .meaning = "who holds a partition; host name and process id when not set"},
};

const struct option_table options_common = {common_specs, COUNT_OF(common_specs)};

/* Every section a deployment's file may have beside the common ones. */
static const char *const sections[] = {
    "amqp.*",   "audit.*",     "batch.*",    "console.*",   "corridor.*", "file.*",   "fx.*",
    "ingest.*", "kafka.*",     "position.*", "reconcile.*", "registry.*", "relay.*",  "replay.*",
    "report.*", "retention.*", "schema.*",   "seal.*",      "settle.*",   "source.*", "statement.*",
};

static_assert(COUNT_OF(sections) <= OPTIONS_FOREIGN_MAX, "a row for each section");

/* True when a row of own is the section ("kafka.*") or lies in it ("ingest.source"). */
static bool is_own_section(const struct option_table *own, const char *section)
{
    size_t prefix = strlen(section) - 1;

    for (size_t i = 0; i < own->count; i++) {
        if (strncmp(own->specs[i].key, section, prefix) == 0)
            return true;
    }
    return false;
}

size_t options_foreign(const struct option_table *own, struct option_spec rows[OPTIONS_FOREIGN_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        if (!is_own_section(own, sections[i]))
            rows[count++] = (struct option_spec){.key = sections[i], .type = OPTION_FOREIGN};
    }
    return count;
}

const char *options_worker_id(const struct config *config, char text[WORKER_ID_SIZE])
{
    const char *set = config_string(config, OPTION_WORKER_ID);
    char host[HOST_NAME_MAX + 1] = "";

    if (set != NULL && set[0] != '\0') {
        text_copy(text_of(set), text, WORKER_ID_SIZE);
        return text;
    }
    if (gethostname(host, sizeof host - 1) != 0)
        text_copy(TEXT("unknown"), host, sizeof host);
    snprintf(text, WORKER_ID_SIZE, "%.80s:%d", host, (int)getpid());
    return text;
}
