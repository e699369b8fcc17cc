/*
 * message.h - statements that come as messages: one message is one file's bytes.
 *
 *   topic, stream or queue ──> statement_file, statement, statement_entry, finding, parked,
 *                              batch, audit leaf, position             (one transaction)
 *
 * (1) ALL STATEMENTS OF A MESSAGE AND ITS POSITION ARE ONE TRANSACTION. A file in a folder has one
 *     per statement, because it may be large and can be read again from its beginning; a message
 *     is small, and what the broker forgets once its position has moved must be there whole. So a
 *     worker that is killed leaves nothing of a message, or all of it with the position behind it.
 * (2) What is known by its content is a DUPLICATE and has no effect: a queue delivers again, and
 *     the same file may lie in the folder, too.
 * (3) A message that is no statement is refused as a file is: statement_file REFUSED, a finding,
 *     and the position passes it. Parked is what is no file at all: without a value, larger than
 *     MESSAGE_SIZE_MAX, without the message id of a queue, delivered too often; and what only the
 *     store refuses.
 * (4) A zip or gzip in a message: its members are files of their own.
 * (5) The name of the file is the header "file_name", where there is one; else the topic's word
 *     is all there is: "message". What format it is its bytes say, not a header.
 *
 * Above MESSAGE_SIZE_MAX a statement comes through the folder. (Kafka: message.max.bytes of the
 * topic and max.message.bytes; 1 MiB unless they were raised.)
 */
#ifndef SAWA_STATEMENT_MESSAGE_H
#define SAWA_STATEMENT_MESSAGE_H

#include "codec/statement.h"
#include "runtime/batch.h"
#include "runtime/worker.h"

enum { MESSAGE_SIZE_MAX = RECORD_VALUE_MAX };

/* The verbs; how files are read is told before the loop runs. */
extern const struct worker_ops message_ops;
void message_profile_set(const struct statement_profile *profile);

/* clang-format off */
#define MESSAGE_OPTIONS                                                                            \
    {.key = "statement.topic", .type = OPTION_STRING, .standard = "statements",                    \
     .meaning = "topic of statement files, one a message"},                                        \
    {.key = "statement.group", .type = OPTION_STRING, .standard = "sawa-statement",                \
     .meaning = "consumer group that shares the partitions"}
/* clang-format on */

#endif
