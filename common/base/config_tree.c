/*
 * config_tree.c - see config_tree.h.
 */
#include "base/config_tree.h"

#include <stdio.h>
#include <yaml.h>

/* A tree under construction. open[] holds the collections around the next event. */
struct tree_reader {
    yaml_parser_t parser;
    const char *file;
    struct arena *arena;
    struct error *error;
    struct config_node *root;
    struct config_node *open[CONFIG_DEPTH_MAX];
    struct config_node *last[CONFIG_DEPTH_MAX]; /* last child of open[i] */
    const char *pending_key;                    /* read, its value not yet */
    int pending_line;
    size_t depth;
    size_t nodes;
    size_t documents;
};

static enum status refuse(struct tree_reader *reader, size_t line, const char *problem)
{
    (void)error_configuration(reader->error, "could not read %s", reader->file);
    reader->error->line = (int64_t)line;
    return error_detail(reader->error, "line %zu: %s", line, problem);
}

static size_t event_line(const yaml_event_t *event)
{
    return event->start_mark.line + 1;
}

static bool map_has_key(const struct config_node *map, const char *key)
{
    return config_tree_child(map, key) != NULL;
}

/* Puts node below the open collection and gives it the pending key. */
static void tree_attach(struct tree_reader *reader, struct config_node *node)
{
    struct config_node *parent;

    if (reader->depth == 0) {
        reader->root = node;
        return;
    }
    parent = reader->open[reader->depth - 1];
    if (parent->first == NULL)
        parent->first = node;
    else
        reader->last[reader->depth - 1]->next = node;
    reader->last[reader->depth - 1] = node;
    parent->count++;
    node->key = reader->pending_key;
    if (node->key != NULL)
        node->line = reader->pending_line; /* (3): where a person looks for it */
    reader->pending_key = NULL;
}

static enum status tree_add(struct tree_reader *reader, enum config_kind kind, size_t line,
                            struct config_node **ret_node)
{
    struct config_node *node;

    if (reader->nodes == CONFIG_NODES_MAX) /* (1) */
        return refuse(reader, line, "more than 20000 values");
    node = arena_alloc(reader->arena, sizeof *node);
    if (node == NULL)
        return refuse(reader, line, "the file needs more memory than its ceiling");
    node->kind = kind;
    node->line = (int)line;
    reader->nodes++;
    tree_attach(reader, node);
    *ret_node = node;
    return OK;
}

static bool expects_key(const struct tree_reader *reader)
{
    return reader->depth > 0 && reader->open[reader->depth - 1]->kind == CONFIG_MAP &&
           reader->pending_key == NULL;
}

static enum status take_key(struct tree_reader *reader, struct text text, size_t line)
{
    char *key = arena_string(reader->arena, text);

    if (key == NULL)
        return refuse(reader, line, "the file needs more memory than its ceiling");
    if (text.size == 0)
        return refuse(reader, line, "an empty key");
    if (text_is(text, "<<"))
        return refuse(reader, line, "merge keys are not supported");
    if (map_has_key(reader->open[reader->depth - 1], key)) { /* (2) */
        (void)refuse(reader, line, "");
        return error_detail(reader->error, "line %zu, key %.64s: occurs twice", line, key);
    }
    reader->pending_key = key;
    reader->pending_line = (int)line;
    return OK;
}

static enum status on_scalar(struct tree_reader *reader, const yaml_event_t *event)
{
    struct text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    size_t line = event_line(event);
    struct config_node *node;
    enum status status;

    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
        return refuse(reader, line, "anchors and tags are not supported");
    if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL) /* (2) */
        return refuse(reader, line, "a value holds a NUL byte");
    if (expects_key(reader))
        return take_key(reader, text, line);
    status = tree_add(reader, CONFIG_SCALAR, line, &node);
    if (status != OK)
        return status;
    node->value = arena_string(reader->arena, text);
    return node->value == NULL ? refuse(reader, line, "the file is too large") : OK;
}

static enum status on_open(struct tree_reader *reader, const yaml_event_t *event,
                           enum config_kind kind, bool decorated)
{
    size_t line = event_line(event);
    struct config_node *node;
    enum status status;

    if (decorated)
        return refuse(reader, line, "anchors and tags are not supported");
    if (expects_key(reader))
        return refuse(reader, line, "a key must be a text");
    if (reader->depth == CONFIG_DEPTH_MAX) /* (1) */
        return refuse(reader, line, "nested deeper than 16 levels");
    status = tree_add(reader, kind, line, &node);
    if (status != OK)
        return status;
    reader->last[reader->depth] = NULL;
    reader->open[reader->depth++] = node;
    return OK;
}

static enum status on_close(struct tree_reader *reader)
{
    assert(reader->depth > 0);
    assert(reader->pending_key == NULL); /* libyaml gives a value, if empty, to every key */
    reader->depth--;
    return OK;
}

static enum status on_document(struct tree_reader *reader, const yaml_event_t *event)
{
    return reader->documents++ == 0 ? OK
                                    : refuse(reader, event_line(event), "more than one document");
}

static enum status on_event(struct tree_reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: return on_scalar(reader, event);
    case YAML_MAPPING_START_EVENT:
        return on_open(reader, event, CONFIG_MAP,
                       event->data.mapping_start.anchor != NULL ||
                           event->data.mapping_start.tag != NULL);
    case YAML_SEQUENCE_START_EVENT:
        return on_open(reader, event, CONFIG_LIST,
                       event->data.sequence_start.anchor != NULL ||
                           event->data.sequence_start.tag != NULL);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT: return on_close(reader);
    case YAML_DOCUMENT_START_EVENT: return on_document(reader, event);
    case YAML_ALIAS_EVENT: return refuse(reader, event_line(event), "aliases are not supported");
    default: return OK;
    }
}

static enum status refuse_syntax(struct tree_reader *reader)
{
    const char *problem = reader->parser.problem;

    return refuse(reader, reader->parser.problem_mark.line + 1,
                  problem == NULL ? "not YAML" : problem);
}

static enum status read_events(struct tree_reader *reader)
{
    enum status status = OK;
    bool more = true;

    while (status == OK && more) {
        yaml_event_t event;

        if (yaml_parser_parse(&reader->parser, &event) == 0)
            return refuse_syntax(reader);
        status = on_event(reader, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return status;
}

/* A file without any document, or with an empty value only, says nothing: an empty map. */
static enum status finish_root(struct tree_reader *reader, const struct config_node **ret_root)
{
    struct config_node *empty = arena_alloc(reader->arena, sizeof *empty);

    if (empty == NULL)
        return refuse(reader, 1, "the file needs more memory than its ceiling");
    *empty = (struct config_node){.kind = CONFIG_MAP, .line = 1};
    if (reader->root == NULL ||
        (reader->root->kind == CONFIG_SCALAR && reader->root->value[0] == '\0'))
        reader->root = empty;
    if (reader->root->kind != CONFIG_MAP)
        return refuse(reader, (size_t)reader->root->line, "expected keys with values");
    *ret_root = reader->root;
    return OK;
}

enum status config_tree_parse(struct text bytes, const char *file, struct arena *arena,
                              struct error *error, const struct config_node **ret_root)
{
    struct tree_reader reader = {.file = file, .arena = arena, .error = error};
    enum status status;

    if (bytes.size > CONFIG_SIZE_MAX) /* (1) */
        return refuse(&reader, 1, "larger than 1 MiB");
    if (yaml_parser_initialize(&reader.parser) == 0)
        return refuse(&reader, 1, "out of memory");
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser,
                                 (const unsigned char *)(bytes.size == 0 ? "" : bytes.data),
                                 bytes.size);
    status = read_events(&reader);
    yaml_parser_delete(&reader.parser);
    return status == OK ? finish_root(&reader, ret_root) : status;
}

const struct config_node *config_tree_child(const struct config_node *map, const char *key)
{
    assert(map->kind == CONFIG_MAP);
    CONFIG_EACH(child, map)
    if (strcmp(child->key, key) == 0)
        return child;
    return NULL;
}

const char *config_nearest(const char *name, const char *const *valid, size_t valid_count)
{
    size_t limit = strlen(name) / 2 + 1;
    const char *nearest = NULL;

    for (size_t i = 0; i < valid_count; i++) {
        size_t distance = text_distance(text_of(name), text_of(valid[i]), limit);

        if (distance >= limit)
            continue;
        nearest = valid[i];
        limit = distance;
    }
    return nearest;
}

enum status config_bad_value(struct error *error, const char *file, int line, const char *key,
                             const char *problem, const char *hint)
{
    (void)error_configuration(error, "could not use %s", file);
    error->line = line;
    (void)text_copy(text_of(key), error->subject, sizeof error->subject);
    if (line > 0)
        (void)error_detail(error, "line %d, key %s: %s", line, key, problem);
    else
        (void)error_detail(error, "key %s: %s", key, problem);
    if (hint != NULL)
        (void)error_hint(error, "%s", hint);
    return error->status;
}

enum status config_unknown_key(struct error *error, const char *file, int line, const char *key,
                               const char *const *valid, size_t valid_count)
{
    const char *nearest = config_nearest(key, valid, valid_count);

    (void)config_bad_value(error, file, line, key, "unknown", NULL);
    return nearest == NULL ? error_hint(error, "no valid key is near; --print-config lists them")
                           : error_hint(error, "the nearest valid key is %s", nearest);
}
