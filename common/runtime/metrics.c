/*
 * metrics.c - see metrics.h.
 *
 *   registry -> family (name, help, kind) -> metric (one label set: atomics)
 *
 * Registration and rendering hold the registry's mutex; updates touch atomics only.
 * Metrics are never freed while the program runs, so a pointer needs no lock.
 */
#include "runtime/metrics.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { LABELS_SIZE_MAX = METRIC_LABEL_MAX * (2 * METRIC_VALUE_MAX + 64) };

struct metric {
    struct metric *next; /* of the family, in order of registration */
    const struct metric_family *family;
    char *labels; /* topic="payments",partition="3", escaped; "" without labels */
    atomic_bool hidden;
    _Atomic int64_t value;     /* of a histogram the sum */
    _Atomic int64_t buckets[]; /* histogram: one per bound and one for +Inf, not cumulated */
};

struct metric_family {
    const char *name;
    const char *help;
    enum metric_kind kind;
    bool seconds; /* (1) */
    const struct metric_buckets *buckets;
    size_t series_count;
    struct metric *first;
};

static struct {
    pthread_mutex_t lock;
    size_t family_count;
    struct metric_family families[METRIC_FAMILY_MAX];
} registry = {.lock = PTHREAD_MUTEX_INITIALIZER};

const struct metric_buckets metric_buckets_latency = {
    .count = 15,
    .bounds = {1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000,
               5000000, 10000000, 30000000, 60000000},
};

const struct metric_buckets metric_buckets_count = {
    .count = 13,
    .bounds = {1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000, 300000, 1000000},
};

/* ---- names (2) ---------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
    size_t size = strlen(name);
    size_t end_size = strlen(end);

    return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

static void assert_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    assert(name[0] >= 'a' && name[0] <= 'z');
    assert(name[size] == '\0');
}

static void assert_family(enum metric_kind kind, const struct metric_buckets *buckets,
                          const char *name, const char *help)
{
    assert_name(name);
    assert(strncmp(name, "sawa_", 5) == 0 || strncmp(name, "process_", 8) == 0);
    assert(ends_with(name, "_total") == (kind == METRIC_COUNTER));
    assert(help[0] != '\0' && strpbrk(help, "\\\n") == NULL);
    assert((buckets != NULL) == (kind == METRIC_HISTOGRAM));
    assert(buckets == NULL || (buckets->count >= 1 && buckets->count <= METRIC_BUCKET_MAX));
}

/* ---- labels ------------------------------------------------------------------------------- */

static void append_escaped(struct buffer *out, const char *value)
{
    struct text text = {value, strnlen(value, METRIC_VALUE_MAX)};
    bool utf8 = text_is_utf8(text); /* the cut may have split a character */

    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        if (byte == '\\' || byte == '"')
            buffer_byte(out, '\\');
        buffer_byte(out, byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8) ? '?' : byte);
    }
}

/* As they stand between the braces; with value, that one for every label (3). */
static void append_labels(struct buffer *out, const struct metric_label *labels, size_t label_count,
                          const char *value)
{
    for (size_t i = 0; i < label_count; i++) {
        assert_name(labels[i].name);
        assert(strcmp(labels[i].name, "le") != 0);
        buffer_format(out, "%s%s=\"", i == 0 ? "" : ",", labels[i].name);
        append_escaped(out, value != NULL ? value : labels[i].value);
        buffer_byte(out, '"');
    }
    buffer_byte(out, '\0');
    assert(!buffer_failed(out));
}

/* ---- registration ------------------------------------------------------------------------- */

static struct metric_family *family_find(const char *name)
{
    for (size_t i = 0; i < registry.family_count; i++) {
        if (strcmp(registry.families[i].name, name) == 0)
            return &registry.families[i];
    }
    return NULL;
}

static struct metric_family *family_obtain(enum metric_kind kind,
                                           const struct metric_buckets *buckets, const char *name,
                                           const char *help)
{
    struct metric_family *family = family_find(name);

    if (family != NULL) {
        assert(family->kind == kind);
        assert(family->buckets == buckets);
        return family;
    }
    assert_family(kind, buckets, name, help);
    assert(registry.family_count < METRIC_FAMILY_MAX);
    family = &registry.families[registry.family_count++];
    *family = (struct metric_family){
        .name = name,
        .help = help,
        .kind = kind,
        .buckets = buckets,
        .seconds = ends_with(name, "_seconds") || ends_with(name, "_seconds_total"),
    };
    return family;
}

/* Appends a series to its family. */
static struct metric *series_add(struct metric_family *family, const char *labels)
{
    size_t bucket_count = family->buckets == NULL ? 0 : family->buckets->count + 1;
    struct metric *metric = calloc(1, sizeof *metric + bucket_count * sizeof metric->buckets[0]);
    struct metric **place = &family->first;

    assert(metric != NULL);
    metric->family = family;
    metric->labels = strdup(labels);
    assert(metric->labels != NULL);
    while (*place != NULL)
        place = &(*place)->next;
    *place = metric;
    family->series_count++;
    return metric;
}

static struct metric *series_find(const struct metric_family *family, const char *labels)
{
    struct metric *metric = family->first;

    while (metric != NULL && strcmp(metric->labels, labels) != 0)
        metric = metric->next;
    return metric;
}

/* (3) The last place of a family is for "other". */
static struct metric *series_obtain(struct metric_family *family, const struct metric_label *labels,
                                    size_t label_count)
{
    struct buffer text;
    struct metric *metric;

    buffer_init(&text, LABELS_SIZE_MAX);
    append_labels(&text, labels, label_count, NULL);
    metric = series_find(family, text.data);
    if (metric == NULL && family->series_count >= METRIC_SERIES_MAX - 1) {
        buffer_clear(&text);
        append_labels(&text, labels, label_count, "other");
        metric = series_find(family, text.data);
    }
    if (metric == NULL)
        metric = series_add(family, text.data);
    atomic_store_explicit(&metric->hidden, false, memory_order_relaxed);
    buffer_done(&text);
    return metric;
}

struct metric *metric_register(enum metric_kind kind, const struct metric_buckets *buckets,
                               const char *name, const char *help,
                               const struct metric_label *labels, size_t label_count)
{
    struct metric *metric;

    assert(label_count <= METRIC_LABEL_MAX);
    pthread_mutex_lock(&registry.lock);
    metric = series_obtain(family_obtain(kind, buckets, name, help), labels, label_count);
    assert(metric->family->series_count <= METRIC_SERIES_MAX);
    pthread_mutex_unlock(&registry.lock);
    return metric;
}

/* ---- updates ------------------------------------------------------------------------------ */

void metric_add(struct metric *metric, int64_t amount)
{
    assert(metric->family->kind != METRIC_HISTOGRAM);
    assert(amount >= 0 || metric->family->kind == METRIC_GAUGE); /* (4) */
    atomic_fetch_add_explicit(&metric->value, amount, memory_order_relaxed);
}

void metric_set(struct metric *metric, int64_t value)
{
    assert(metric->family->kind == METRIC_GAUGE);
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_observe(struct metric *metric, int64_t value)
{
    const struct metric_buckets *buckets = metric->family->buckets;
    size_t i = 0;

    assert(buckets != NULL);
    while (i < buckets->count && value > buckets->bounds[i])
        i++;
    atomic_fetch_add_explicit(&metric->buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_hide(struct metric *metric)
{
    atomic_store_explicit(&metric->hidden, true, memory_order_relaxed);
}

int64_t metric_value(struct metric *metric)
{
    const struct metric_buckets *buckets = metric->family->buckets;
    int64_t count = 0;

    if (buckets == NULL)
        return atomic_load_explicit(&metric->value, memory_order_relaxed);
    for (size_t i = 0; i <= buckets->count; i++)
        count += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
    return count;
}

/* ---- the page ----------------------------------------------------------------------------- */

/* A value as the page shows it: whole, or microseconds as decimal seconds without idle zeros. */
static void append_value(struct buffer *out, int64_t value, bool seconds)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    char fraction[8];
    size_t digits = 6;

    if (!seconds) {
        buffer_format(out, "%" PRId64, value);
        return;
    }
    snprintf(fraction, sizeof fraction, "%06u", (unsigned)(size % 1000000));
    while (digits > 0 && fraction[digits - 1] == '0')
        digits--;
    buffer_format(out, "%s%" PRIu64 "%s%.*s", value < 0 ? "-" : "", size / 1000000,
                  digits == 0 ? "" : ".", (int)digits, fraction);
}

/* name_suffix{labels} value */
static void append_sample(struct buffer *out, const struct metric *metric, const char *suffix,
                          int64_t value, bool seconds)
{
    bool labelled = metric->labels[0] != '\0';

    buffer_format(out, "%s%s%s", metric->family->name, suffix, labelled ? "{" : "");
    buffer_string(out, metric->labels);
    buffer_string(out, labelled ? "} " : " ");
    append_value(out, value, seconds);
    buffer_byte(out, '\n');
}

/* name_bucket{labels,le="bound"} cumulated; without bound it is +Inf. */
static void append_bucket(struct buffer *out, const struct metric *metric, const int64_t *bound,
                          int64_t cumulated)
{
    buffer_format(out, "%s_bucket{", metric->family->name);
    buffer_string(out, metric->labels);
    buffer_format(out, "%sle=\"", metric->labels[0] != '\0' ? "," : "");
    if (bound == NULL)
        buffer_string(out, "+Inf");
    else
        append_value(out, *bound, metric->family->seconds);
    buffer_format(out, "\"} %" PRId64 "\n", cumulated);
}

/* The count is the sum of the buckets read here, so +Inf and _count always agree. */
static void append_histogram(struct buffer *out, struct metric *metric)
{
    const struct metric_buckets *buckets = metric->family->buckets;
    int64_t cumulated = 0;

    for (size_t i = 0; i <= buckets->count; i++) {
        cumulated += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
        append_bucket(out, metric, i < buckets->count ? &buckets->bounds[i] : NULL, cumulated);
    }
    append_sample(out, metric, "_sum", atomic_load_explicit(&metric->value, memory_order_relaxed),
                  metric->family->seconds);
    append_sample(out, metric, "_count", cumulated, false);
}

static void append_family(struct buffer *out, const struct metric_family *family)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    bool headed = false;

    for (struct metric *metric = family->first; metric != NULL; metric = metric->next) {
        if (atomic_load_explicit(&metric->hidden, memory_order_relaxed))
            continue;
        if (!headed)
            buffer_format(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help,
                          family->name, kinds[family->kind]);
        headed = true;
        if (family->kind == METRIC_HISTOGRAM)
            append_histogram(out, metric);
        else
            append_sample(out, metric, "", metric_value(metric), family->seconds);
    }
}

void metrics_render(struct buffer *buffer)
{
    pthread_mutex_lock(&registry.lock);
    for (size_t i = 0; i < registry.family_count; i++)
        append_family(buffer, &registry.families[i]);
    pthread_mutex_unlock(&registry.lock);
}

static void family_done(struct metric_family *family)
{
    struct metric *next;

    for (struct metric *metric = family->first; metric != NULL; metric = next) {
        next = metric->next;
        free(metric->labels);
        free(metric);
    }
}

void metrics_done(void)
{
    pthread_mutex_lock(&registry.lock);
    for (size_t i = 0; i < registry.family_count; i++)
        family_done(&registry.families[i]);
    registry.family_count = 0;
    pthread_mutex_unlock(&registry.lock);
}
