/*
 * avro_schema.c - see avro_schema.h. The numbers in brackets are its invariants.
 *
 * Reading order: the node kinds from simple to composed, the entry at the end; the small
 * documents around schemas are in schema_document.c.
 */
#include "codec/avro/avro_schema.h"

#include "base/arena.h"
#include "codec/avro/schema_json.h"

#include <avro.h>
#include <stdlib.h>

enum {
    NAMED_MAX = 1024,
    FULL_NAME_MAX = 512,
    ARENA_BLOCK = 16 * 1024,
    ARENA_MAX = 16 * 1024 * 1024,
    PRECISION_MAX = 38, /* 10^38 fits 127 bits */
};

struct avro_schema {
    struct arena arena;
    const struct schema_node *root;
};

struct reader {
    struct arena *arena;
    struct error *error;
    const struct schema_node *named[NAMED_MAX];
    size_t named_count;
    size_t node_count;
};

static const struct schema_node *read_node(struct reader *reader, const json_t *json,
                                           struct text space, int depth);

/* Tells why, for every refusal of this file. */
static void *refuse(struct reader *reader, const char *what)
{
    error_set(reader->error, REJECT, "could not read an Avro schema");
    error_detail(reader->error, "%s", what);
    return NULL;
}

static void *reader_alloc(struct reader *reader, size_t size)
{
    void *memory = arena_alloc(reader->arena, size == 0 ? 1 : size);

    return memory != NULL ? memory : refuse(reader, "it needs too much memory");
}

static struct schema_node *node_new(struct reader *reader, enum schema_type type)
{
    struct schema_node *node;

    if (++reader->node_count > SCHEMA_NODE_MAX)
        return refuse(reader, "it has too many types"); /* (1) */
    node = reader_alloc(reader, sizeof *node);
    if (node != NULL)
        node->type = type;
    return node;
}

static bool primitive_of(struct text name, enum schema_type *ret_type)
{
    static const char *const names[] = {"null",  "boolean", "int",   "long",
                                        "float", "double",  "bytes", "string"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (text_is(name, names[i])) {
            *ret_type = (enum schema_type)(SCHEMA_NULL + i);
            return true;
        }
    }
    return false;
}

static bool is_name_start(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* Letters, digits and '_', not a digit first; dots between such where they are allowed. */
static bool name_is_valid(struct text name, bool dots_allowed)
{
    bool starts = true;

    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];

        if (c == '.' && dots_allowed && !starts)
            starts = true;
        else if (is_name_start(c) || (!starts && c >= '0' && c <= '9'))
            starts = false;
        else
            return false;
    }
    return !starts;
}

/* "name" alone where it has a dot or there is no namespace, else "space.name"; size 0: refused. */
static struct text full_name(struct reader *reader, struct text name, struct text space)
{
    char joined[FULL_NAME_MAX];
    size_t size = space.size + 1 + name.size;

    if (space.size == 0 || memchr(name.data, '.', name.size) != NULL)
        return arena_text(reader->arena, name);
    if (size > sizeof joined)
        return (struct text){NULL, 0};
    memcpy(joined, space.data, space.size);
    joined[space.size] = '.';
    memcpy(joined + space.size + 1, name.data, name.size);
    return arena_text(reader->arena, (struct text){joined, size});
}

static struct text space_of(struct text full)
{
    for (size_t size = full.size; size > 0; size--)
        if (full.data[size - 1] == '.')
            return (struct text){full.data, size - 1};
    return (struct text){NULL, 0};
}

static const struct schema_node *find_named(const struct reader *reader, struct text full)
{
    for (size_t i = 0; i < reader->named_count; i++)
        if (text_equal(reader->named[i]->name, full))
            return reader->named[i];
    return NULL;
}

/* Names the node and makes it known, before its inside is read: it may refer to itself (2). */
static bool define_name(struct reader *reader, struct schema_node *node, const json_t *json,
                        struct text space)
{
    struct text own = schema_json_text(json, "name");
    struct text given = schema_json_text(json, "namespace");

    if (own.size == 0 || !name_is_valid(own, true))
        return refuse(reader, "a named type has no valid name") != NULL;
    node->name = full_name(reader, own, given.data != NULL ? given : space);
    if (node->name.size == 0)
        return refuse(reader, "a name is too long") != NULL;
    if (find_named(reader, node->name) != NULL)
        return refuse(reader, "a type is defined twice") != NULL;
    if (reader->named_count == NAMED_MAX)
        return refuse(reader, "it has too many named types") != NULL;
    reader->named[reader->named_count++] = node;
    return true;
}

static const struct schema_node *read_reference(struct reader *reader, struct text name,
                                                struct text space)
{
    enum schema_type type;
    const struct schema_node *named;

    if (primitive_of(name, &type))
        return node_new(reader, type);
    named = find_named(reader, full_name(reader, name, space));
    if (named == NULL)
        named = find_named(reader, name);
    return named != NULL ? named : refuse(reader, "a type is used that is not defined before");
}

/* The strings of a JSON array; an absent one is empty. */
static bool read_names(struct reader *reader, const json_t *array, struct schema_names *ret_names)
{
    size_t count = json_array_size(array);
    struct text *names;

    if (array != NULL && !json_is_array(array))
        return refuse(reader, "aliases or symbols are not a list") != NULL;
    names = reader_alloc(reader, count * sizeof *names);
    if (names == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct text name = schema_json_string(json_array_get(array, i));

        if (name.size == 0 || !name_is_valid(name, true))
            return refuse(reader, "an alias or symbol is not a name") != NULL;
        names[i] = arena_text(reader->arena, name);
        if (names[i].data == NULL)
            return refuse(reader, "it needs too much memory") != NULL;
    }
    *ret_names = (struct schema_names){names, count};
    return true;
}

/* A decimal whose numbers make no sense is no decimal, and what else it is we do not know. */
static void read_decimal(struct schema_node *node, const json_t *json)
{
    int64_t precision = schema_json_integer(json, "precision", 0);
    int64_t scale = schema_json_integer(json, "scale", 0);

    node->logical = LOGICAL_OTHER;
    if (node->type != SCHEMA_BYTES && node->type != SCHEMA_FIXED)
        return;
    if (precision < 1 || precision > PRECISION_MAX || scale < 0 || scale > precision)
        return;
    node->logical = LOGICAL_DECIMAL;
    node->precision = (int)precision;
    node->scale = (int)scale;
}

static void read_logical(struct schema_node *node, const json_t *json)
{
    struct text name = schema_json_text(json, "logicalType");
    bool is_uuid = node->type == SCHEMA_STRING || (node->type == SCHEMA_FIXED && node->size == 16);

    if (name.data == NULL)
        return;
    if (text_is(name, "decimal"))
        read_decimal(node, json);
    else if (text_is(name, "uuid") && is_uuid)
        node->logical = LOGICAL_UUID;
    else if (text_is(name, "timestamp-millis") && node->type == SCHEMA_LONG)
        node->logical = LOGICAL_TIMESTAMP_MS;
    else if (text_is(name, "timestamp-micros") && node->type == SCHEMA_LONG)
        node->logical = LOGICAL_TIMESTAMP_US;
    else
        node->logical = LOGICAL_OTHER;
}

static const struct schema_node *read_primitive(struct reader *reader, const json_t *json,
                                                enum schema_type type)
{
    struct schema_node *node = node_new(reader, type);

    if (node != NULL)
        read_logical(node, json);
    return node;
}

static const struct schema_node *read_fixed(struct reader *reader, const json_t *json,
                                            struct text space)
{
    struct schema_node *node = node_new(reader, SCHEMA_FIXED);
    int64_t size = schema_json_integer(json, "size", -1);

    if (node == NULL || !define_name(reader, node, json, space))
        return NULL;
    if (size < 0 || size > INT32_MAX)
        return refuse(reader, "a fixed has no valid size");
    node->size = (size_t)size;
    read_logical(node, json);
    return node;
}

static const struct schema_node *read_enum(struct reader *reader, const json_t *json,
                                           struct text space)
{
    struct schema_node *node = node_new(reader, SCHEMA_ENUM);

    if (node == NULL || !define_name(reader, node, json, space))
        return NULL;
    if (!read_names(reader, json_object_get(json, "symbols"), &node->symbols))
        return NULL;
    return node->symbols.count > 0 ? node : refuse(reader, "an enum has no symbols");
}

static const struct schema_node *read_items(struct reader *reader, const json_t *json,
                                            struct text space, int depth, enum schema_type type)
{
    struct schema_node *node = node_new(reader, type);
    const char *key = type == SCHEMA_ARRAY ? "items" : "values";

    if (node == NULL)
        return NULL;
    node->items = read_node(reader, json_object_get(json, key), space, depth);
    return node->items != NULL ? node : NULL;
}

static bool read_field(struct reader *reader, const json_t *json, struct text space, int depth,
                       struct schema_field *field)
{
    struct text name = schema_json_text(json, "name");

    if (name.size == 0 || !name_is_valid(name, false))
        return refuse(reader, "a field has no valid name") != NULL;
    field->name = arena_text(reader->arena, name);
    if (field->name.data == NULL)
        return refuse(reader, "it needs too much memory") != NULL;
    if (!read_names(reader, json_object_get(json, "aliases"), &field->aliases))
        return false;
    field->has_default = json_object_get(json, "default") != NULL;
    field->node = read_node(reader, json_object_get(json, "type"), space, depth);
    return field->node != NULL;
}

static bool field_is_new(const struct schema_node *record, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(record->fields[i].name, name))
            return false;
    return true;
}

static const struct schema_node *read_record(struct reader *reader, const json_t *json,
                                             struct text space, int depth)
{
    struct schema_node *node = node_new(reader, SCHEMA_RECORD);
    const json_t *list = json_object_get(json, "fields");
    struct schema_field *fields;

    if (node == NULL || !define_name(reader, node, json, space))
        return NULL;
    if (!json_is_array(list) || json_array_size(list) > SCHEMA_NODE_MAX)
        return refuse(reader, "a record has no list of fields, or too many");
    fields = reader_alloc(reader, json_array_size(list) * sizeof *fields);
    if (fields == NULL)
        return NULL;
    node->fields = fields;
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!read_field(reader, json_array_get(list, i), space_of(node->name), depth, &fields[i]))
            return NULL;
        if (!field_is_new(node, i, fields[i].name))
            return refuse(reader, "a record has two fields of one name");
        node->count = i + 1;
    }
    return node;
}

static const struct schema_node *read_union(struct reader *reader, const json_t *json,
                                            struct text space, int depth)
{
    struct schema_node *node = node_new(reader, SCHEMA_UNION);
    size_t count = json_array_size(json);

    if (node == NULL)
        return NULL;
    node->branches = reader_alloc(reader, count * sizeof(struct schema_node *));
    if (node->branches == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        node->branches[i] = read_node(reader, json_array_get(json, i), space, depth);
        if (node->branches[i] == NULL)
            return NULL;
        if (node->branches[i]->type == SCHEMA_UNION)
            return refuse(reader, "a union holds a union");
    }
    node->count = count;
    return count > 0 ? node : refuse(reader, "a union has no branches");
}

static const struct schema_node *read_object(struct reader *reader, const json_t *json,
                                             struct text space, int depth)
{
    const json_t *type_json = json_object_get(json, "type");
    struct text name = schema_json_string(type_json);
    enum schema_type type;

    if (name.data == NULL)
        return read_node(reader, type_json, space, depth);
    if (primitive_of(name, &type))
        return read_primitive(reader, json, type);
    if (text_is(name, "record"))
        return read_record(reader, json, space, depth);
    if (text_is(name, "enum"))
        return read_enum(reader, json, space);
    if (text_is(name, "fixed"))
        return read_fixed(reader, json, space);
    if (text_is(name, "array"))
        return read_items(reader, json, space, depth, SCHEMA_ARRAY);
    if (text_is(name, "map"))
        return read_items(reader, json, space, depth, SCHEMA_MAP);
    return read_reference(reader, name, space);
}

static const struct schema_node *read_node(struct reader *reader, const json_t *json,
                                           struct text space, int depth)
{
    if (depth >= SCHEMA_DEPTH_MAX)
        return refuse(reader, "it is nested too deeply"); /* (1) */
    if (json_is_string(json))
        return read_reference(reader, schema_json_string(json), space);
    if (json_is_array(json))
        return read_union(reader, json, space, depth + 1);
    if (json_is_object(json))
        return read_object(reader, json, space, depth + 1);
    return refuse(reader, "a type is neither a name, a list nor an object");
}

/* The second opinion: what avro-c cannot read, no other tool of ours can check. */
static bool library_accepts(struct reader *reader, struct text text)
{
    avro_schema_t schema = NULL;

    if (avro_schema_from_json_length(text.data, text.size, &schema) != 0)
        return refuse(reader, "avro-c refuses it") != NULL;
    avro_schema_decref(schema);
    return true;
}

static const struct schema_node *read_text(struct reader *reader, struct text text)
{
    json_t *json = schema_json_read(text);
    const struct schema_node *root;

    if (json == NULL)
        return refuse(reader, "it is no JSON, or larger than 256 KiB");
    root = read_node(reader, json, (struct text){NULL, 0}, 0);
    json_decref(json);
    if (root == NULL || !library_accepts(reader, text))
        return NULL;
    return root;
}

enum status avro_schema_read(struct text text, struct error *error, struct avro_schema **ret_schema)
{
    struct avro_schema *schema = calloc(1, sizeof *schema);
    struct reader *reader = calloc(1, sizeof *reader);

    assert(schema != NULL && reader != NULL);
    arena_init(&schema->arena, ARENA_BLOCK, ARENA_MAX);
    reader->arena = &schema->arena;
    reader->error = error;
    schema->root = read_text(reader, text);
    free(reader);
    if (schema->root == NULL) {
        avro_schema_free(schema);
        return REJECT;
    }
    *ret_schema = schema;
    return OK;
}

void avro_schema_free(struct avro_schema *schema)
{
    if (schema == NULL)
        return;
    arena_done(&schema->arena);
    free(schema);
}

const struct schema_node *avro_schema_root(const struct avro_schema *schema)
{
    assert(schema->root != NULL);
    return schema->root;
}
