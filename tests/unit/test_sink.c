/*
 * test_sink.c - where messages go: the position record of Kafka, read exactly as it is written, and
 * RabbitMQ's confirms in any order they may come in. Brokers: tests/scenarios/outbox.
 */
#include "bus/amqp_sink.h"
#include "bus/sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MESSAGES_MAX = 40 };

static const struct uuid some_id = {{1, 2, 3, 4, 5, 6, 0x57, 8, 0x99, 10, 11, 12, 13, 14, 15, 16}};

static void a_position_reads_back(void **state)
{
    static const int64_t numbers[] = {1, 2, 4711, INT64_MAX};
    struct sink_position position = {0};
    char text[SINK_POSITION_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        size_t size = sink_position_format(numbers[i], &some_id, text);

        assert_true(size < SINK_POSITION_SIZE);
        assert_true(sink_position_parse((struct text){text, size}, &position));
        assert_true(position.is_kept);
        assert_int_equal(position.next_number, numbers[i]);
        assert_int_equal(uuid_compare(&position.message_id, &some_id), 0);
    }
}

static void what_is_no_position_is_refused(void **state)
{
    static const char *const others[] = {
        "",
        "{}",
        "{\"next_number\":0,\"message_id\":\"01020304-0506-5708-990a-0b0c0d0e0f10\"}",
        "{\"next_number\":-1,\"message_id\":\"01020304-0506-5708-990a-0b0c0d0e0f10\"}",
        "{\"next_number\":9223372036854775808,"
        "\"message_id\":\"01020304-0506-5708-990a-0b0c0d0e0f10\"}",
        "{\"next_number\":1,\"message_id\":\"01020304-0506-5708-990a-0b0c0d0e0f1\"}",
        "{\"next_number\":1,\"message_id\":\"01020304-0506-5708-990a-0b0c0d0e0f10\"} ",
        "{\"next_number\": 1,\"message_id\":\"01020304-0506-5708-990a-0b0c0d0e0f10\"}",
    };
    struct sink_position position = {.next_number = 99};
    char text[SINK_POSITION_SIZE];
    size_t size = sink_position_format(7, &some_id, text);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(sink_position_parse(text_of(others[i]), &position));
    for (size_t cut = 0; cut < size; cut++)
        assert_false(sink_position_parse((struct text){text, cut}, &position));
    assert_int_equal(position.next_number, 99); /* untouched */
}

static struct confirms confirms_of(unsigned char states[MESSAGES_MAX], size_t published)
{
    memset(states, 0, MESSAGES_MAX);
    return (struct confirms){.states = states, .published = published, .first_tag = 11};
}

static void confirms_come_one_by_one_or_many_at_once(void **state)
{
    unsigned char states[MESSAGES_MAX];
    struct confirms confirms = confirms_of(states, 6);

    (void)state;
    assert_true(confirms_take(&confirms, 13, false, true)); /* out of order */
    assert_int_equal(confirms_prefix(&confirms), 0);
    assert_true(confirms_take(&confirms, 12, true, true)); /* 11 and 12 */
    assert_int_equal(confirms_prefix(&confirms), 3);
    assert_int_equal(confirms.settled, 3);
    assert_true(confirms_take(&confirms, 13, false, true)); /* twice: no effect */
    assert_int_equal(confirms.settled, 3);
    assert_true(confirms_take(&confirms, 16, true, true));
    assert_int_equal(confirms_prefix(&confirms), 6);
    assert_int_equal(confirms.refused, 0);
}

static void a_tag_that_was_not_sent_is_refused(void **state)
{
    unsigned char states[MESSAGES_MAX];
    struct confirms confirms = confirms_of(states, 2);

    (void)state;
    assert_false(confirms_take(&confirms, 0, false, true));
    assert_false(confirms_take(&confirms, 10, true, true));
    assert_false(confirms_take(&confirms, 13, false, true));
    assert_false(confirms_take(&confirms, UINT64_MAX, true, true));
    assert_int_equal(confirms.settled, 0);
}

static void what_was_given_back_is_not_sent(void **state)
{
    unsigned char states[MESSAGES_MAX];
    struct confirms confirms = confirms_of(states, 4);

    (void)state;
    confirms_refuse(&confirms, 1); /* basic.return comes before its ack */
    assert_true(confirms_take(&confirms, 14, true, true));
    assert_int_equal(confirms.settled, 4);
    assert_int_equal(confirms.refused, 1);
    assert_int_equal(confirms_prefix(&confirms), 1);
    confirms = confirms_of(states, 3);
    assert_true(confirms_take(&confirms, 11, false, true));
    assert_true(confirms_take(&confirms, 13, true, false)); /* nack */
    assert_int_equal(confirms.refused, 2);
    assert_int_equal(confirms_prefix(&confirms), 1);
}

/* Against a list of sets: any acks, nacks and returns, the same prefix. */
static void any_order_gives_the_same_prefix(void **state)
{
    (void)state;
    srandom(1);
    for (int round = 0; round < 20000; round++) {
        unsigned char states[MESSAGES_MAX];
        bool acked[MESSAGES_MAX] = {false};
        bool bad[MESSAGES_MAX] = {false};
        size_t count = 1 + (size_t)random() % MESSAGES_MAX;
        struct confirms confirms = confirms_of(states, count);
        size_t prefix = 0;

        for (int step = 0; step < 30; step++) {
            size_t at = (size_t)random() % count;
            bool multiple = random() % 3 == 0;
            bool is_ack = random() % 8 != 0;

            if (random() % 16 == 0) {
                confirms_refuse(&confirms, at);
                bad[at] = true;
            }
            assert_true(confirms_take(&confirms, 11 + at, multiple, is_ack));
            for (size_t i = multiple ? 0 : at; i <= at; i++) {
                bad[i] = bad[i] || (!acked[i] && !is_ack);
                acked[i] = true;
            }
        }
        while (prefix < count && acked[prefix] && !bad[prefix])
            prefix++;
        assert_int_equal(confirms_prefix(&confirms), prefix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_reads_back),
        cmocka_unit_test(what_is_no_position_is_refused),
        cmocka_unit_test(confirms_come_one_by_one_or_many_at_once),
        cmocka_unit_test(a_tag_that_was_not_sent_is_refused),
        cmocka_unit_test(what_was_given_back_is_not_sent),
        cmocka_unit_test(any_order_gives_the_same_prefix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
