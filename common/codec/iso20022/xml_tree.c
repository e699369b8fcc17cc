/*
 * xml_tree.c - see xml_tree.h.
 */
#include "codec/iso20022/xml_tree.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 256 };

void xml_tree_init(struct xml_tree *tree, int32_t node_max, size_t text_max)
{
    assert(node_max > 0);
    assert(text_max <= UINT32_MAX);
    *tree = (struct xml_tree){.node_max = node_max, .open = XML_NONE};
    buffer_init(&tree->text, text_max);
}

void xml_tree_done(struct xml_tree *tree)
{
    free(tree->nodes);
    buffer_done(&tree->text);
    tree->nodes = NULL;
}

void xml_tree_clear(struct xml_tree *tree)
{
    tree->node_count = 0;
    tree->depth = 0;
    tree->open = XML_NONE;
    buffer_clear(&tree->text);
}

static bool grow(struct xml_tree *tree)
{
    int32_t capacity = tree->node_capacity == 0 ? FIRST_CAPACITY : tree->node_capacity * 2;
    struct xml_node *nodes;

    if (tree->node_count < tree->node_capacity)
        return true;
    if (tree->node_count >= tree->node_max)
        return false; /* (3) */
    if (capacity > tree->node_max)
        capacity = tree->node_max;
    nodes = realloc(tree->nodes, (size_t)capacity * sizeof *nodes);
    if (nodes == NULL)
        return false;
    tree->nodes = nodes;
    tree->node_capacity = capacity;
    return true;
}

/* head is xml_name_head(path). */
static bool has_name(const struct xml_node *node, const char *path, uint64_t head)
{
    const char *own;

    if (node->head != head || head >> 56 == 0)
        return node->head == head;
    own = node->name + sizeof head;
    path += sizeof head;
    for (; *own != '\0' && *own == *path; own++)
        path++;
    return *own == '\0' && (*path == '\0' || *path == '/');
}

static size_t name_size(const struct xml_node *node)
{
    if (node->head >> 56 != 0)
        return sizeof node->head + strlen(node->name + sizeof node->head);
    return node->head == 0 ? 0 : sizeof node->head - (size_t)__builtin_clzll(node->head) / 8;
}

struct text xml_currency_attribute(const unsigned char **attributes, int count)
{
    for (int i = 0; i < count; i++) {
        const unsigned char **attribute = attributes + 5 * (size_t)i;

        if (strcmp((const char *)attribute[0], "Ccy") == 0)
            return (struct text){(const char *)attribute[3], (size_t)(attribute[4] - attribute[3])};
    }
    return (struct text){NULL, 0};
}

/* A message has a few dozen names, and each of them a hundred thousand times. */
static const struct xml_known *known_of(struct xml_tree *tree, const char *name)
{
    size_t place = (size_t)(((uintptr_t)name * UINT64_C(0x9E3779B97F4A7C15)) >> 56);
    struct xml_known *known = &tree->known[place];

    if (known->name != name)
        *known = (struct xml_known){name, xml_name_head(name), xml_name_bit(name)};
    return known;
}

void xml_tree_open(struct xml_tree *tree, const char *name, int64_t line, struct text currency)
{
    const struct xml_known *known = known_of(tree, name);
    struct xml_node *node;

    if (tree->failed || !grow(tree)) {
        tree->failed = true;
        return;
    }
    node = &tree->nodes[tree->node_count];
    *node = (struct xml_node){.name = name,
                              .head = known->head,
                              .depth = tree->depth,
                              .parent = tree->open,
                              .line = line};
    if (tree->open != XML_NONE)
        tree->nodes[tree->open].children |= known->bit;
    node->currency_start = (uint32_t)tree->text.size;
    node->currency_size = (uint32_t)currency.size;
    if (currency.size > 0)
        buffer_text(&tree->text, currency);
    node->text_start = (uint32_t)tree->text.size;
    tree->open = tree->node_count++;
    tree->depth++;
    tree->failed = tree->failed || buffer_failed(&tree->text);
}

void xml_tree_text(struct xml_tree *tree, struct text text)
{
    struct xml_node *node;

    if (tree->failed || tree->open == XML_NONE)
        return;
    node = &tree->nodes[tree->open];
    if (tree->open != tree->node_count - 1)
        return; /* text between children has no meaning in these messages */
    buffer_text(&tree->text, text);
    tree->failed = buffer_failed(&tree->text);
    node->text_size = tree->failed ? 0 : (uint32_t)tree->text.size - node->text_start;
}

int32_t xml_tree_close(struct xml_tree *tree)
{
    int32_t closed = tree->open;

    if (tree->failed)
        return XML_NONE;
    assert(closed != XML_NONE);
    tree->nodes[closed].end = tree->node_count;
    tree->depth--;
    tree->open = tree->nodes[closed].parent;
    return closed;
}

void xml_tree_cut(struct xml_tree *tree, int32_t node)
{
    if (tree->failed)
        return;
    assert(node >= 0 && node < tree->node_count);
    assert(tree->nodes[node].end == tree->node_count);
    tree->text.size = tree->nodes[node].currency_start;
    tree->node_count = node;
}

int32_t xml_child(const struct xml_tree *tree, int32_t node)
{
    int32_t end;

    if (node == XML_NONE)
        return XML_NONE;
    end = tree->nodes[node].end == 0 ? tree->node_count : tree->nodes[node].end;
    return node + 1 < end ? node + 1 : XML_NONE; /* (1) */
}

int32_t xml_sibling(const struct xml_tree *tree, int32_t node)
{
    int32_t next = tree->nodes[node].end;

    if (next <= node || next >= tree->node_count ||
        tree->nodes[next].depth != tree->nodes[node].depth)
        return XML_NONE;
    return next;
}

bool xml_is(const struct xml_tree *tree, int32_t node, const char *name)
{
    const char *own = tree->nodes[node].name;

    return own[0] == name[0] && strcmp(own, name) == 0;
}

int32_t xml_next(const struct xml_tree *tree, int32_t node)
{
    const struct xml_node *own = &tree->nodes[node];
    int32_t next = xml_sibling(tree, node);

    while (next != XML_NONE && !has_name(&tree->nodes[next], own->name, own->head))
        next = xml_sibling(tree, next);
    return next;
}

/* The first child of node with the first name of path. */
static int32_t child_named(const struct xml_tree *tree, int32_t node, const char *path,
                           uint64_t head)
{
    const struct xml_node *nodes = tree->nodes;
    int32_t end = nodes[node].end == 0 ? tree->node_count : nodes[node].end;
    int32_t child = node + 1;

    while (child < end && !has_name(&nodes[child], path, head)) {
        if (nodes[child].end == 0)
            return XML_NONE; /* the last one, still open */
        child = nodes[child].end;
    }
    return child < end ? child : XML_NONE;
}

int32_t xml_find_path(const struct xml_tree *tree, int32_t node, const char *path, uint64_t head)
{
    for (;;) {
        node = child_named(tree, node, path, head);
        if (node == XML_NONE)
            return XML_NONE;
        path += name_size(&tree->nodes[node]);
        if (*path == '\0')
            return node;
        path++;
        if ((tree->nodes[node].children & xml_name_bit(path)) == 0)
            return XML_NONE;
        head = xml_name_head(path);
    }
}

struct text xml_text(const struct xml_tree *tree, int32_t node)
{
    if (node == XML_NONE || tree->nodes[node].text_size == 0 || xml_child(tree, node) != XML_NONE)
        return (struct text){NULL, 0};
    return text_trim(
        (struct text){tree->text.data + tree->nodes[node].text_start, tree->nodes[node].text_size});
}

struct text xml_currency(const struct xml_tree *tree, int32_t node)
{
    if (node == XML_NONE || tree->nodes[node].currency_size == 0)
        return (struct text){NULL, 0};
    return (struct text){tree->text.data + tree->nodes[node].currency_start,
                         tree->nodes[node].currency_size};
}
