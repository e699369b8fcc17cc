/*
 * avro_schema.h - a writer's Avro schema as a tree, read within bounds.
 *
 * avro-c has to accept the text too, but it drops logical types, defaults and aliases, so the
 * tree is ours, read from the JSON. It sees schema texts only, never a byte of a record.
 *
 *   {"type": "record", "name": "P", "fields": [...]}
 *
 *   record P -- fields[0] "event_id" ---- string
 *            -- fields[1] "kind" -------- enum, symbols[]
 *            -- fields[2] "uetr" -------- union, branches[] -- null
 *                                                           -- string, uuid
 *
 * (1) Text <= 256 KiB, depth <= 32, nodes <= 16,384: beyond that the schema is refused.
 * (2) Named types may be referred to, also by themselves: the tree is then a graph with cycles,
 *     and who walks it counts depth and work.
 * (3) The schema owns everything its nodes point to; it never changes once read.
 */
#ifndef SAWA_CODEC_AVRO_AVRO_SCHEMA_H
#define SAWA_CODEC_AVRO_AVRO_SCHEMA_H

#include "base/buffer.h"
#include "base/crypto.h"
#include "base/error.h"

enum { SCHEMA_TEXT_MAX = 256 * 1024, SCHEMA_DEPTH_MAX = 32, SCHEMA_NODE_MAX = 16384 };

enum schema_type {
    SCHEMA_NULL,
    SCHEMA_BOOLEAN,
    SCHEMA_INT,
    SCHEMA_LONG,
    SCHEMA_FLOAT,
    SCHEMA_DOUBLE,
    SCHEMA_BYTES,
    SCHEMA_STRING,
    SCHEMA_FIXED,
    SCHEMA_ENUM,
    SCHEMA_ARRAY,
    SCHEMA_MAP,
    SCHEMA_UNION,
    SCHEMA_RECORD,
};

enum schema_logical {
    LOGICAL_NONE,
    LOGICAL_DECIMAL,
    LOGICAL_UUID,
    LOGICAL_TIMESTAMP_MS,
    LOGICAL_TIMESTAMP_US,
    LOGICAL_OTHER, /* any other: the number or the bytes mean something we do not know */
};

struct schema_names {
    const struct text *names;
    size_t count;
};

struct schema_field;

struct schema_node {
    enum schema_type type;
    enum schema_logical logical;
    int precision;                       /* LOGICAL_DECIMAL */
    int scale;                           /* LOGICAL_DECIMAL */
    size_t size;                         /* SCHEMA_FIXED */
    struct text name;                    /* full name of a named type */
    struct schema_names symbols;         /* SCHEMA_ENUM */
    const struct schema_node *items;     /* SCHEMA_ARRAY, SCHEMA_MAP */
    const struct schema_node **branches; /* SCHEMA_UNION */
    const struct schema_field *fields;   /* SCHEMA_RECORD */
    size_t count;                        /* of branches or fields */
};

struct schema_field {
    struct text name;
    struct schema_names aliases;
    bool has_default;
    const struct schema_node *node;
};

struct avro_schema;

/* Reads a schema text. REJECT: out of bounds, not a schema, or avro-c refuses it; error tells
 * what. The caller frees *ret_schema. */
must_use enum status avro_schema_read(struct text text, struct error *error,
                                      struct avro_schema **ret_schema);
void avro_schema_free(struct avro_schema *schema); /* NULL is fine */

const struct schema_node *avro_schema_root(const struct avro_schema *schema);

/* Of the text with sorted keys and no blanks, so that re-indenting changes nothing. False: the
 * text is no JSON within the bounds. */
must_use bool avro_schema_digest(struct text text, struct digest *ret_digest);

/* The schema inside a registry's answer, {"schema": "...", ...}, appended to ret_text. False: it
 * is not such an answer. Of which language the schema is shows when it is read. */
must_use bool avro_schema_of_answer(struct text answer, struct buffer *ret_text);

/* Whether a registry's answer says that it knows no such schema: {"error_code": 40403, ...}. A 404
 * of anybody else on the way (a proxy, another path, a server that is still starting) does not. */
must_use bool avro_schema_is_absent(struct text answer);

/* Reads {"<id>": "<file>", ...} and calls visit for each, in order; stops at the first answer
 * that is not OK and returns it. FATAL with error where the text is not of that form. */
typedef enum status schema_id_visit(void *user, uint32_t schema_id, const char *file,
                                    struct error *error);
must_use enum status avro_schema_ids(struct text text, schema_id_visit *visit, void *user,
                                     struct error *error);

#endif
