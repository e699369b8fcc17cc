/*
 * watch.c - sawa-statement watch [--profile P] [--csv-profile YAML].. DIR: a drop folder.
 *
 *   DIR/file ── load ──> DIR/done/file        loaded, or held, or known already
 *                  └───> DIR/refused/file     refused whole, or a zip with a member that was
 *
 * Whoever delivers writes under a name that begins with '.' or ends in .part and renames when
 * the file is whole. A file that cannot be moved away is not an endless loop: its digest is known.
 */
#include "load.h"
#include "profiles.h"
#include "statement.h"

#include "runtime/stop.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WATCH_PATH_MAX = 4096, WATCH_INTERVAL_MS = 1000 };

static bool is_whole(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);

    if (entry->d_name[0] == '.' || (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN))
        return false;
    return size < 5 || strcmp(entry->d_name + size - 5, ".part") != 0;
}

static int select_whole(const struct dirent *entry)
{
    return is_whole(entry);
}

static void file_move(const char *folder, const char *name, const char *where)
{
    char from[WATCH_PATH_MAX];
    char to[WATCH_PATH_MAX];

    snprintf(from, sizeof from, "%s/%s", folder, name);
    snprintf(to, sizeof to, "%s/%s", folder, where);
    if (mkdir(to, 0750) != 0 && errno != EEXIST)
        log_warn("file_stays", "a folder for files that were read could not be made",
                 LOG_INT("errno", errno));
    snprintf(to, sizeof to, "%s/%s/%s", folder, where, name);
    if (rename(from, to) != 0)
        log_warn("file_stays", "a file that was read could not be moved", LOG_INT("errno", errno));
}

/* context tells whether anything was refused. */
static void answer_log(void *context, const char *name, const struct load_answer *answer,
                       const struct error *refusal)
{
    bool *refused = context;

    (void)name; /* names come from outside; the digest is in the database */
    *refused = *refused || answer->refused;
    if (answer->known)
        log_info("file_known", "statement file known already",
                 LOG_BOOL("refused", answer->refused));
    else if (answer->refused)
        log_error_of("file_refused", refusal);
    else
        log_info("file_loaded", "statement file loaded",
                 LOG_INT("statements", answer->loaded_count), LOG_INT("held", answer->held_count),
                 LOG_INT("duplicates", answer->duplicate_count),
                 LOG_INT("entries", answer->entry_count));
}

struct watch {
    struct session session;
    struct profiles profiles;
    struct original_seal seal;
    const char *folder;
};

static enum status watch_file(struct watch *watch, const char *name, struct error *error)
{
    bool refused = false;
    const struct load_order order = {.profile = profiles_chosen(&watch->profiles),
                                     .seal = &watch->seal,
                                     .context = &refused,
                                     .tell = answer_log};
    char path[WATCH_PATH_MAX];
    enum status status;

    snprintf(path, sizeof path, "%s/%s", watch->folder, name);
    status = load_file(&watch->session, &order, path, error);
    if (status == OK)
        file_move(watch->folder, name, refused ? "refused" : "done");
    return status;
}

/* One look into the folder, files in the order of their names. */
static enum status watch_once(struct watch *watch, struct error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(watch->folder, &entries, select_whole, alphasort);
    enum status status = OK;

    if (count < 0) {
        error_configuration(error, "could not read the folder %s", watch->folder);
        return error_detail(error, "%s", strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        if (status == OK && !stop_asked())
            status = watch_file(watch, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static enum status watch_loop(struct watch *watch, struct error *error)
{
    while (!stop_asked()) {
        enum status status = watch_once(watch, error);

        if (status == RETRY)
            status = session_await(&watch->session, error);
        else if (status == OK)
            session_works(&watch->session);
        if (status != OK)
            return status;
        stop_wait(WATCH_INTERVAL_MS);
    }
    return OK;
}

static int watch_run(struct program_run *run, struct watch *watch)
{
    struct error error;
    enum status status;

    if (original_seal_read(run->config, &error, &watch->seal) != OK ||
        session_open(run, &error, &watch->session) != OK)
        return program_fail(&error);
    status = watch_loop(watch, &error);
    session_done(&watch->session);
    return status == OK || (status == RETRY && stop_asked()) ? EXIT_OK : program_fail(&error);
}

int watch_command(struct program_run *run, int argc, char **argv)
{
    static struct watch watch; /* the profiles are large */
    int code = profiles_read(run, argc, argv, &watch.profiles);

    if (code == EXIT_OK && argc - optind != 1)
        code = program_usage(run, "which folder?");
    if (code == EXIT_OK) {
        watch.folder = argv[optind];
        code = watch_run(run, &watch);
    }
    profiles_done(&watch.profiles);
    return code;
}
