/*
 * show.c - sawa-status [--json] [--limit N]: reads the page, prints it, and answers by exit code.
 */
#include "base/clock.h"
#include "base/config.h"
#include "runtime/session.h"
#include "status.h"

#include <stdio.h>

/* settle.payment_topics, by comma; "payments" where it is not set. */
static void topics_read(const struct config *config, struct status_page *page)
{
    size_t count = 0;
    const struct config_pair *pairs = config_section(config, "settle", &count);
    const char *at = "payments";

    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, "payment_topics") == 0)
            at = pairs[i].value;
    while (page->topic_count < STATUS_TOPICS_MAX && *at != '\0') {
        size_t size = strcspn(at, ",");

        page->topics[page->topic_count++] = text_trim((struct text){at, size});
        at += size + (at[size] == ',' ? 1 : 0);
    }
}

static bool arguments_read(int argc, char **argv, struct status_page *page, bool *ret_json)
{
    for (int i = 1; i < argc; i++) {
        int64_t limit = 0;

        if (strcmp(argv[i], "--json") == 0) {
            *ret_json = true;
        } else if (strcmp(argv[i], "--limit") == 0 && i + 1 < argc &&
                   text_to_int64(text_of(argv[i + 1]), &limit) && limit > 0 &&
                   limit <= STATUS_LIMIT_MAX) {
            page->limit = (int32_t)limit;
            i++;
        } else {
            return false;
        }
    }
    return true;
}

int show_command(struct program_run *run, int argc, char **argv)
{
    struct status_page page = {.now_us = clock_now_us(), .limit = STATUS_LIMIT};
    struct session session = {0};
    struct buffer out;
    struct error error;
    bool json = false;
    int code = EXIT_OK;

    if (!arguments_read(argc, argv, &page, &json))
        return program_usage(run, "show takes --json and --limit 1..%d", STATUS_LIMIT_MAX);
    topics_read(run->config, &page);
    if (session_open(run, &error, &session) != OK ||
        status_page_read(&page, session.db, &error) != OK) {
        code = program_fail(&error);
    } else {
        buffer_init(&out, STATUS_PAGE_MAX);
        (json ? status_page_json : status_page_text)(&page, &out);
        code = program_answer(&out, status_still(&page) == 0 ? EXIT_OK : EXIT_FAILED);
    }
    status_page_done(&page);
    session_done(&session);
    return code;
}
