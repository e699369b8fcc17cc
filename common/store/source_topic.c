/*
 * source_topic.c - see source_topic.h.
 */
#include "store/source_topic.h"

#include "store_sql.h"

enum { TOPIC_PARAMS_MAX = 256 };

static bool is_unknown(const struct uuid *topic)
{
    static const struct uuid zero;

    return memcmp(topic, &zero, sizeof zero) == 0;
}

enum status source_topic_check(struct db *db, int32_t source_id, const struct uuid *topic,
                               struct error *error, bool *ret_same)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    if (is_unknown(topic)) {
        *ret_same = true;
        return OK;
    }
    params_init(&params, TOPIC_PARAMS_MAX);
    params_int32(&params, source_id);
    params_uuid(&params, topic);
    status = db_run(db, store_sql_source_topic, &params, error, &rows);
    if (status == OK) {
        assert(result_rows(rows) == 1);
        *ret_same = result_bool(rows, 0, 0);
    }
    result_free(rows);
    params_done(&params);
    return status;
}
