/*
 * config_take.h - one key of a YAML map per line, and every complaint at once.
 *
 *   static const char *const keys[] = {"code", "limit"};
 *
 *   config_take_keys(&take, map, keys, COUNT_OF(keys));
 *   code = config_take_text(&take, map, "code", 35);
 *   limit = config_take_int(&take, map, "limit", 1, 1000);
 *   if (take.failed)
 *       return FATAL;                     error names file, line, key, and what would be right
 *
 * (1) The first thing that is wrong is kept in error; after it everything answers with an empty
 *     value, so that a reader asks once.
 * (2) Texts point into the arena of the tree.
 */
#ifndef SAWA_BASE_CONFIG_TAKE_H
#define SAWA_BASE_CONFIG_TAKE_H

#include "base/config_tree.h"

struct config_take {
    const char *file; /* as messages name it */
    struct error *error;
    bool failed;
};

/* Only these keys are in the map. */
void config_take_keys(struct config_take *take, const struct config_node *map,
                      const char *const *valid, size_t valid_count);

/* The child of that kind, which is required. NULL: it failed. */
const struct config_node *config_take_node(struct config_take *take, const struct config_node *map,
                                           const char *key, enum config_kind kind);

/* UTF-8, of one to size_max bytes. */
struct text config_take_text(struct config_take *take, const struct config_node *map,
                             const char *key, size_t size_max);

int64_t config_take_int(struct config_take *take, const struct config_node *map, const char *key,
                        int64_t min, int64_t max);

/* The index of the value in names; 0 where it failed. */
size_t config_take_choice(struct config_take *take, const struct config_node *map, const char *key,
                          const char *const *names, size_t count);

/* Whether an optional key is there; false once something failed. */
bool config_take_has(const struct config_take *take, const struct config_node *map,
                     const char *key);

/* For what the reader finds itself; hint may be NULL. */
void config_refuse(struct config_take *take, int line, const char *key, const char *problem,
                   const char *hint);

/* "VALUE problem" of that node. */
void config_refuse_value(struct config_take *take, const struct config_node *node,
                         const char *problem, const char *hint);

/* "NAME is not WHAT", with the nearest of the valid names as hint. */
void config_refuse_name(struct config_take *take, int line, const char *key, struct text name,
                        const char *what, const char *const *valid, size_t valid_count);

#endif
