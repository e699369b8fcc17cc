/*
 * workers/ingest/main.c
 *   Turns payment events into payments and running window totals.
 *
 *   payments topic -> payment, window_delta, journal_entry, parked,
 *                     batch, audit leaf, position                    (one transaction)
 *
 * Restart: claims its partitions and reads on at the stored position. A record
 * seen twice is a DUPLICATE and changes nothing.
 */
#include "ingest.h"
#include "runtime/program.h"
#include "runtime/stream.h"

static const struct worker_ops ingest_ops = {
    .name = "ingest",
    .row_size = sizeof(struct ingest_row),
    .open = ingest_open,
    .close = ingest_close,
    .refresh = ingest_refresh,
    .claimed = ingest_claimed,
    .extra_new = ingest_extra_new,
    .extra_clear = ingest_extra_clear,
    .extra_free = ingest_extra_free,
    .decode = ingest_decode,     /* bytes -> row and tuple, no I/O                          */
    .validate = ingest_validate, /* gates and set-based reads, then a verdict per record    */
    .apply = ingest_apply,       /* set-based writes of what was accepted, no verdicts      */
    .refused = ingest_refused,
    .days = ingest_days,
};

static const struct option_spec ingest_options[] = {
    {.key = "ingest.topic",
     .type = OPTION_STRING,
     .standard = "payments",
     .meaning = "topic of payment events"},
    {.key = "ingest.group",
     .type = OPTION_STRING,
     .standard = "sawa-ingest",
     .meaning = "consumer group that shares the partitions"},
    {.key = "ingest.ahead_max",
     .type = OPTION_DURATION_MS,
     .standard = "1h",
     .meaning = "how far an acceptance time may lie after the record's own time"},
    {.key = "ingest.kept_days",
     .type = OPTION_INT,
     .standard = "400",
     .min = 1,
     .max = 40000,
     .unit = "days",
     .meaning = "oldest event day that is taken"},
    STREAM_OPTIONS("ingest"),
};

static int run(struct program_run *program_run, int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return program_usage(program_run, "run takes no arguments");
    return stream_run(program_run, &ingest_ops);
}

static const struct command commands[] = {
    {.name = "run",
     .arguments = "",
     .summary = "read payment events until asked to stop",
     .example = "sawa-ingest --config sawa.yaml\n"
                "sawa-ingest run --set batch.records_max=10000 --set lanes=1",
     .run = run},
};

static const struct program ingest_program = {
    .name = "sawa-ingest",
    .purpose = "turns payment events into payments and running window totals, exactly once",
    .options = ingest_options,
    .option_count = COUNT_OF(ingest_options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &ingest_program);
}
