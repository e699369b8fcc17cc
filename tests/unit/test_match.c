/*
 * test_match.c - reconciliation: every row of the table in match.h, and the same result in any
 * order of arrival.
 *
 * A case is written as a person would: "1 +100 3-5 R1 E:x" is the item or entry named 1, money in,
 * days 3 to 5, reference R1, end-to-end id x. What comes out is one line of text per match and
 * break, in the result's order.
 */
#include "base/buffer.h"
#include "domain/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { ITEMS = 64, REFERENCES = 4 };

static struct arena arena;
static struct buffer out;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 256 * 1024, 512 * 1024 * 1024);
    buffer_init(&out, 4 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    buffer_done(&out);
    return 0;
}

static struct uuid id_of(char side, int number)
{
    struct uuid id = {{0}};

    id.bytes[0] = (unsigned char)side;
    id.bytes[14] = (unsigned char)(number >> 8);
    id.bytes[15] = (unsigned char)number;
    return id;
}

static int number_of(const struct uuid *id)
{
    return id->bytes[14] << 8 | id->bytes[15];
}

/* ---- cases as text ---- */

struct side {
    struct match_item items[ITEMS];
    struct match_reference references[ITEMS][REFERENCES];
    size_t count;
};

static int number(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

static void read_word(struct match_item *item, struct match_reference *references, const char *word)
{
    struct match_reference *reference = &references[item->reference_count];

    if (strcmp(word, "return") == 0) {
        item->is_return = true;
    } else if (strncmp(word, "USD", 3) == 0) {
        item->currency = CURRENCY('U', 'S', 'D');
    } else if (strncmp(word, "@", 1) == 0) {
        item->account_id = number(word + 1);
    } else {
        *reference = (struct match_reference){MATCH_REFERENCE, text_of(word)};
        if (strncmp(word, "E:", 2) == 0)
            *reference = (struct match_reference){MATCH_END_TO_END, text_of(word + 2)};
        if (strncmp(word, "U:", 2) == 0)
            *reference = (struct match_reference){MATCH_UETR, text_of(word + 2)};
        item->reference_count++;
    }
}

static void read_item(struct side *side, char name, char *line)
{
    struct match_item *item = &side->items[side->count];
    struct match_reference *references = side->references[side->count++];
    char *rest = NULL;
    char *word = strtok_r(line, " ", &rest);
    int from;
    int to;

    *item = (struct match_item){.id = id_of(name, number(word)),
                                .account_id = 1,
                                .currency = CURRENCY('K', 'E', 'S'),
                                .references = references};
    item->amount_minor = number(strtok_r(NULL, " ", &rest));
    word = strtok_r(NULL, " ", &rest);
    from = number(word);
    to = strchr(word, '-') == NULL ? from : number(strchr(word, '-') + 1);
    item->date_from = 20000 + from;
    item->date_to = 20000 + to;
    while ((word = strtok_r(NULL, " ", &rest)) != NULL)
        read_word(item, references, word);
}

/* "1 +100 3 R1; 2 +50 4" */
static void read_side(struct side *side, char name, char *text)
{
    char *rest = NULL;

    side->count = 0;
    for (char *line = strtok_r(text, ";", &rest); line != NULL; line = strtok_r(NULL, ";", &rest))
        read_item(side, name, line);
}

static void print_result(const struct match_result *result)
{
    buffer_clear(&out);
    for (size_t i = 0; i < result->match_count; i++)
        buffer_format(&out, "%d=%d %s %d; ", number_of(&result->matches[i].expected_item_id),
                      number_of(&result->matches[i].entry_id),
                      match_rule_name(result->matches[i].rule), result->matches[i].date_difference);
    for (size_t i = 0; i < result->break_count; i++) {
        const struct match_break *item = &result->breaks[i];

        buffer_format(&out, "%s %d %s", item->is_entry ? "entry" : "item", number_of(&item->id),
                      break_type_name(item->type));
        for (size_t j = 0; j < item->candidate_count; j++)
            buffer_format(&out, "%s%d", j == 0 ? " ?" : ",", number_of(&item->candidates[j].id));
        buffer_string(&out, "; ");
    }
    if (result->not_due_count > 0)
        buffer_format(&out, "not due %zu; ", result->not_due_count);
    buffer_byte(&out, '\0');
    assert_false(buffer_failed(&out));
}

static void expect(const char *items_text, const char *entries_text, const char *expected)
{
    static struct side items;
    static struct side entries;
    struct match_rules rules = MATCH_RULES_STANDARD;
    struct match_result result;
    char *copies[2] = {strdup(items_text), strdup(entries_text)};

    rules.as_of = 20100;
    rules.fee_minor = 3;
    read_side(&items, 'i', copies[0]);
    read_side(&entries, 'e', copies[1]);
    arena_reset(&arena);
    assert_true(
        match_run(items.items, items.count, entries.items, entries.count, &rules, &arena, &result));
    print_result(&result);
    assert_string_equal(out.data, expected);
    free(copies[0]);
    free(copies[1]);
}

static void passes_match_what_they_may(void **state)
{
    (void)state;
    expect("1 100 3-5 R1", "1 100 4 R1", "1=1 reference 0; ");
    expect("1 100 3-5 R1", "1 100 9 R1", "1=1 reference 4; ");
    expect("1 100 3-5 R1", "1 100 1 R1", "1=1 reference -2; ");
    expect("1 -100 3-5 E:x", "1 -100 3 E:x", "1=1 end_to_end 0; ");
    expect("1 -100 3-5 U:x", "1 -100 3 U:x", "1=1 end_to_end 0; ");
    expect("1 100 3-5 R1", "1 100 6 W9", "1=1 amount_date 1; ");
    expect("1 100 3", "1 100 3", "1=1 amount_date 0; ");
    expect("1 100 3 R1 E:x; 2 100 3 R1 E:y", "1 100 3 R1 E:y; 2 100 3 R1 E:x",
           "1=2 end_to_end 0; 2=1 end_to_end 0; ");
    expect("1 100 3 R1; 2 100 9 R1", "1 100 3 R1; 2 100 9 R1",
           "1=1 reference 0; 2=2 reference 0; ");
    expect("", "", "");
}

static void references_that_say_nothing_are_passed_over(void **state)
{
    (void)state;
    expect("1 100 3 NONREF; 2 50 3 NONREF", "1 100 3 NONREF; 2 60 3 NONREF",
           "1=1 amount_date 0; item 2 missing_at_bank; entry 2 unidentified_receipt; ");
}

static void vetoes_are_never_weighed(void **state)
{
    (void)state;
    expect("1 100 3 R1 @1", "1 100 3 R1 @2",
           "item 1 missing_at_bank; entry 1 unidentified_receipt; ");
    expect("1 100 3 R1", "1 100 3 R1 USD", "item 1 currency ?1; entry 1 currency ?1; ");
    expect("1 100 3 R1", "1 -100 3 R1", "item 1 direction ?1; entry 1 direction ?1; ");
    expect("1 100 3", "1 -100 3", "item 1 missing_at_bank; entry 1 missing_in_books; ");
    expect("1 100 3", "1 100 3 return", "item 1 missing_at_bank; entry 1 returned; ");
    expect("1 100 3 return R1", "1 100 3 return R1", "1=1 reference 0; ");
    expect("1 100 3 R1", "1 100 3 R1 return", "item 1 returned ?1; entry 1 returned ?1; ");
}

static void what_is_left_has_a_name(void **state)
{
    (void)state;
    expect("1 100 3-5 R1", "", "item 1 missing_at_bank; ");
    expect("1 100 3-100 R1", "", "not due 1; ");
    expect("1 100 3-99 R1", "", "item 1 missing_at_bank; ");
    expect("", "1 100 3", "entry 1 unidentified_receipt; ");
    expect("", "1 -100 3", "entry 1 missing_in_books; ");
    expect("1 100 3-5 R1", "1 100 16 R1", "item 1 date ?1; entry 1 date ?1; ");
    expect("1 100 3-5", "1 100 9", "item 1 missing_at_bank ?1; entry 1 unidentified_receipt ?1; ");
    expect("1 1000 3 R1", "1 990 3 R1", "item 1 fee_variance ?1; entry 1 fee_variance ?1; ");
    expect("1 1000 3 R1", "1 989 3 R1", "item 1 amount ?1; entry 1 amount ?1; ");
    expect("1 1000 3 R1", "1 1001 3 R1", "item 1 amount ?1; entry 1 amount ?1; ");
    expect("1 -1000 3 R1", "1 -1010 3 R1", "item 1 fee_variance ?1; entry 1 fee_variance ?1; ");
    expect("1 -1000 3 R1", "1 -990 3 R1", "item 1 fee_variance ?1; entry 1 fee_variance ?1; ");
    expect("1 100 3 R1", "1 97 3 R1", "item 1 fee_variance ?1; entry 1 fee_variance ?1; ");
    expect("1 100 3 R1", "1 96 3 R1", "item 1 amount ?1; entry 1 amount ?1; ");
    expect("1 100 3 R1", "1 -100 3 R1 return", "item 1 returned ?1; entry 1 returned ?1; ");
}

static void doubles_are_named_on_either_side(void **state)
{
    (void)state;
    expect("1 100 3 R1", "1 100 3 R1; 2 100 3 R1",
           "1=1 reference 0; entry 2 duplicate_at_bank ?1; ");
    expect("1 100 3 R1; 2 100 3 R1", "1 100 3 R1",
           "1=1 reference 0; item 2 duplicate_in_books ?1; ");
    expect("1 100 3 R1 S1", "1 100 3 R1; 2 100 3 R1 S1; 3 100 3 R1",
           "1=2 reference 0; entry 1 duplicate_at_bank ?1; entry 3 duplicate_at_bank ?1; ");
    expect("1 100 3 R1", "1 100 3 R1; 2 -100 5 R1", "1=1 reference 0; entry 2 returned ?1; ");
    expect("1 100 3 R1", "1 100 3 R1; 2 -100 5 R1 return",
           "1=1 reference 0; entry 2 returned ?1; ");
    expect("1 100 3 R1", "1 100 3 R1; 2 -3 3 R1", "1=1 reference 0; entry 2 missing_in_books ?1; ");
}

static void nothing_is_guessed(void **state)
{
    (void)state;
    expect("1 100 3", "1 100 3; 2 100 4",
           "item 1 ambiguous ?1,2; entry 1 ambiguous ?1; entry 2 ambiguous ?1; ");
    expect(
        "1 100 3; 2 100 3", "1 100 3; 2 100 3",
        "item 1 ambiguous ?1,2; item 2 ambiguous ?1,2; entry 1 ambiguous ?1,2; entry 2 ambiguous "
        "?1,2; ");
    expect("1 100 3; 2 100 30", "1 100 3; 2 100 30", "1=1 amount_date 0; 2=2 amount_date 0; ");
    expect("1 100 3 R1 R2", "1 100 3 R1; 2 100 3 R2",
           "item 1 ambiguous ?1,2; entry 1 ambiguous ?1; entry 2 ambiguous ?1; ");
    expect("1 100 3 R1 R2 E:x", "1 100 3 R1; 2 100 3 R2 E:x",
           "1=2 end_to_end 0; entry 1 duplicate_at_bank ?1; ");
}

/* An entry that names another item is no match for a bare amount: entry 1 belongs to item 1, by
 * its reference, however well its amount fits item 2. */
static void a_reference_outweighs_a_bare_amount(void **state)
{
    (void)state;
    expect("1 1000 3 R1; 2 995 3 R2", "1 995 3 R1",
           "item 2 missing_at_bank; item 1 fee_variance ?1; entry 1 fee_variance ?1; ");
    expect("1 100 3 R1; 2 100 3 R2", "1 100 3 R1; 2 100 3 R1",
           "1=1 reference 0; item 2 missing_at_bank; entry 2 duplicate_at_bank ?1; ");
    expect(
        "1 1000 3 R1; 2 500 3 R1", "1 498 3 R1; 2 700 3 R1",
        "item 2 fee_variance ?1; item 1 amount ?2; entry 1 fee_variance ?2; entry 2 amount ?1; ");
}

/* ---- order (3) ---- */

struct world {
    struct match_item items[400];
    struct match_item entries[400];
    struct match_reference references[800][REFERENCES];
    char texts[800][REFERENCES][8];
    size_t item_count;
    size_t entry_count;
};

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Few values, so that everything collides with everything. */
static void random_item(struct world *world, size_t slot, char side, int number,
                        struct match_item *item, uint64_t *random)
{
    *item = (struct match_item){
        .id = id_of(side, number),
        .account_id = 1 + (int32_t)(next_random(random) % 2),
        .currency =
            next_random(random) % 8 == 0 ? CURRENCY('U', 'S', 'D') : CURRENCY('K', 'E', 'S'),
        .amount_minor = (int64_t)(next_random(random) % 12 * 50 + next_random(random) % 3 + 1),
        .is_return = next_random(random) % 16 == 0,
        .references = world->references[slot],
        .reference_count = next_random(random) % (REFERENCES + 1),
    };
    item->amount_minor *= next_random(random) % 4 == 0 ? -1 : 1;
    item->date_from = 20000 + (int32_t)(next_random(random) % 40);
    item->date_to = item->date_from + (int32_t)(next_random(random) % 4);
    for (size_t i = 0; i < item->reference_count; i++) {
        char *text = world->texts[slot][i];

        snprintf(text, 8, "R%u", (unsigned)(next_random(random) % 150));
        world->references[slot][i] =
            (struct match_reference){(enum match_reference_kind)(1 + next_random(random) % 3),
                                     text_of(text)};
    }
}

static void random_world(struct world *world, uint64_t seed)
{
    uint64_t random = seed;

    world->item_count = next_random(&random) % 200;
    world->entry_count = next_random(&random) % 200;
    for (size_t i = 0; i < world->item_count; i++)
        random_item(world, i, 'i', (int)i, &world->items[i], &random);
    for (size_t i = 0; i < world->entry_count; i++) {
        struct match_item *entry = &world->entries[i];

        random_item(world, 400 + i, 'e', (int)i, entry, &random);
        if (world->item_count == 0 || next_random(&random) % 2 == 0)
            continue;
        *entry = world->items[next_random(&random) % world->item_count]; /* a true pair */
        entry->id = id_of('e', (int)i);
        entry->date_to = entry->date_from += (int32_t)(next_random(&random) % 3);
    }
}

static void shuffle(struct match_item *items, size_t count, uint64_t *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = next_random(random) % i;
        struct match_item kept = items[i - 1];

        items[i - 1] = items[j];
        items[j] = kept;
    }
}

static void run_world(const struct world *world, struct match_result *result)
{
    struct match_rules rules = MATCH_RULES_STANDARD;

    rules.as_of = 20030;
    assert_true(match_run(world->items, world->item_count, world->entries, world->entry_count,
                          &rules, &arena, result));
    print_result(result);
}

/* Every input is in one place, and no match breaks a veto (1), (2). */
static void check_world(const struct world *world, const struct match_result *result)
{
    char seen[2][400] = {{0}};

    for (size_t i = 0; i < result->match_count; i++) {
        const struct match *match = &result->matches[i];
        int item = number_of(&match->expected_item_id);
        int entry = number_of(&match->entry_id);

        assert_int_equal(seen[0][item]++, 0);
        assert_int_equal(seen[1][entry]++, 0);
        assert_int_equal(world->items[item].account_id, world->entries[entry].account_id);
        assert_int_equal(world->items[item].currency, world->entries[entry].currency);
        assert_int_equal(world->items[item].amount_minor, world->entries[entry].amount_minor);
        assert_int_equal(world->items[item].is_return, world->entries[entry].is_return);
    }
    for (size_t i = 0; i < result->break_count; i++)
        assert_int_equal(seen[result->breaks[i].is_entry][number_of(&result->breaks[i].id)]++, 0);
    for (size_t i = 0; i < world->entry_count; i++)
        assert_int_equal(seen[1][i], 1);
}

static void any_order_gives_the_same_result(void **state)
{
    static struct world world;
    const char *given = getenv("SAWA_TEST_SEED");
    uint64_t seed = given == NULL ? (uint64_t)time(NULL) : strtoull(given, NULL, 10);
    uint64_t random = seed;

    (void)state;
    printf("seed %llu (again with SAWA_TEST_SEED)\n", (unsigned long long)seed);
    for (int set = 0; set < 200; set++) {
        struct match_result result;
        char *first;

        random_world(&world, next_random(&random));
        arena_reset(&arena);
        run_world(&world, &result);
        check_world(&world, &result);
        first = strdup(out.data);
        for (int turn = 0; turn < 20; turn++) {
            shuffle(world.items, world.item_count, &random);
            shuffle(world.entries, world.entry_count, &random);
            arena_reset(&arena);
            run_world(&world, &result);
            assert_string_equal(out.data, first);
        }
        free(first);
    }
}

/* Worst cases: one amount or one reference shared by all must not become n x n. */
static void crowds_stay_fast(void **state)
{
    enum { CROWD = 50000 };
    struct match_item *items = calloc(2 * CROWD, sizeof *items);
    struct match_reference shared = {MATCH_REFERENCE, TEXT("SHARED")};
    struct match_rules rules = MATCH_RULES_STANDARD;
    struct match_result result;

    (void)state;
    assert_non_null(items);
    rules.as_of = 30000;
    for (int form = 0; form < 3; form++) {
        clock_t begin = clock();

        for (int i = 0; i < 2 * CROWD; i++) {
            items[i] = (struct match_item){.id = id_of(i < CROWD ? 'i' : 'e', i % CROWD),
                                           .account_id = 1,
                                           .currency = CURRENCY('K', 'E', 'S'),
                                           .amount_minor = form == 2 ? 1000 + i * 7 : 1000,
                                           .date_from = 20000 + i % 50,
                                           .date_to = 20000 + i % 50};
            items[i].references = form == 0 ? NULL : &shared;
            items[i].reference_count = form != 0;
        }
        arena_reset(&arena);
        assert_true(match_run(items, CROWD, items + CROWD, CROWD, &rules, &arena, &result));
        assert_true((clock() - begin) / CLOCKS_PER_SEC < 20);
    }
    free(items);
}

/* ---- the life of a break ---- */

static void file_read(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    assert_int_equal(feof(file) != 0, 1);
    fclose(file);
}

/* Each "A --> B" of the drawing stands in the database's guard as ('A', 'B'). */
static size_t arrows_in_guard(const char *drawing, const char *guard)
{
    size_t arrows = 0;

    for (const char *at = strstr(drawing, " --> "); at != NULL; at = strstr(at + 1, " --> ")) {
        const char *from = at;
        char pair[64];

        while (from[-1] != ' ')
            from--;
        snprintf(pair, sizeof pair, "('%.*s', '%.*s')", (int)(at - from), from,
                 (int)strcspn(at + 5, " \n"), at + 5);
        if (strstr(guard, pair) == NULL)
            fail_msg("the database has no arrow %s", pair);
        arrows++;
    }
    return arrows;
}

static void drawing_and_database_are_the_same(void **state)
{
    static char header[32768];
    static char change[65536];
    char *guard;
    size_t pairs = 0;

    (void)state;
    file_read("common/domain/match.h", header, sizeof header);
    file_read("schemas/postgres/deploy/contradiction.sql", change, sizeof change);
    guard = strstr(change, "FUNCTION break_guard()");
    assert_non_null(guard);
    *strstr(guard, "$$;") = '\0';
    for (const char *at = strstr(guard, "('"); at != NULL; at = strstr(at + 1, "('"))
        pairs++;
    assert_int_equal(arrows_in_guard(strstr(header, "LIFE OF A BREAK"), guard), pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(passes_match_what_they_may, set_up, tear_down),
        cmocka_unit_test_setup_teardown(references_that_say_nothing_are_passed_over, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(vetoes_are_never_weighed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_left_has_a_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(doubles_are_named_on_either_side, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_guessed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reference_outweighs_a_bare_amount, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_order_gives_the_same_result, set_up, tear_down),
        cmocka_unit_test_setup_teardown(crowds_stay_fast, set_up, tear_down),
        cmocka_unit_test(drawing_and_database_are_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
