/*
 * run.c - sawa-statement run [--profile P] [--csv-profile YAML]..: statements from a topic, a
 * stream or a queue, until asked to stop. What happens to them: message.h.
 */
#include "message.h"
#include "profiles.h"
#include "statement.h"

#include "base/config.h"
#include "runtime/stream.h"

#include <getopt.h>
#include <string.h>

/* Lines of a file are no files. */
static int source_refuse(void)
{
    struct error error;

    error_configuration(&error, "statement.source: file is not how statement files come");
    error_hint(&error, "a folder is watched: sawa-statement watch DIR");
    return program_fail(&error);
}

int run_command(struct program_run *run, int argc, char **argv)
{
    static struct profiles profiles; /* large */
    int code = profiles_read(run, argc, argv, &profiles);

    if (code == EXIT_OK && optind < argc)
        code = program_usage(run, "run takes options only");
    if (code == EXIT_OK && strcmp(config_string(run->config, "statement.source"), "file") == 0)
        code = source_refuse();
    if (code == EXIT_OK) {
        message_profile_set(profiles_chosen(&profiles));
        code = stream_run(run, &message_ops);
    }
    profiles_done(&profiles);
    return code;
}
