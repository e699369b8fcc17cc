/*
 * metric_table.c - see metric_table.h.
 */
#include "runtime/metric_table.h"

static const char *const kind_names[] = {"counter", "gauge", "histogram"};

static const struct metric_row rows[METRIC_ID_COUNT] = {
    [METRIC_BUILD_INFO] = {.name = "sawa_build_info",
                           .kind = METRIC_GAUGE,
                           .labels = "program, version",
                           .unit = "always 1",
                           .help = "Which program and version this is."},
    [METRIC_READY] = {.name = "sawa_ready",
                      .kind = METRIC_GAUGE,
                      .unit = "0 or 1",
                      .help = "1 when the program is ready for work.",
                      .more = "what /readyz says, without its reason"},
    [METRIC_PARTITIONS] = {.name = "sawa_partitions",
                           .kind = METRIC_GAUGE,
                           .labels = "state",
                           .unit = "partitions",
                           .help = "Partitions of this worker by state.",
                           .more = "waiting (for a claim), active, halting, halted; alert on any "
                                   "halted: nothing of them is read until an operator decides"},
    [METRIC_LAG_RECORDS] = {.name = "sawa_lag_records",
                            .kind = METRIC_GAUGE,
                            .labels = "topic, partition",
                            .unit = "records",
                            .help = "Offsets between the committed position and the end.",
                            .more = "of active partitions; the end as the client last heard it; "
                                    "refreshed each second"},
    [METRIC_LAG_BYTES] = {.name = "sawa_lag_bytes",
                          .kind = METRIC_GAUGE,
                          .labels = "topic, partition",
                          .unit = "bytes",
                          .help = "Bytes between the committed position and the end of the file.",
                          .more = "the same, where the source is a file"},
    [METRIC_LAG_SECONDS] = {.name = "sawa_lag_seconds",
                            .kind = METRIC_GAUGE,
                            .labels = "topic, partition",
                            .unit = "seconds",
                            .help = "How long ago everything written until then was committed.",
                            .more = "0 when caught up; else now less the later of: the timestamp "
                                    "of the last record committed, and when it was last caught up. "
                                    "An upper bound of the age of the oldest record that waits"},
    [METRIC_RECORDS] = {.name = "sawa_records_total",
                        .kind = METRIC_COUNTER,
                        .labels = "outcome",
                        .unit = "records",
                        .help = "Records of committed transactions by outcome.",
                        .more = "applied, duplicate, parked: as table batch counts them"},
    [METRIC_PARKED] = {.name = "sawa_parked_records_total",
                       .kind = METRIC_COUNTER,
                       .labels = "reason",
                       .unit = "records",
                       .help = "Records parked by committed transactions, by reason.",
                       .more = "a series for each reason of schemas/README.md from the start"},
    [METRIC_DUPLICATES] = {.name = "sawa_duplicate_records_total",
                           .kind = METRIC_COUNTER,
                           .labels = "reason",
                           .unit = "records",
                           .help = "Records without effect because they had it before, by reason.",
                           .more = "event_recorded: the same event under another offset; "
                                   "offset_passed: delivered again after a claim and dropped "
                                   "unread, among them the anchor, once per claim"},
    [METRIC_COMMITS] = {.name = "sawa_commits_total",
                        .kind = METRIC_COUNTER,
                        .unit = "transactions",
                        .help = "Committed transactions."},
    [METRIC_LAST_COMMIT] = {.name = "sawa_last_commit_timestamp_seconds",
                            .kind = METRIC_GAUGE,
                            .unit = "seconds since 1970",
                            .help = "When a transaction was last committed.",
                            .more = "absent before the first; old without lag is an idle topic"},
    [METRIC_BATCH_RECORDS] = {.name = "sawa_batch_records",
                              .kind = METRIC_HISTOGRAM,
                              .buckets = &metric_buckets_count,
                              .unit = "records",
                              .help = "Records per committed transaction."},
    [METRIC_BATCH_COMMIT_SECONDS] = {.name = "sawa_batch_commit_seconds",
                                     .kind = METRIC_HISTOGRAM,
                                     .buckets = &metric_buckets_latency,
                                     .unit = "seconds",
                                     .help = "From BEGIN to the reply to COMMIT.",
                                     .more = "of the attempt that was committed"},
    [METRIC_ATTEMPTS_FAILED] = {.name = "sawa_failed_attempts_total",
                                .kind = METRIC_COUNTER,
                                .labels = "sqlstate_class",
                                .unit = "attempts",
                                .help = "Attempts at a transaction that ended without a commit.",
                                .more = "by the first two characters of the SQLSTATE: 08 "
                                        "connection, 23 a refused row (tried again without it), "
                                        "40 deadlock, 55 lock time-out; none: no SQLSTATE, as "
                                        "when a partition is lost"},
    [METRIC_COMMIT_RETRIES] = {.name = "sawa_commit_retries_total",
                               .kind = METRIC_COUNTER,
                               .unit = "batches",
                               .help = "Batches given up and claimed anew.",
                               .more = "after their attempts failed; without unknown outcomes"},
    [METRIC_UNKNOWN_OUTCOMES] = {.name = "sawa_unknown_outcomes_total",
                                 .kind = METRIC_COUNTER,
                                 .unit = "transactions",
                                 .help = "Transactions whose reply to COMMIT was lost.",
                                 .more = "the next claim told what became of them"},
    [METRIC_EPOCH_LOSSES] = {.name = "sawa_epoch_losses_total",
                             .kind = METRIC_COUNTER,
                             .unit = "partitions",
                             .help = "Partitions another worker claimed while we held them."},
    [METRIC_LEASES] = {.name = "sawa_leases",
                       .kind = METRIC_GAUGE,
                       .unit = "partitions",
                       .help = "Partitions this worker holds by lease.",
                       .more = "those it is giving up among them; only where leases share the "
                               "topic out"},
    [METRIC_LEASE_MEMBERS] = {.name = "sawa_lease_members",
                              .kind = METRIC_GAUGE,
                              .unit = "workers",
                              .help = "Workers that share the topic out by leases.",
                              .more = "that live, as this one sees it; the same number everywhere"},
    [METRIC_LEASE_CHANGES] = {.name = "sawa_lease_changes_total",
                              .kind = METRIC_COUNTER,
                              .labels = "change",
                              .unit = "partitions",
                              .help = "Leases that changed hands, as seen by this worker.",
                              .more = "taken_free; taken_lapsed: from a worker that had died or "
                                      "stood still; given: to workers that had too few; lost: "
                                      "another took it because we stood still or had no database"},
    [METRIC_UNANSWERED_FILES] = {.name = "sawa_payment_files_unanswered",
                                 .kind = METRIC_GAUGE,
                                 .unit = "files",
                                 .help = "Payment files a bank has not answered in its time.",
                                 .more = "answer_hours of its profile; sawa-relay reads it every "
                                         "ten seconds"},
    [METRIC_RELAY_MESSAGES] = {.name = "sawa_relay_messages_total",
                               .kind = METRIC_COUNTER,
                               .labels = "destination",
                               .unit = "messages",
                               .help = "Messages that are at their destination for good.",
                               .more = "Kafka: committed; RabbitMQ: confirmed and routed"},
    [METRIC_RELAY_LAG_MESSAGES] = {.name = "sawa_relay_lag_messages",
                                   .kind = METRIC_GAUGE,
                                   .labels = "destination",
                                   .unit = "messages",
                                   .help = "Events of the outbox that a destination has not got.",
                                   .more = "of destinations this relay publishes to; refreshed "
                                           "each second"},
    [METRIC_RELAY_LAG_SECONDS] = {.name = "sawa_relay_lag_seconds",
                                  .kind = METRIC_GAUGE,
                                  .labels = "destination",
                                  .unit = "seconds",
                                  .help = "Age of the oldest event a destination has not got.",
                                  .more = "0 when it has all"},
    [METRIC_RELAY_FAILURES] = {.name = "sawa_relay_failures_total",
                               .kind = METRIC_COUNTER,
                               .labels = "destination",
                               .unit = "attempts",
                               .help = "Attempts to publish that failed.",
                               .more = "broker away, refused, unroutable, fenced; the log says "
                                       "which, and so does sawa relay status"},
    [METRIC_RELAY_STANDING] = {.name = "sawa_relay_standing",
                               .kind = METRIC_GAUGE,
                               .labels = "destination",
                               .unit = "0 or 1",
                               .help = "1 while a destination stands until somebody resumes it.",
                               .more = "alert on any 1: sawa relay status tells why, sawa relay "
                                       "resume lets it go on"},
    [METRIC_XID_HORIZON_AGE] = {.name = "sawa_xid_horizon_age_transactions",
                                .kind = METRIC_GAUGE,
                                .unit = "transactions",
                                .help = "Age of the oldest snapshot that keeps dead rows.",
                                .more = "of sessions, replication slots and prepared "
                                        "transactions; read every ten seconds, without privileges"},
    [METRIC_PROCESS_CPU] = {.name = "process_cpu_seconds_total",
                            .kind = METRIC_COUNTER,
                            .unit = "seconds",
                            .help = "CPU time, user and system."},
    [METRIC_PROCESS_MEMORY] = {.name = "process_resident_memory_bytes",
                               .kind = METRIC_GAUGE,
                               .unit = "bytes",
                               .help = "Memory resident now."},
    [METRIC_PROCESS_FDS] = {.name = "process_open_fds",
                            .kind = METRIC_GAUGE,
                            .unit = "descriptors",
                            .help = "Open descriptors."},
};

const struct metric_row *metric_row(enum metric_id id)
{
    assert((size_t)id < COUNT_OF(rows));
    assert(rows[id].name != NULL);
    return &rows[id];
}

struct metric *metric_of_row(enum metric_id id, const struct metric_label *labels,
                             size_t label_count)
{
    const struct metric_row *row = metric_row(id);

    assert((row->labels == NULL) == (label_count == 0));
    return metric_register(row->kind, row->buckets, row->name, row->help, labels, label_count);
}

/* help is a sentence; more goes on behind it, within the same one. */
static void row_page(struct buffer *out, const struct metric_row *row)
{
    size_t help_size = strlen(row->help) - 1;

    assert(row->help[help_size] == '.');
    buffer_format(out, "| `%s` | %s | %s | %s | %.*s", row->name, kind_names[row->kind],
                  row->labels == NULL ? "" : row->labels, row->unit, (int)help_size, row->help);
    if (row->more != NULL)
        buffer_format(out, ": %s", row->more);
    buffer_string(out, " |\n");
}

void metrics_table_page(struct buffer *out)
{
    buffer_string(out, "| metric | kind | labels | unit | meaning |\n|---|---|---|---|---|\n");
    for (size_t id = 0; id < METRIC_ID_COUNT; id++)
        row_page(out, metric_row((enum metric_id)id));
}
