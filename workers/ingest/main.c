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
#include "ops.h"
#include "runtime/program.h"
#include "runtime/stream.h"

static const struct option_spec ingest_options[] = {
    INGEST_OPTIONS,
    STREAM_SOURCE_OPTIONS("ingest"),
    STREAM_OPTIONS,
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
                "sawa-ingest run --set batch.records_max=10000 --set batch.lanes=1",
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
