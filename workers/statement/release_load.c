/*
 * release_load.c - a held statement from the original of its file; see release.h (4).
 */
#include "release.h"

#include <stdlib.h>

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

static enum status again_feed(void *context, struct text piece, struct error *error)
{
    return statement_reader_feed(context, piece, error);
}

static enum status original_load(struct again *again, struct error *error)
{
    const struct statement_sink sink = {.context = again,
                                        .entry = again_entry,
                                        .statement = again_statement};
    struct statement_reader *reader =
        statement_reader_new(&statement_limits_default, again->order->profile, &sink);
    enum status status = original_read(again->session->db, again->order->seal,
                                       again->place->file_id, again_feed, reader, error);

    if (status == OK)
        status = statement_reader_end(reader, error);
    statement_reader_free(reader);
    if (status == OK && again->ordinal < again->place->ordinal)
        status = release_refuse(error, "its file reads otherwise now than when it came",
                                "give the --profile or --csv-profile it was loaded with");
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
    status = entry_spool_open(&again->entries, error);
    if (status == OK)
        status = original_load(again, error);
    entry_spool_close(&again->entries);
    free(again);
    return status;
}
