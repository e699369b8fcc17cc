/*
 * statement_read.c - a statement file through our reader, or through the bare XML library.
 *
 *   statement_read ours FILE     every entry's amount is summed, its references are hashed
 *   statement_read xml FILE      libxml2's push parser with handlers that count: what no reader
 *                                of camt that uses it can do without
 *
 * FILE may be - for standard input. Prints one JSON object: what was read, seconds of the processor
 * and of the clock, and the largest resident size. Run by statement.py, which knows what it wrote.
 */
#include "codec/statement.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <libxml/parser.h>

enum { READ_SIZE = 256 * 1024 };

struct tally {
    long long statements;
    long long entries;
    long long elements;
    long long bytes;
    __int128 sum;
    uint64_t references;
};

typedef bool take_bytes(void *context, struct text bytes);

static void die(const char *what)
{
    fprintf(stderr, "statement_read: %s\n", what);
    exit(1);
}

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void pieces(const char *path, take_bytes *take, void *context)
{
    static char bytes[READ_SIZE];
    int descriptor = path[0] == '-' ? STDIN_FILENO : open(path, O_RDONLY);
    ssize_t size;

    if (descriptor < 0)
        die("could not open the file");
    while ((size = read(descriptor, bytes, sizeof bytes)) > 0)
        if (!take(context, (struct text){bytes, (size_t)size}))
            die("the file was refused");
    if (size < 0)
        die("could not read the file");
}

/* ---- ours ---- */

/* FNV-1a: cheap, and every byte counts. */
static uint64_t hash(uint64_t seed, struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        seed = (seed ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001b3);
    return seed;
}

static enum status take_entry(void *context, const struct statement *statement,
                              const struct statement_entry *entry, struct error *error)
{
    struct tally *tally = context;
    const struct statement_references *references = &entry->facts.references;
    uint64_t seed = UINT64_C(0xcbf29ce484222325);

    (void)statement;
    (void)error;
    tally->entries++;
    tally->sum += entry->amount.minor;
    seed = hash(seed, references->customer_reference);
    seed = hash(seed, references->servicer_reference);
    tally->references += hash(seed, references->end_to_end_id);
    return OK;
}

static enum status take_statement(void *context, const struct statement *statement,
                                  struct error *error)
{
    (void)statement;
    (void)error;
    ((struct tally *)context)->statements++;
    return OK;
}

static bool feed_ours(void *context, struct text bytes)
{
    struct error error;

    return statement_reader_feed(context, bytes, &error) == OK;
}

static void read_ours(const char *path, struct tally *tally)
{
    const struct statement_sink sink = {.context = tally,
                                        .entry = take_entry,
                                        .statement = take_statement};
    struct statement_reader *reader =
        statement_reader_new(&statement_limits_default, statement_profile_at(0), &sink);
    struct error error;

    pieces(path, feed_ours, reader);
    if (statement_reader_end(reader, &error) != OK)
        die(error.detail);
    statement_reader_free(reader);
}

/* ---- the bare library ---- */

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes)
{
    (void)name, (void)prefix, (void)uri, (void)namespace_count, (void)namespaces;
    (void)attribute_count, (void)defaulted_count, (void)attributes;
    ((struct tally *)context)->elements++;
}

static void on_text(void *context, const xmlChar *bytes, int size)
{
    (void)bytes;
    ((struct tally *)context)->bytes += size;
}

static bool feed_xml(void *context, struct text bytes)
{
    return xmlParseChunk(context, bytes.data, (int)bytes.size, 0) == 0;
}

static void read_xml(const char *path, struct tally *tally)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_start,
                         .characters = on_text};
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, tally, NULL, 0, NULL);

    if (parser == NULL)
        die("no parser");
    pieces(path, feed_xml, parser);
    if (xmlParseChunk(parser, NULL, 0, 1) != 0)
        die("the file is no XML");
    xmlFreeParserCtxt(parser);
}

int main(int argc, char **argv)
{
    struct tally tally = {0};
    struct rusage usage;
    double wall = seconds(CLOCK_MONOTONIC);
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);

    if (argc != 3)
        die("usage: statement_read ours|xml FILE");
    if (strcmp(argv[1], "ours") == 0)
        read_ours(argv[2], &tally);
    else
        read_xml(argv[2], &tally);
    wall = seconds(CLOCK_MONOTONIC) - wall;
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    getrusage(RUSAGE_SELF, &usage);
    printf(
        "{\"statements\": %lld, \"entries\": %lld, \"sum_minor\": %lld, \"references\": "
        "\"%016llx\", \"elements\": %lld, \"wall_s\": %.4f, \"cpu_s\": %.4f, \"rss_kib\": %ld}\n",
        tally.statements, tally.entries, (long long)tally.sum, (unsigned long long)tally.references,
        tally.elements, wall, cpu, usage.ru_maxrss);
    return 0;
}
