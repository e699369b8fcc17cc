/*
 * config.h - options of a program: one table, four places a value may come from.
 *
 *   default < YAML file < environment < --set KEY=VALUE          (the last one wins)
 *
 *   database:                           SAWA_DATABASE_DSN=...    --set database.dsn=...
 *     dsn: "host=db.example"
 *
 * A program lists its options as rows; reading, checking, --print-config and the
 * page of the manual all come from the rows. One file serves all programs of a
 * deployment: a section of another program is named OPTION_FOREIGN and passed over.
 *
 *   static const struct option_spec options[] = {
 *       {.key = "database.dsn", .type = OPTION_STRING, .meaning = "where PostgreSQL is"},
 *       {.key = "batch.records_max", .type = OPTION_INT, .standard = "50000", .min = 1,
 *        .max = 1000000, .unit = "records", .meaning = "ceiling of one batch"},
 *       {.key = "kafka.*", .type = OPTION_SECTION, .meaning = "passed to librdkafka as it is"},
 *       {.key = "settle.*", .type = OPTION_FOREIGN},
 *   };
 *
 * (1) A value is exactly what its type allows or the program does not start: 50k is no
 *     integer, "yes" is no BOOL. FATAL, EXIT_CONFIGURATION, with file, line, key and hint.
 * (2) An unknown key is an error that names the nearest valid one. In the environment
 *     unknown names are passed over: they belong to whoever set them.
 * (3) Secrets are never values: SECRET_FILE names a file, read anew at each use. What looks
 *     like a secret in a passed-through section or a connection string is not printed (I12).
 *
 * Environment names: SAWA_ + key in capitals, '.' and '-' as '_'. In a SECTION the rest of
 * the name becomes lower case with '_' as '.': SAWA_KAFKA_BOOTSTRAP_SERVERS sets
 * kafka.bootstrap.servers. An empty variable counts as set.
 */
#ifndef SAWA_BASE_CONFIG_H
#define SAWA_BASE_CONFIG_H

#include "base/buffer.h"
#include "base/error.h"

enum option_type {
    OPTION_STRING,
    OPTION_INT,         /* decimal digits, '-' in front                                 */
    OPTION_DURATION_MS, /* digits and one of ms, s, m, h                                */
    OPTION_SIZE_BYTES,  /* digits, or digits and one of KiB, MiB, GiB                   */
    OPTION_BOOL,        /* true, false                                                  */
    OPTION_ENUM,        /* one of values, written "group|lease"                         */
    OPTION_PATH,        /* a path, as it is                                             */
    OPTION_SECRET_FILE, /* path of a file that holds a secret (3)                       */
    OPTION_SECTION,     /* "kafka.*": every key below, as name and value                */
    OPTION_FOREIGN,     /* "settle.*": belongs to another program                       */
};

struct option_spec {
    const char *key;
    enum option_type type;
    const char *standard; /* the default as text; NULL: not set */
    int64_t min;          /* INT, DURATION_MS, SIZE_BYTES; min = max = 0: any that is >= 0 */
    int64_t max;
    const char *unit;
    const char *values; /* ENUM */
    bool required;
    const char *meaning;
};

struct option_table {
    const struct option_spec *specs;
    size_t count;
};

struct config_sources {
    const char *file;               /* YAML; NULL: none                  */
    const char *const *environment; /* as environ; NULL: none            */
    const char *const *settings;    /* "key=value" of --set; may be NULL */
    size_t setting_count;
};

struct config_pair {
    const char *name; /* without the section's prefix */
    const char *value;
};

struct config;

/* Reads and checks everything. The caller frees *ret_config. The tables must outlive it. */
must_use enum status config_load(const struct option_table *tables, size_t table_count,
                                 const struct config_sources *sources, struct error *error,
                                 struct config **ret_config);
void config_free(struct config *config); /* NULL is fine */

/* Getters abort on a key that is in no table, or has another type: that is a bug. Texts live
 * as long as config. */

/* STRING, PATH, ENUM, SECRET_FILE (its path). NULL: not set. */
const char *config_string(const struct config *config, const char *key);

/* INT, DURATION_MS in milliseconds, SIZE_BYTES in bytes. 0: not set. */
int64_t config_int(const struct config *config, const char *key);

bool config_bool(const struct config *config, const char *key);
int config_enum(const struct config *config, const char *key); /* index in values, -1: not set */
bool config_is_set(const struct config *config, const char *key);

/* The pairs of "kafka.*" for section "kafka", sorted by name. */
const struct config_pair *config_section(const struct config *config, const char *section,
                                         size_t *ret_count);

/* The content of a SECRET_FILE, read now, without a line end at its end. An option that is not
 * set gives an empty secret. The caller wipes and frees secret. */
must_use enum status config_secret(const struct config *config, const char *key,
                                   struct buffer *secret, struct error *error);

/* Every key with value, origin, default, unit and meaning, itself valid YAML. */
void config_print(const struct config *config, struct buffer *out);

/* The table as a page of Markdown: key, type, default, range, unit, meaning. */
void config_page(const struct option_table *tables, size_t table_count, struct buffer *out);

/* True when value of an option or property of this name must not be shown (3). */
bool config_is_secret(const char *name, const char *value);

#endif
