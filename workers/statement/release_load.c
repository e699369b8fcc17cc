/*
 * release_load.c - a held statement from the original of its file; see release.h (4).
 */
#include "release.h"

#include "original.h"

#include "statement_sql.h"

#include <stdlib.h>

enum { PARAMS_SIZE_MAX = 4096 };

/* The file is read whole; of its statements one is loaded. */
struct again {
    struct session *session;
    const struct load_order *order;
    const struct load_place *place;
    struct entry_spool entries;
    struct load_answer *answer;
    int32_t ordinal; /* of the statement that was read last */
};

static enum status again_entry(void *context, const struct statement *statement,
                               const struct statement_entry *entry, struct error *error)
{
    struct again *again = context;

    (void)statement;
    return again->ordinal + 1 == again->place->ordinal
               ? entry_spool_add(&again->entries, entry, error)
               : OK;
}

static enum status again_statement(void *context, const struct statement *statement,
                                   struct error *error)
{
    struct again *again = context;
    struct load_place place = *again->place;

    place.entries = &again->entries;
    return ++again->ordinal == place.ordinal ? load_statement(again->session, again->order, &place,
                                                              statement, error, again->answer)
                                             : OK;
}

static enum status bytes_load(struct again *again, struct text bytes, struct error *error)
{
    const struct statement_sink sink = {.context = again,
                                        .entry = again_entry,
                                        .statement = again_statement};
    struct statement_reader *reader =
        statement_reader_new(&statement_limits_default, again->order->profile, &sink);
    enum status status = statement_reader_feed(reader, bytes, error);

    if (status == OK)
        status = statement_reader_end(reader, error);
    statement_reader_free(reader);
    if (status == OK && again->ordinal < again->place->ordinal)
        status = release_refuse(error, "its file reads otherwise now than when it came",
                                "give the --profile or --csv-profile it was loaded with");
    return status;
}

static enum status rows_load(struct again *again, const struct result *rows, struct error *error)
{
    struct buffer plain;
    const char *wrong = original_open(rows, &plain);
    enum status status =
        wrong == NULL ? bytes_load(again, buffer_view(&plain), error)
                      : release_refuse(error, wrong, "load the file again once it is refused");

    buffer_done(&plain);
    return status;
}

static enum status original_load(struct again *again, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status = entry_spool_open(&again->entries, error);

    if (status != OK)
        return status;
    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, again->place->file_id);
    status = db_run_once(again->session->db, statement_sql_original, &params, error, &rows);
    if (status == OK)
        status = rows_load(again, rows, error);
    result_free(rows);
    entry_spool_close(&again->entries);
    return status;
}

enum status release_load(struct session *session, const struct load_order *order,
                         const struct load_place *place, struct error *error,
                         struct load_answer *answer)
{
    struct again *again = calloc(1, sizeof *again);
    enum status status;

    assert(again != NULL && place->within != NULL && place->release != NULL);
    again->session = session;
    again->order = order;
    again->place = place;
    again->answer = answer;
    status = original_load(again, error);
    free(again);
    return status;
}
