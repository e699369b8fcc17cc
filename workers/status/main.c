/*
 * workers/status/main.c
 *   One page from the database: what stands still, since when, and why.
 *
 *   position, settlement_window, statement, break_item, audit_leaf, parked -> page    (reads only)
 *
 * Restart: nothing to restart; it asks once and ends. Exit code 0: ok, 1: something stands still.
 */
#include "status.h"

#include "runtime/metric_table.h"

static const struct option_spec options[] = {
    {.key = "settle.*",
     .type = OPTION_SECTION,
     .meaning = "those of sawa-settle; payment_topics tells which partitions a window waits for"},
};

static int reasons_command(struct program_run *run, int argc, char **argv)
{
    struct buffer out;

    (void)argv;
    if (argc > 1)
        return program_usage(run, "reasons takes no arguments");
    buffer_init(&out, STATUS_PAGE_MAX);
    reasons_page(&out);
    return program_answer(&out, EXIT_OK);
}

static int metrics_command(struct program_run *run, int argc, char **argv)
{
    struct buffer out;

    (void)argv;
    if (argc > 1)
        return program_usage(run, "metrics takes no arguments");
    buffer_init(&out, STATUS_PAGE_MAX);
    metrics_table_page(&out);
    return program_answer(&out, EXIT_OK);
}

static const struct command commands[] = {
    {.name = "show",
     .arguments = "[--json] [--limit N]",
     .summary = "what stands still, since when, and why; exit code 1 where something does",
     .example = "sawa status\nsawa status --json",
     .run = show_command,
     .answers = true,
     .bare = true},
    {.name = "reasons",
     .arguments = "",
     .summary = "every reason to park a record, as Markdown",
     .example = "sawa status reasons",
     .run = reasons_command,
     .answers = true},
    {.name = "metrics",
     .arguments = "",
     .summary = "every metric of the workers' /metrics, as Markdown",
     .example = "sawa status metrics",
     .run = metrics_command,
     .answers = true},
};

static const struct program status_program = {
    .name = "sawa-status",
    .purpose = "one page on what stands still, since when, and why; reads only",
    .options = options,
    .option_count = COUNT_OF(options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &status_program);
}
