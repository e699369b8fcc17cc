/*
 * context.c - see context.h. The numbers in brackets are its invariants.
 *
 * Third lifetime (beside process and batch): the schemas of a context. They live as long as the
 * thread that owns it. A topic has a handful of schema ids; ENTRY_MAX only bounds what a hostile
 * registry could make us keep, and beyond it the oldest goes and is fetched again if met.
 */
#include "codec/avro/context.h"

#include "codec/event/columns.h"

#include <errno.h>
#include <stdlib.h>

enum { ENTRY_MAX = 256 };

struct schema_entry {
    uint32_t id;
    struct avro_schema *schema; /* NULL: its text cannot be read */
    struct plan *plans[EVENT_TYPE_COUNT];
    bool is_refused[EVENT_TYPE_COUNT]; /* cannot become the columns of that type */
};

struct codec_context {
    struct schema_source source;
    struct canonical canonical;
    struct buffer text;                     /* of the schema being fetched */
    struct schema_entry entries[ENTRY_MAX]; /* in order of arrival         */
    size_t entry_count;
    size_t oldest;
    size_t last; /* where the last record was found: most records repeat it */
};

struct codec_context *codec_context_new(const struct schema_source *source)
{
    struct codec_context *context = calloc(1, sizeof *context);

    assert(context != NULL);
    assert(source->fetch != NULL);
    context->source = *source;
    context->canonical.sha256 = sha256_new();
    buffer_init(&context->text, SCHEMA_TEXT_MAX);
    return context;
}

static void entry_done(struct schema_entry *entry)
{
    for (size_t i = 0; i < EVENT_TYPE_COUNT; i++)
        plan_free(entry->plans[i]);
    avro_schema_free(entry->schema);
    *entry = (struct schema_entry){0};
}

void codec_context_free(struct codec_context *context)
{
    if (context == NULL)
        return;
    for (size_t i = 0; i < context->entry_count; i++)
        entry_done(&context->entries[i]);
    buffer_done(&context->text);
    sha256_free(context->canonical.sha256);
    free(context);
}

struct canonical *codec_canonical(struct codec_context *context)
{
    return &context->canonical;
}

static struct schema_entry *find_entry(struct codec_context *context, uint32_t schema_id)
{
    if (context->entry_count > 0 && context->entries[context->last].id == schema_id)
        return &context->entries[context->last];
    for (size_t i = 0; i < context->entry_count; i++) {
        if (context->entries[i].id == schema_id) {
            context->last = i;
            return &context->entries[i];
        }
    }
    return NULL;
}

static struct schema_entry *free_entry(struct codec_context *context)
{
    struct schema_entry *entry;

    if (context->entry_count < ENTRY_MAX)
        return &context->entries[context->entry_count++];
    entry = &context->entries[context->oldest];
    context->oldest = (context->oldest + 1) % ENTRY_MAX;
    entry_done(entry);
    return entry;
}

/* (4): true where the last refusal may come from want of memory. The libraries below tell it as
 * nonsense in the text; only errno keeps it, and whoever asks has set it to 0 before. */
static bool memory_ran_out(struct error *error)
{
    if (errno != ENOMEM)
        return false;
    error_set(error, FATAL, "out of memory for a schema");
    error_hint(error, "nothing is parked for this; give the worker more memory");
    return true;
}

/* Fetches a schema and keeps it (2), also one that cannot be read. */
static enum status load_entry(struct codec_context *context, uint32_t schema_id,
                              struct error *error, struct schema_entry **ret_entry)
{
    struct avro_schema *schema = NULL;
    struct schema_entry *entry;
    enum status status;

    buffer_clear(&context->text);
    errno = 0;
    status = context->source.fetch(context->source.user, schema_id, &context->text, error);
    if (status != OK)
        return status;
    if (avro_schema_read(buffer_view(&context->text), error, &schema) != OK) {
        assert(schema == NULL);
        if (memory_ran_out(error))
            return FATAL;
    }
    entry = free_entry(context);
    *entry = (struct schema_entry){.id = schema_id, .schema = schema};
    *ret_entry = entry;
    return OK;
}

/* REJECT: its schema cannot become the columns of type. */
static enum status entry_plan(struct schema_entry *entry, enum event_type type, struct error *error,
                              const struct plan **ret_plan)
{
    const struct column_set *columns = type == EVENT_PAYMENT ? payment_columns() : fx_columns();
    struct plan **plan = &entry->plans[type];

    if (entry->schema == NULL || entry->is_refused[type])
        return REJECT;
    errno = 0;
    if (*plan == NULL &&
        plan_compile(avro_schema_root(entry->schema), columns, error, plan) != OK) {
        if (memory_ran_out(error))
            return FATAL;
        entry->is_refused[type] = true;
        return REJECT;
    }
    *ret_plan = *plan;
    return OK;
}

static enum status reject(enum reason reason, enum reason *ret_reason)
{
    *ret_reason = reason;
    return REJECT;
}

enum status codec_plan(struct codec_context *context, uint32_t schema_id, enum event_type type,
                       const struct plan **ret_plan, enum reason *ret_reason, struct error *error)
{
    struct schema_entry *entry = find_entry(context, schema_id);
    enum status status = OK;

    assert(type < EVENT_TYPE_COUNT);
    if (entry == NULL) {
        status = load_entry(context, schema_id, error, &entry);
        if (status == REJECT)
            return reject(REASON_SCHEMA_UNKNOWN, ret_reason); /* (3) */
        if (status != OK)
            return status;
    }
    status = entry_plan(entry, type, error, ret_plan);
    return status == REJECT ? reject(REASON_SCHEMA_UNREADABLE, ret_reason) : status;
}
