/*
 * parked.c - parked list and parked discard.
 *
 * Discarding is a decision like any other: the row and its bytes stay, its state says DISCARDED
 * and which commit said so. All places of one command are discarded in one transaction.
 */
#include "replay.h"

#include "base/clock.h"
#include "replay_sql.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- which records ---- */

static enum status parked_rows(struct db *db, const struct arguments *arguments,
                               struct error *error, struct result **ret_rows)
{
    struct source_filter filter;
    struct params params;
    enum status status = source_filter_read(arguments->source, error, &filter);

    if (status != OK)
        return status;
    params_init(&params, REPLAY_PARAMS_MAX);
    source_filter_params(&filter, &params);
    params_int32(&params, arguments->partition);
    params_string(&params, arguments->parked_as);
    params_string(&params, arguments->since);
    params_bool(&params, arguments->all);
    params_int32(&params, arguments->limit);
    return db_run_once(db, replay_sql_parked_list, &params, error, ret_rows);
}

static void place_of_row(const struct result *rows, int row, struct place *place)
{
    snprintf(place->source, sizeof place->source, "%.*s:%lld", TEXT_ARG(result_text(rows, row, 0)),
             (long long)result_int64(rows, row, 1));
    place->partition = (int32_t)result_int64(rows, row, 2);
    place->offset = result_int64(rows, row, 3);
}

static enum status places_of_rows(struct db *db, const struct arguments *arguments,
                                  struct error *error, struct places *ret_places)
{
    struct result *rows = NULL;
    enum status status = parked_rows(db, arguments, error, &rows);

    if (status == OK) {
        ret_places->count = (size_t)result_rows(rows);
        ret_places->list = calloc(ret_places->count + 1, sizeof *ret_places->list);
        assert(ret_places->list != NULL);
    }
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        place_of_row(rows, i, &ret_places->list[i]);
    result_free(rows);
    return status;
}

static enum status places_of_words(const struct arguments *arguments, struct error *error,
                                   struct places *ret_places)
{
    ret_places->list = calloc(arguments->place_count, sizeof *ret_places->list);
    assert(ret_places->list != NULL);
    for (size_t i = 0; i < arguments->place_count; i++) {
        if (!place_parse(arguments->places[i], &ret_places->list[i])) {
            error_set(error, REJECT, "%.120s is no PLACE", arguments->places[i]);
            error_hint(error, "write TOPIC[:GENERATION]/PARTITION@OFFSET");
            error->exit_code = EXIT_USAGE;
            return REJECT;
        }
    }
    ret_places->count = arguments->place_count;
    return OK;
}

static bool has_filter(const struct arguments *arguments)
{
    return arguments->source != NULL || arguments->partition >= 0 || arguments->parked_as != NULL ||
           arguments->since != NULL;
}

enum status places_collect(struct db *db, const struct arguments *arguments, struct error *error,
                           struct places *ret_places)
{
    *ret_places = (struct places){0};
    if (has_filter(arguments) == (arguments->place_count > 0)) {
        error_set(error, REJECT, "name the records either by PLACE or by a filter");
        error->exit_code = EXIT_USAGE;
        return REJECT;
    }
    return arguments->place_count > 0 ? places_of_words(arguments, error, ret_places)
                                      : places_of_rows(db, arguments, error, ret_places);
}

void places_done(struct places *places)
{
    free(places->list);
    *places = (struct places){0};
}

/* ---- list ---- */

static void json_row(struct buffer *out, const struct result *rows, int row)
{
    char parked_at[INSTANT_TEXT_SIZE];

    instant_format(result_instant(rows, row, 6), parked_at);
    buffer_string(out, "{\"topic\":");
    buffer_json(out, result_text(rows, row, 0));
    buffer_format(out, ",\"generation\":%lld,\"partition\":%lld,\"offset\":%lld,\"reason\":",
                  (long long)result_int64(rows, row, 1), (long long)result_int64(rows, row, 2),
                  (long long)result_int64(rows, row, 3));
    buffer_json(out, result_text(rows, row, 4));
    buffer_string(out, ",\"state\":");
    buffer_json(out, result_text(rows, row, 5));
    buffer_format(out, ",\"parked_at\":\"%s\",\"size\":%lld,\"decided_commit_id\":", parked_at,
                  (long long)result_int64(rows, row, 7));
    if (result_is_null(rows, row, 8))
        buffer_string(out, "null");
    else
        buffer_format(out, "%lld", (long long)result_int64(rows, row, 8));
    if (!result_is_null(rows, row, 10))
        instant_format(result_instant(rows, row, 10), parked_at);
    buffer_format(out, ",\"erased_at\":%s%s%s}\n", result_is_null(rows, row, 10) ? "" : "\"",
                  result_is_null(rows, row, 10) ? "null" : parked_at,
                  result_is_null(rows, row, 10) ? "" : "\"");
}

static void print_row(struct buffer *out, const struct result *rows, int row)
{
    char parked_at[INSTANT_TEXT_SIZE];
    struct place place;
    char name[sizeof place.source + 40];

    place_of_row(rows, row, &place);
    snprintf(name, sizeof name, "%s/%d@%lld", place.source, place.partition,
             (long long)place.offset);
    instant_format(result_instant(rows, row, 6), parked_at);
    buffer_format(out, "%-32s %.19sZ  %-9.*s %.*s%s\n", name, parked_at,
                  TEXT_ARG(result_text(rows, row, 5)), TEXT_ARG(result_text(rows, row, 4)),
                  result_is_null(rows, row, 10) ? "" : "  (erased)");
}

static void print_rest(struct buffer *out, const struct result *rows)
{
    int64_t total = result_rows(rows) == 0 ? 0 : result_int64(rows, 0, 9);

    if (total > result_rows(rows))
        buffer_format(out, "and %lld more: --limit N\n", (long long)(total - result_rows(rows)));
}

int parked_list(struct program_run *run, const struct arguments *arguments)
{
    struct session session = {0};
    struct result *rows = NULL;
    struct buffer out;
    struct error error;
    enum status status = session_open(run, &error, &session);

    if (status == OK)
        status = parked_rows(session.db, arguments, &error, &rows);
    buffer_init(&out, REPLAY_OUT_MAX);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        (arguments->json ? json_row : print_row)(&out, rows, i);
    if (status == OK && !arguments->json)
        print_rest(&out, rows);
    result_free(rows);
    session_done(&session);
    if (status == OK)
        return program_answer(&out, EXIT_OK);
    buffer_done(&out);
    return program_fail(&error);
}

/* ---- what becomes of one ---- */

enum status parked_decide(struct decision *decision, const struct parked_record *parked,
                          const char *state, const char *outcome, struct error *error)
{
    struct params params;
    struct result *decided = NULL;
    enum status status;

    params_init(&params, REPLAY_PARAMS_MAX);
    params_int32(&params, parked->source_id);
    params_int32(&params, parked->partition);
    params_int64(&params, parked->offset);
    params_string(&params, state);
    params_int64(&params, decision->tx.commit_id);
    status = db_run_once(decision->tx.db, replay_sql_parked_decide, &params, error, &decided);
    if (status == OK && result_affected(decided) != 1)
        status = error_set(error, FATAL, "a parked record was decided on behind our lock");
    result_free(decided);
    if (status != OK)
        return status;
    return decision_note(decision, outcome, parked->source_id, parked->partition, parked->offset,
                         error);
}

/* ---- discard ---- */

static void discard_print(const struct place *place, const struct parked_record *parked)
{
    bool open = strcmp(parked->state, "PARKED") == 0;

    printf("%s/%d@%lld  %s: %s%s\n", place->source, place->partition, (long long)place->offset,
           parked->reason,
           open ? "is discarded" : "was decided before: ", open ? "" : parked->state);
}

/* decision NULL: only looks. */
static enum status discard_one(struct db *db, struct decision *decision, const struct place *place,
                               struct error *error, size_t *open_count)
{
    struct parked_record parked;
    enum status status = parked_record_read(db, NULL, place, decision != NULL, error, &parked);
    bool open = status == OK && strcmp(parked.state, "PARKED") == 0; /* (3) */

    if (status == OK && decision == NULL)
        discard_print(place, &parked);
    if (open && decision != NULL)
        status = parked_decide(decision, &parked, "DISCARDED", "discarded", error);
    *open_count += open ? 1 : 0;
    parked_record_done(&parked);
    return status;
}

static enum status discard_all(struct db *db, struct decision *decision,
                               const struct places *places, struct error *error,
                               size_t *ret_open_count)
{
    enum status status = OK;

    *ret_open_count = 0;
    for (size_t i = 0; status == OK && i < places->count; i++)
        status = discard_one(db, decision, &places->list[i], error, ret_open_count);
    return status;
}

static enum status discard_execute(struct program_run *run, struct session *session,
                                   const struct arguments *arguments, const struct places *places,
                                   struct error *error)
{
    struct decision decision;
    size_t count = 0;
    enum status status =
        decision_begin(run, session, "parked_discard", arguments, error, &decision);

    if (status != OK)
        return status;
    status = discard_all(session->db, &decision, places, error, &count);
    if (status == OK && count == 0) { /* somebody else was faster: nothing is left to say */
        business_abandon(&decision.tx);
        return OK;
    }
    return business_finish(&decision.tx, status, error);
}

int parked_discard(struct program_run *run, const struct arguments *arguments)
{
    struct session session = {0};
    struct places places = {0};
    struct error error;
    size_t open_count = 0;
    enum status status = session_open(run, &error, &session);

    if (status == OK)
        status = places_collect(session.db, arguments, &error, &places);
    if (status == OK)
        status = discard_all(session.db, NULL, &places, &error, &open_count);
    if (status == OK && open_count > 0 && arguments->execute)
        status = discard_execute(run, &session, arguments, &places, &error);
    places_done(&places);
    session_done(&session);
    if (status != OK)
        return program_fail(&error);
    dry_run_print(arguments);
    return EXIT_OK;
}
