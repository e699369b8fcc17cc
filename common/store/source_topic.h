/*
 * source_topic.h - is a topic still the one whose positions we hold?
 *
 * The id that the broker gave it stands in source.topic_uuid. The first client that can read it
 * stores it; from then on another id under the same name is another topic, also where its records
 * look the same as before, which no anchor can tell.
 *
 * (1) A stored id never changes: a topic made anew is a new generation, opened by an operator.
 */
#ifndef SAWA_STORE_SOURCE_TOPIC_H
#define SAWA_STORE_SOURCE_TOPIC_H

#include "base/uuid.h"
#include "store/db.h"

/* Compares with the stored id, storing topic where none is (1). All zero, a client that cannot read
 * ids: taken for the same, nothing is stored. */
must_use enum status source_topic_check(struct db *db, int32_t source_id, const struct uuid *topic,
                                        struct error *error, bool *ret_same);

#endif
