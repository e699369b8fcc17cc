/*
 * file_source.h - files as a source (base/ports.h): back-fills, air-gapped sites, tests without a
 * broker.
 *
 *   offset = number << 36 | place          number  of the file in its folder (file_folder.h); a
 *                                                  single file has number 0
 *                                          place   where the record begins (file_reader.h)
 *
 * One folder, or one file, is one source: kind FILE, cluster id = file.label, topic = the worker's
 * topic, one partition. Files are read in the order of their numbers, each to its end.
 *
 * Why so, and not a source or a partition per file: a window closes when every partition of its
 * sources has passed the cut-off. A file that was read to its end never passes another one, so
 * each would hold up all later windows until their grace ends. As one partition the files are one
 * stream, as the segments of a log are: one watermark, one position, one anchor; an older file may
 * be taken away once the position has passed it.
 *
 * (1) Offsets rise from record to record, not by one. At the end of a file the position passes to
 *     the first offset of the next number, as it passes control records of a broker.
 * (2) A number that is missing is waited for; one that two files share, too. Both are said.
 * (3) Files of a folder are complete when their name is (rename). A single file may grow; with
 *     complete it does not, and its last line needs no line end.
 * (4) A file that is replaced, cut off or shorter than what was read halts the partition: seen
 *     while it is open, by the anchor after a restart, and where no record begins at the anchor.
 * (5) One process reads a path: it holds a lock (flock) on it; another waits. The fence is still
 *     the epoch of the position.
 *
 * Lag is in bytes: what is left of this file and of those behind it.
 *
 *   range   folder: [lowest number << 36, (highest number + 1) << 36)
 *           file:   [0, size)
 */
#ifndef SAWA_BUS_FILE_SOURCE_H
#define SAWA_BUS_FILE_SOURCE_H

#include "base/ports.h"
#include "bus/registry.h"

enum { FILE_PLACE_BITS = 36 };

struct file_settings {
    const char *path;
    const char *label; /* cluster id: which set of files this is, wherever it lies now */
    const char *topic;
    bool complete;             /* (3) */
    struct registry *registry; /* who knows the ids of schemas; the source frees it */
};

/* FATAL, EXIT_CONFIGURATION: path is neither a file nor a folder. The caller ends it with
 * source_close; also where this fails, the registry is freed. */
must_use enum status file_source_open(const struct file_settings *settings, struct error *error,
                                      struct source **ret_source);

#endif
