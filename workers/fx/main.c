/*
 * workers/fx/main.c
 *   Turns FX events into rates and locks.
 *
 *   fx topic -> fx_rate, fx_lock, parked, batch, audit leaf, position   (one transaction)
 *
 * Restart: claims its partitions and reads on at the stored position. A record
 * seen twice is a DUPLICATE and changes nothing.
 */
#include "fx_worker.h"
#include "runtime/program.h"
#include "runtime/stream.h"

static const struct worker_ops fx_ops = {
    .name = "fx",
    .row_size = sizeof(struct fx_row),
    .open = fx_open,
    .close = fx_close,
    .refresh = fx_refresh,
    .claimed = fx_claimed,
    .extra_new = fx_extra_new,
    .extra_clear = fx_extra_clear,
    .extra_free = fx_extra_free,
    .decode = fx_worker_decode, /* bytes -> row, no I/O                                   */
    .validate = fx_validate,    /* set-based reads, then a verdict per record             */
    .apply = fx_apply,          /* set-based writes of what was accepted, no verdicts     */
};

static const struct option_spec fx_options[] = {
    {.key = "fx.topic",
     .type = OPTION_STRING,
     .standard = "fx",
     .meaning = "topic of FX events"},
    {.key = "fx.group",
     .type = OPTION_STRING,
     .standard = "sawa-fx",
     .meaning = "consumer group that shares the partitions"},
    STREAM_OPTIONS("fx"),
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
