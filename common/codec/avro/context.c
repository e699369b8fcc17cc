/*
 * context.c - see context.h. The numbers in brackets are its invariants.
 *
 * Third lifetime (beside process and batch): the schemas of a context. They live as long as the
 * thread that owns it. A topic has a handful of schema ids; ENTRY_MAX only bounds what a hostile
 * registry could make us keep, and beyond it the oldest goes and is fetched again if met.
 */
#include "codec/avro/context.h"

#include "codec/event/columns.h"

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

/* Fetches a schema and keeps it (2), also one that cannot be read. */
static enum status load_entry(struct codec_context *context, uint32_t schema_id,
                              struct error *error, struct schema_entry **ret_entry)
{
    struct avro_schema *schema = NULL;
    struct schema_entry *entry;
    enum status status;

    buffer_clear(&context->text);
    status = context->source.fetch(context->source.user, schema_id, &context->text, error);
    if (status != OK)
        return status;
    if (avro_schema_read(buffer_view(&context->text), error, &schema) != OK)
        assert(schema == NULL);
    entry = free_entry(context);
    *entry = (struct schema_entry){.id = schema_id, .schema = schema};
    *ret_entry = entry;
    return OK;
}

static const struct plan *entry_plan(struct schema_entry *entry, enum event_type type,
                                     struct error *error)
{
    const struct column_set *columns = type == EVENT_PAYMENT ? payment_columns() : fx_columns();

    if (entry->schema == NULL || entry->is_refused[type])
        return NULL;
    if (entry->plans[type] == NULL)
        entry->is_refused[type] = plan_compile(avro_schema_root(entry->schema), columns, error,
                                               &entry->plans[type]) != OK;
    return entry->plans[type];
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
    const struct plan *plan;

    assert(type < EVENT_TYPE_COUNT);
    if (entry == NULL) {
        enum status status = load_entry(context, schema_id, error, &entry);

        if (status == REJECT)
            return reject(REASON_SCHEMA_UNKNOWN, ret_reason); /* (3) */
        if (status != OK)
            return status;
    }
    plan = entry_plan(entry, type, error);
    if (plan == NULL)
        return reject(REASON_SCHEMA_UNREADABLE, ret_reason);
    *ret_plan = plan;
    return OK;
}
