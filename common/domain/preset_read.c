/*
 * preset_read.c - a corridor of a book that names a preset: what the preset says and it does not.
 *
 *   preset: DAILY_MULTILATERAL_PREFUNDED
 *   cut_offs: ["15:00"]                     what is written beside it wins
 *
 * The keys of a preset join those of the corridor before anything is read: so they are checked,
 * shown (sawa corridor show) and digested as if they were written there. A preset never changes;
 * what is better than it gets another name, or stored definitions would read otherwise.
 */
#include "domain/corridor_work.h"

#include <string.h>

/* One cut-off a day that the whole continent can name, every participant against the settlement
 * agent, debits out of what was placed beforehand, money a business day later: in the manner of
 * PAPSS, see README.md. */
static const char daily_multilateral_prefunded[] = "model: MULTILATERAL\n"
                                                   "prefunded: yes\n"
                                                   "time_zone: Etc/UTC\n"
                                                   "cut_offs: [\"11:00\"]\n"
                                                   "grace_seconds: 1800\n"
                                                   "settlement_lag: 1\n";

static const char *const names[] = {"DAILY_MULTILATERAL_PREFUNDED"};
static const char *const presets[] = {daily_multilateral_prefunded};

/* One of the nodes, as a child of another parent. */
static struct config_node *child_copy(struct book_reader *reader, const struct config_node *child)
{
    struct config_node *copy = book_memory(reader, 1, sizeof *copy);

    if (copy == NULL)
        return NULL;
    *copy = *child;
    copy->next = NULL;
    return copy;
}

/* The preset's own lines are in no file: errors name the line of the key preset. */
static void lines_set(struct config_node *node, int line)
{
    node->line = line;
    for (struct config_node *child = node->first; child != NULL; child = child->next)
        lines_set(child, line);
}

static void children_add(struct book_reader *reader, const struct config_node *from, int line,
                         struct config_node *map, struct config_node ***tail)
{
    CONFIG_EACH(child, from)
    {
        struct config_node *copy;

        if (map->first != NULL && config_tree_child(map, child->key) != NULL)
            continue;
        copy = child_copy(reader, child);
        if (copy == NULL)
            return;
        if (line != 0)
            lines_set(copy, line);
        **tail = copy;
        *tail = &copy->next;
        map->count++;
    }
}

const struct config_node *book_preset(struct book_reader *reader, const struct config_node *map)
{
    struct config_node *joined;
    struct config_node **tail;
    const struct config_node *preset;
    size_t index;

    if (!config_take_has(&reader->take, map, "preset"))
        return map;
    index = config_take_choice(&reader->take, map, "preset", names, COUNT_OF(names));
    joined = reader->take.failed ? NULL : child_copy(reader, map);
    if (joined == NULL)
        return map;
    if (config_tree_parse(text_of(presets[index]), "preset", reader->arena, reader->take.error,
                          &preset) != OK) {
        reader->take.failed = true;
        return map;
    }
    joined->first = NULL;
    joined->count = 0;
    tail = &joined->first;
    children_add(reader, map, 0, joined, &tail);
    children_add(reader, preset, config_tree_child(map, "preset")->line, joined, &tail);
    return joined;
}
