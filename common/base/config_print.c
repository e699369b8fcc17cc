/*
 * config_print.c - the option table as text: --print-config and the page of the manual.
 */
#include "base/config_rows.h"

#include <stdio.h>

static bool contains(const char *text, const char *part)
{
    return strcasestr(text, part) != NULL;
}

bool config_is_secret(const char *name, const char *value)
{
    static const char *const names[] = {"password", "secret",  "token",      "credential",
                                        "jaas",     "key.pem", "passphrase", "private"};
    static const char *const marks[] = {"password", "passwd", "secret=", "token="};
    const char *at = value == NULL ? NULL : strstr(value, "://");

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (contains(name, names[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (value != NULL && contains(value, marks[i]))
            return true;
    return at != NULL && strchr(at, '@') != NULL; /* scheme://user:password@host */
}

static const char *type_name(enum option_type type)
{
    static const char *const names[] = {
        [OPTION_STRING] = "text",
        [OPTION_INT] = "integer",
        [OPTION_DURATION_MS] = "duration",
        [OPTION_SIZE_BYTES] = "size",
        [OPTION_BOOL] = "true or false",
        [OPTION_ENUM] = "one of",
        [OPTION_PATH] = "path",
        [OPTION_SECRET_FILE] = "file with a secret",
        [OPTION_SECTION] = "section",
        [OPTION_FOREIGN] = "section of another program",
    };

    assert((size_t)type < COUNT_OF(names));
    return names[type];
}

/* "integer, records, 1 to 1000000, default 50000" */
static void print_facts(const struct option_spec *spec, struct buffer *out)
{
    buffer_string(out, type_name(spec->type));
    if (spec->values != NULL)
        buffer_format(out, " %s", spec->values);
    if (spec->unit != NULL)
        buffer_format(out, ", %s", spec->unit);
    if (spec->min != 0 || spec->max != 0)
        buffer_format(out, ", %lld to %lld", (long long)spec->min, (long long)spec->max);
    buffer_format(out, ", %s%s", spec->standard == NULL ? "no default" : "default ",
                  spec->standard == NULL      ? ""
                  : spec->standard[0] == '\0' ? "\"\""
                                              : spec->standard);
}

/* A double-quoted YAML text: JSON's escapes are YAML's too. */
static void print_assignment(const char *key, const char *text, const char *origin, bool secret,
                             struct buffer *out)
{
    if (text == NULL) {
        buffer_format(out, "# %s: not set\n", key);
        return;
    }
    if (secret) { /* (3) */
        buffer_format(out, "# %s: set, not shown  # %s\n", key, origin);
        return;
    }
    buffer_format(out, "%s: ", key);
    buffer_json(out, text_of(text));
    buffer_format(out, "  # %s\n", origin);
}

static void print_value(const struct value *value, struct buffer *out)
{
    const struct option_spec *spec = value->spec;
    bool secret = spec->type == OPTION_STRING && config_is_secret(spec->key, value->text);

    buffer_format(out, "\n# %s\n# ", spec->meaning);
    print_facts(spec, out);
    buffer_byte(out, '\n');
    print_assignment(spec->key, value->text, value->origin, secret, out);
}

static void print_section(const struct config *config, const struct option_spec *spec,
                          struct buffer *out)
{
    char key[CONFIG_KEY_SIZE_MAX * 2];

    if (spec->type == OPTION_FOREIGN)
        return;
    buffer_format(out, "\n# %s: %s\n", spec->key, spec->meaning);
    for (size_t i = 0; i < config->pair_count; i++) {
        const struct config_pair *pair = &config->pairs[i].pair;

        if (config->pairs[i].spec != spec)
            continue;
        snprintf(key, sizeof key, "%.*s%s", TEXT_ARG(wildcard_prefix(spec)), pair->name);
        print_assignment(key, pair->value, config->pairs[i].origin,
                         config_is_secret(pair->name, pair->value), out);
    }
}

void config_print(const struct config *config, struct buffer *out)
{
    buffer_string(out, "# value  # where it comes from: default < file < environment < --set\n");
    for (size_t i = 0; i < config->value_count; i++)
        print_value(&config->values[i], out);
    for (size_t i = 0; i < config->wildcard_count; i++)
        print_section(config, config->wildcards[i], out);
}

static void page_row(const struct option_spec *spec, struct buffer *out)
{
    if (spec->type == OPTION_FOREIGN)
        return;
    buffer_format(out, "| `%s` | ", spec->key);
    for (const char *c = type_name(spec->type); *c != '\0'; c++)
        buffer_byte(out, (unsigned char)*c);
    if (spec->values != NULL)
        buffer_byte(out, ' ');
    for (const char *c = spec->values == NULL ? "" : spec->values; *c != '\0'; c++)
        buffer_string(out, *c == '|' ? ", " : (const char[]){*c, '\0'});
    buffer_format(out, " | %s | ", spec->standard == NULL ? "" : spec->standard);
    if (spec->min != 0 || spec->max != 0)
        buffer_format(out, "%lld to %lld", (long long)spec->min, (long long)spec->max);
    buffer_format(out, " | %s | %s |\n", spec->unit == NULL ? "" : spec->unit, spec->meaning);
}

void config_page(const struct option_table *tables, size_t table_count, struct buffer *out)
{
    buffer_string(out, "| key | type | default | range | unit | meaning |\n"
                       "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < table_count; i++)
        for (size_t j = 0; j < tables[i].count; j++)
            page_row(&tables[i].specs[j], out);
}
