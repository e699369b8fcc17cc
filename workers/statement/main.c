/*
 * workers/statement/main.c
 *   Reads banks' statements.
 *
 *   parse   file -> statement reader -> canonical JSON on stdout, refusals as JSON on stderr
 *   load    file -> statement reader -> statement_file, statement, statement_entry, finding,
 *                                       audit leaf                     (one tx per statement)
 *   watch   the same for every file that is put into a folder
 *   run     the same for every message of a topic, stream or queue, with its position
 *                                                                    (one tx per batch)
 *   check   as load, told statement by statement, and rolled back
 *   release, policy (maker)     statement_proposal, audit leaf                      (one tx)
 *   release, policy (checker)   statement_decision, what it decides, audit leaf     (one tx)
 *   list, show, findings, original   what is stored -> stdout                     (reads only)
 *
 * Restart: a file and a statement are known by their content; what was stored is not stored again.
 */
#include "message.h"
#include "statement.h"

#include "runtime/stream.h"

static const struct option_spec statement_options[] = {
    MESSAGE_OPTIONS, STREAM_SOURCE_OPTIONS("statement"),
    STREAM_OPTIONS_OF(false), /* the other commands need no key */
};

static const struct command commands[] = {
    {.name = "watch",
     .arguments = "[--profile P] [--csv-profile YAML]... DIR",
     .summary = "load every file put into a folder, then move it to done/ or refused/",
     .example = "sawa-statement --config sawa.yaml watch /var/spool/sawa/statements",
     .run = watch_command},
    {.name = "run",
     .arguments = "[--profile P] [--csv-profile YAML]...",
     .summary = "load statement files that come as messages, one file a message",
     .example = "sawa-statement --config sawa.yaml run\n"
                "sawa-statement --config sawa.yaml --set statement.source=queue run",
     .run = run_command},
    {.name = "load",
     .arguments = "[--profile P] [--csv-profile YAML]... FILE...",
     .summary = "load statement files; what is known already changes nothing",
     .example = "sawa-statement load camt053-20260302.xml",
     .run = load_command,
     .answers = true},
    {.name = "check",
     .arguments = "[--profile P] [--csv-profile YAML]... FILE...",
     .summary =
         "what load would do, statement by statement, against what is stored; changes nothing",
     .example = "sawa-statement check camt053-20260302.xml",
     .run = check_command,
     .answers = true},
    {.name = "parse",
     .arguments =
         "[--profile P] [--csv-profile YAML]... [--format json|csv|table] [--pretty] FILE...",
     .summary =
         "print statements as JSON, one object per line, or entries as CSV or a table; \"-\" is"
         " stdin, a zip or gzip is read member by member",
     .example = "sawa-statement parse --pretty camt053-20260302.xml\n"
                "sawa-statement parse --format table statements.zip",
     .run = parse_command,
     .answers = true},
    {.name = "list",
     .arguments =
         "[--account CODE] [--state LOADED|HELD|REFUSED] [--from DATE] [--to DATE] [--limit N]"
         " [--json]",
     .summary = "statements that came in, the newest first",
     .example = "sawa-statement list --state HELD\n"
                "sawa-statement list --account NOSTRO:NOSTRO-KES --from 2026-03-01",
     .run = list_command,
     .answers = true},
    {.name = "show",
     .arguments = "[--json] STATEMENT",
     .summary = "the entries of a statement; its number is in list",
     .example = "sawa-statement show 17",
     .run = show_command,
     .answers = true},
    {.name = "findings",
     .arguments = "[--severity error|warning|info] [--limit N] [--json] [STATEMENT]",
     .summary = "what was found wrong with a statement, or with the last ones and refused files",
     .example = "sawa-statement findings 17\nsawa-statement findings --severity error",
     .run = findings_command,
     .answers = true},
    {.name = "original",
     .arguments = "FILE",
     .summary = "the bytes of a file as it came, to stdout; its number is in list and findings",
     .example = "sawa-statement original 9 >camt053-20260302.xml",
     .run = original_command,
     .answers = true},
    {.name = "release",
     .arguments = "list [--limit N] [--json]"
                  " | propose STATEMENT [--refuse] --reason TEXT [--by NAME] [--execute]"
                  " | approve PROPOSAL --reason TEXT [--by NAME] [--profile P]"
                  " [--csv-profile YAML]... [--execute]"
                  " | reject PROPOSAL --reason TEXT [--by NAME] [--execute]",
     .summary = "load a held statement after all, or never: one person proposes, another approves",
     .example = "sawa statement list --state HELD\n"
                "sawa statement release propose 17 --reason 'the bank confirmed it' --by ann"
                " --execute\n"
                "sawa statement release approve 3 --reason 'seen the letter'\n"
                "sawa statement release approve 3 --reason 'seen the letter' --by bob --execute",
     .run = release_command,
     .answers = true},
    {.name = "policy",
     .arguments = "list [--json] | history [--limit N] [--json]"
                  " | propose FINDING hold|load|default [--account CODE] --reason TEXT [--by NAME]"
                  " [--execute]"
                  " | approve PROPOSAL --reason TEXT [--by NAME] [--execute]"
                  " | reject PROPOSAL --reason TEXT [--by NAME] [--execute]",
     .summary = "which findings hold a statement for a person; two people change it",
     .example = "sawa statement policy list\n"
                "sawa statement policy propose balance_mismatch hold --account NOSTRO:NOSTRO-KES"
                " --reason 'no sum, no load' --execute\n"
                "sawa statement policy approve 4 --reason agreed --execute",
     .run = policy_command,
     .answers = true},
    {.name = "profiles",
     .arguments = "",
     .summary = "the bank profiles that --profile knows",
     .example = "sawa-statement profiles",
     .run = profiles_command,
     .answers = true},
};

static const struct program statement_program = {
    .name = "sawa-statement",
    .purpose = "reads banks' statements into entries and findings",
    .options = statement_options,
    .option_count = COUNT_OF(statement_options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &statement_program);
}
