/*
 * arguments.c - the options of all verbs in one table; a verb names the letters it knows. And what
 * all verbs share.
 */
#include "archive.h"

#include "archive_sql.h"
#include "base/clock.h"

#include <stdio.h>

static const struct option known[] = {
    {"day", required_argument, NULL, 'd'},
    {"before", required_argument, NULL, 'b'},
    {"to", required_argument, NULL, 't'},
    {"files", required_argument, NULL, 't'},
    {"reason", required_argument, NULL, 'r'},
    {"actor", required_argument, NULL, 'a'},
    {"key-file", required_argument, NULL, 'k'},
    {"database", no_argument, NULL, 'D'},
    {"execute", no_argument, NULL, 'x'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static bool option_take(void *context, int option)
{
    struct arguments *arguments = context;

    switch (option) {
    case 'd': return date_parse(text_of(optarg), &arguments->day);
    case 'b': return date_parse(text_of(optarg), &arguments->before);
    case 't': arguments->to = optarg; return true;
    case 'k': arguments->key_file = optarg; return true;
    case 'r': arguments->reason = optarg; return true;
    case 'a': arguments->actor = optarg; return true;
    case 'D': arguments->database = true; return true;
    case 'x': arguments->execute = true; return true;
    case 'j': arguments->json = true; return true;
    default: return false;
    }
}

static bool options_read(int argc, char **argv, const struct verb *verb,
                         struct arguments *arguments)
{
    if (!program_options(argc, argv, known, verb->options, option_take, arguments))
        return false;
    arguments->files = argv + optind;
    arguments->file_count = (size_t)(argc - optind);
    return true;
}

int verb_run(struct program_run *run, int argc, char **argv, const struct verb *verb)
{
    struct arguments arguments = {.day = DATE_NONE, .before = DATE_NONE};

    if (!options_read(argc, argv, verb, &arguments))
        return program_usage(run, "an option is unknown, or its value is none: days are written "
                                  "2026-11-20");
    if (verb->takes_files && arguments.file_count == 0)
        return program_usage(run, "name at least one FILE");
    if (!verb->takes_files && arguments.file_count > 0)
        return program_usage(run, "%.80s is no option", arguments.files[0]);
    if (verb->decides && arguments.execute &&
        (!string_has_words(arguments.reason) || !string_has_words(arguments.actor)))
        return program_usage(run, "--execute wants --reason TEXT and --actor NAME"); /* (1) */
    return verb->run(run, &arguments);
}

enum status folder_of(const struct program_run *run, const struct arguments *arguments,
                      struct error *error, const char **ret_folder)
{
    const char *folder = arguments->to == NULL
                             ? config_string(run->config, "retention.archive_directory")
                             : arguments->to;

    if (folder == NULL || folder[0] == '\0' || strlen(folder) > PATH_SIZE - 256) {
        error_configuration(error, "no folder for archive files is named");
        return error_hint(error, "set retention.archive_directory, or name it on the command line");
    }
    *ret_folder = folder;
    return OK;
}

int64_t keep_days(const struct program_run *run, const char *parent)
{
    return config_int(run->config, strcmp(parent, "payment") == 0 ? "retention.payment_days"
                                                                  : "retention.raw_days");
}

enum status decision_begin(const struct program_run *run, struct session *session,
                           const char *action, const struct arguments *arguments,
                           struct error *error, struct decision *ret_decision)
{
    struct params params;
    enum status status;

    assert(arguments->execute); /* (1) */
    status = actor_hash(run->config, arguments->actor, error, ret_decision->actor);
    if (status == OK)
        status = business_begin(session->db, action, session->worker, clock_now_us(), error,
                                &ret_decision->tx);
    if (status != OK)
        return status;
    ret_decision->tx.leaf.actor = text_of(ret_decision->actor);
    effects_row(&ret_decision->tx.effects, "retention_action", 2);
    effects_text(&ret_decision->tx.effects, text_of(action));
    effects_text(&ret_decision->tx.effects, text_of(arguments->reason));
    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_int64(&params, ret_decision->tx.commit_id);
    params_string(&params, action);
    params_string(&params, arguments->reason);
    params_string(&params, arguments->actor);
    status = db_run_once(session->db, archive_sql_action_insert, &params, error, NULL);
    if (status != OK)
        business_abandon(&ret_decision->tx);
    return status;
}
