/*
 * workers/statement/main.c
 *   Reads banks' statements.
 *
 *   parse   file -> statement reader -> canonical JSON on stdout, refusals as JSON on stderr
 *   load    file -> statement reader -> statement_file, statement, statement_entry, finding,
 *                                       audit leaf                     (one tx per statement)
 *   watch   the same for every file that is put into a folder
 *
 * Restart: a file and a statement are known by their content; what was stored is not stored again.
 */
#include "load.h"
#include "statement.h"

static int parse_command(struct program_run *run, int argc, char **argv)
{
    (void)run;
    return statement_parse(argc, argv);
}

static const struct command commands[] = {
    {.name = "watch",
     .arguments = "DIR",
     .summary = "load every file put into a folder, then move it to done/ or refused/",
     .example = "sawa-statement --config sawa.yaml watch /var/spool/sawa/statements",
     .run = watch_command},
    {.name = "load",
     .arguments = "[--profile P] FILE...",
     .summary = "load statement files; what is known already changes nothing",
     .example = "sawa-statement load camt053-20260302.xml",
     .run = load_command,
     .answers = true},
    {.name = "parse",
     .arguments = "[--profile P] [--csv-profile YAML] [--pretty] FILE...",
     .summary = "print statements as JSON, one object per line; \"-\" is stdin",
     .example = "sawa-statement parse --pretty camt053-20260302.xml",
     .run = parse_command,
     .answers = true},
};

static const struct program statement_program = {
    .name = "sawa-statement",
    .purpose = "reads banks' statements into entries and findings",
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &statement_program);
}
