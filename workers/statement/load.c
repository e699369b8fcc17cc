/*
 * load.c - one file, or the members of one, into the database; see load.h.
 */
#include "load.h"
#include "progress.h"

#include "base/file.h"
#include "codec/members/members.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_SIZE_MAX = 4096 };
enum { READ_SIZE = 256 * 1024 };

/* One file, or one member, on its way in. */
struct load {
    struct session *session;
    const struct load_order *order;
    const char *path; /* or name */
    int descriptor;
    struct digest digest;
    int64_t size;
    struct load_place place;
    struct load_answer *answer;
    struct progress progress;
};

enum { PASSES = 4 }; /* digest, read 1, original, read 2 */

/* Of a file that is refused the original is kept up to this size: it may be anything. */
enum { REFUSED_ORIGINAL_MAX = 64 * 1024 * 1024 };

/* ---- reading ---- */

typedef enum status piece_taker(void *context, struct text piece, struct error *error);

static enum status file_failed(const struct load *load, struct error *error)
{
    error_set(error, FATAL, "could not read %s", load->path);
    error->exit_code = EXIT_FAILED;
    return error_detail(error, "%s", strerror(errno));
}

/* All pieces of the file, from its beginning. */
static enum status file_pieces(struct load *load, piece_taker *take, void *context,
                               struct error *error)
{
    static char bytes[READ_SIZE];
    enum status status = OK;

    if (lseek(load->descriptor, 0, SEEK_SET) != 0)
        return file_failed(load, error);
    while (status == OK) {
        ssize_t size = file_read_up_to(load->descriptor, bytes, sizeof bytes);

        if (size < 0)
            return file_failed(load, error);
        if (size == 0)
            return OK;
        progress_add(&load->progress, (size_t)size);
        status = take(context, (struct text){bytes, (size_t)size}, error);
    }
    return status;
}

static enum status reader_take(void *context, struct text piece, struct error *error)
{
    return statement_reader_feed(context, piece, error);
}

static enum status file_read_statements(struct load *load, const struct statement_sink *sink,
                                        struct error *error)
{
    struct statement_reader *reader =
        statement_reader_new(&statement_limits_default, load->order->profile, sink);
    enum status status = file_pieces(load, reader_take, reader, error);

    if (status == OK)
        status = statement_reader_end(reader, error);
    statement_reader_free(reader);
    return status;
}

/* ---- the file as a whole ---- */

/* What a file is known by. */
struct whole {
    struct sha256 *sha256;
    int64_t size;
};

static enum status whole_take(void *context, struct text piece, struct error *error)
{
    struct whole *whole = context;

    (void)error;
    sha256_add(whole->sha256, piece.data, piece.size);
    whole->size += (int64_t)piece.size;
    return OK;
}

static enum status writer_take(void *context, struct text piece, struct error *error)
{
    return original_add(context, piece, error);
}

/* The file once more, part by part into the database. */
static enum status original_store(struct load *load, const struct data_key *key,
                                  struct error *error)
{
    struct original_writer writer;
    enum status status;

    original_begin(&writer, load->session->db, load->place.file_id, &load->digest, key);
    status = file_pieces(load, writer_take, &writer, error);
    if (status == OK)
        status = original_end(&writer, error);
    original_abandon(&writer);
    return status;
}

/* ---- read 1 ---- */

static enum status sink_no_entry(void *context, const struct statement *statement,
                                 const struct statement_entry *entry, struct error *error)
{
    (void)context;
    (void)statement;
    (void)entry;
    (void)error;
    return OK;
}

static enum status sink_nothing(void *context, const struct statement *statement,
                                struct error *error)
{
    (void)context;
    (void)statement;
    (void)error;
    return OK;
}

const struct statement_sink load_nothing = {.entry = sink_no_entry, .statement = sink_nothing};

/* Notes the file as LOADING or, with its refusal, as REFUSED. */
static enum status file_note_in(struct load *load, const struct error *refusal, struct business *tx,
                                struct error *error)
{
    const struct file_note note = {.digest = load->digest, .name = load->path, .size = load->size};
    struct db *db = load->session->db;
    enum status status = file_take(db, &note, refusal == NULL ? "LOADING" : "REFUSED", &tx->effects,
                                   error, &load->place.file_id);

    return status == OK && refusal != NULL
               ? file_refusal_note(db, load->place.file_id, refusal, error)
               : status;
}

/* The same, and keeps its original. */
static enum status file_keep_in(struct load *load, const struct error *refusal, struct business *tx,
                                struct error *error)
{
    struct data_key key = {.key_id = 0};
    enum status status = original_key(load->session->db, load->order->seal, error, &key);

    if (status == OK)
        status = file_note_in(load, refusal, tx, error);
    if (status == OK && (refusal == NULL || load->size <= REFUSED_ORIGINAL_MAX))
        status = original_store(load, key.key_id == 0 ? NULL : &key, error);
    explicit_bzero(&key, sizeof key);
    return status;
}

static enum status file_note(struct load *load, const struct error *refusal, struct error *error)
{
    struct business tx;
    enum status status = business_begin(load->session->db, "statement_file", load->session->worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = file_keep_in(load, refusal, &tx, error);
    return business_finish(&tx, status, error);
}

static enum status file_identify(struct load *load, struct error *error)
{
    struct whole whole = {.sha256 = sha256_new()};
    enum status status = file_pieces(load, whole_take, &whole, error);

    sha256_end(whole.sha256, &load->digest);
    sha256_free(whole.sha256);
    load->size = whole.size;
    return status;
}

/* Does it read to its end (2)? */
static enum status file_try_reading(struct load *load, struct error *error, bool *ret_go)
{
    struct error refusal;
    enum status read = file_read_statements(load, &load_nothing, &refusal);
    enum status status = OK;

    if (read != OK && read != REJECT) {
        *error = refusal;
        return read;
    }
    load->answer->refused = read == REJECT;
    if (!load->order->trial)
        status = file_note(load, read == REJECT ? &refusal : NULL, error);
    *ret_go = status == OK && read == OK;
    if (status == OK && read == REJECT)
        *error = refusal;
    return status;
}

/* Digest, do we know it, does it read to its end? *ret_go: it is to be loaded now. */
static enum status file_first_read(struct load *load, struct error *error, bool *ret_go)
{
    struct file_known known = {0};
    enum status status = file_identify(load, error);

    if (status == OK)
        status = file_find(load->session->db, &load->digest, error, &known);
    load->place.file_id = known.file_id;
    load->answer->known = known.is_through; /* (1) */
    load->answer->refused = known.is_refused;
    return status != OK || known.is_through ? status : file_try_reading(load, error, ret_go);
}

/* ---- read 2 ---- */

static enum status sink_entry(void *context, const struct statement *statement,
                              const struct statement_entry *entry, struct error *error)
{
    struct load *load = context;

    (void)statement;
    return entry_spool_add(load->place.entries, entry, error);
}

static enum status sink_load(void *context, const struct statement *statement, struct error *error)
{
    struct load *load = context;
    enum status status;

    load->place.ordinal++;
    status =
        load_statement(load->session, load->order, &load->place, statement, error, load->answer);
    entry_spool_clear(load->place.entries);
    return status;
}

static enum status statements_load(struct load *load, struct error *error)
{
    const struct statement_sink sink = {.context = load,
                                        .entry = sink_entry,
                                        .statement = sink_load};
    struct entry_spool *entries = calloc(1, sizeof *entries);
    enum status status;

    assert(entries != NULL);
    status = entry_spool_open(entries, error);
    load->place.entries = entries;
    if (status == OK)
        status = file_read_statements(load, &sink, error);
    entry_spool_close(entries);
    free(entries);
    load->place.entries = NULL;
    if (status == REJECT)
        return error_set(error, FATAL, "%s changed while it was read", load->path);
    return status;
}

static enum status file_second_read(struct load *load, struct error *error)
{
    enum status status = statements_load(load, error);

    return status == OK ? file_state_set(load->session->db, load->place.file_id, "LOADED", error)
                        : status;
}

/* The same in one transaction, which is rolled back whatever comes of it. */
static enum status file_try(struct load *load, struct error *error)
{
    struct business tx;
    enum status status = business_begin(load->session->db, "statement_file", load->session->worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    load->place.within = &tx;
    status = file_note_in(load, NULL, &tx, error);
    if (status == OK)
        status = statements_load(load, error);
    load->place.within = NULL;
    business_abandon(&tx);
    return status;
}

/* A file that is open, whatever it is a member of. */
static enum status descriptor_load(struct load load, struct error *error)
{
    struct load_answer answer = {0};
    bool go = false;
    enum status status;

    load.answer = &answer;
    progress_begin(&load.progress, load.path, file_size(load.descriptor), PASSES);
    status = file_first_read(&load, error, &go);
    if (status == OK && go)
        status = load.order->trial ? file_try(&load, error) : file_second_read(&load, error);
    progress_end(&load.progress);
    if (status == OK)
        load.order->tell(load.order->context, load.path, &answer, error);
    return status;
}

/* ---- a package: each member goes to a temporary file, because it is read twice ---- */

struct package {
    struct load load; /* of the package; of each member, what differs */
    FILE *member;
    char name[NAME_SIZE_MAX];
};

static enum status package_read(void *context, struct text *ret_piece, struct error *error)
{
    static char bytes[READ_SIZE];
    struct package *package = context;
    ssize_t size = file_read_up_to(package->load.descriptor, bytes, sizeof bytes);

    if (size < 0)
        return file_failed(&package->load, error);
    *ret_piece = (struct text){bytes, (size_t)size};
    return OK;
}

static enum status member_begin(void *context, struct text name, struct error *error)
{
    struct package *package = context;

    snprintf(package->name, sizeof package->name, name.size > 0 ? "%s/%.*s" : "%s",
             package->load.path, TEXT_ARG(name));
    package->member = tmpfile();
    return package->member == NULL ? file_failed(&package->load, error) : OK;
}

static enum status member_piece(void *context, struct text bytes, struct error *error)
{
    struct package *package = context;

    if (fwrite(bytes.data, 1, bytes.size, package->member) != bytes.size)
        return file_failed(&package->load, error);
    return OK;
}

static void member_close(struct package *package)
{
    if (package->member != NULL)
        fclose(package->member);
    package->member = NULL;
}

static enum status member_end(void *context, struct error *error)
{
    struct package *package = context;
    struct load load = package->load;
    enum status status = OK;

    load.path = package->name;
    load.descriptor = fileno(package->member);
    if (fflush(package->member) != 0)
        status = file_failed(&package->load, error);
    if (status == OK)
        status = descriptor_load(load, error);
    member_close(package);
    return status;
}

/* Told like a refusal: the file holds more than was loaded. */
static void member_passed_over(void *context, struct text name, const char *why)
{
    struct package *package = context;
    const struct load_answer answer = {.refused = true};
    struct error refusal;

    snprintf(package->name, sizeof package->name, "%s/%.*s", package->load.path, TEXT_ARG(name));
    error_set(&refusal, REJECT, "a member was passed over");
    error_detail(&refusal, "%s", why);
    text_copy(TEXT("passed_over"), refusal.subject, sizeof refusal.subject);
    package->load.order->tell(package->load.order->context, package->name, &answer, &refusal);
}

static enum status package_load(struct load load, struct error *error)
{
    struct package package = {.load = load};
    const struct members_source source = {.context = &package, .read = package_read};
    const struct members_taker taker = {.context = &package,
                                        .begin = member_begin,
                                        .piece = member_piece,
                                        .end = member_end,
                                        .passed_over = member_passed_over};
    const struct load_answer refused = {.refused = true};
    enum status status = members_read(&source, &members_limits_default, &taker, error);

    member_close(&package);
    if (status != REJECT)
        return status;
    load.order->tell(load.order->context, load.path, &refused, error); /* members before it stand */
    return OK;
}

static bool is_package(int descriptor)
{
    char head[MEMBERS_MARK_SIZE];
    ssize_t size = pread(descriptor, head, sizeof head, 0);

    return size > 0 && members_is_package((struct text){head, (size_t)size});
}

enum status load_file(struct session *session, const struct load_order *order, const char *path,
                      struct error *error)
{
    struct load load = {.session = session, .order = order, .path = path};
    enum status status;

    load.descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (load.descriptor < 0)
        return file_failed(&load, error);
    status = is_package(load.descriptor) ? package_load(load, error) : descriptor_load(load, error);
    close(load.descriptor);
    return status;
}
