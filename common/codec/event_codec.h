/*
 * event_codec.h - a record as an event, whatever format its value is in: the front of avro/ and
 * line/ for workers.
 *
 *   record.format        value                                  read by
 *   RECORD_AVRO          Confluent frame                        avro/payment_decode.h, fx_decode.h
 *   RECORD_AVRO_UNLISTED the same, of a schema nobody allowed   nobody: schema_unknown
 *   RECORD_NDJSON        one JSON object                        line/line_reader.h
 *   RECORD_CSV           one line, under record.columns         line/line_reader.h
 *
 * (1) One event has one content_digest and one transfer_id in all formats
 *     (event/payment_event.h), so the same event from a topic and from a file is a DUPLICATE.
 * (2) One codec belongs to one thread. Texts of an event live until the codec's next call.
 * (3) A record of a file carries its format in headers, so an archive can be read again without
 *     the file:
 *
 *       sawa-format    ndjson, csv, avro, avro-unlisted
 *       sawa-file      the file's name
 *       sawa-columns   csv: the header line
 *
 *     They mean something only where the record's source was a file.
 */
#ifndef SAWA_CODEC_EVENT_CODEC_H
#define SAWA_CODEC_EVENT_CODEC_H

#include "base/record.h"
#include "codec/avro/context.h"
#include "domain/fx.h"
#include "domain/payment.h"

struct event_codec;

/* The source must outlive the codec. Never NULL. */
struct event_codec *event_codec_new(const struct schema_source *source);
void event_codec_free(struct event_codec *codec); /* NULL is fine */

/* OK, or REJECT with *ret_reason, or RETRY / FATAL with error (schema source). */
must_use enum status event_codec_payment(struct event_codec *codec, const struct record *record,
                                         struct payment *ret_payment, enum reason *ret_reason,
                                         struct error *error);
must_use enum status event_codec_fx(struct event_codec *codec, const struct record *record,
                                    struct fx_event *ret_event, enum reason *ret_reason,
                                    struct error *error);

/* (3): appends the headers of a record in this format; returns how many. */
uint32_t event_headers_append(struct buffer *headers, enum record_format format, struct text file,
                              struct text columns);

/* (3): format and columns of an archived record of a file, from record->headers. False: its headers
 * do not say. */
must_use bool event_headers_read(struct record *record);

#endif
