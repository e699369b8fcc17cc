/*
 * workers/corridor/main.c
 *   The corridor book: who takes part, under which agreement, through which accounts.
 *
 *   file -> plan                          the difference to what is in force, nothing stored
 *   file -> propose (maker)               corridor_change, audit leaf                    (one tx)
 *   change -> approve (checker)           corridor_decision, corridor, participant,
 *                                         account, participant_account, bank_profile,
 *                                         audit leaf                                     (one tx)
 *   file -> load, into an empty book      the same, by one person, once                  (one tx)
 *
 * Restart: see change.c.
 */
#include "corridor.h"

static const struct option_spec options[] = {
    {.key = OPTION_CORRIDOR_HORIZON,
     .type = OPTION_INT,
     .standard = "90",
     .min = 1,
     .max = 730,
     .unit = "days",
     .meaning = "how far a corridor's calendars must reach, or a change is refused"},
    {.key = OPTION_CORRIDOR_APPROVAL,
     .type = OPTION_INT,
     .standard = "72",
     .min = 1,
     .max = 336,
     .unit = "hours",
     .meaning = "how long a change that was proposed can be approved"},
};

static const struct command commands[] = {
    {.name = "show",
     .arguments = "[CODE [VERSION]] [--date DATE]",
     .summary = "the corridors in force, or one of them in full",
     .example = "sawa-corridor show KES-NGN --date 2026-12-01",
     .run = show_command,
     .answers = true},
    {.name = "plan",
     .arguments = "FILE | --change CHANGE",
     .summary = "check a book and show what it would change; writes nothing",
     .example = "sawa-corridor plan deploy/corridors.example.yaml",
     .run = plan_command,
     .answers = true},
    {.name = "propose",
     .arguments = "FILE [--reason TEXT] [--by NAME]",
     .summary = "propose the change, for another person to approve",
     .example = "sawa-corridor propose deploy/corridors.example.yaml --reason 'limit of 2027'",
     .run = propose_command,
     .answers = true},
    {.name = "approve",
     .arguments = "CHANGE [--digest HEX] [--reason TEXT] [--by NAME]",
     .summary = "approve what another person proposed, and store it",
     .example = "sawa-corridor approve 7",
     .run = approve_command,
     .answers = true},
    {.name = "reject",
     .arguments = "CHANGE --reason TEXT [--by NAME]",
     .summary = "refuse a change, or take back one's own",
     .example = "sawa-corridor reject 7 --reason 'the limit is that of last year'",
     .run = reject_command,
     .answers = true},
    {.name = "history",
     .arguments = "[CODE]",
     .summary = "versions with their dates, who proposed and who approved them; what waits",
     .example = "sawa-corridor history KES-NGN",
     .run = history_command,
     .answers = true},
    {.name = "load",
     .arguments = "[--dry-run] FILE",
     .summary = "the first book of an installation: an empty one is filled by one person",
     .example = "sawa-corridor load --dry-run deploy/corridors.example.yaml",
     .run = load_command,
     .answers = true},
};

static const struct program corridor_program = {
    .name = "sawa-corridor",
    .purpose = "the corridor book: agreements, participants, accounts, changed by two people",
    .options = options,
    .option_count = COUNT_OF(options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &corridor_program);
}
