/*
 * config_rows.h - the inside of struct config: shared by config.c, which fills and reads it, and
 * config_print.c, which shows it. Nobody else includes this.
 */
#ifndef SAWA_BASE_CONFIG_ROWS_H
#define SAWA_BASE_CONFIG_ROWS_H

#include "base/arena.h"
#include "base/config.h"

enum { CONFIG_KEY_SIZE_MAX = 128 };

struct value {
    const struct option_spec *spec;
    const char *text;   /* NULL: not set */
    const char *origin; /* "sawa.yaml:3", "environment", "--set", "default" */
    bool in_file;
};

struct section_pair {
    const struct option_spec *spec;
    struct config_pair pair;
    const char *origin;
};

struct config {
    struct arena arena;
    struct value *values; /* one per row that is no wildcard, in table order */
    size_t value_count;
    struct section_pair *pairs; /* sorted by (section, name) once loaded */
    struct config_pair *plain;  /* the same order, for config_section() */
    size_t pair_count;
    const struct option_spec **wildcards;
    size_t wildcard_count;
};

/* "kafka.*" as "kafka." */
static inline struct text wildcard_prefix(const struct option_spec *spec)
{
    size_t size = strlen(spec->key);

    assert(size > 2 && spec->key[size - 1] == '*' && spec->key[size - 2] == '.');
    return (struct text){spec->key, size - 1};
}

#endif
