/*
 * judge.c - the verdicts that need the database: windows behind their gates, and suspects.
 *
 * THE GATE. Under a shared advisory lock per window, taken in id order, the windows are read in
 * a later statement: a close that ran meanwhile is seen, one that comes waits for our COMMIT.
 * Rows whose window takes no more payments go to the next open one of their corridor; that
 * window's gate is taken too, until nothing changes.
 *
 * SUSPECTS. In record order, each is compared with what the table holds and with earlier rows of
 * this batch, first by event id, then by transfer:
 *
 *   event id known, same content       DUPLICATE
 *   event id known, other content      REJECT same_id_different_content
 *   transfer known under another id    REJECT transfer_already_recorded
 *   neither, but the record is in doubt   REJECT for what its source has against it
 *
 * ONE TRANSFER, TWO DAYS. A payment stands under the day of its event id. Reports of a transfer
 * share only the day it was accepted, so they meet at the gates of that day (day_gate.sql); one
 * under another day also enters transfer_seen, where the others look.
 *
 * DAYS THAT WERE LET GO. sawa-archive drops days of payments that are old enough, in one decision
 * with expired_day (day_expire). A batch that carries an old day holds the gate of that decision,
 * shared, and asks in a later statement from which day on payments are kept: what is older, by its
 * event day or by the day it was accepted, is refused, so a day that is gone is never written again
 * and nothing of it is applied twice.
 */
#include "base/clock.h"
#include "base/uuid_map.h"
#include "ingest.h"
#include "ingest_sql.h"

#include <stdlib.h>

enum { DAYS_MAX = 1024, GATES_MAX = 4096, JUDGE_PARAMS_MAX = 64 * 1024 * 1024 };

/* day_expire never lets the last seven days go; the other two are for clocks that differ. */
enum { DAYS_NEVER_EXPIRED = 5 };

/* ---- the gate ---- */

struct gates {
    size_t count;
    int64_t ids[GATES_MAX]; /* ascending */
};

static bool gates_add(struct gates *gates, int64_t window_id)
{
    size_t at = gates->count;

    while (at > 0 && gates->ids[at - 1] >= window_id)
        at--;
    if (at < gates->count && gates->ids[at] == window_id)
        return true;
    if (gates->count == GATES_MAX)
        return false;
    memmove(&gates->ids[at + 1], &gates->ids[at], (gates->count - at) * sizeof gates->ids[0]);
    gates->ids[at] = window_id;
    gates->count++;
    return true;
}

static bool gates_of_rows(const struct batch *batch, struct gates *gates)
{
    int64_t last = 0;

    for (size_t i = 0; i < batch->record_count; i++) {
        const struct ingest_row *row = ingest_row(batch, i);

        if (!batch_is_ok(batch, i) || row->window_id == last)
            continue;
        last = row->window_id;
        if (!gates_add(gates, last))
            return false;
    }
    return true;
}

/* The span of watermarks this batch passes, over all its partitions. */
static bool watermark_span(const struct batch *batch, int64_t *ret_after, int64_t *ret_up_to)
{
    int64_t after = INT64_MAX;
    int64_t up_to = INT64_MIN;

    for (size_t i = 0; i < batch->part_count; i++) {
        const struct batch_part *part = &batch->parts[i];

        if (part->dropped || part->move.watermark_us == part->watermark_before_us)
            continue;
        after = part->watermark_before_us < after ? part->watermark_before_us : after;
        up_to = part->move.watermark_us > up_to ? part->move.watermark_us : up_to;
    }
    *ret_after = after;
    *ret_up_to = up_to;
    return after < up_to;
}

/* Windows whose cut-off lies in the span: their cuts are written, so their gates are taken. */
static enum status crossed_read(const struct batch *batch, struct db *db, struct gates *gates,
                                struct error *error)
{
    struct ingest_extra *extra = batch->extra;
    struct params params;
    struct result *rows = NULL;
    int64_t after;
    int64_t up_to;
    enum status status;

    extra->crossed_count = 0;
    if (!watermark_span(batch, &after, &up_to))
        return OK;
    params_init(&params, 256);
    params_instant(&params, after);
    params_instant(&params, up_to);
    status = db_run_once(db, ingest_sql_windows_crossed, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        if (extra->crossed_count == INGEST_CROSSED_MAX ||
            !gates_add(gates, result_int64(rows, i, 0))) {
            status = error_set(error, FATAL, "one batch passes more than %d cut-offs",
                               INGEST_CROSSED_MAX);
            break;
        }
        extra->crossed[extra->crossed_count++] = (struct ingest_crossed){
            result_int64(rows, i, 0), result_instant(rows, i, 1)};
    }
    result_free(rows);
    return status;
}

static enum status gates_run(struct db *db, const char *sql, const struct gates *gates,
                             struct error *error, struct result **ret_rows)
{
    struct params params;

    params_init(&params, GATES_MAX * 16);
    params_int64_array(&params, gates->ids, gates->count);
    return db_run_once(db, sql, &params, error, ret_rows);
}

static bool id_among(const struct result *rows, int64_t window_id)
{
    for (int i = 0; i < result_rows(rows); i++)
        if (result_int64(rows, i, 0) == window_id)
            return true;
    return false;
}

/* The row was charged by the fees of another version than the window it comes into: it is read
 * and charged again. */
static enum status version_differs(const struct ingest_row *row, struct error *error)
{
    error_set(error, RETRY, "a window closed, and the next one has other fees");
    return error_detail(error, "corridor %d, no longer version %d", row->corridor_id,
                        row->fees->version);
}

/* Rows of a window that takes no more payments move to the next open one after it. */
static enum status row_move_on(const struct result *open, struct ingest_row *row,
                               struct error *error)
{
    for (int i = 0; i < result_rows(open); i++) { /* by corridor and cut-off */
        if (result_int64(open, i, 1) != row->corridor_id ||
            result_instant(open, i, 3) <= row->watermark_us)
            continue;
        if (result_int64(open, i, 4) != row->fees->version)
            return version_differs(row, error);
        row->window_id = result_int64(open, i, 0);
        row->late = row->acceptance_time_us < result_instant(open, i, 2);
        return OK;
    }
    error_set(error, RETRY, "no window is open for a corridor");
    error_detail(error, "corridor %d", row->corridor_id);
    return error_hint(error, "sawa-settle opens windows ahead: see that it runs");
}

static enum status rows_move_on(struct batch *batch, struct db *db, const struct result *closed,
                                struct gates *gates, struct error *error)
{
    struct result *open = NULL;
    enum status status = db_run(db, ingest_sql_windows_open, NULL, error, &open);

    for (size_t i = 0; status == OK && i < batch->record_count; i++) {
        struct ingest_row *row = ingest_row(batch, i);

        if (!batch_is_ok(batch, i) || !id_among(closed, row->window_id))
            continue;
        status = row_move_on(open, row, error);
        if (status == OK && !gates_add(gates, row->window_id))
            status = error_set(error, FATAL, "more than %d windows in one batch", GATES_MAX);
    }
    result_free(open);
    return status;
}

static bool any_row_in(const struct batch *batch, const struct result *closed)
{
    for (size_t i = 0; i < batch->record_count; i++)
        if (batch_is_ok(batch, i) && id_among(closed, ingest_row(batch, i)->window_id))
            return true;
    return false;
}

/* Takes the gates and looks behind them; *ret_settled: every row's window takes payments. */
static enum status gates_pass(struct batch *batch, struct db *db, struct gates *gates,
                              struct error *error, bool *ret_settled)
{
    struct result *closed = NULL;
    enum status status = gates_run(db, ingest_sql_gate, gates, error, NULL);

    *ret_settled = true;
    if (status == OK)
        status = gates_run(db, ingest_sql_windows_not_open, gates, error, &closed);
    if (status == OK && result_rows(closed) > 0 && any_row_in(batch, closed)) {
        *ret_settled = false;
        status = rows_move_on(batch, db, closed, gates, error);
    }
    result_free(closed);
    return status;
}

static enum status windows_judge(struct batch *batch, struct db *db, struct error *error)
{
    struct gates gates = {0};
    bool settled = false;
    enum status status = crossed_read(batch, db, &gates, error);

    if (status == OK && !gates_of_rows(batch, &gates))
        status = error_set(error, FATAL, "more than %d windows in one batch", GATES_MAX);
    if (status == OK && gates.count == 0)
        return OK;
    while (status == OK && !settled) /* ends: each round adds a gate of at most GATES_MAX */
        status = gates_pass(batch, db, &gates, error, &settled);
    return status;
}

/* ---- suspects: what the table knows ---- */

struct suspects {
    size_t count;
    uint32_t *indexes; /* rows, in record order */
    bool *known;       /* event id is in the table ... */
    struct uuid *contents; /* ... with this content */
    bool *recorded;        /* the transfer is in the table */
    struct arena arena;
};

static bool is_suspect(const struct batch *batch, size_t index)
{
    const struct ingest_extra *extra = batch->extra;

    return batch_is_ok(batch, index) &&
           (extra->suspect_all || ingest_row(batch, index)->suspect ||
            batch_doubt_of(batch, index) != REASON_NONE);
}

static bool suspects_collect(const struct batch *batch, struct suspects *suspects)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->record_count; i++)
        count += is_suspect(batch, i) ? 1 : 0;
    arena_init(&suspects->arena, 64 * 1024, JUDGE_PARAMS_MAX);
    suspects->count = 0;
    suspects->indexes = arena_alloc(&suspects->arena, (count + 1) * sizeof(uint32_t));
    suspects->known = arena_alloc(&suspects->arena, (count + 1) * sizeof(bool));
    suspects->contents = arena_alloc(&suspects->arena, (count + 1) * sizeof(struct uuid));
    suspects->recorded = arena_alloc(&suspects->arena, (count + 1) * sizeof(bool));
    if (suspects->indexes == NULL || suspects->known == NULL || suspects->contents == NULL ||
        suspects->recorded == NULL)
        return false;
    for (size_t i = 0; i < batch->record_count; i++)
        if (is_suspect(batch, i))
            suspects->indexes[suspects->count++] = (uint32_t)i;
    return true;
}

/* The questions: which suspects are asked about, by which columns. */
struct question {
    const char *sql;
    bool with_days;      /* $1 days, then ids; else ids alone */
    bool transfers;      /* transfer ids instead of event ids */
    bool without_day;    /* of ids without a day only, else of ids with one only (events) */
};

static bool is_asked(const struct question *question, const struct ingest_row *row)
{
    return question->transfers || row->id_without_day == question->without_day;
}

static void question_params(const struct question *question, const struct batch *batch,
                            struct suspects *suspects, struct params *params, uint32_t *asked,
                            size_t *ret_count)
{
    int32_t *days = arena_alloc(&suspects->arena, (suspects->count + 1) * sizeof *days);
    struct uuid *ids = arena_alloc(&suspects->arena, (suspects->count + 1) * sizeof *ids);
    size_t count = 0;

    assert(days != NULL && ids != NULL);
    for (size_t i = 0; i < suspects->count; i++) {
        const struct ingest_row *row = ingest_row(batch, suspects->indexes[i]);

        if (!is_asked(question, row))
            continue;
        days[count] = question->transfers ? row->accepted_on : row->event_day;
        ids[count] = question->transfers ? *ingest_transfer_id(batch, suspects->indexes[i])
                                         : *ingest_event_id(batch, suspects->indexes[i]);
        asked[count++] = (uint32_t)i;
    }
    if (question->with_days)
        params_date_array(params, days, count);
    params_uuid_array(params, ids, count);
    *ret_count = count;
}

static void answer_take(const struct question *question, const struct result *rows,
                        const uint32_t *asked, struct suspects *suspects)
{
    for (int i = 0; i < result_rows(rows); i++) {
        uint32_t suspect = asked[result_int64(rows, i, 0) - 1];

        if (question->transfers) {
            suspects->recorded[suspect] = true;
        } else {
            suspects->known[suspect] = true;
            suspects->contents[suspect] = result_uuid(rows, i, 1);
        }
    }
}

static enum status question_ask(const struct question *question, const struct batch *batch,
                                struct db *db, struct suspects *suspects, struct error *error)
{
    uint32_t *asked = arena_alloc(&suspects->arena, (suspects->count + 1) * sizeof *asked);
    struct params params;
    struct result *rows = NULL;
    size_t count = 0;
    enum status status = OK;

    if (asked == NULL)
        return error_set(error, FATAL, "out of memory for suspects");
    params_init(&params, JUDGE_PARAMS_MAX);
    question_params(question, batch, suspects, &params, asked, &count);
    if (count > 0)
        status = db_run(db, question->sql, &params, error, &rows);
    if (status == OK && count > 0)
        answer_take(question, rows, asked, suspects);
    result_free(rows);
    params_done(&params);
    return status;
}

static enum status suspects_look_up(const struct batch *batch, struct db *db,
                                    struct suspects *suspects, struct error *error)
{
    static const struct question questions[] = {
        {.sql = ingest_sql_known_events, .with_days = true},
        {.sql = ingest_sql_known_ids, .without_day = true},
        {.sql = ingest_sql_known_transfers, .with_days = true, .transfers = true},
    };
    enum status status = OK;

    for (size_t i = 0; status == OK && i < COUNT_OF(questions); i++)
        status = question_ask(&questions[i], batch, db, suspects, error);
    return status;
}

/* ---- suspects: what earlier rows of this batch say ---- */

/* Who holds the ids that suspects ask for: index + 1 of a row, 0 while nobody does. */
struct holders {
    struct uuid_map events;
    struct uuid_map transfers;
};

static struct uuid_map_slot *event_find(const struct batch *batch, size_t index,
                                        const struct uuid_map *events)
{
    return uuid_map_find(events, ingest_row(batch, index)->event_hash,
                         ingest_event_id(batch, index));
}

static struct uuid_map_slot *transfer_find(const struct batch *batch, size_t index,
                                           const struct uuid_map *transfers)
{
    return uuid_map_find(transfers, ingest_row(batch, index)->transfer_hash,
                         ingest_transfer_id(batch, index));
}

/* A row that stays OK holds its ids from here on, where a suspect asks for them. */
static void holder_take(struct uuid_map_slot *holder, size_t index)
{
    if (holder != NULL && holder->value == 0)
        holder->value = (uint32_t)index + 1;
}

static uint32_t holder_of(const struct uuid_map_slot *holder)
{
    return holder == NULL ? 0 : holder->value;
}

/* The content under the suspect's event id, from the table or from an earlier row. */
static const struct uuid *content_known(const struct batch *batch, const struct suspects *suspects,
                                        size_t suspect, const struct holders *holders)
{
    uint32_t holder = holder_of(event_find(batch, suspects->indexes[suspect], &holders->events));

    if (suspects->known[suspect])
        return &suspects->contents[suspect];
    return holder > 0 ? ingest_content(batch, holder - 1) : NULL;
}

static void suspect_judge(struct batch *batch, const struct suspects *suspects, size_t suspect,
                          const struct holders *holders)
{
    size_t index = suspects->indexes[suspect];
    const struct ingest_row *row = ingest_row(batch, index);
    const struct uuid *content = content_known(batch, suspects, suspect, holders);

    if (content != NULL && uuid_compare(content, ingest_content(batch, index)) == 0)
        batch_judge(batch, index, DUPLICATE, REASON_NONE);
    else if (content != NULL)
        batch_judge(batch, index, REJECT, REASON_SAME_ID_DIFFERENT_CONTENT);
    else if (row->recorded || suspects->recorded[suspect] ||
             holder_of(transfer_find(batch, index, &holders->transfers)) > 0)
        batch_judge(batch, index, REJECT, REASON_TRANSFER_ALREADY_RECORDED);
    else if (batch_doubt_of(batch, index) != REASON_NONE)
        batch_judge(batch, index, REJECT, batch_doubt_of(batch, index));
}

static bool holders_make(const struct batch *batch, struct suspects *suspects,
                         struct holders *holders)
{
    if (!uuid_map_make(&holders->events, suspects->count, &suspects->arena) ||
        !uuid_map_make(&holders->transfers, suspects->count, &suspects->arena))
        return false;
    for (size_t i = 0; i < suspects->count; i++) {
        size_t index = suspects->indexes[i];
        const struct ingest_row *row = ingest_row(batch, index);

        uuid_map_put(&holders->events, row->event_hash, ingest_event_id(batch, index));
        uuid_map_put(&holders->transfers, row->transfer_hash, ingest_transfer_id(batch, index));
    }
    return true;
}

static enum status suspects_judge(struct batch *batch, struct suspects *suspects,
                                  struct error *error)
{
    struct holders holders;
    size_t next = 0;

    if (!holders_make(batch, suspects, &holders))
        return error_set(error, FATAL, "out of memory for suspects");
    for (size_t i = 0; i < batch->record_count; i++) {
        if (next < suspects->count && suspects->indexes[next] == i)
            suspect_judge(batch, suspects, next++, &holders);
        if (!batch_is_ok(batch, i))
            continue;
        holder_take(event_find(batch, i, &holders.events), i);
        holder_take(transfer_find(batch, i, &holders.transfers), i);
    }
    return OK;
}

/* ---- one transfer, two days ---- */

struct days {
    int32_t oldest; /* of all event days and acceptance days */
    size_t count;
    int32_t days[DAYS_MAX]; /* ascending */
    bool has_own[DAYS_MAX];
    bool has_other[DAYS_MAX];
};

/* The place of a day; put in where it is missing. SIZE_MAX: no room. */
static size_t days_place(struct days *days, int32_t day)
{
    size_t at = days->count;
    size_t behind;

    while (at > 0 && days->days[at - 1] >= day)
        at--;
    if (at < days->count && days->days[at] == day)
        return at;
    if (days->count == DAYS_MAX)
        return SIZE_MAX;
    behind = days->count++ - at;
    memmove(&days->days[at + 1], &days->days[at], behind * sizeof days->days[0]);
    memmove(&days->has_own[at + 1], &days->has_own[at], behind * sizeof days->has_own[0]);
    memmove(&days->has_other[at + 1], &days->has_other[at], behind * sizeof days->has_other[0]);
    days->days[at] = day;
    days->has_own[at] = false;
    days->has_other[at] = false;
    return at;
}

static int32_t oldest_of(const struct ingest_row *row, int32_t oldest)
{
    oldest = row->event_day < oldest ? row->event_day : oldest;
    return row->accepted_on < oldest ? row->accepted_on : oldest;
}

static bool days_collect(const struct batch *batch, struct days *days)
{
    int32_t last = INT32_MIN; /* day of the last own report: nearly all are of one day */

    days->count = 0;
    days->oldest = INT32_MAX;
    for (size_t i = 0; i < batch->record_count; i++) {
        const struct ingest_row *row = ingest_row(batch, i);
        bool own = row->accepted_on == row->event_day;
        size_t place;

        if (!batch_is_ok(batch, i) || (own && row->accepted_on == last))
            continue;
        days->oldest = oldest_of(row, days->oldest);
        place = days_place(days, row->accepted_on);
        if (place == SIZE_MAX)
            return false;
        if (own)
            last = row->accepted_on;
        days->has_own[place] = days->has_own[place] || own;
        days->has_other[place] = days->has_other[place] || !own;
    }
    return true;
}

static enum status day_gates_take(struct db *db, const struct days *days, struct error *error)
{
    struct params params;

    params_init(&params, 64 * 1024);
    params_date_array(&params, days->days, days->count);
    params_bool_array(&params, days->has_own, days->count);
    params_bool_array(&params, days->has_other, days->count);
    return db_run_once(db, ingest_sql_day_gate, &params, error, NULL);
}

/* Rows whose transfer was reported under an event of another day become suspects. */
static bool transfers_mark(struct batch *batch, const struct result *rows)
{
    struct uuid_map seen;
    struct arena arena;
    bool made;

    arena_init(&arena, 64 * 1024, JUDGE_PARAMS_MAX);
    made = uuid_map_make(&seen, (size_t)result_rows(rows), &arena);
    for (int i = 0; made && i < result_rows(rows); i++) {
        struct uuid transfer_id = result_uuid(rows, i, 0);

        uuid_map_put(&seen, uuid_hash(&transfer_id), &transfer_id);
    }
    for (size_t i = 0; made && i < batch->record_count; i++) {
        struct ingest_row *row = ingest_row(batch, i);

        row->recorded = result_rows(rows) > 0 && batch_is_ok(batch, i) &&
                        transfer_find(batch, i, &seen) != NULL;
        row->suspect = row->suspect || row->recorded;
    }
    arena_done(&arena);
    return made;
}

/* What is older than what is kept is refused, behind the gate of days that expire. */
static enum status expired_judge(struct batch *batch, struct db *db, struct error *error)
{
    struct result *rows = NULL;
    enum status status = db_run(db, ingest_sql_expiry_gate, NULL, error, NULL);

    if (status == OK)
        status = db_run(db, ingest_sql_kept_from, NULL, error, &rows);
    for (size_t i = 0; status == OK && i < batch->record_count; i++)
        if (batch_is_ok(batch, i) &&
            oldest_of(ingest_row(batch, i), INT32_MAX) < result_date(rows, 0, 0))
            batch_judge(batch, i, REJECT, REASON_EVENT_DAY_OUT_OF_RANGE);
    result_free(rows);
    return status;
}

static enum status days_judge(struct batch *batch, struct db *db, struct error *error)
{
    int32_t kept_always = (int32_t)(clock_now_us() / US_PER_DAY) - DAYS_NEVER_EXPIRED;
    struct days days;
    struct params params;
    struct result *rows = NULL;
    enum status status;

    if (!days_collect(batch, &days))
        return error_set(error, FATAL, "one batch spans more than %d days", DAYS_MAX);
    if (days.count == 0)
        return OK;
    status = days.oldest < kept_always ? expired_judge(batch, db, error) : OK;
    if (status == OK)
        status = day_gates_take(db, &days, error);
    params_init(&params, 64 * 1024);
    params_date_array(&params, days.days, days.count);
    if (status == OK)
        status = db_run(db, ingest_sql_transfers_of_days, &params, error, &rows);
    if (status == OK && !transfers_mark(batch, rows))
        status = error_set(error, FATAL, "out of memory for transfers");
    result_free(rows);
    params_done(&params);
    return status;
}

static enum status duplicates_judge(struct batch *batch, struct db *db, struct error *error)
{
    struct suspects suspects;
    enum status status = OK;

    if (!suspects_collect(batch, &suspects))
        status = error_set(error, FATAL, "out of memory for suspects");
    if (status == OK && suspects.count > 0)
        status = suspects_look_up(batch, db, &suspects, error);
    if (status == OK && suspects.count > 0)
        status = suspects_judge(batch, &suspects, error);
    arena_done(&suspects.arena);
    return status;
}

/* ---- the verbs ---- */

/* Another lane met an id nobody suspected: for some batches every row is looked up. */
static void suspect_all_take(struct ingest_extra *extra)
{
    int left = __atomic_load_n(&extra->shared->suspect_all_left, __ATOMIC_RELAXED);

    if (extra->suspect_all || left == 0)
        return;
    extra->suspect_all = true;
    __atomic_store_n(&extra->shared->suspect_all_left, left - 1, __ATOMIC_RELAXED);
}

enum status ingest_validate(struct batch *batch, struct db *db, struct error *error)
{
    struct ingest_extra *extra = batch->extra;
    enum status status;

    extra->copying_payments = false;
    suspect_all_take(extra);
    status = windows_judge(batch, db, error);
    if (status == OK)
        status = days_judge(batch, db, error);
    return status == OK ? duplicates_judge(batch, db, error) : status;
}

/* The row that the store refused by its line: the line-th of those that are OK. */
static size_t row_of_line(const struct batch *batch, int64_t line)
{
    for (size_t i = 0; i < batch->record_count; i++)
        if (batch_is_ok(batch, i) && --line == 0)
            return i;
    return SIZE_MAX;
}

void ingest_refused(struct batch *batch, enum status status, const struct error *error)
{
    struct ingest_extra *extra = batch->extra;
    size_t index;

    if (status == DUPLICATE) {
        extra->suspect_all = true;
        __atomic_store_n(&extra->shared->suspect_all_left, SUSPECT_ALL_BATCHES, __ATOMIC_RELAXED);
        return;
    }
    index = extra->copying_payments ? row_of_line(batch, error->line) : SIZE_MAX;
    if (index == SIZE_MAX)
        return; /* no row is to blame: the attempts end in FATAL */
    batch->records[index].decoded = REJECT;
    batch->records[index].decoded_reason = REASON_REFUSED_BY_STORE;
}
