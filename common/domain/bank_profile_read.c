/*
 * bank_profile_read.c - how banks want their instructions, from a corridor book: see
 * payment_file.h and corridor.h.
 */
#include "domain/corridor_work.h"

#include <stdlib.h>

static const char *const keys[] = {
    "account",
    "version",
    "effective_from",
    "message",
    "own_name",
    "own_bic",
    "settlement_method",
    "charge_bearer",
    "transactions_max",
    "uetr",
    "release_threshold_minor",
    "release_automatic",
    "release_hours",
    "answer_hours",
    "schema_check",
};

static bool take_yes(struct book_reader *reader, const struct config_node *map, const char *key)
{
    static const char *const words[] = {"no", "yes"};

    return config_take_choice(&reader->take, map, key, words, COUNT_OF(words)) == 1;
}

static enum payment_message take_message(struct book_reader *reader, const struct config_node *map)
{
    const char *names[] = {payment_message_name(MESSAGE_PACS_009_08),
                           payment_message_name(MESSAGE_PAIN_001_09),
                           payment_message_name(MESSAGE_PAIN_001_03),
                           payment_message_name(MESSAGE_PACS_008_08)};

    return MESSAGE_PACS_009_08 + (enum payment_message)config_take_choice(&reader->take, map,
                                                                          "message", names,
                                                                          COUNT_OF(names));
}

/* The check of the schema is waived in words, so that nobody does it in passing. */
static bool take_schema_check(struct book_reader *reader, const struct config_node *map)
{
    static const char *const words[] = {"required", "waived"};

    return config_take_choice(&reader->take, map, "schema_check", words, COUNT_OF(words)) == 0;
}

/* A customer's payment says who bears its charges. */
static void read_charge_bearer(struct book_reader *reader, const struct config_node *map,
                               struct bank_profile *profile)
{
    static const char *const bearers[] = {"DEBT", "CRED", "SHAR", "SLEV"};

    if (profile->message == MESSAGE_PACS_008_08)
        profile->charge_bearer =
            text_of(bearers[config_take_choice(&reader->take, map, "charge_bearer", bearers,
                                               COUNT_OF(bearers))]);
    else if (config_take_has(&reader->take, map, "charge_bearer"))
        config_refuse(&reader->take, map->line, "charge_bearer", "only pacs.008 has one", NULL);
}

/* pacs goes from bank to bank: it names both by their BIC, and how they settle. */
static void read_agents(struct book_reader *reader, const struct config_node *map,
                        struct bank_profile *profile)
{
    static const char *const methods[] = {"INDA", "INGA", "CLRG"};
    bool is_pacs =
        profile->message == MESSAGE_PACS_009_08 || profile->message == MESSAGE_PACS_008_08;

    if (is_pacs || config_take_has(&reader->take, map, "own_bic"))
        profile->own_bic = book_bic(reader, map, "own_bic");
    if (is_pacs)
        profile->settlement_method =
            text_of(methods[config_take_choice(&reader->take, map, "settlement_method", methods,
                                               COUNT_OF(methods))]);
    else if (config_take_has(&reader->take, map, "settlement_method"))
        config_refuse(&reader->take, map->line, "settlement_method", "only pacs has one", NULL);
}

static void read_profile(struct book_reader *reader, const struct config_node *map,
                         struct bank_profile *profile)
{
    struct config_take *take = &reader->take;

    config_take_keys(take, map, keys, COUNT_OF(keys));
    profile->line = map->line;
    profile->account = book_code(reader, map, "account", 1, 35, "-");
    if (!take->failed && book_account(reader, profile->account) == NULL)
        config_refuse_value(take, config_tree_child(map, "account"), "is none of the accounts",
                            "accounts stand above, under the key accounts");
    profile->version = (int32_t)config_take_int(take, map, "version", 1, INT32_MAX);
    profile->effective_from = book_date(reader, map, "effective_from");
    profile->message = take_message(reader, map);
    profile->own_name = config_take_text(take, map, "own_name", PARTY_NAME_MAX);
    read_agents(reader, map, profile);
    read_charge_bearer(reader, map, profile);
    profile->transactions_max =
        (int32_t)config_take_int(take, map, "transactions_max", 1, BANK_TRANSACTIONS_MAX);
    profile->uetr = take_yes(reader, map, "uetr");
    profile->release_threshold_minor =
        config_take_int(take, map, "release_threshold_minor", 0, INT64_MAX);
    profile->release_automatic = take_yes(reader, map, "release_automatic");
    profile->release_hours =
        (int32_t)config_take_int(take, map, "release_hours", 1, BANK_HOURS_MAX);
    profile->answer_hours = (int32_t)config_take_int(take, map, "answer_hours", 1, BANK_HOURS_MAX);
    profile->schema_check = take_schema_check(reader, map);
}

static int compare_profiles(const void *left, const void *right)
{
    const struct bank_profile *a = left;
    const struct bank_profile *b = right;
    int order = text_compare(a->account, b->account);

    return order != 0 ? order : (a->version > b->version) - (a->version < b->version);
}

/* Versions and their dates ascend together (4). */
static void check_profiles(struct book_reader *reader, int line)
{
    for (size_t i = 1; i < reader->profile_count && !reader->take.failed; i++) {
        const struct bank_profile *profile = &reader->profiles[i];

        if (text_equal(profile[-1].account, profile->account) &&
            (profile[-1].version == profile->version ||
             profile[-1].effective_from >= profile->effective_from))
            config_refuse(&reader->take, line, "bank_profiles",
                          "two versions for one account, or a newer one that begins no later",
                          NULL);
    }
}

void book_profiles_read(struct book_reader *reader, const struct config_node *root)
{
    const struct config_node *list;

    if (!config_take_has(&reader->take, root, "bank_profiles"))
        return;
    list = config_take_node(&reader->take, root, "bank_profiles", CONFIG_LIST);
    if (list == NULL)
        return;
    reader->profiles = book_memory(reader, list->count, sizeof *reader->profiles);
    if (reader->profiles == NULL)
        return;
    CONFIG_EACH(node, list)
    read_profile(reader, node, &reader->profiles[reader->profile_count++]);
    if (!reader->take.failed && reader->profile_count > 0)
        qsort(reader->profiles, reader->profile_count, sizeof *reader->profiles, compare_profiles);
    check_profiles(reader, list->line);
}
