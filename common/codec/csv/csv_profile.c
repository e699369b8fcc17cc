/*
 * csv_profile.c - see csv_profile.h.
 */
#include "codec/csv/csv_profile.h"

#include <stdio.h>
#include <strings.h>

static const char *const field_names[] = {
    "booking_date",       "value_date",    "amount", "credit",        "debit", "mark",
    "currency",           "balance",       "fee",    "status",        "code",  "reference",
    "customer_reference", "end_to_end_id", "name",   "party_account", "text",
};

static const char *const label_names[] = {
    "account", "account_name", "currency", "opening_balance", "closing_balance", "totals",
};

bool csv_is_word(struct text word, struct text text)
{
    return word.size == text.size &&
           (word.size == 0 || strncasecmp(word.data, text.data, word.size) == 0);
}

bool csv_words_have(const struct csv_words *words, struct text word)
{
    for (size_t i = 0; i < words->count; i++)
        if (csv_is_word(words->words[i], word))
            return true;
    return false;
}

/* One character, or "tab"; 0 where the key is absent and may be. */
static char mark_take(struct config_take *take, const struct config_node *map, const char *key,
                      char absent)
{
    struct text text;

    if (!config_take_has(take, map, key))
        return absent;
    text = config_take_text(take, map, key, 4);
    if (take->failed)
        return absent;
    if (text_is(text, "tab"))
        return '\t';
    if (text_is(text, "none"))
        return '\0';
    if (text.size != 1 || (text.data[0] >= '0' && text.data[0] <= '9') || text.data[0] == '"')
        config_refuse_value(take, config_tree_child(map, key), "is not one character",
                            "write one character, tab or none");
    return text.data[0];
}

static size_t choice_take(struct config_take *take, const struct config_node *map, const char *key,
                          const char *const *names, size_t count)
{
    return config_take_has(take, map, key) ? config_take_choice(take, map, key, names, count) : 0;
}

static void words_take(struct config_take *take, const struct config_node *map, const char *key,
                       struct csv_words *words)
{
    const struct config_node *list;

    if (!config_take_has(take, map, key))
        return;
    list = config_take_node(take, map, key, CONFIG_LIST);
    if (list == NULL)
        return;
    if (list->count > CSV_WORDS_MAX)
        config_refuse(take, list->line, key, "too many words", NULL);
    CONFIG_EACH(node, list)
    if (!take->failed && node->kind == CONFIG_SCALAR)
        words->words[words->count++] = text_of(node->value);
}

/* ---- columns and labels ---- */

static void column_add(struct config_take *take, struct csv_profile *profile,
                       const struct config_node *node, enum csv_field field)
{
    struct csv_column column = {.field = field, .name = text_of(node->value)};

    if (take->failed)
        return;
    if (profile->column_count == CSV_COLUMNS_MAX || node->kind != CONFIG_SCALAR)
        config_refuse(take, node->line, field_names[field], "not the name of a column", NULL);
    else if (!profile->has_header && (!text_to_int64(column.name, &column.number) ||
                                      column.number < 1 || column.number > CSV_COLUMNS_MAX))
        config_refuse_value(take, node, "is not the number of a column",
                            "without a header the first column is 1");
    else
        profile->columns[profile->column_count++] = column;
}

static void columns_take(struct config_take *take, const struct config_node *map,
                         struct csv_profile *profile)
{
    const struct config_node *columns = config_take_node(take, map, "columns", CONFIG_MAP);

    if (columns == NULL)
        return;
    config_take_keys(take, columns, field_names, COUNT_OF(field_names));
    for (size_t field = 0; field < CSV_FIELD_COUNT && !take->failed; field++) {
        const struct config_node *node = config_tree_child(columns, field_names[field]);

        if (node == NULL)
            continue;
        if (node->kind == CONFIG_LIST && field == CSV_TEXT)
            CONFIG_EACH(name, node)
        column_add(take, profile, name, CSV_TEXT);
        else column_add(take, profile, node, (enum csv_field)field);
    }
}

static void labels_take(struct config_take *take, const struct config_node *map,
                        struct csv_profile *profile)
{
    const struct config_node *labels;

    if (!config_take_has(take, map, "labels"))
        return;
    labels = config_take_node(take, map, "labels", CONFIG_MAP);
    if (labels == NULL)
        return;
    if (labels->count > CSV_LABELS_MAX)
        config_refuse(take, labels->line, "labels", "too many", NULL);
    for (const struct config_node *node = labels->first; node != NULL && !take->failed;
         node = node->next) {
        size_t label =
            config_take_choice(take, labels, node->key, label_names, COUNT_OF(label_names));

        profile->labels[profile->label_count].word = text_of(node->key);
        profile->labels[profile->label_count++].label = (enum csv_label)label;
    }
}

/* ---- what belongs together ---- */

static bool has_column(const struct csv_profile *profile, enum csv_field field)
{
    for (size_t i = 0; i < profile->column_count; i++)
        if (profile->columns[i].field == field)
            return true;
    return false;
}

static void need_column(struct config_take *take, const struct config_node *map,
                        const struct csv_profile *profile, enum csv_field field)
{
    if (!has_column(profile, field))
        config_refuse(take, map->line, field_names[field], "a column that signs need", NULL);
}

static void check_profile(struct config_take *take, const struct config_node *map,
                          const struct csv_profile *profile)
{
    bool in_columns = profile->signs == CSV_COLUMNS || profile->signs == CSV_NEGATIVE;

    need_column(take, map, profile, in_columns ? CSV_CREDIT : CSV_AMOUNT);
    if (in_columns)
        need_column(take, map, profile, CSV_DEBIT);
    if (profile->signs == CSV_MARKS)
        need_column(take, map, profile, CSV_MARK);
    if (profile->signs == CSV_MARKS &&
        (profile->credit_marks.count == 0 || profile->debit_marks.count == 0))
        config_refuse(take, map->line, "credit_marks", "required where signs are marks", NULL);
    if (has_column(profile, CSV_STATUS) && profile->booked.count == 0)
        config_refuse(take, map->line, "booked", "required where there is a status", NULL);
    if (profile->decimal_mark != '\0' && profile->decimal_mark == profile->grouping_mark)
        config_refuse(take, map->line, "grouping_mark", "the same as decimal_mark", NULL);
}

static void profile_take(struct config_take *take, const struct config_node *map,
                         struct csv_profile *profile)
{
    static const char *const formats[] = {"csv", "mobile_money"};
    static const char *const headers[] = {"names", "none"};
    static const char *const orders[] = {"oldest_first", "newest_first"};
    static const char *const dates[] = {"ymd", "dmy", "mdy"};
    static const char *const signs[] = {"signed", "inverted", "columns", "negative", "marks"};
    static const char *const fees[] = {"charge", "entry"};

    profile->name = config_take_text(take, map, "name", 35);
    profile->meaning = config_take_text(take, map, "meaning", 200);
    profile->format = choice_take(take, map, "format", formats, COUNT_OF(formats)) == 0
                          ? FORMAT_CSV
                          : FORMAT_MOBILE_MONEY;
    profile->delimiter = mark_take(take, map, "delimiter", ',');
    profile->has_header = choice_take(take, map, "header", headers, COUNT_OF(headers)) == 0;
    profile->newest_first = choice_take(take, map, "order", orders, COUNT_OF(orders)) == 1;
    profile->dates = (enum csv_dates)config_take_choice(take, map, "dates", dates, COUNT_OF(dates));
    profile->decimal_mark = mark_take(take, map, "decimal_mark", '.');
    profile->grouping_mark = mark_take(take, map, "grouping_mark", '\0');
    profile->signs = (enum csv_signs)config_take_choice(take, map, "signs", signs, COUNT_OF(signs));
    profile->fee_is_entry = choice_take(take, map, "fee", fees, COUNT_OF(fees)) == 1;
    if (config_take_has(take, map, "account"))
        profile->account = config_take_text(take, map, "account", 34);
    if (config_take_has(take, map, "currency") &&
        !statement_currency_parse(config_take_text(take, map, "currency", 3), &profile->currency))
        config_refuse(take, map->line, "currency", "not a currency",
                      "write its ISO 4217 code: KES");
    words_take(take, map, "credit_marks", &profile->credit_marks);
    words_take(take, map, "debit_marks", &profile->debit_marks);
    words_take(take, map, "booked", &profile->booked);
    words_take(take, map, "pending", &profile->pending);
    columns_take(take, map, profile);
    labels_take(take, map, profile);
    if (!take->failed)
        check_profile(take, map, profile);
}

enum status csv_profile_read(struct text yaml, const char *file, struct arena *arena,
                             struct error *error, struct csv_profile *ret_profile)
{
    static const char *const keys[] = {"name",         "meaning",       "format",      "delimiter",
                                       "header",       "order",         "dates",       "signs",
                                       "decimal_mark", "grouping_mark", "fee",         "account",
                                       "currency",     "credit_marks",  "debit_marks", "booked",
                                       "pending",      "columns",       "labels"};
    struct config_take take = {.file = file, .error = error};
    const struct config_node *root;
    enum status status = config_tree_parse(yaml, file, arena, error, &root);

    if (status != OK)
        return status;
    *ret_profile = (struct csv_profile){.currency = CURRENCY_NONE};
    config_take_keys(&take, root, keys, COUNT_OF(keys));
    if (!take.failed)
        profile_take(&take, root, ret_profile);
    return take.failed ? FATAL : OK;
}
