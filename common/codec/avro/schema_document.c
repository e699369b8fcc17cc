/*
 * schema_document.c - see schema_json.h, and of avro_schema.h the documents around schemas:
 * digest, a registry's answer, the list of ids.
 */
#include "codec/avro/avro_schema.h"
#include "codec/avro/schema_json.h"

#include <stdlib.h>

json_t *schema_json_read(struct text text)
{
    json_error_t error;

    if (text.size > SCHEMA_TEXT_MAX)
        return NULL;
    return json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
}

struct text schema_json_string(const json_t *json)
{
    if (!json_is_string(json))
        return (struct text){NULL, 0};
    return (struct text){json_string_value(json), json_string_length(json)};
}

struct text schema_json_text(const json_t *object, const char *key)
{
    return schema_json_string(json_object_get(object, key));
}

int64_t schema_json_integer(const json_t *object, const char *key, int64_t fallback)
{
    const json_t *json = json_object_get(object, key);

    return json_is_integer(json) ? (int64_t)json_integer_value(json) : fallback;
}

bool avro_schema_digest(struct text text, struct digest *ret_digest)
{
    json_t *json = schema_json_read(text);
    char *canonical =
        json == NULL ? NULL : json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    json_decref(json);
    if (canonical == NULL)
        return false;
    *ret_digest = sha256(text_of(canonical));
    free(canonical);
    return true;
}

bool avro_schema_of_answer(struct text answer, struct buffer *ret_text)
{
    json_t *json = schema_json_read(answer);
    struct text schema = schema_json_text(json, "schema");

    if (schema.data != NULL)
        buffer_text(ret_text, schema);
    json_decref(json);
    return schema.data != NULL && !buffer_failed(ret_text);
}

bool avro_schema_is_absent(struct text answer)
{
    enum { SUBJECT_NOT_FOUND = 40401, SCHEMA_NOT_FOUND = 40403 }; /* of the Confluent API */
    json_t *json = schema_json_read(answer);
    int64_t code = schema_json_integer(json, "error_code", 0);

    json_decref(json);
    return code >= SUBJECT_NOT_FOUND && code <= SCHEMA_NOT_FOUND;
}

/* A plain file name beside the list: no folder, nothing hidden. */
static bool file_is_plain(struct text file)
{
    return file.size > 0 && file.data[0] != '.' && memchr(file.data, '/', file.size) == NULL;
}

static enum status visit_id(const char *key, const json_t *value, schema_id_visit *visit,
                            void *user, struct error *error)
{
    struct text file = schema_json_string(value);
    int64_t id;

    if (!text_to_int64(text_of(key), &id) || id < 0 || id > UINT32_MAX || !file_is_plain(file)) {
        error_configuration(error, "could not read the list of schema ids");
        error_detail(error, "entry %.40s", key);
        return error_hint(error, "each entry is \"<id>\": \"<file beside the list>\"");
    }
    return visit(user, (uint32_t)id, file.data, error);
}

enum status avro_schema_ids(struct text text, schema_id_visit *visit, void *user,
                            struct error *error)
{
    json_t *json = schema_json_read(text);
    enum status status = OK;
    const char *key;
    json_t *value;

    if (!json_is_object(json)) {
        json_decref(json);
        return error_configuration(error, "could not read the list of schema ids: no JSON object");
    }
    json_object_foreach(json, key, value)
    {
        status = visit_id(key, value, visit, user, error);
        if (status != OK)
            break;
    }
    json_decref(json);
    return status;
}
