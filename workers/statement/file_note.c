/*
 * file_note.c - see file_note.h.
 */
#include "file_note.h"

#include "load.h"

#include "base/clock.h"

#include "statement_sql.h"

#include <string.h>

enum { PARAMS_SIZE_MAX = 64 * 1024 };

enum status file_find(struct db *db, const struct digest *digest, struct error *error,
                      struct file_known *ret_known)
{
    struct file_known known = {0};
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_bytes(&params, digest->bytes, SHA256_SIZE);
    status = db_run_once(db, statement_sql_file_find, &params, error, &rows);
    if (status == OK && result_rows(rows) == 1) {
        known.file_id = result_int64(rows, 0, 0);
        known.is_through = !text_is(result_text(rows, 0, 1), "LOADING");
        known.is_refused = text_is(result_text(rows, 0, 1), "REFUSED");
    }
    result_free(rows);
    if (status == OK)
        *ret_known = known;
    return status;
}

/* The name without folders: they say where it lay, not what it is. */
static struct text name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct text name = text_of(slash == NULL ? path : slash + 1);

    return text_is_utf8(name) ? name : TEXT("?");
}

static void file_effect(const struct file_note *note, const char *state, struct effects *effects)
{
    effects_row(effects, "statement_file", 2);
    effects_text(effects, (struct text){(const char *)note->digest.bytes, SHA256_SIZE});
    effects_text(effects, text_of(state));
}

enum status file_take(struct db *db, const struct file_note *note, const char *state,
                      struct effects *effects, struct error *error, int64_t *ret_file_id)
{
    struct params params;
    struct file_known known = {0};
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_bytes(&params, note->digest.bytes, SHA256_SIZE);
    params_text(&params, name_of(note->name));
    params_int64(&params, note->size);
    params_instant(&params, clock_now_us());
    params_string(&params, state);
    status = db_run_once(db, statement_sql_file_take, &params, error, NULL);
    file_effect(note, state, effects);
    if (status == OK)
        status = file_find(db, &note->digest, error, &known);
    if (status == OK)
        *ret_file_id = known.file_id;
    return status;
}

enum status file_state_set(struct db *db, int64_t file_id, const char *state, struct error *error)
{
    struct params params;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, file_id);
    params_string(&params, state);
    return db_run_once(db, statement_sql_file_state, &params, error, NULL);
}

enum status file_refusal_note(struct db *db, int64_t file_id, const struct error *refusal,
                              struct error *error)
{
    const struct load_place place = {.file_id = file_id};
    struct finding finding = {.code = finding_of_name(text_of(refusal->subject)),
                              .line = refusal->line,
                              .text = text_of(refusal->detail)};

    if (finding.code == FINDING_NONE)
        finding.code = REFUSED_UNDECODABLE;
    return findings_insert(db, &place, 0, &finding, 1, error);
}
