/*
 * replay/main.c
 *   What operators decide: how halted positions go on, and what becomes of parked records.
 *
 *   position accept   position, source, accepted_gap, operator_action, audit leaf   (one tx)
 *   position halt     position, operator_action, audit leaf                         (one tx)
 *   parked retry      what the worker would have written, parked, operator_action,
 *                     audit leaf                                       (one tx per record)
 *   parked discard    parked, operator_action, audit leaf                           (one tx)
 *
 * Restart: nothing runs on. A verb that was cut off is given again: it finds what was decided.
 */
#include "replay.h"

#include "fx/ops.h"
#include "ingest/ops.h"
#include "runtime/stream.h"

static const struct option_spec options[] = {
    INGEST_OPTIONS,
    FX_OPTIONS,
    STREAM_OPTIONS_OF(false),
};

static const struct verb position_verbs[] = {
    {.name = "show", .options = "sj", .places = "", .run = position_show},
    {.name = "accept", .options = "spfrax", .places = "", .decides = true, .run = position_accept},
    {.name = "halt", .options = "sprax", .places = "", .decides = true, .run = position_halt_verb},
};

static const struct verb parked_verbs[] = {
    {.name = "list", .options = "spktljA", .places = "", .run = parked_list},
    {.name = "show", .options = "cw", .places = "1", .run = parked_show},
    {.name = "retry", .options = "spktlrax", .places = "*", .decides = true, .run = parked_retry},
    {.name = "discard",
     .options = "spktlrax",
     .places = "*",
     .decides = true,
     .run = parked_discard},
};

static int position_command(struct program_run *run, int argc, char **argv)
{
    return verb_command(run, argc, argv, position_verbs, COUNT_OF(position_verbs));
}

static int parked_command(struct program_run *run, int argc, char **argv)
{
    return verb_command(run, argc, argv, parked_verbs, COUNT_OF(parked_verbs));
}

static const struct command commands[] = {
    {.name = "position",
     .arguments = "show [--source TOPIC[:GENERATION]] [--json] | "
                  "accept --source TOPIC [--partition N] [--from earliest|latest|OFFSET] | "
                  "halt --source TOPIC [--partition N]; accept and halt change nothing without "
                  "--execute --reason TEXT --actor NAME",
     .summary = "how far each partition is; halt one; let a halted one go on",
     .example = "sawa replay position show\n"
                "sawa replay position halt --source payments --partition 3 --reason 'bad producer' "
                "--actor ann --execute\n"
                "sawa replay position accept --source payments\n"
                "sawa replay position accept --source payments --reason 'topic was made anew' "
                "--actor ann --execute",
     .run = position_command,
     .answers = true},
    {.name = "parked",
     .arguments = "list [FILTER]... [--all] [--json] | show PLACE [--content] [--raw FILE] | "
                  "retry PLACE...|FILTER... | discard PLACE...|FILTER...; PLACE is "
                  "TOPIC[:GENERATION]/PARTITION@OFFSET; FILTER is --source, --partition, "
                  "--parked-as REASON, --since INSTANT, --limit N; retry and discard change "
                  "nothing without --execute --reason TEXT --actor NAME",
     .summary = "records that were parked: look at them, try them again, discard them",
     .example = "sawa replay parked list --since 2026-11-26\n"
                "sawa replay parked show payments/3@88123\n"
                "sawa replay parked retry --parked-as participant_unknown\n"
                "sawa replay parked retry payments/3@88123 --reason 'bank added' --actor ann "
                "--execute\n"
                "sawa replay parked discard payments/3@88124 --reason 'sent again' --actor ann "
                "--execute",
     .run = parked_command,
     .answers = true},
};

static const struct program replay_program = {
    .name = "sawa-replay",
    .purpose = "lets halted positions go on, and decides on parked records",
    .options = options,
    .option_count = COUNT_OF(options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &replay_program);
}
