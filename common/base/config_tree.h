/*
 * config_tree.h - a YAML file as a tree, within bounds.
 *
 *   corridors:              MAP   root
 *     - code: KES-NGN         LIST  key "corridors"
 *       cut_offs: [960]         MAP
 *                                 SCALAR key "code", value KES-NGN, line 2
 *                                 LIST   key "cut_offs" ...
 *
 * Plain YAML only: one document, no anchors, aliases, tags or merge keys; values
 * are texts, and who reads them says what they mean.
 *
 * (1) Size, depth and node count stay below the ceilings, whatever the file holds.
 * (2) No key occurs twice in one map; keys and values hold no NUL byte.
 * (3) Every node knows its line, so every message can name it.
 *
 * Everything lives in the arena. The only door to libyaml, with config_tree.c.
 */
#ifndef SAWA_BASE_CONFIG_TREE_H
#define SAWA_BASE_CONFIG_TREE_H

#include "base/arena.h"
#include "base/error.h"

enum {
    CONFIG_SIZE_MAX = 1024 * 1024, /* bytes of one file */
    CONFIG_DEPTH_MAX = 16,
    CONFIG_NODES_MAX = 20000,
};

enum config_kind { CONFIG_SCALAR, CONFIG_MAP, CONFIG_LIST };

struct config_node {
    enum config_kind kind;
    const char *key;          /* NULL in lists and at the root      */
    const char *value;        /* scalars: terminated, else NULL     */
    int line;                 /* 1-based: of its key, else its own  */
    size_t count;             /* children                           */
    struct config_node *next; /* the next child of the same parent  */
    struct config_node *first;
};

/* Reads bytes; file is named in messages only. An empty document is an empty map. FATAL with
 * EXIT_CONFIGURATION names file and line (error->line). */
must_use enum status config_tree_parse(struct text bytes, const char *file, struct arena *arena,
                                       struct error *error, const struct config_node **ret_root);

/* The child with this key; NULL where map has none. map must be a MAP. */
const struct config_node *config_tree_child(const struct config_node *map, const char *key);

/* for (child = node->first; child != NULL; child = child->next) reads as: */
#define CONFIG_EACH(child, node)                                                                   \
    for (const struct config_node *child = (node)->first; child != NULL; child = child->next)

/* The message of every wrong key: "could not use FILE", "line N, key K: problem", and as hint
 * the nearest of the valid names where one is near. FATAL with EXIT_CONFIGURATION. */
enum status config_unknown_key(struct error *error, const char *file, int line, const char *key,
                               const char *const *valid, size_t valid_count);

/* The message of every wrong value; hint may be NULL. */
enum status config_bad_value(struct error *error, const char *file, int line, const char *key,
                             const char *problem, const char *hint);

/* The entry of valid nearest to name, NULL where none is near enough to be meant. */
const char *config_nearest(const char *name, const char *const *valid, size_t valid_count);

#endif
