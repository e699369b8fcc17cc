/*
 * params.c - parameters in PostgreSQL's binary formats (see db.h).
 */
#include "store/copy.h"
#include "store/db.h"

/* Type oids of the array element types we send (pg_type.dat; they never change). */
enum { OID_BOOL = 16, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25 };
enum { OID_DATE = 1082, OID_TIMESTAMPTZ = 1184, OID_UUID = 2950 };

void params_init(struct params *params, size_t bytes_max)
{
    params->count = 0;
    buffer_init(&params->bytes, bytes_max);
}

void params_done(struct params *params)
{
    buffer_done(&params->bytes);
    params->count = 0;
}

void params_clear(struct params *params)
{
    buffer_clear(&params->bytes);
    params->count = 0;
}

static void params_begin(struct params *params)
{
    assert(params->count < PARAMS_MAX);
    params->values[params->count].offset = params->bytes.size;
}

static void params_end(struct params *params)
{
    size_t size = params->bytes.size - params->values[params->count].offset;

    assert(size <= INT32_MAX);
    params->values[params->count++].size = (int)size;
}

void params_null(struct params *params)
{
    params_begin(params);
    params->values[params->count++].size = -1;
}

void params_bytes(struct params *params, const void *bytes, size_t size)
{
    params_begin(params);
    buffer_append(&params->bytes, bytes, size);
    params_end(params);
}

void params_bool(struct params *params, bool value)
{
    unsigned char byte = value ? 1 : 0;

    params_bytes(params, &byte, 1);
}

void params_int32(struct params *params, int32_t value)
{
    params_begin(params);
    buffer_be32(&params->bytes, (uint32_t)value);
    params_end(params);
}

void params_int64(struct params *params, int64_t value)
{
    params_begin(params);
    buffer_be64(&params->bytes, (uint64_t)value);
    params_end(params);
}

void params_text(struct params *params, struct text value)
{
    if (value.data == NULL)
        params_null(params);
    else
        params_bytes(params, value.data, value.size);
}

void params_string(struct params *params, const char *value)
{
    params_text(params, text_of(value));
}

void params_uuid(struct params *params, const struct uuid *value)
{
    params_bytes(params, value->bytes, sizeof value->bytes);
}

int64_t instant_to_pg(int64_t instant_us)
{
    if (instant_us == INT64_MIN || instant_us == INT64_MAX)
        return instant_us; /* -infinity, infinity */
    return instant_us - PG_EPOCH_US;
}

int64_t instant_of_pg(int64_t pg_us)
{
    if (pg_us == INT64_MIN || pg_us == INT64_MAX)
        return pg_us;
    return pg_us + PG_EPOCH_US;
}

void params_instant(struct params *params, int64_t instant_us)
{
    params_int64(params, instant_to_pg(instant_us));
}

void params_date(struct params *params, int32_t day)
{
    params_int32(params, day - PG_EPOCH_DAYS);
}

/* Array header: one dimension, flag for nulls, element type, length, lower bound 1. */
static void array_begin(struct params *params, uint32_t oid, bool has_nulls, size_t count)
{
    assert(count <= INT32_MAX);
    params_begin(params);
    buffer_be32(&params->bytes, count == 0 ? 0 : 1);
    buffer_be32(&params->bytes, has_nulls ? 1 : 0);
    buffer_be32(&params->bytes, oid);
    if (count == 0)
        return;
    buffer_be32(&params->bytes, (uint32_t)count);
    buffer_be32(&params->bytes, 1);
}

void params_bool_array(struct params *params, const bool *values, size_t count)
{
    array_begin(params, OID_BOOL, false, count);
    for (size_t i = 0; i < count; i++) {
        buffer_be32(&params->bytes, 1);
        buffer_byte(&params->bytes, values[i] ? 1 : 0);
    }
    params_end(params);
}

void params_int32_array(struct params *params, const int32_t *values, size_t count)
{
    array_begin(params, OID_INT4, false, count);
    for (size_t i = 0; i < count; i++) {
        buffer_be32(&params->bytes, 4);
        buffer_be32(&params->bytes, (uint32_t)values[i]);
    }
    params_end(params);
}

void params_date_array(struct params *params, const int32_t *days, size_t count)
{
    array_begin(params, OID_DATE, false, count);
    for (size_t i = 0; i < count; i++) {
        buffer_be32(&params->bytes, 4);
        buffer_be32(&params->bytes, (uint32_t)(days[i] - PG_EPOCH_DAYS));
    }
    params_end(params);
}

static void array_int64(struct params *params, uint32_t oid, const int64_t *values, size_t count)
{
    array_begin(params, oid, false, count);
    for (size_t i = 0; i < count; i++) {
        buffer_be32(&params->bytes, 8);
        buffer_be64(&params->bytes, (uint64_t)(oid == OID_TIMESTAMPTZ ? instant_to_pg(values[i])
                                                                      : values[i]));
    }
    params_end(params);
}

void params_int64_array(struct params *params, const int64_t *values, size_t count)
{
    array_int64(params, OID_INT8, values, count);
}

void params_instant_array(struct params *params, const int64_t *instants_us, size_t count)
{
    array_int64(params, OID_TIMESTAMPTZ, instants_us, count);
}

void params_uuid_array(struct params *params, const struct uuid *values, size_t count)
{
    array_begin(params, OID_UUID, false, count);
    for (size_t i = 0; i < count; i++) {
        buffer_be32(&params->bytes, sizeof values[i].bytes);
        buffer_append(&params->bytes, values[i].bytes, sizeof values[i].bytes);
    }
    params_end(params);
}

void params_text_array(struct params *params, const struct text *values, size_t count)
{
    bool has_nulls = false;

    for (size_t i = 0; i < count; i++)
        has_nulls = has_nulls || values[i].data == NULL;
    array_begin(params, OID_TEXT, has_nulls, count);
    for (size_t i = 0; i < count; i++) {
        buffer_be32(&params->bytes, values[i].data == NULL ? UINT32_MAX : (uint32_t)values[i].size);
        buffer_append(&params->bytes, values[i].data, values[i].data == NULL ? 0 : values[i].size);
    }
    params_end(params);
}
