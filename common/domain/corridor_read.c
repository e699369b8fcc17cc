/*
 * corridor_read.c - a corridor book from its YAML file: see corridor.h.
 *
 * One key of a map per line, and asked once whether one was wrong: see base/config_take.h.
 */
#include "domain/corridor_work.h"
#include "domain/iban.h"

#include <stdio.h>
#include <stdlib.h>

void *book_memory(struct book_reader *reader, size_t count, size_t size)
{
    void *memory = arena_alloc(reader->arena, count * size + 1);

    if (memory == NULL && !reader->take.failed) {
        (void)error_configuration(reader->take.error, "%s needs more memory than its ceiling",
                                  reader->take.file);
        reader->take.failed = true;
    }
    return memory;
}

/* ---- values ---- */

struct text book_code(struct book_reader *reader, const struct config_node *map, const char *key,
                      size_t size_min, size_t size_max, const char *also)
{
    struct text text = config_take_text(&reader->take, map, key, size_max);
    const struct config_node *node = reader->take.failed ? NULL : config_tree_child(map, key);
    bool well = text.size >= size_min;

    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        well = well && ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr(also, c));
    }
    if (node != NULL && !well)
        config_refuse_value(&reader->take, node, "is not such a code", "write capitals and digits");
    return text;
}

currency book_currency(struct book_reader *reader, const struct config_node *map, const char *key)
{
    struct text text = config_take_text(&reader->take, map, key, 16);
    currency found = CURRENCY_NONE;

    if (reader->take.failed)
        return CURRENCY_NONE;
    if (!currency_parse(text, &found))
        config_refuse_value(&reader->take, config_tree_child(map, key), "is not a currency we know",
                            "write its ISO 4217 code: KES");
    else if (currency_is_retired(found))
        config_refuse_value(&reader->take, config_tree_child(map, key), "is a retired currency",
                            NULL);
    return found;
}

enum rounding book_rounding(struct book_reader *reader, const struct config_node *map,
                            const char *key)
{
    static const char *const names[] = {"HALF_EVEN", "HALF_UP", "DOWN", "UP"};

    return ROUND_HALF_EVEN +
           (enum rounding)config_take_choice(&reader->take, map, key, names, COUNT_OF(names));
}

calendar_date book_date(struct book_reader *reader, const struct config_node *map, const char *key)
{
    struct text text = config_take_text(&reader->take, map, key, 16);
    calendar_date date = DATE_NONE;

    if (!reader->take.failed && !date_parse(text, &date))
        config_refuse_value(&reader->take, config_tree_child(map, key), "is not a date",
                            "write 2026-03-01");
    return date;
}

/* ISO 9362: four characters of the party, a country, a place, maybe a branch. A place begins
 * neither with 0 nor 1 and has no letter O behind that: BICs of old messages allow no other. */
struct text book_bic(struct book_reader *reader, const struct config_node *map, const char *key)
{
    struct text bic = book_code(reader, map, key, 8, 11, "");
    bool well = bic.size == 8 || bic.size == 11;

    for (size_t i = 4; well && i < 6; i++)
        well = bic.data[i] >= 'A';
    well = well && bic.data[6] != '0' && bic.data[6] != '1' && bic.data[7] != 'O';
    if (!reader->take.failed && !well)
        config_refuse_value(&reader->take, config_tree_child(map, key), "is not a BIC",
                            "8 or 11 characters: party, country, place, maybe a branch");
    return bic;
}

/* ---- participants ---- */

static void read_account_from(struct book_reader *reader, const struct config_node *map,
                              struct participant *participant)
{
    participant->account_from = ACCOUNT_SINCE_EVER;
    if (!config_take_has(&reader->take, map, "account_from"))
        return;
    participant->account_from = book_date(reader, map, "account_from");
    if (participant->account.size == 0)
        config_refuse(&reader->take, config_tree_child(map, "account_from")->line, "account_from",
                      "begins an account that is not given", NULL);
}

static void read_participant(struct book_reader *reader, const struct config_node *map,
                             struct participant *participant)
{
    static const char *const keys[] = {"participant_id", "code",         "name", "country",
                                       "account",        "account_from", "bic"};

    config_take_keys(&reader->take, map, keys, COUNT_OF(keys));
    participant->line = map->line;
    participant->participant_id =
        (int32_t)config_take_int(&reader->take, map, "participant_id", 1, INT32_MAX);
    participant->code = book_code(reader, map, "code", 4, 35, "");
    participant->name = config_take_text(&reader->take, map, "name", 140);
    participant->country = book_code(reader, map, "country", 2, 2, "");
    if (!reader->take.failed && config_tree_child(map, "account") != NULL)
        participant->account = book_code(reader, map, "account", 1, 34, "-/");
    read_account_from(reader, map, participant);
    if (!reader->take.failed && config_tree_child(map, "bic") != NULL)
        participant->bic = book_bic(reader, map, "bic");
    participant->account_is_iban = iban_is_valid(participant->account);
}

static int compare_participants(const void *left, const void *right)
{
    const struct participant *a = left;
    const struct participant *b = right;

    return text_compare(a->code, b->code);
}

static int compare_numbers(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left;
    int32_t b = *(const int32_t *)right;

    return (a > b) - (a < b);
}

static bool has_double_id(struct book_reader *reader)
{
    int32_t *ids = book_memory(reader, reader->participant_count, sizeof *ids);

    if (ids == NULL)
        return false;
    for (size_t i = 0; i < reader->participant_count; i++)
        ids[i] = reader->participants[i].participant_id;
    if (reader->participant_count > 0)
        qsort(ids, reader->participant_count, sizeof *ids, compare_numbers);
    for (size_t i = 1; i < reader->participant_count; i++)
        if (ids[i - 1] == ids[i])
            return true;
    return false;
}

static void check_participants(struct book_reader *reader, int line)
{
    char problem[128];

    if (reader->take.failed || reader->participant_count == 0)
        return;
    qsort(reader->participants, reader->participant_count, sizeof *reader->participants,
          compare_participants); /* (3) */
    for (size_t i = 1; i < reader->participant_count; i++) {
        const struct participant *participant = &reader->participants[i];

        if (!text_equal(participant[-1].code, participant->code))
            continue;
        snprintf(problem, sizeof problem, "code %.*s occurs twice", TEXT_ARG(participant->code));
        config_refuse(&reader->take, line, "participants", problem, NULL);
    }
    if (has_double_id(reader))
        config_refuse(&reader->take, line, "participants", "a participant_id occurs twice", NULL);
}

static void read_participants(struct book_reader *reader, const struct config_node *root)
{
    const struct config_node *list =
        config_take_node(&reader->take, root, "participants", CONFIG_LIST);

    if (list == NULL)
        return;
    reader->participants = book_memory(reader, list->count, sizeof *reader->participants);
    if (reader->participants == NULL)
        return;
    CONFIG_EACH(node, list)
    read_participant(reader, node, &reader->participants[reader->participant_count++]);
    check_participants(reader, list->line);
}

static const struct participant *find_participant(const struct book_reader *reader,
                                                  struct text code)
{
    struct participant wanted = {.code = code};

    return reader->participant_count == 0
               ? NULL
               : bsearch(&wanted, reader->participants, reader->participant_count, sizeof wanted,
                         compare_participants);
}

/* ---- accounts ---- */

static void read_account(struct book_reader *reader, const struct config_node *map,
                         struct settlement_account *account)
{
    static const char *const keys[] = {"code",     "servicer_bic",    "scheme", "servicer_account",
                                       "currency", "statement_format"};
    static const char *const schemes[] = {"IBAN", "BBAN"};
    static const char *const formats[] = {"camt.053", "camt.052", "camt.054",
                                          "mt940",    "mt942",    "mt950"};

    config_take_keys(&reader->take, map, keys, COUNT_OF(keys));
    account->line = map->line;
    account->code = book_code(reader, map, "code", 1, 35, "-");
    account->servicer_bic = book_bic(reader, map, "servicer_bic");
    account->scheme = config_take_choice(&reader->take, map, "scheme", schemes, 2) == 0
                          ? SCHEME_IBAN
                          : SCHEME_BBAN;
    account->servicer_account = book_code(reader, map, "servicer_account", 1, 34, "-/");
    account->currency = book_currency(reader, map, "currency");
    account->statement_format =
        text_of(formats[config_take_choice(&reader->take, map, "statement_format", formats,
                                           COUNT_OF(formats))]);
    if (reader->take.failed)
        return;
    if (account->scheme == SCHEME_IBAN && !iban_is_valid(account->servicer_account))
        config_refuse_value(&reader->take, config_tree_child(map, "servicer_account"),
                            "is not an IBAN", "its check digits do not fit (ISO 13616)");
}

const struct settlement_account *book_account(const struct book_reader *reader, struct text code)
{
    for (size_t i = 0; i < reader->account_count; i++)
        if (text_equal(reader->accounts[i].code, code))
            return &reader->accounts[i];
    return NULL;
}

static void read_accounts(struct book_reader *reader, const struct config_node *root)
{
    const struct config_node *list = config_take_node(&reader->take, root, "accounts", CONFIG_LIST);

    if (list == NULL)
        return;
    reader->accounts = book_memory(reader, list->count, sizeof *reader->accounts);
    if (reader->accounts == NULL)
        return;
    CONFIG_EACH(node, list)
    {
        struct settlement_account account = {0};

        read_account(reader, node, &account);
        if (!reader->take.failed && book_account(reader, account.code) != NULL)
            config_refuse(&reader->take, node->line, "code", "occurs twice", NULL);
        if (reader->take.failed)
            return;
        reader->accounts[reader->account_count++] = account;
    }
}

/* ---- corridors ---- */

bool book_minutes(struct text text, int32_t *ret_minutes)
{
    int64_t hours;
    int64_t minutes;

    if (text.size != 5 || text.data[2] != ':' || text.data[0] == '-' || text.data[3] == '-')
        return false;
    if (!text_to_int64((struct text){text.data, 2}, &hours) ||
        !text_to_int64((struct text){text.data + 3, 2}, &minutes))
        return false;
    *ret_minutes = (int32_t)(hours * 60 + minutes);
    return minutes < 60 && *ret_minutes >= 1 && *ret_minutes <= ZONE_MINUTES_OF_DAY;
}

static void read_cut_offs(struct book_reader *reader, const struct config_node *map,
                          struct corridor *corridor)
{
    const struct config_node *list = config_take_node(&reader->take, map, "cut_offs", CONFIG_LIST);
    int32_t *cut_offs = list == NULL ? NULL : book_memory(reader, list->count, sizeof *cut_offs);
    size_t count = 0;

    if (cut_offs == NULL)
        return;
    if (list->count == 0 || list->count > CUT_OFFS_MAX)
        config_refuse(&reader->take, list->line, "cut_offs", "needs 1 to 96 times of the day",
                      NULL);
    for (const struct config_node *node = list->first; node != NULL && !reader->take.failed;
         node = node->next) {
        if (node->kind != CONFIG_SCALAR || !book_minutes(text_of(node->value), &cut_offs[count++]))
            config_refuse(&reader->take, node->line, "cut_offs", "not a time of the day",
                          "write \"16:00\", in quotes; the end of the day is \"24:00\"");
        else if (count > 1 && cut_offs[count - 1] <= cut_offs[count - 2])
            config_refuse(&reader->take, node->line, "cut_offs", "not later than the one before",
                          NULL);
    }
    corridor->cut_offs = cut_offs;
    corridor->cut_off_count = count;
}

const struct zone *book_zone(struct book_reader *reader, const struct config_node *map,
                             const char *key, struct text *ret_name)
{
    const struct file_source *zones = &reader->sources->zones;
    struct text name = config_take_text(&reader->take, map, key, 64);
    struct book_zone *known = reader->zones;
    struct error why;
    struct text bytes;

    *ret_name = name;
    while (known != NULL && !text_equal(known->name, name))
        known = known->next;
    if (known != NULL || reader->take.failed)
        return reader->take.failed ? NULL : &known->zone;
    known = book_memory(reader, 1, sizeof *known);
    if (known == NULL)
        return NULL;
    if (zones->read(zones->context, name, reader->arena, &why, &bytes) != OK ||
        !zone_parse(bytes, &known->zone))
        config_refuse_value(
            &reader->take, config_tree_child(map, key), "is not a time zone",
            "write an IANA name such as Africa/Nairobi; is the package tzdata installed?");
    known->name = name;
    known->next = reader->zones;
    reader->zones = known;
    return reader->take.failed ? NULL : &known->zone;
}

static void refuse_participant(struct book_reader *reader, int line, struct text code)
{
    const char **valid = book_memory(reader, reader->participant_count, sizeof *valid);

    for (size_t i = 0; valid != NULL && i < reader->participant_count; i++)
        valid[i] = reader->participants[i].code.data;
    if (valid != NULL)
        config_refuse_name(&reader->take, line, "participants", code, "a participant", valid,
                           reader->participant_count);
}

static int compare_members(const void *left, const void *right)
{
    const struct participant *const *a = left;
    const struct participant *const *b = right;

    return text_compare((*a)->code, (*b)->code);
}

static void check_members(struct book_reader *reader, const struct config_node *list,
                          const struct participant **members)
{
    char problem[128];

    if (reader->take.failed)
        return;
    qsort(members, list->count, sizeof *members, compare_members); /* (3) */
    for (size_t i = 1; i < list->count; i++) {
        if (members[i - 1] != members[i])
            continue;
        snprintf(problem, sizeof problem, "%.*s occurs twice", TEXT_ARG(members[i]->code));
        config_refuse(&reader->take, list->line, "participants", problem, NULL);
    }
}

static void read_members(struct book_reader *reader, const struct config_node *map,
                         struct corridor *corridor)
{
    const struct config_node *list =
        config_take_node(&reader->take, map, "participants", CONFIG_LIST);
    const struct participant **members =
        list == NULL ? NULL : book_memory(reader, list->count, sizeof *members);
    size_t count = 0;

    if (members == NULL)
        return;
    if (list->count < 2 || list->count > CORRIDOR_PARTICIPANTS_MAX)
        config_refuse(&reader->take, list->line, "participants", "needs 2 to 5000 participants",
                      NULL);
    for (const struct config_node *node = list->first; node != NULL && !reader->take.failed;
         node = node->next) {
        struct text code = book_member_code(reader, node);

        members[count] = find_participant(reader, code);
        if (members[count++] == NULL)
            refuse_participant(reader, node->line, code);
    }
    check_members(reader, list, members);
    corridor->participants = members;
    corridor->participant_count = count;
    book_limits_read(reader, map, list, corridor);
}

static void read_nostro(struct book_reader *reader, const struct config_node *map,
                        struct corridor *corridor)
{
    struct text code = config_take_text(&reader->take, map, "nostro_account", 35);
    const char **valid = book_memory(reader, reader->account_count, sizeof *valid);
    const struct config_node *node =
        reader->take.failed ? NULL : config_tree_child(map, "nostro_account");

    if (node == NULL || valid == NULL)
        return;
    for (size_t i = 0; i < reader->account_count; i++)
        valid[i] = reader->accounts[i].code.data;
    corridor->nostro = book_account(reader, code);
    if (corridor->nostro == NULL)
        config_refuse_name(&reader->take, node->line, node->key, code, "an account", valid,
                           reader->account_count);
    else if (corridor->nostro->currency != corridor->settlement_currency) /* (2) */
        config_refuse_value(&reader->take, node, "is in another currency than settlement_currency",
                            NULL);
}

static void read_model(struct book_reader *reader, const struct config_node *map,
                       struct corridor *corridor)
{
    static const char *const models[] = {"GROSS", "BILATERAL", "MULTILATERAL"};

    corridor->model = (enum settlement_model)(
        config_take_choice(&reader->take, map, "model", models, 3) + MODEL_GROSS);
}

static void read_currencies(struct book_reader *reader, const struct config_node *map,
                            struct corridor *corridor)
{
    corridor->source_currency = book_currency(reader, map, "source_currency");
    corridor->target_currency = book_currency(reader, map, "target_currency");
    corridor->settlement_currency = book_currency(reader, map, "settlement_currency");
    if (!reader->take.failed && corridor->source_currency == corridor->target_currency)
        config_refuse_value(&reader->take, config_tree_child(map, "target_currency"),
                            "is also the source_currency", NULL);
}

static void read_corridor(struct book_reader *reader, const struct config_node *map,
                          struct corridor *corridor)
{
    static const char *const keys[] = {"corridor_id",
                                       "code",
                                       "version",
                                       "preset",
                                       "effective_from",
                                       "source_currency",
                                       "target_currency",
                                       "settlement_currency",
                                       "source_country",
                                       "target_country",
                                       "model",
                                       "time_zone",
                                       "cut_offs",
                                       "grace_seconds",
                                       "calendars",
                                       "settlement_calendars",
                                       "settlement_lag",
                                       "roll_convention",
                                       "nostro_account",
                                       "limit_minor",
                                       "rate_rounding",
                                       "fx",
                                       "fees",
                                       "minimum_minor",
                                       "customer_payments",
                                       "prefunded",
                                       "participants"};

    config_take_keys(&reader->take, map, keys, COUNT_OF(keys));
    map = book_preset(reader, map);
    corridor->line = map->line;
    corridor->corridor_id =
        (int32_t)config_take_int(&reader->take, map, "corridor_id", 1, INT32_MAX);
    corridor->code = book_code(reader, map, "code", 3, 15, "-");
    corridor->version = (int32_t)config_take_int(&reader->take, map, "version", 1, INT32_MAX);
    corridor->effective_from = book_date(reader, map, "effective_from");
    read_currencies(reader, map, corridor);
    corridor->source_country = book_code(reader, map, "source_country", 2, 2, "");
    corridor->target_country = book_code(reader, map, "target_country", 2, 2, "");
    read_model(reader, map, corridor);
    corridor->zone = book_zone(reader, map, "time_zone", &corridor->time_zone);
    read_cut_offs(reader, map, corridor);
    corridor->grace_seconds =
        (int32_t)config_take_int(&reader->take, map, "grace_seconds", 0, GRACE_SECONDS_MAX);
    book_calendars_read(reader, map, corridor);
    read_nostro(reader, map, corridor);
    corridor->limit_minor = config_take_int(&reader->take, map, "limit_minor", 1, INT64_MAX);
    corridor->checks_rate = config_take_has(&reader->take, map, "rate_rounding");
    if (corridor->checks_rate)
        corridor->rate_rounding = book_rounding(reader, map, "rate_rounding");
    book_fx_read(reader, map, corridor);
    book_fees_read(reader, map, corridor);
    read_members(reader, map, corridor);
    book_customers_read(reader, map, corridor);
}

static int compare_corridors(const void *left, const void *right)
{
    const struct corridor *a = left;
    const struct corridor *b = right;
    int order = text_compare(a->code, b->code);

    return order != 0 ? order : (a->version > b->version) - (a->version < b->version);
}

static bool same_currencies(const struct corridor *a, const struct corridor *b)
{
    return a->source_currency == b->source_currency && a->target_currency == b->target_currency &&
           a->settlement_currency == b->settlement_currency;
}

/* What contradicts in two corridors of one book, NULL: nothing. */
static const char *contradiction(const struct corridor *a, const struct corridor *b)
{
    bool same_code = text_equal(a->code, b->code);

    if (same_code != (a->corridor_id == b->corridor_id))
        return same_code ? "one code has two corridor_ids" : "one corridor_id has two codes";
    if (same_code && a->version == b->version)
        return "one version occurs twice";
    if (same_code && (a->version < b->version) != (a->effective_from < b->effective_from))
        return "a later version does not take effect later";
    if (same_code && !same_currencies(a, b))
        return "a later version has other currencies: that is another corridor";
    return NULL;
}

static void check_corridors(struct book_reader *reader, const struct config_node *list)
{
    const struct config_node *node = list->first;

    for (size_t i = 0; i < reader->corridor_count && !reader->take.failed; i++, node = node->next)
        for (size_t j = 0; j < i; j++) {
            const char *problem = contradiction(&reader->corridors[j], &reader->corridors[i]);

            if (problem != NULL)
                config_refuse(&reader->take, node->line, "corridor_id", problem, NULL); /* (4) */
        }
    if (!reader->take.failed && reader->corridor_count > 0)
        qsort(reader->corridors, reader->corridor_count, sizeof *reader->corridors,
              compare_corridors);
}

static void read_corridors(struct book_reader *reader, const struct config_node *root)
{
    const struct config_node *list =
        config_take_node(&reader->take, root, "corridors", CONFIG_LIST);

    if (list == NULL)
        return;
    reader->corridors = book_memory(reader, list->count, sizeof *reader->corridors);
    if (reader->corridors == NULL)
        return;
    for (const struct config_node *node = list->first; node != NULL && !reader->take.failed;
         node = node->next)
        read_corridor(reader, node, &reader->corridors[reader->corridor_count++]);
    check_corridors(reader, list);
}

/* ---- the whole ---- */

static void read_holidays(struct book_reader *reader, const struct config_node *root)
{
    const struct file_source *source = &reader->sources->holidays;
    struct text name = config_take_text(&reader->take, root, "holidays", 255);
    struct text csv;
    char file[256];

    if (reader->take.failed)
        return;
    (void)text_copy(name, file, sizeof file);
    if (source->read(source->context, name, reader->arena, reader->take.error, &csv) != OK ||
        holidays_parse(csv, file, reader->arena, reader->take.error, &reader->holidays) != OK)
        reader->take.failed = true;
}

enum status corridor_book_read(struct text yaml, const char *file,
                               const struct corridor_sources *sources, struct arena *arena,
                               struct error *error, struct corridor_book *ret_book)
{
    static const char *const keys[] = {"holidays", "weekends",      "overrides", "participants",
                                       "accounts", "bank_profiles", "corridors"};
    struct book_reader reader = {.take = {.file = file, .error = error},
                                 .sources = sources,
                                 .arena = arena};
    const struct config_node *root;
    enum status status = config_tree_parse(yaml, file, arena, error, &root);

    if (status != OK)
        return status;
    config_take_keys(&reader.take, root, keys, COUNT_OF(keys));
    read_holidays(&reader, root);
    book_days_read(&reader, root);
    read_participants(&reader, root);
    read_accounts(&reader, root);
    book_profiles_read(&reader, root);
    read_corridors(&reader, root);
    book_days_check(&reader);
    book_customers_check(&reader);
    if (reader.take.failed)
        return FATAL;
    *ret_book = (struct corridor_book){reader.participants, reader.participant_count,
                                       reader.accounts,     reader.account_count,
                                       reader.corridors,    reader.corridor_count,
                                       reader.profiles,     reader.profile_count};
    assert_corridor_book_state(ret_book);
    return OK;
}
