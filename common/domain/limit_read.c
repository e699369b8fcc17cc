/*
 * limit_read.c - what a corridor's nets are held against, from its book: see corridor.h (6).
 *
 *   minimum_minor: 50000
 *   prefunded: yes                     of all who settle for themselves and do not say no
 *   participants:
 *     - EXAMKE01
 *     - {code: EXAMKE02, net_debit_cap_minor: 1000000, prefunded: no}
 *     - {code: EXAMKE05, settles_through: EXAMKE02}
 */
#include "domain/corridor_work.h"

struct text book_member_code(struct book_reader *reader, const struct config_node *node)
{
    static const char *const keys[] = {"code", "net_debit_cap_minor", "prefunded",
                                       "settles_through"};

    if (node->kind == CONFIG_SCALAR)
        return text_of(node->value);
    if (node->kind != CONFIG_MAP) {
        config_refuse(&reader->take, node->line, "participants", "is not a participant",
                      "write CODE, or {code: CODE, net_debit_cap_minor: 100000}");
        return TEXT("");
    }
    config_take_keys(&reader->take, node, keys, COUNT_OF(keys));
    return config_take_text(&reader->take, node, "code", 35);
}

/* The word of an optional key; otherwise where it is not there. */
static bool take_yes(struct book_reader *reader, const struct config_node *map, bool otherwise)
{
    static const char *const words[] = {"no", "yes"};

    return config_take_has(&reader->take, map, "prefunded")
               ? config_take_choice(&reader->take, map, "prefunded", words, COUNT_OF(words)) == 1
               : otherwise;
}

/* (6) */
static void read_through(struct book_reader *reader, const struct config_node *map,
                         const struct corridor *corridor, const struct participant *member,
                         struct member_terms *terms)
{
    struct text code = config_take_text(&reader->take, map, "settles_through", 35);
    const struct config_node *node = config_tree_child(map, "settles_through");
    size_t index = corridor_participant(corridor, code);

    if (reader->take.failed)
        return;
    if (index == PARTICIPANT_NONE || corridor->participants[index] == member)
        config_refuse_value(&reader->take, node, "is not another participant of the corridor",
                            NULL);
    else if (corridor->model != MODEL_MULTILATERAL)
        config_refuse_value(&reader->take, node, "settles for nobody here",
                            "groups are of corridors whose model is MULTILATERAL");
    else if (config_take_has(&reader->take, map, "net_debit_cap_minor") ||
             config_take_has(&reader->take, map, "prefunded"))
        config_refuse_value(&reader->take, node, "settles for it: its own limits mean nothing",
                            "cap or prefund the participant that settles for the group");
    else
        terms->through = corridor->participants[index];
}

static void read_terms(struct book_reader *reader, const struct config_node *map,
                       const struct corridor *corridor, struct member_terms *all)
{
    size_t index = corridor_participant(corridor, book_member_code(reader, map));
    struct member_terms *terms = &all[index];

    if (reader->take.failed)
        return;
    if (config_take_has(&reader->take, map, "net_debit_cap_minor"))
        terms->cap_minor =
            config_take_int(&reader->take, map, "net_debit_cap_minor", 0, NET_DEBIT_UNCAPPED - 1);
    terms->is_prefunded = take_yes(reader, map, terms->is_prefunded);
    if (config_take_has(&reader->take, map, "settles_through"))
        read_through(reader, map, corridor, corridor->participants[index], terms);
}

/* Who settles for others does so for itself; who does not is funded by nobody. */
static void check_groups(struct book_reader *reader, const struct config_node *list,
                         const struct corridor *corridor, struct member_terms *all)
{
    for (size_t i = 0; i < corridor->participant_count && !reader->take.failed; i++) {
        size_t head;

        if (all[i].through == NULL)
            continue;
        head = corridor_participant(corridor, all[i].through->code);
        all[i].is_prefunded = false;
        if (all[head].through != NULL)
            config_refuse(&reader->take, list->line, "settles_through",
                          "names a participant that settles through another itself",
                          "name the one that settles for the whole group");
    }
}

static bool has_terms(const struct config_node *list, bool prefunded)
{
    CONFIG_EACH(node, list)
    {
        if (node->kind == CONFIG_MAP && node->count > 1)
            return true;
    }
    return prefunded;
}

void book_limits_read(struct book_reader *reader, const struct config_node *map,
                      const struct config_node *list, struct corridor *corridor)
{
    bool prefunded = take_yes(reader, map, false);
    struct member_terms *terms;

    if (config_take_has(&reader->take, map, "minimum_minor"))
        corridor->minimum_minor =
            config_take_int(&reader->take, map, "minimum_minor", 2, INT64_MAX - 1);
    if (reader->take.failed || !has_terms(list, prefunded))
        return;
    terms = book_memory(reader, corridor->participant_count, sizeof *terms);
    if (terms == NULL)
        return;
    for (size_t i = 0; i < corridor->participant_count; i++)
        terms[i] = (struct member_terms){NULL, NET_DEBIT_UNCAPPED, prefunded};
    for (const struct config_node *node = list->first; node != NULL && !reader->take.failed;
         node = node->next) {
        if (node->kind == CONFIG_MAP)
            read_terms(reader, node, corridor, terms);
    }
    check_groups(reader, list, corridor, terms);
    corridor->terms = terms;
}
