/*
 * ofx_value.h - single OFX values: texts, times and amounts, without their neighbours.
 */
#ifndef SAWA_CODEC_OFX_OFX_VALUE_H
#define SAWA_CODEC_OFX_OFX_VALUE_H

#include "base/buffer.h"
#include "domain/statement.h"

/* Appends text with its entities replaced: the five of XML, nbsp, and numbered ones. What is none
 * of them stays as it is. */
void ofx_text_append(struct buffer *out, struct text text);

/* Appends text so that ofx_text_append makes of it what it is. */
void ofx_text_keep(struct buffer *out, struct text text);

enum { OFX_TIME_SIZE = 12 };

/* 20260301, 20260301120000.000[-5:EST]: the day and the time as they are written, never shifted
 * into another zone (41). time is terminated, empty where there is none. IMPOSSIBLE: no such day,
 * or no digits. */
enum date_verdict ofx_time_of(struct text value, calendar_date *ret_date, char time[OFX_TIME_SIZE]);

/* A sign perhaps, digits, one point or comma (OFX 2.3, 3.2.9.1). False: not so, or more decimals
 * than the currency has, which may be thousands: 1,234 is then nothing we guess about (61). */
must_use bool ofx_amount_of(struct text value, currency which, struct statement_amount *ret_amount);

#endif
