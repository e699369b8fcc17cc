/*
 * schema_json.h - jansson, for the folder codec/avro alone: bounded reading of schema documents.
 *
 * Texts that come out borrow from the json_t they come from.
 */
#ifndef SAWA_CODEC_AVRO_SCHEMA_JSON_H
#define SAWA_CODEC_AVRO_SCHEMA_JSON_H

#include "base/text.h"

#include <jansson.h>

/* NULL: larger than SCHEMA_TEXT_MAX, no JSON, or a key twice. The caller calls json_decref. */
json_t *schema_json_read(struct text text);

/* A string's text; data NULL where json is no string (or NULL). */
struct text schema_json_string(const json_t *json);

/* The same for a member of an object. */
struct text schema_json_text(const json_t *object, const char *key);

/* A whole number, or fallback where there is none. */
int64_t schema_json_integer(const json_t *object, const char *key, int64_t fallback);

#endif
