/*
 * items.c - the outstanding items of an opening, from a YAML file:
 *
 *   items:
 *     - {side: BANK, amount: "12.50", value_date: 2026-10-30, reference: FT2610A7}
 *     - {side: BOOK, amount: "-900.00", value_date: 2026-10-31, end_to_end_id: 0a1b...}
 *
 * amount: money in is positive. BANK: booked at the bank, not in the books. BOOK: the reverse.
 */
#include "account.h"

#include "base/config_tree.h"
#include "base/file.h"

static const char *const keys[] = {"side", "amount", "value_date", "reference", "end_to_end_id"};

/* A file on its way. */
struct items {
    const char *path;
    struct opening *opening;
    struct error *error;
};

static enum status bad(const struct items *items, const struct config_node *node,
                       const char *problem, const char *hint)
{
    return config_bad_value(items->error, items->path, node->line, node->key, problem, hint);
}

static enum status amount_read(const struct items *items, const struct config_node *node,
                               struct opening_item *item)
{
    struct amount amount;
    bool excess = false;

    if (!amount_parse(text_of(node->value), '.', true, items->opening->currency, &amount,
                      &excess) ||
        amount.minor == 0)
        return bad(items, node, "is not an amount of the account's currency, or zero",
                   "write \"-900.00\" with a point");
    item->amount_minor = amount.minor;
    return OK;
}

static enum status value_read(const struct items *items, const struct config_node *node,
                              struct opening_item *item)
{
    struct text value = text_of(node->value);
    struct text key = text_of(node->key);

    if (text_is(key, "amount"))
        return amount_read(items, node, item);
    if (text_is(key, "side")) {
        item->side = text_is(value, "BANK") ? SIDE_BANK : SIDE_BOOK;
        return text_is(value, "BANK") || text_is(value, "BOOK")
                   ? OK
                   : bad(items, node, "is neither BANK nor BOOK", NULL);
    }
    if (text_is(key, "value_date"))
        return date_parse(value, &item->value_date)
                   ? OK
                   : bad(items, node, "is no date", "write 2026-10-30");
    *(text_is(key, "reference") ? &item->reference : &item->end_to_end_id) = value;
    return OK;
}

static bool is_known(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (strcmp(keys[i], key) == 0)
            return true;
    }
    return false;
}

static enum status item_read(const struct items *items, const struct config_node *node,
                             struct opening_item *item)
{
    enum status status = OK;

    if (node->kind != CONFIG_MAP)
        return bad(items, node, "an item is a map", NULL);
    CONFIG_EACH(child, node)
    {
        if (!is_known(child->key))
            return config_unknown_key(items->error, items->path, child->line, child->key, keys,
                                      COUNT_OF(keys));
        if (child->kind != CONFIG_SCALAR)
            return bad(items, child, "is a single value", NULL);
        status = value_read(items, child, item);
        if (status != OK)
            return status;
    }
    if (item->amount_minor == 0 || item->value_date == DATE_NONE ||
        config_tree_child(node, "side") == NULL)
        return bad(items, node, "an item has side, amount and value_date", NULL);
    return OK;
}

static enum status sums_add(const struct items *items, const struct opening_item *item)
{
    struct opening *opening = items->opening;
    int64_t *sum = item->side == SIDE_BANK ? &opening->bank_open_minor : &opening->book_open_minor;

    if (__builtin_add_overflow(*sum, item->amount_minor, sum))
        return error_configuration(items->error, "the items of %s sum to more than fits",
                                   items->path);
    return OK;
}

static enum status list_read(const struct items *items, const struct config_node *list,
                             struct arena *arena)
{
    struct opening_item *read = arena_alloc(arena, (list->count + 1) * sizeof *read);
    enum status status = OK;
    size_t count = 0;

    if (read == NULL || list->count > OPENING_ITEMS_MAX)
        return error_configuration(items->error, "%s has more than %d items", items->path,
                                   OPENING_ITEMS_MAX);
    CONFIG_EACH(node, list)
    {
        read[count] = (struct opening_item){.value_date = DATE_NONE,
                                            .end_to_end_id = TEXT(""),
                                            .reference = TEXT("")};
        status = item_read(items, node, &read[count]);
        if (status == OK)
            status = sums_add(items, &read[count]);
        if (status != OK)
            return status;
        count++;
    }
    items->opening->items = read;
    items->opening->item_count = count;
    return OK;
}

enum status opening_items_read(const char *path, struct arena *arena, struct opening *opening,
                               struct error *error)
{
    const struct items items = {path, opening, error};
    const struct config_node *root = NULL;
    const struct config_node *list;
    struct text bytes;
    enum status status = file_read(path, CONFIG_SIZE_MAX, arena, error, &bytes);

    if (status == OK)
        status = config_tree_parse(bytes, path, arena, error, &root);
    if (status != OK)
        return status;
    list = root->kind == CONFIG_MAP ? config_tree_child(root, "items") : NULL;
    if (list == NULL || list->kind != CONFIG_LIST)
        return error_configuration(error, "%s has no list of items", path);
    return list_read(&items, list, arena);
}
