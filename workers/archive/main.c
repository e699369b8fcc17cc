/*
 * workers/archive/main.c
 *   Raw records to files, and what is old enough let go, unless something still needs it.
 *
 *   export   batch_raw, batch, leaves -> a file per day; archive_file, audit leaf    (one tx a day)
 *   verify   a file -> whole, proven, what the database has                          (reads only)
 *   expire   days of payment and batch_raw -> expired_day, audit leaf (one tx a day), then detached
 *            and dropped; parked records -> bytes erased, audit leaf               (one tx for 500)
 *
 * Restart: nothing runs on. A verb that was cut off is given again and finishes what was begun.
 */
#include "archive.h"

#include "runtime/stream.h"

/* clang-format off */
static const struct option_spec options[] = {
    {.key = "retention.payment_days", .type = OPTION_INT, .standard = "400", .min = 30,
     .max = 40000, .unit = "days",
     .meaning = "how long payments stay in the database; none older is taken once a day has gone"},
    {.key = "retention.raw_days", .type = OPTION_INT, .standard = "90", .min = 30, .max = 40000,
     .unit = "days", .meaning = "how long raw records stay in the database beside their file"},
    {.key = "retention.parked_days", .type = OPTION_INT, .standard = "400", .min = 30,
     .max = 40000, .unit = "days",
     .meaning = "how long a parked record keeps its bytes after it was decided on"},
    {.key = "retention.archive_directory", .type = OPTION_PATH,
     .meaning = "folder of archive files: written by export, read again by expire"},
    {.key = "retention.owner_dsn", .type = OPTION_STRING,
     .meaning = "a login that may become sawa_owner, to detach days; a secret goes into passfile"},
    STREAM_OPTIONS_OF(false),
};
/* clang-format on */

static int show_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {.options = "dj", .run = show_verb};

    return verb_run(run, argc, argv, &verb);
}

static int export_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {.options = "dbt", .run = export_verb};

    return verb_run(run, argc, argv, &verb);
}

static int verify_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {.options = "Dk", .takes_files = true, .run = verify_verb};

    return verb_run(run, argc, argv, &verb);
}

static int expire_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {.options = "btxra", .decides = true, .run = expire_verb};

    return verb_run(run, argc, argv, &verb);
}

static const struct command commands[] = {
    {.name = "show",
     .arguments = "[--day DATE] [--json]",
     .summary = "every day: how large, kept until when, in which file, and what holds it",
     .example = "sawa archive show\n"
                "sawa archive show --day 2026-11-20",
     .run = show_command,
     .answers = true},
    {.name = "export",
     .arguments = "[--day DATE | --before DATE] [--to FOLDER]",
     .summary = "write days of raw records that are over to files, one a day, sealed as they are",
     .example = "sawa archive export --to /var/lib/sawa/archive\n"
                "sawa archive export --day 2026-11-20",
     .run = export_command,
     .answers = true},
    {.name = "verify",
     .arguments = "[--key-file FILE] [--database] FILE...",
     .summary = "is a file whole, and does it prove itself; with the key file it is opened too",
     .example = "sawa archive verify batch_raw-2026-11-20.1.sawa\n"
                "sawa archive verify --key-file /etc/sawa/kek --database batch_raw-*.sawa",
     .run = verify_command,
     .answers = true},
    {.name = "expire",
     .arguments = "[--before DATE] [--files FOLDER] "
                  "[--execute --reason TEXT --actor NAME]",
     .summary = "let go what is old enough: days are dropped, parked records lose their bytes",
     .example = "sawa archive expire\n"
                "sawa archive expire --execute --reason 'policy 7' --actor cron",
     .run = expire_command,
     .answers = true},
};

static const struct program archive_program = {
    .name = "sawa-archive",
    .purpose = "writes raw records to files, and lets go what is old enough",
    .options = options,
    .option_count = COUNT_OF(options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &archive_program);
}
