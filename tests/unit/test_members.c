/*
 * test_members.c - files, and the files in a zip or gzip: limits, damage, and what is passed over.
 *
 * Packages are written by the library that also opens them, so what is tested is what we make of
 * its answers; damage and limits are ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "codec/members/members.h"

#include <stdio.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>

enum { PACKAGE_SIZE = 4 * 1024 * 1024, STORY_SIZE = 64 * 1024 };

/* What a taker was told: "begin NAME|bytes|end|", "passed NAME: WHY|". */
struct world {
    struct text file;
    size_t piece; /* bytes the source gives at a time */
    size_t at;
    struct buffer story;
    int64_t taken;
    int64_t enough; /* bytes of a member after which it is refused */
    bool quiet;     /* of bytes only their number is kept */
};

static enum status give(void *context, struct text *ret_piece, struct error *error)
{
    struct world *world = context;
    size_t left = world->file.size - world->at;
    size_t size = left < world->piece ? left : world->piece;

    (void)error;
    *ret_piece = (struct text){world->file.data + world->at, size};
    world->at += size;
    return OK;
}

static enum status begin(void *context, struct text name, struct error *error)
{
    struct world *world = context;

    (void)error;
    world->taken = 0;
    buffer_format(&world->story, "begin %.*s|", TEXT_ARG(name));
    return OK;
}

static enum status piece(void *context, struct text bytes, struct error *error)
{
    struct world *world = context;

    world->taken += (int64_t)bytes.size;
    if (!world->quiet)
        buffer_text(&world->story, bytes);
    if (world->taken > world->enough)
        return error_set(error, REJECT, "enough");
    return OK;
}

static enum status end(void *context, struct error *error)
{
    (void)error;
    buffer_string(&((struct world *)context)->story, "|end|");
    return OK;
}

static void passed_over(void *context, struct text name, const char *why)
{
    buffer_format(&((struct world *)context)->story, "passed %.*s: %s|", TEXT_ARG(name), why);
}

/* Reads a file; the story, or with a refusal its code behind it. */
static const char *read_file(struct world *world, struct text file, size_t piece_size,
                             const struct members_limits *limits)
{
    static char told[STORY_SIZE];
    const struct members_source source = {.context = world, .read = give};
    const struct members_taker taker = {.context = world,
                                        .begin = begin,
                                        .piece = piece,
                                        .end = end,
                                        .passed_over = passed_over};
    struct error error;
    enum status status;

    world->file = file;
    world->piece = piece_size;
    world->at = 0;
    buffer_clear(&world->story);
    status = members_read(&source, limits, &taker, &error);
    if (status == REJECT)
        buffer_format(&world->story, "refused %s", error.subject);
    else
        assert_int_equal(status, OK);
    assert_false(buffer_failed(&world->story));
    snprintf(told, sizeof told, "%.*s", TEXT_ARG(buffer_view(&world->story)));
    return told;
}

static void world_init(struct world *world)
{
    *world = (struct world){.enough = INT64_MAX};
    buffer_init(&world->story, STORY_SIZE - 1);
}

static const char *read_whole(struct text file)
{
    struct world world;
    const char *told;

    world_init(&world);
    told = read_file(&world, file, SIZE_MAX, &members_limits_default);
    buffer_done(&world.story);
    return told;
}

/* ---- packages ---- */

struct package {
    char *bytes;
    size_t size;
    struct archive *archive;
};

static void package_begin(struct package *package, bool is_zip, const char *options)
{
    package->bytes = malloc(PACKAGE_SIZE);
    assert_non_null(package->bytes);
    package->archive = archive_write_new();
    if (is_zip) {
        archive_write_set_format_zip(package->archive);
    } else {
        archive_write_set_format_raw(package->archive);
        archive_write_add_filter_gzip(package->archive);
    }
    assert_int_equal(archive_write_set_options(package->archive, options), ARCHIVE_OK);
    archive_write_set_passphrase(package->archive, "word");
    assert_int_equal(archive_write_open_memory(package->archive, package->bytes, PACKAGE_SIZE,
                                               &package->size),
                     ARCHIVE_OK);
}

static void package_add(struct package *package, const char *name, unsigned type, struct text bytes)
{
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (int64_t)bytes.size);
    assert_int_equal(archive_write_header(package->archive, entry), ARCHIVE_OK);
    if (bytes.size > 0)
        assert_int_equal(archive_write_data(package->archive, bytes.data, bytes.size),
                         (int)bytes.size);
    archive_entry_free(entry);
}

static struct text package_end(struct package *package)
{
    assert_int_equal(archive_write_close(package->archive), ARCHIVE_OK);
    archive_write_free(package->archive);
    return (struct text){package->bytes, package->size};
}

static struct text two_files(struct package *package)
{
    package_begin(package, true, "");
    package_add(package, "a.sta", AE_IFREG, TEXT("first, first, first"));
    package_add(package, "in/b.xml", AE_IFREG, TEXT("second"));
    return package_end(package);
}

/* ---- tests ---- */

static void a_file_that_is_no_package_is_one_member(void **state)
{
    (void)state;
    assert_string_equal(read_whole(TEXT(":20:A")), "begin |:20:A|end|");
    assert_string_equal(read_whole(TEXT("")), "begin ||end|");
    assert_string_equal(read_whole(TEXT("PK")), "begin |PK|end|");
}

static void rule_47_each_member_of_a_zip_is_a_file(void **state)
{
    struct package package;
    struct text zip = two_files(&package);

    (void)state;
    assert_string_equal(read_whole(zip),
                        "begin a.sta|first, first, first|end|begin in/b.xml|second|end|");
    free(package.bytes);
}

static void rule_47_a_gzip_is_its_content(void **state)
{
    struct package package;

    (void)state;
    package_begin(&package, false, "");
    package_add(&package, "data", AE_IFREG, TEXT(":20:A"));
    assert_string_equal(read_whole(package_end(&package)), "begin |:20:A|end|");
    free(package.bytes);
}

static void rule_47_other_members_are_passed_over(void **state)
{
    struct package inner;
    struct package package;
    struct text zip = two_files(&inner);

    (void)state;
    package_begin(&package, true, "");
    package_add(&package, "folder/", AE_IFDIR, TEXT(""));
    package_add(&package, "more.zip", AE_IFREG, zip);
    package_add(&package, "more.gz", AE_IFREG, TEXT("\x1f\x8b\x08"));
    package_add(&package, "empty", AE_IFREG, TEXT(""));
    assert_string_equal(read_whole(package_end(&package)),
                        "passed more.zip: a package in a package|"
                        "passed more.gz: a package in a package|begin empty||end|");
    free(package.bytes);
    free(inner.bytes);
}

static void rule_47_pieces_make_no_difference(void **state)
{
    static char whole[STORY_SIZE];
    struct package inner;
    struct package package;
    struct text zip = two_files(&inner);
    struct world world;

    (void)state;
    package_begin(&package, true, "");
    package_add(&package, "in/", AE_IFDIR, TEXT(""));
    package_add(&package, "more.zip", AE_IFREG, zip);
    package_add(&package, "no.zip", AE_IFREG, TEXT("PK\3\4")); /* may come as 3 bytes and 1 */
    package_add(&package, "a.sta", AE_IFREG, TEXT("first"));
    zip = package_end(&package);
    memcpy(whole, read_whole(zip), sizeof whole);
    assert_string_equal(whole, "passed more.zip: a package in a package|"
                               "passed no.zip: a package in a package|begin a.sta|first|end|");
    world_init(&world);
    for (size_t size = 1; size < 80; size++)
        assert_string_equal(read_file(&world, zip, size, &members_limits_default), whole);
    buffer_done(&world.story);
    free(inner.bytes);
    free(package.bytes);
}

static void rule_47_encrypted_members_are_passed_over(void **state)
{
    struct package package;

    (void)state;
    package_begin(&package, true, "zip:encryption=traditional");
    package_add(&package, "secret.sta", AE_IFREG, TEXT(":20:A"));
    assert_string_equal(read_whole(package_end(&package)), "passed secret.sta: encrypted|");
    free(package.bytes);
}

static void rule_47_members_have_limits(void **state)
{
    static const struct members_limits one = {.count_max = 1, .size_max = 100, .ratio_max = 10};
    static const struct members_limits few = {.count_max = 9, .size_max = 20, .ratio_max = 10};
    struct package package;
    struct text zip = two_files(&package);
    struct world world;

    (void)state;
    world_init(&world);
    assert_string_equal(read_file(&world, zip, SIZE_MAX, &one),
                        "begin a.sta|first, first, first|end|refused limit_exceeded");
    assert_string_equal(read_file(&world, zip, SIZE_MAX, &few),
                        "begin a.sta|first, first, first|end|refused limit_exceeded");
    buffer_done(&world.story);
    free(package.bytes);
}

/* 256 MiB of one letter, a thousandth of it packed. */
static void rule_47_a_bomb_is_refused(void **state)
{
    static char letters[1 << 20];
    struct archive_entry *entry = archive_entry_new();
    struct package package;
    struct world world;

    (void)state;
    memset(letters, 'a', sizeof letters);
    package_begin(&package, false, "");
    archive_entry_set_pathname(entry, "data");
    archive_entry_set_filetype(entry, AE_IFREG);
    assert_int_equal(archive_write_header(package.archive, entry), ARCHIVE_OK);
    for (int i = 0; i < 256; i++)
        assert_int_equal(archive_write_data(package.archive, letters, sizeof letters),
                         (int)sizeof letters);
    archive_entry_free(entry);
    world_init(&world);
    world.quiet = true;
    assert_string_equal(read_file(&world, package_end(&package), 65536, &members_limits_default),
                        "begin |refused limit_exceeded");
    assert_true(world.taken <= INT64_C(80) << 20);
    buffer_done(&world.story);
    free(package.bytes);
}

static void rule_47_a_refused_member_leaves_the_others(void **state)
{
    struct package package;
    struct text zip = two_files(&package);
    struct world world;

    (void)state;
    world_init(&world);
    world.enough = 10;
    assert_string_equal(read_file(&world, zip, 1, &members_limits_default),
                        "begin a.sta|first, first, first|end|begin in/b.xml|second|end|");
    buffer_done(&world.story);
    free(package.bytes);
}

/* Cut anywhere: what ended before stands, what is cut does not end. */
static void rule_47_a_package_cut_anywhere_is_refused(void **state)
{
    static const char whole[] = "begin a.sta|first, first, first|end|begin in/b.xml|second|end|";
    struct package package;
    struct text zip = two_files(&package);
    size_t cut_short = 0;

    (void)state;
    for (size_t size = 4; size < zip.size; size++) {
        const char *told = read_whole(text_first(zip, size));
        const char *refused = strstr(told, "refused cut_short");

        cut_short += refused != NULL;
        if (refused == NULL) /* only the directory behind the members is cut */
            assert_string_equal(told, whole);
        else
            assert_null(strstr(told, "second|end|"));
    }
    assert_true(cut_short > 60);
    free(package.bytes);
}

/* Any byte changed: no crash, and no member with other content ends. */
static void rule_47_a_damaged_package_gives_no_other_content(void **state)
{
    struct package package;
    struct text zip = two_files(&package);

    (void)state;
    for (size_t at = 0; at < zip.size; at++) {
        const char *told;

        package.bytes[at] ^= 0x55;
        told = read_whole(zip);
        if (strstr(told, "begin a.sta|") == told && strstr(told, "|end|") != NULL)
            assert_non_null(strstr(told, "first, first, first|end|"));
        package.bytes[at] ^= 0x55;
    }
    free(package.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_no_package_is_one_member),
        cmocka_unit_test(rule_47_each_member_of_a_zip_is_a_file),
        cmocka_unit_test(rule_47_a_gzip_is_its_content),
        cmocka_unit_test(rule_47_other_members_are_passed_over),
        cmocka_unit_test(rule_47_pieces_make_no_difference),
        cmocka_unit_test(rule_47_encrypted_members_are_passed_over),
        cmocka_unit_test(rule_47_members_have_limits),
        cmocka_unit_test(rule_47_a_bomb_is_refused),
        cmocka_unit_test(rule_47_a_refused_member_leaves_the_others),
        cmocka_unit_test(rule_47_a_package_cut_anywhere_is_refused),
        cmocka_unit_test(rule_47_a_damaged_package_gives_no_other_content),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
