/*
 * zone_file.h - the bytes of a time zone from the system's database.
 *
 * Reads only; domain/zone.h says what the bytes mean. Names are checked by file.h
 * against tricks with paths; a zone file is small, so 128 KiB is its ceiling.
 */
#ifndef SAWA_BASE_ZONE_FILE_H
#define SAWA_BASE_ZONE_FILE_H

#include "base/file.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"

enum { ZONE_FILE_SIZE_MAX = 128 * 1024 };

/* The bytes of e.g. "Africa/Nairobi". FATAL with EXIT_CONFIGURATION where there is none. */
must_use enum status zone_file_read(struct text name, struct arena *arena, struct error *error,
                                    struct text *ret_bytes);

/* The same as a source, for who must not read files itself. */
struct file_source zone_file_source(void);

#endif
