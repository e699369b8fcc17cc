/*
 * workers/fx/main.c
 *   Turns FX events into rates and locks.
 *
 *   fx topic -> fx_rate, fx_lock, parked, batch, audit leaf, position   (one transaction)
 *
 * Restart: claims its partitions and reads on at the stored position. A record
 * seen twice is a DUPLICATE and changes nothing.
 */
#include "ops.h"
#include "runtime/program.h"
#include "runtime/stream.h"

static const struct option_spec fx_options[] = {
    FX_OPTIONS,
    STREAM_SOURCE_OPTIONS("fx"),
    STREAM_OPTIONS,
};

static int run(struct program_run *program_run, int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return program_usage(program_run, "run takes no arguments");
    return stream_run(program_run, &fx_ops);
}

static const struct command commands[] = {
    {.name = "run",
     .arguments = "",
     .summary = "read FX events until asked to stop",
     .example = "sawa-fx --config sawa.yaml",
     .run = run},
};

static const struct program fx_program = {
    .name = "sawa-fx",
    .purpose = "turns FX events into rates and locks, exactly once",
    .options = fx_options,
    .option_count = COUNT_OF(fx_options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &fx_program);
}
