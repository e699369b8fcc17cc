/*
 * config.c - see config.h.
 *
 * Values are kept as texts beside their row; a text is checked when it is set and turned into
 * its type once more by the getter, so what is printed is what was written.
 */
#include "base/config.h"

#include "base/config_rows.h"
#include "base/config_tree.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ARENA_BLOCK_SIZE = 16 * 1024,
    ARENA_MAX = 8 * 1024 * 1024,
    SECRET_SIZE_MAX = 64 * 1024,
    PAIRS_MAX = 512, /* of all sections together */
    SUGGESTIONS_MAX = 512,
};

/* Where a value comes from, for messages. line is 0 outside files. */
struct place {
    const char *file;
    const char *origin;
    int line;
};

static bool is_wildcard(const struct option_spec *spec)
{
    return spec->type == OPTION_SECTION || spec->type == OPTION_FOREIGN;
}

static bool text_begins(struct text text, struct text prefix)
{
    return text.size > prefix.size && memcmp(text.data, prefix.data, prefix.size) == 0;
}

static struct value *find_value(const struct config *config, const char *key)
{
    for (size_t i = 0; i < config->value_count; i++)
        if (strcmp(config->values[i].spec->key, key) == 0)
            return &config->values[i];
    return NULL;
}

static const struct option_spec *find_wildcard(const struct config *config, const char *key)
{
    for (size_t i = 0; i < config->wildcard_count; i++)
        if (text_begins(text_of(key), wildcard_prefix(config->wildcards[i])))
            return config->wildcards[i];
    return NULL;
}

/* ---- what the types allow (1) ---- */

struct suffix {
    const char *name;
    int64_t factor;
};

static const struct suffix durations[] = {{"ms", 1},
                                          {"s", 1000},
                                          {"m", 60 * 1000},
                                          {"h", 60 * 60 * 1000},
                                          {NULL, 0}};
static const struct suffix sizes[] = {{"", 1},
                                      {"KiB", 1024},
                                      {"MiB", 1024 * 1024},
                                      {"GiB", 1024 * 1024 * 1024},
                                      {NULL, 0}};

/* Digits and one of the suffixes; false where it is not so or does not fit. */
static bool parse_quantity(const char *text, const struct suffix *suffixes, int64_t *ret_value)
{
    size_t digits = strspn(text, "0123456789");
    int64_t value;

    if (!text_to_int64((struct text){text, digits}, &value))
        return false;
    for (const struct suffix *suffix = suffixes; suffix->name != NULL; suffix++)
        if (strcmp(text + digits, suffix->name) == 0)
            return !__builtin_mul_overflow(value, suffix->factor, ret_value);
    return false;
}

static bool parse_number(const struct option_spec *spec, const char *text, int64_t *ret_value)
{
    switch (spec->type) {
    case OPTION_INT: return text_to_int64(text_of(text), ret_value);
    case OPTION_DURATION_MS: return parse_quantity(text, durations, ret_value);
    case OPTION_SIZE_BYTES: return parse_quantity(text, sizes, ret_value);
    default: assert(false); return false;
    }
}

/* Index of text in "group|lease", -1 where it is none of them. */
static int enum_index(const char *values, const char *text)
{
    size_t size = strlen(text);
    int index = 0;

    for (const char *name = values; name != NULL; index++) {
        const char *end = strchr(name, '|');
        size_t name_size = end == NULL ? strlen(name) : (size_t)(end - name);

        if (name_size == size && memcmp(name, text, size) == 0)
            return index;
        name = end == NULL ? NULL : end + 1;
    }
    return -1;
}

static void range_of(const struct option_spec *spec, int64_t *ret_min, int64_t *ret_max)
{
    bool open = spec->min == 0 && spec->max == 0;

    *ret_min = spec->min;
    *ret_max = open ? INT64_MAX : spec->max;
    assert(*ret_min <= *ret_max);
}

static enum status bad_value(const struct option_spec *spec, const struct place *place,
                             const char *problem, const char *hint, struct error *error)
{
    return config_bad_value(error, place->file, place->line, spec->key, problem, hint);
}

static const char *number_hint(enum option_type type)
{
    switch (type) {
    case OPTION_DURATION_MS: return "write digits and ms, s, m or h: 500ms, 30s";
    case OPTION_SIZE_BYTES: return "write digits, or digits and KiB, MiB or GiB: 64MiB";
    default: return "write decimal digits only, no unit and no separators";
    }
}

static enum status check_number(const struct option_spec *spec, const char *text,
                                const struct place *place, struct error *error)
{
    int64_t min;
    int64_t max;
    int64_t value;
    char problem[160];

    range_of(spec, &min, &max);
    if (!parse_number(spec, text, &value)) {
        snprintf(problem, sizeof problem, "%.64s is not a number this key takes", text);
        return bad_value(spec, place, problem, number_hint(spec->type), error);
    }
    if (value >= min && value <= max)
        return OK;
    snprintf(problem, sizeof problem, "%.64s is outside %lld to %lld %s", text, (long long)min,
             (long long)max, spec->unit == NULL ? "" : spec->unit);
    return bad_value(spec, place, problem, NULL, error);
}

static enum status check_enum(const struct option_spec *spec, const char *text,
                              const struct place *place, struct error *error)
{
    char problem[160];
    char hint[200];

    if (enum_index(spec->values, text) >= 0)
        return OK;
    snprintf(problem, sizeof problem, "%.64s is not one of its values", text);
    snprintf(hint, sizeof hint, "one of %s", spec->values);
    return bad_value(spec, place, problem, hint, error);
}

static enum status check_value(const struct option_spec *spec, const char *text,
                               const struct place *place, struct error *error)
{
    switch (spec->type) {
    case OPTION_INT:
    case OPTION_DURATION_MS:
    case OPTION_SIZE_BYTES: return check_number(spec, text, place, error);
    case OPTION_ENUM: return check_enum(spec, text, place, error);
    case OPTION_BOOL:
        if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
            return OK;
        return bad_value(spec, place, "neither true nor false", "write true or false", error);
    default: return OK;
    }
}

/* ---- setting ---- */

static enum status too_large(struct error *error)
{
    return error_configuration(error, "the configuration needs more memory than its ceiling");
}

/* What a file could hold too, wherever the value comes from: UTF-8 without the characters that YAML
 * does not print. Lines and tabs are fine: a certificate may stand in a value. */
static bool is_printable(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    if (!text_is_utf8(text_of(text)))
        return false;
    for (; *at != '\0'; at++) {
        if ((*at < 0x20 && *at != '\t' && *at != '\n' && *at != '\r') || *at == 0x7f)
            return false;
        if (*at == 0xc2 && at[1] < 0xa0) /* C1 */
            return false;
        if (*at == 0xef && at[1] == 0xbb && at[2] == 0xbf) /* a byte order mark */
            return false;
        if (*at == 0xef && at[1] == 0xbf && at[2] >= 0xbe) /* no characters at all */
            return false;
    }
    return true;
}

static enum status check_text(const struct option_spec *spec, const char *text,
                              const struct place *place, struct error *error)
{
    return is_printable(text) ? OK
                              : bad_value(spec, place, "not UTF-8, or control characters in it",
                                          NULL, error);
}

static enum status set_value(struct value *value, const char *text, const struct place *place,
                             struct error *error)
{
    enum status status = check_text(value->spec, text, place, error);

    if (status == OK)
        status = check_value(value->spec, text, place, error);
    if (status != OK)
        return status;
    value->text = text;
    value->origin = place->origin;
    return OK;
}

static struct section_pair *find_pair(struct config *config, const struct option_spec *spec,
                                      const char *name)
{
    for (size_t i = 0; i < config->pair_count; i++)
        if (config->pairs[i].spec == spec && strcmp(config->pairs[i].pair.name, name) == 0)
            return &config->pairs[i];
    return NULL;
}

/* A property of a library: what --print-config can write as a key, and a file can hold. */
static bool is_property_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";

    return name[0] != '\0' && name[strspn(name, allowed)] == '\0';
}

static enum status set_pair(struct config *config, const struct option_spec *spec, const char *name,
                            const char *text, const struct place *place, struct error *error)
{
    struct section_pair *pair = find_pair(config, spec, name);

    if (spec->type == OPTION_FOREIGN)
        return OK;
    if (wildcard_prefix(spec).size + strlen(name) >= CONFIG_KEY_SIZE_MAX)
        return bad_value(spec, place, "a property's name is too long", NULL, error);
    if (!is_property_name(name))
        return bad_value(spec, place, "a property's name has letters, digits, . _ - only", NULL,
                         error);
    if (pair == NULL && config->pair_count == PAIRS_MAX)
        return bad_value(spec, place, "more than 512 properties", NULL, error);
    if (pair == NULL)
        pair = &config->pairs[config->pair_count++];
    *pair = (struct section_pair){spec, {name, text}, place->origin};
    return check_text(spec, text, place, error);
}

static enum status unknown_key(const struct config *config, const char *key,
                               const struct place *place, struct error *error)
{
    const char *valid[SUGGESTIONS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < config->value_count && count < SUGGESTIONS_MAX; i++)
        valid[count++] = config->values[i].spec->key;
    return config_unknown_key(error, place->file, place->line, key, valid, count);
}

/* One key from anywhere; key and text live in the arena or longer. */
static enum status set_key(struct config *config, const char *key, const char *text,
                           const struct place *place, struct error *error)
{
    struct value *value = find_value(config, key);
    const struct option_spec *wildcard = find_wildcard(config, key);

    if (value != NULL)
        return set_value(value, text, place, error);
    if (wildcard == NULL)
        return unknown_key(config, key, place, error); /* (2) */
    return set_pair(config, wildcard, key + wildcard_prefix(wildcard).size, text, place, error);
}

/* ---- the file ---- */

static const char *join_key(struct config *config, const char *prefix, const char *key)
{
    char joined[CONFIG_KEY_SIZE_MAX];
    int size = snprintf(joined, sizeof joined, "%s%s%s", prefix, prefix[0] == '\0' ? "" : ".", key);

    if (size < 0 || (size_t)size >= sizeof joined)
        return NULL;
    return arena_string(&config->arena, text_of(joined));
}

static const char *file_origin(struct config *config, const char *file, int line)
{
    char origin[CONFIG_KEY_SIZE_MAX];
    const char *last = strrchr(file, '/');

    snprintf(origin, sizeof origin, "%.100s:%d", last == NULL ? file : last + 1, line);
    return arena_string(&config->arena, text_of(origin));
}

/* "database: {dsn: ...}" and "database.dsn: ..." name the same key: one file has one of them. */
static enum status refuse_second(const struct config *config, const char *key,
                                 const struct place *place, struct error *error)
{
    struct value *value = find_value(config, key);

    if (value == NULL)
        return OK;
    if (value->in_file)
        return config_bad_value(error, place->file, place->line, key, "occurs twice", NULL);
    value->in_file = true;
    return OK;
}

static enum status load_scalar(struct config *config, const char *file, const char *key,
                               const struct config_node *node, struct error *error)
{
    struct place place = {file, file_origin(config, file, node->line), node->line};
    enum status status;

    if (place.origin == NULL)
        return too_large(error);
    status = refuse_second(config, key, &place, error);
    return status == OK ? set_key(config, key, node->value, &place, error) : status;
}

static bool is_foreign(const struct config *config, const char *key)
{
    const struct option_spec *wildcard = find_wildcard(config, key);

    return wildcard != NULL && wildcard->type == OPTION_FOREIGN;
}

/* Recursion is bounded by CONFIG_DEPTH_MAX. */
static enum status load_map(struct config *config, const char *file, const char *prefix,
                            const struct config_node *map, struct error *error)
{
    enum status status = OK;

    for (const struct config_node *node = map->first; node != NULL && status == OK;
         node = node->next) {
        const char *key = join_key(config, prefix, node->key);

        if (key == NULL)
            return config_bad_value(error, file, node->line, node->key, "too long a key", NULL);
        if (node->kind == CONFIG_SCALAR)
            status = load_scalar(config, file, key, node, error);
        else if (node->kind == CONFIG_MAP)
            status = load_map(config, file, key, node, error);
        else if (!is_foreign(config, key))
            status =
                config_bad_value(error, file, node->line, key, "a list where one value goes", NULL);
    }
    return status;
}

static enum status load_file(struct config *config, const char *file, struct error *error)
{
    const struct config_node *root;
    struct text bytes;
    enum status status = file_read(file, CONFIG_SIZE_MAX, &config->arena, error, &bytes);

    if (status == OK)
        status = config_tree_parse(bytes, file, &config->arena, error, &root);
    return status == OK ? load_map(config, file, "", root, error) : status;
}

/* ---- the environment ---- */

/* key as its variable: "database.dsn" -> "SAWA_DATABASE_DSN" */
static void variable_name(const char *key, char name[CONFIG_KEY_SIZE_MAX])
{
    size_t size = strlen("SAWA_");

    memcpy(name, "SAWA_", size);
    for (; *key != '\0' && size < CONFIG_KEY_SIZE_MAX - 1; key++) {
        bool lower = *key >= 'a' && *key <= 'z';

        name[size++] = lower ? (char)(*key - 'a' + 'A') : *key == '.' || *key == '-' ? '_' : *key;
    }
    name[size] = '\0';
}

/* The rest of a section's variable as a property: "BOOTSTRAP_SERVERS" -> "bootstrap.servers" */
static char *property_name(struct config *config, struct text rest)
{
    char *name = arena_string(&config->arena, rest);

    for (char *c = name; c != NULL && *c != '\0'; c++)
        *c = *c == '_' ? '.' : *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    return name;
}

/* The value where entry is "name=value", else NULL. */
static const char *variable_value(const char *entry, const char *name)
{
    size_t size = strlen(name);

    return strncmp(entry, name, size) == 0 && entry[size] == '=' ? entry + size + 1 : NULL;
}

static struct place environment_place(struct config *config, const char *entry)
{
    struct text name = {entry, strcspn(entry, "=")};
    char *variable = arena_string(&config->arena, name);

    return (struct place){variable == NULL ? "the environment" : variable, "environment", 0};
}

static enum status load_variable(struct config *config, struct value *value,
                                 const char *const *environment, struct error *error)
{
    char name[CONFIG_KEY_SIZE_MAX];

    variable_name(value->spec->key, name);
    for (const char *const *entry = environment; *entry != NULL; entry++) {
        const char *text = variable_value(*entry, name);
        struct place place;

        if (text == NULL)
            continue;
        place = environment_place(config, *entry);
        text = arena_string(&config->arena, text_of(text));
        return text == NULL ? too_large(error) : set_value(value, text, &place, error);
    }
    return OK;
}

/* In small letters it could name a key that an option has already, and be taken for another. */
static bool has_small_letters(struct text name)
{
    for (size_t i = 0; i < name.size; i++)
        if (name.data[i] >= 'a' && name.data[i] <= 'z')
            return true;
    return false;
}

/* One variable that may belong to the section spec. */
static enum status load_property(struct config *config, const struct option_spec *spec,
                                 const char *entry, struct error *error)
{
    struct text prefix = wildcard_prefix(spec);
    char section[CONFIG_KEY_SIZE_MAX];
    struct text variable = {entry, strcspn(entry, "=")};
    struct place place;
    char *name;
    char *text;

    variable_name(spec->key, section);
    section[strlen("SAWA_") + prefix.size] = '\0'; /* "SAWA_KAFKA_" */
    if (!text_begins(variable, text_of(section)) || entry[variable.size] != '=')
        return OK;
    place = environment_place(config, entry);
    if (has_small_letters(variable))
        return bad_value(spec, &place, "the name of a variable has capital letters only", NULL,
                         error);
    name = property_name(config,
                         (struct text){entry + strlen(section), variable.size - strlen(section)});
    text = arena_string(&config->arena, text_of(entry + variable.size + 1));
    if (name == NULL || text == NULL)
        return too_large(error);
    return set_pair(config, spec, name, text, &place, error);
}

static bool is_value_variable(const struct config *config, const char *entry)
{
    char name[CONFIG_KEY_SIZE_MAX];

    for (size_t i = 0; i < config->value_count; i++) {
        variable_name(config->values[i].spec->key, name);
        if (variable_value(entry, name) != NULL)
            return true;
    }
    return false;
}

static enum status load_environment(struct config *config, const char *const *environment,
                                    struct error *error)
{
    enum status status = OK;

    for (size_t i = 0; i < config->value_count && status == OK; i++)
        status = load_variable(config, &config->values[i], environment, error);
    for (size_t i = 0; i < config->wildcard_count && status == OK; i++)
        for (const char *const *entry = environment; *entry != NULL && status == OK; entry++)
            if (config->wildcards[i]->type == OPTION_SECTION && !is_value_variable(config, *entry))
                status = load_property(config, config->wildcards[i], *entry, error);
    return status;
}

/* ---- the command line ---- */

static enum status load_setting(struct config *config, const char *setting, struct error *error)
{
    static const struct place place = {"--set", "--set", 0};
    const char *equals = strchr(setting, '=');
    char *key;
    char *text;

    if (equals == NULL || equals == setting)
        return config_bad_value(error, "--set", 0, setting, "no value", "write --set KEY=VALUE");
    key = arena_string(&config->arena, (struct text){setting, (size_t)(equals - setting)});
    text = arena_string(&config->arena, text_of(equals + 1));
    if (key == NULL || text == NULL)
        return too_large(error);
    return set_key(config, key, text, &place, error);
}

/* ---- the whole ---- */

/* A row that contradicts itself is a bug: found at the first start. */
static void assert_spec(const struct config *config, const struct option_spec *spec)
{
    struct place place = {"default", "default", 0};
    struct error error;

    assert(spec->key != NULL && strlen(spec->key) < CONFIG_KEY_SIZE_MAX - 8);
    assert(spec->type == OPTION_FOREIGN || spec->meaning != NULL);
    assert((spec->type == OPTION_ENUM) == (spec->values != NULL));
    assert(is_wildcard(spec) || find_value(config, spec->key) == NULL);
    if (spec->standard != NULL)
        assert(check_value(spec, spec->standard, &place, &error) == OK);
}

static size_t count_specs(const struct option_table *tables, size_t table_count)
{
    size_t count = 0;

    for (size_t i = 0; i < table_count; i++)
        count += tables[i].count;
    return count;
}

static void add_spec(struct config *config, const struct option_spec *spec)
{
    assert_spec(config, spec);
    if (is_wildcard(spec))
        config->wildcards[config->wildcard_count++] = spec;
    else
        config->values[config->value_count++] =
            (struct value){.spec = spec, .text = spec->standard, .origin = "default"};
}

static struct config *config_new(const struct option_table *tables, size_t table_count)
{
    size_t spec_count = count_specs(tables, table_count) + 1;
    struct config *config = calloc(1, sizeof *config);

    if (config == NULL)
        return NULL;
    arena_init(&config->arena, ARENA_BLOCK_SIZE, ARENA_MAX);
    config->values = arena_alloc(&config->arena, spec_count * sizeof *config->values);
    config->wildcards = arena_alloc(&config->arena, spec_count * sizeof(struct option_spec *));
    config->pairs = arena_alloc(&config->arena, PAIRS_MAX * sizeof *config->pairs);
    config->plain = arena_alloc(&config->arena, PAIRS_MAX * sizeof *config->plain);
    if (config->values == NULL || config->wildcards == NULL || config->pairs == NULL ||
        config->plain == NULL) {
        config_free(config);
        return NULL;
    }
    for (size_t i = 0; i < table_count; i++)
        for (size_t j = 0; j < tables[i].count; j++)
            add_spec(config, &tables[i].specs[j]);
    return config;
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    arena_done(&config->arena);
    free(config);
}

static int compare_pairs(const void *left, const void *right)
{
    const struct section_pair *a = left;
    const struct section_pair *b = right;
    int order = strcmp(a->spec->key, b->spec->key);

    return order != 0 ? order : strcmp(a->pair.name, b->pair.name);
}

static enum status finish(struct config *config, const char *file, struct error *error)
{
    if (config->pair_count > 0)
        qsort(config->pairs, config->pair_count, sizeof *config->pairs, compare_pairs);
    for (size_t i = 0; i < config->pair_count; i++)
        config->plain[i] = config->pairs[i].pair;
    for (size_t i = 0; i < config->value_count; i++) {
        const struct value *value = &config->values[i];

        if (value->spec->required && value->text == NULL)
            return config_bad_value(error, file == NULL ? "the configuration" : file, 0,
                                    value->spec->key, "required, and set nowhere",
                                    value->spec->meaning);
    }
    return OK;
}

static enum status load_sources(struct config *config, const struct config_sources *sources,
                                struct error *error)
{
    enum status status = OK;

    if (sources->file != NULL)
        status = load_file(config, sources->file, error);
    if (status == OK && sources->environment != NULL)
        status = load_environment(config, sources->environment, error);
    for (size_t i = 0; i < sources->setting_count && status == OK; i++)
        status = load_setting(config, sources->settings[i], error);
    return status == OK ? finish(config, sources->file, error) : status;
}

enum status config_load(const struct option_table *tables, size_t table_count,
                        const struct config_sources *sources, struct error *error,
                        struct config **ret_config)
{
    struct config *config = config_new(tables, table_count);
    enum status status;

    if (config == NULL)
        return too_large(error);
    status = load_sources(config, sources, error);
    if (status != OK) {
        config_free(config);
        return status;
    }
    *ret_config = config;
    return OK;
}

/* ---- getters ---- */

static const struct value *must_find(const struct config *config, const char *key)
{
    const struct value *value = find_value(config, key);

    assert(value != NULL); /* a key that is in no table is a bug of the program */
    return value;
}

const char *config_string(const struct config *config, const char *key)
{
    const struct value *value = must_find(config, key);
    enum option_type type = value->spec->type;

    assert(type == OPTION_STRING || type == OPTION_PATH || type == OPTION_ENUM ||
           type == OPTION_SECRET_FILE);
    return value->text;
}

int64_t config_int(const struct config *config, const char *key)
{
    const struct value *value = must_find(config, key);
    int64_t number = 0;
    bool well = value->text == NULL || parse_number(value->spec, value->text, &number);

    assert(well); /* checked when it was set (1) */
    return number;
}

bool config_bool(const struct config *config, const char *key)
{
    const struct value *value = must_find(config, key);

    assert(value->spec->type == OPTION_BOOL);
    return value->text != NULL && strcmp(value->text, "true") == 0;
}

int config_enum(const struct config *config, const char *key)
{
    const struct value *value = must_find(config, key);

    assert(value->spec->type == OPTION_ENUM);
    return value->text == NULL ? -1 : enum_index(value->spec->values, value->text);
}

bool config_is_set(const struct config *config, const char *key)
{
    return must_find(config, key)->text != NULL;
}

static bool is_section(const struct option_spec *spec, const char *section)
{
    struct text prefix = wildcard_prefix(spec);

    return text_equal((struct text){prefix.data, prefix.size - 1}, text_of(section));
}

const struct config_pair *config_section(const struct config *config, const char *section,
                                         size_t *ret_count)
{
    size_t first = 0;
    size_t end;

    while (first < config->pair_count && !is_section(config->pairs[first].spec, section))
        first++;
    end = first;
    while (end < config->pair_count && is_section(config->pairs[end].spec, section))
        end++;
    *ret_count = end - first;
    return config->plain + first;
}

enum status config_secret(const struct config *config, const char *key, struct buffer *secret,
                          struct error *error)
{
    const struct value *value = must_find(config, key);
    struct arena arena;
    struct text bytes;
    enum status status;

    assert(value->spec->type == OPTION_SECRET_FILE);
    buffer_clear(secret);
    if (value->text == NULL || value->text[0] == '\0')
        return OK;
    arena_init(&arena, SECRET_SIZE_MAX * 2, SECRET_SIZE_MAX * 2);
    status = file_read(value->text, SECRET_SIZE_MAX, &arena, error, &bytes);
    if (status == OK) {
        while (bytes.size > 0 && strchr("\r\n", bytes.data[bytes.size - 1]) != NULL)
            bytes.size--;
        buffer_text(secret, bytes);
        explicit_bzero((char *)(uintptr_t)bytes.data, bytes.size);
    }
    arena_done(&arena);
    if (status == OK && buffer_failed(secret))
        status = error_configuration(error, "the secret of %s is too long", key);
    return status;
}
