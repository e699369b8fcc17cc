/*
 * config_take.c - see config_take.h.
 */
#include "base/config_take.h"

#include <stdio.h>

/* ---- refusing ---- */

void config_refuse(struct config_take *take, int line, const char *key, const char *problem,
                   const char *hint)
{
    if (!take->failed)
        (void)config_bad_value(take->error, take->file, line, key, problem, hint);
    take->failed = true;
}

void config_refuse_value(struct config_take *take, const struct config_node *node,
                         const char *problem, const char *hint)
{
    char text[256];

    snprintf(text, sizeof text, "%.80s %s", node->value == NULL ? "this" : node->value, problem);
    config_refuse(take, node->line, node->key == NULL ? "-" : node->key, text, hint);
}

void config_refuse_name(struct config_take *take, int line, const char *key, struct text name,
                        const char *what, const char *const *valid, size_t valid_count)
{
    char problem[160];
    char hint[160];
    char wanted[80];
    const char *nearest;

    (void)text_copy(name, wanted, sizeof wanted);
    nearest = config_nearest(wanted, valid, valid_count);
    snprintf(problem, sizeof problem, "%s is not %s", wanted, what);
    snprintf(hint, sizeof hint, "the nearest valid one is %s", nearest == NULL ? "" : nearest);
    config_refuse(take, line, key, problem, nearest == NULL ? NULL : hint);
}

/* ---- taking ---- */

void config_take_keys(struct config_take *take, const struct config_node *map,
                      const char *const *valid, size_t valid_count)
{
    if (map->kind != CONFIG_MAP) {
        config_refuse(take, map->line, map->key == NULL ? "list" : map->key, "not keys with values",
                      NULL);
        return;
    }
    CONFIG_EACH(node, map)
    {
        size_t i = 0;

        while (i < valid_count && strcmp(node->key, valid[i]) != 0)
            i++;
        if (i < valid_count || take->failed)
            continue;
        (void)config_unknown_key(take->error, take->file, node->line, node->key, valid,
                                 valid_count);
        take->failed = true;
    }
}

const struct config_node *config_take_node(struct config_take *take, const struct config_node *map,
                                           const char *key, enum config_kind kind)
{
    const struct config_node *node = map->kind == CONFIG_MAP ? config_tree_child(map, key) : NULL;

    if (node == NULL)
        config_refuse(take, map->line, key, "required", NULL);
    else if (node->kind != kind)
        config_refuse(take, node->line, key, kind == CONFIG_LIST ? "not a list" : "not one value",
                      NULL);
    return take->failed ? NULL : node;
}

struct text config_take_text(struct config_take *take, const struct config_node *map,
                             const char *key, size_t size_max)
{
    const struct config_node *node = config_take_node(take, map, key, CONFIG_SCALAR);
    struct text text = text_of(node == NULL ? NULL : node->value);

    if (node != NULL && (text.size == 0 || text.size > size_max))
        config_refuse_value(take, node, text.size == 0 ? "is empty" : "is too long", NULL);
    if (node != NULL && !text_is_utf8(text))
        config_refuse(take, node->line, key, "not UTF-8", NULL);
    return text;
}

int64_t config_take_int(struct config_take *take, const struct config_node *map, const char *key,
                        int64_t min, int64_t max)
{
    struct text text = config_take_text(take, map, key, 24);
    int64_t value = min;
    char problem[96];

    if (take->failed)
        return min;
    snprintf(problem, sizeof problem, "is not an integer from %lld to %lld", (long long)min,
             (long long)max);
    if (!text_to_int64(text, &value) || value < min || value > max)
        config_refuse_value(take, config_tree_child(map, key), problem, NULL);
    return value;
}

size_t config_take_choice(struct config_take *take, const struct config_node *map, const char *key,
                          const char *const *names, size_t count)
{
    struct text text = config_take_text(take, map, key, 64);

    for (size_t i = 0; i < count && !take->failed; i++)
        if (text_is(text, names[i]))
            return i;
    if (!take->failed)
        config_refuse_name(take, config_tree_child(map, key)->line, key, text, "one of its values",
                           names, count);
    return 0;
}

bool config_take_has(const struct config_take *take, const struct config_node *map, const char *key)
{
    return !take->failed && map->kind == CONFIG_MAP && config_tree_child(map, key) != NULL;
}
