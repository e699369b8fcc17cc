/*
 * sections.c - what the page asks, in the order in which it shows it.
 */
#include "status.h"

#include "status_sql.h"

/* ---- parameters ---- */

static void ask_limit(struct params *params, const struct status_page *page)
{
    params_int32(params, page->limit);
}

static void ask_now(struct params *params, const struct status_page *page)
{
    params_instant(params, page->now_us);
}

static void ask_now_limit(struct params *params, const struct status_page *page)
{
    ask_now(params, page);
    ask_limit(params, page);
}

static void ask_now_topics_limit(struct params *params, const struct status_page *page)
{
    ask_now(params, page);
    params_text_array(params, page->topics, page->topic_count);
    ask_limit(params, page);
}

/* ---- columns, as the SQL files give them ---- */

static const struct column partition_columns[] = {
    {"partition", CELL_TEXT},    {"state", CELL_TEXT},       {"next_offset", CELL_INT},
    {"epoch", CELL_INT},         {"owner", CELL_TEXT},       {"since", CELL_INSTANT},
    {"watermark", CELL_INSTANT}, {"halt_reason", CELL_TEXT},
};

static const struct column corridor_columns[] = {
    {"corridor", CELL_TEXT},
    {"open", CELL_INT},
    {"ahead", CELL_INT},
    {"due", CELL_INT},
    {"overdue", CELL_INT},
    {"held", CELL_INT},
    {"next_cut_off", CELL_INSTANT},
    {"why", CELL_TEXT},
};

static const struct column window_columns[] = {
    {"corridor", CELL_TEXT},
    {"window_id", CELL_INT},
    {"business_date", CELL_DATE},
    {"sequence", CELL_INT},
    {"state", CELL_TEXT},
    {"cut_off", CELL_INSTANT},
    {"grace_ends_at", CELL_INSTANT},
    {"held_since", CELL_INSTANT},
    {"missing_locks", CELL_INT},
    {"why", CELL_TEXT},
};

static const struct column payment_file_columns[] = {
    {"state", CELL_TEXT},   {"message_id", CELL_TEXT},      {"account", CELL_TEXT},
    {"payments", CELL_INT}, {"settlement_date", CELL_DATE}, {"since", CELL_INSTANT},
};

static const struct column approval_columns[] = {
    {"proposal", CELL_TEXT}, {"about", CELL_TEXT},         {"maker", CELL_TEXT},
    {"since", CELL_INSTANT}, {"expires_at", CELL_INSTANT},
};

static const struct column statement_columns[] = {
    {"state", CELL_TEXT},          {"statement", CELL_INT}, {"file", CELL_TEXT},
    {"ordinal", CELL_INT},         {"account", CELL_TEXT},  {"closing_date", CELL_DATE},
    {"received_at", CELL_INSTANT}, {"why", CELL_TEXT},
};

static const struct column break_columns[] = {
    {"known", CELL_TEXT},    {"breaks", CELL_INT}, {"oldest_opened_on", CELL_DATE},
    {"since", CELL_INSTANT}, {"types", CELL_TEXT},
};

static const struct column suspense_columns[] = {
    {"currency", CELL_TEXT},
    {"payments", CELL_INT},
    {"since", CELL_INSTANT},
};

static const struct column leaf_columns[] = {
    {"pending", CELL_INT},
    {"since", CELL_INSTANT},
    {"last_index", CELL_INT},
};

static const struct column parked_columns[] = {
    {"reason", CELL_TEXT},
    {"last_hour", CELL_INT},
    {"last_day", CELL_INT},
    {"last_at", CELL_INSTANT},
};

/* ---- the page ---- */

#define COLUMNS(list) .columns = (list), .column_count = COUNT_OF(list)

const struct section status_sections[STATUS_SECTIONS] = {
    {.key = "partitions",
     .by_row = true,
     .summary = "partitions",
     .sql = status_sql_partitions,
     .params = ask_limit,
     COLUMNS(partition_columns),
     .words = halt_words,
     .words_at = 7},
    {.key = "corridors",
     .by_row = true,
     .summary = "corridors",
     .sql = status_sql_corridors,
     .params = ask_now_topics_limit,
     COLUMNS(corridor_columns),
     .words = corridor_words,
     .words_at = 7},
    {.key = "windows",
     .by_row = true,
     .summary = "windows past their cut-off",
     .sql = status_sql_windows,
     .params = ask_now_topics_limit,
     COLUMNS(window_columns),
     .words = window_words,
     .words_at = 4},
    {.key = "payment_files",
     .by_row = true,
     .summary = "payment files on their way, or refused by a bank",
     .sql = status_sql_payment_files,
     .params = ask_now_limit,
     COLUMNS(payment_file_columns),
     .words = payment_file_words,
     .words_at = 0},
    {.key = "approvals",
     .by_row = true,
     .summary = "proposals that wait for a second person",
     .sql = status_sql_approvals,
     .params = ask_now_limit,
     COLUMNS(approval_columns),
     .words = approval_words,
     .words_at = 0},
    {.key = "statements",
     .by_row = true,
     .summary = "statements and files not loaded",
     .sql = status_sql_statements,
     .params = ask_now_limit,
     COLUMNS(statement_columns),
     .words = statement_words,
     .words_at = 7},
    {.key = "breaks",
     .summary = "open breaks",
     .sql = status_sql_breaks,
     .params = ask_now,
     COLUMNS(break_columns)},
    {.key = "suspense",
     .summary = "payments settled outside and not cleared",
     .sql = status_sql_suspense,
     .params = ask_now,
     COLUMNS(suspense_columns),
     .words = suspense_words},
    {.key = "leaves",
     .summary = "audit leaves not sealed yet",
     .sql = status_sql_leaves,
     .params = ask_now,
     COLUMNS(leaf_columns)},
    {.key = "parked",
     .summary = "records parked in the last day",
     .sql = status_sql_parked,
     .params = ask_now_limit,
     COLUMNS(parked_columns),
     .words = parked_words},
};
