/*
 * watch.c - sawa-statement watch DIR: a drop folder.
 *
 *   DIR/file ── load ──> DIR/done/file        loaded, or held, or known already
 *                  └───> DIR/refused/file     refused whole
 *
 * Whoever delivers writes under a name that begins with '.' or ends in .part and renames when
 * the file is whole. A file that cannot be moved away is not an endless loop: its digest is known.
 */
#include "load.h"

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

static void answer_log(const struct load_answer *answer, const struct error *error)
{
    if (answer->known)
        log_info("file_known", "statement file known already",
                 LOG_BOOL("refused", answer->refused));
    else if (answer->refused)
        log_error_of("file_refused", error);
    else
        log_info("file_loaded", "statement file loaded",
                 LOG_INT("statements", answer->loaded_count), LOG_INT("held", answer->held_count),
                 LOG_INT("duplicates", answer->duplicate_count),
                 LOG_INT("entries", answer->entry_count));
}

static enum status watch_file(struct session *session, const char *folder, const char *name,
                              struct error *error)
{
    char path[WATCH_PATH_MAX];
    struct load_answer answer;
    enum status status;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    status = load_file(session, statement_profile_at(0), path, error, &answer);
    if (status != OK)
        return status;
    answer_log(&answer, error);
    file_move(folder, name, answer.refused ? "refused" : "done");
    return OK;
}

/* One look into the folder, files in the order of their names. */
static enum status watch_once(struct session *session, const char *folder, struct error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, select_whole, alphasort);
    enum status status = OK;

    if (count < 0) {
        error_configuration(error, "could not read the folder %s", folder);
        return error_detail(error, "%s", strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        if (status == OK && !stop_asked())
            status = watch_file(session, folder, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static enum status watch_loop(struct session *session, const char *folder, struct error *error)
{
    while (!stop_asked()) {
        enum status status = watch_once(session, folder, error);

        if (status == RETRY)
            status = session_await(session, error);
        else if (status == OK)
            session_works(session);
        if (status != OK)
            return status;
        stop_wait(WATCH_INTERVAL_MS);
    }
    return OK;
}

int watch_command(struct program_run *run, int argc, char **argv)
{
    struct session session;
    struct error error;
    enum status status;

    if (argc != 2)
        return program_usage(run, "which folder?");
    if (session_open(run, &error, &session) != OK)
        return program_fail(&error);
    status = watch_loop(&session, argv[1], &error);
    session_done(&session);
    return status == OK || (status == RETRY && stop_asked()) ? EXIT_OK : program_fail(&error);
}
