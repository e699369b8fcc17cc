/*
 * zone.c - see zone.h: the bytes of TZif. Its footer is read in zone_rule.c.
 */
#include "domain/zone.h"

#include "base/clock.h"
#include "domain/zone_rule.h"

#include <endian.h>

enum {
    HEADER_SIZE = 44,
    TYPE_SIZE = 6,
    LEAP_SIZE_V1 = 8,
    LEAP_SIZE = 12,
    SECONDS_PER_DAY = 86400,
    QUARTER_OF_HOUR = 900,
    OFFSET_MAX = 26 * 3600 - 1,
};

/* The six counts of a TZif header, in its order. */
struct tzif_header {
    char version;
    uint32_t ut_count;
    uint32_t standard_count;
    uint32_t leap_count;
    uint32_t transition_count;
    uint32_t type_count;
    uint32_t name_size;
};

/* A place in the bytes: taking past the end gives NULL and leaves an empty rest. */
static const char *take(struct text *rest, size_t size)
{
    const char *place = rest->data;

    if (size > rest->size) {
        rest->size = 0;
        return NULL;
    }
    rest->data += size;
    rest->size -= size;
    return place;
}

static uint32_t big_endian_32(const char *place)
{
    uint32_t value;

    memcpy(&value, place, sizeof value);
    return be32toh(value);
}

static int64_t big_endian_64(const char *place)
{
    uint64_t value;

    memcpy(&value, place, sizeof value);
    return (int64_t)be64toh(value);
}

static bool take_header(struct text *rest, struct tzif_header *ret_header)
{
    const char *place = take(rest, HEADER_SIZE);

    if (place == NULL || memcmp(place, "TZif", 4) != 0)
        return false;
    *ret_header = (struct tzif_header){
        .version = place[4],
        .ut_count = big_endian_32(place + 20),
        .standard_count = big_endian_32(place + 24),
        .leap_count = big_endian_32(place + 28),
        .transition_count = big_endian_32(place + 32),
        .type_count = big_endian_32(place + 36),
        .name_size = big_endian_32(place + 40),
    };
    return true;
}

/* The first block repeats the second with 32 bits: passed over. */
static bool skip_first_block(struct text *rest, const struct tzif_header *header)
{
    uint64_t size =
        (uint64_t)header->transition_count * 5 + (uint64_t)header->type_count * TYPE_SIZE;

    size += header->name_size + (uint64_t)header->leap_count * LEAP_SIZE_V1;
    size += (uint64_t)header->standard_count + header->ut_count;
    return size <= rest->size && take(rest, (size_t)size) != NULL;
}

static bool header_fits(const struct tzif_header *header)
{
    return header->transition_count <= ZONE_TRANSITIONS_MAX && header->type_count > 0 &&
           header->type_count <= ZONE_TYPES_MAX;
}

static bool take_transitions(struct text *rest, struct zone *zone)
{
    const char *times = take(rest, zone->transition_count * 8);
    const char *types = take(rest, zone->transition_count);

    if (times == NULL || types == NULL)
        return false;
    for (size_t i = 0; i < zone->transition_count; i++) {
        zone->transitions[i] = big_endian_64(times + 8 * i);
        zone->transition_types[i] = (uint8_t)types[i];
        if (i > 0 && zone->transitions[i] <= zone->transitions[i - 1])
            return false; /* (1) */
        if (zone->transition_types[i] >= zone->type_count)
            return false; /* (1) */
    }
    return true;
}

static bool take_types(struct text *rest, struct zone *zone)
{
    const char *place = take(rest, zone->type_count * TYPE_SIZE);

    if (place == NULL)
        return false;
    for (size_t i = 0; i < zone->type_count; i++) {
        zone->types[i] = (int32_t)big_endian_32(place + TYPE_SIZE * i);
        if (zone->types[i] < -OFFSET_MAX || zone->types[i] > OFFSET_MAX)
            return false; /* (2) */
    }
    return true;
}

/* "\n<rule>\n"; an empty rule is allowed and means: as after the last transition. */
static bool take_footer(struct text *rest, struct zone *zone)
{
    const char *end;
    struct text rule;

    if (rest->size < 2 || rest->data[0] != '\n')
        return false;
    end = memchr(rest->data + 1, '\n', rest->size - 1);
    if (end == NULL)
        return false;
    rule = (struct text){rest->data + 1, (size_t)(end - rest->data - 1)};
    return rule.size == 0 || zone_rule_parse(rule, &zone->rule);
}

static bool take_second_block(struct text *rest, const struct tzif_header *header,
                              struct zone *zone)
{
    uint64_t unused = header->name_size + (uint64_t)header->leap_count * LEAP_SIZE +
                      header->standard_count + header->ut_count;

    zone->transition_count = header->transition_count;
    zone->type_count = header->type_count;
    if (!take_transitions(rest, zone) || !take_types(rest, zone))
        return false;
    return unused <= rest->size && take(rest, (size_t)unused) != NULL && take_footer(rest, zone);
}

bool zone_parse(struct text bytes, struct zone *ret_zone)
{
    struct text rest = bytes;
    struct tzif_header header;
    struct zone zone = {0};

    if (!take_header(&rest, &header) || header.version < '2')
        return false;
    if (!skip_first_block(&rest, &header) || !take_header(&rest, &header))
        return false;
    if (!header_fits(&header) || !take_second_block(&rest, &header, &zone))
        return false;
    assert_zone_state(&zone);
    *ret_zone = zone;
    return true;
}

void assert_zone_state(const struct zone *zone)
{
    assert(zone->type_count > 0 && zone->type_count <= ZONE_TYPES_MAX);
    assert(zone->transition_count <= ZONE_TRANSITIONS_MAX);
    for (size_t i = 0; i < zone->transition_count; i++) {
        assert(zone->transition_types[i] < zone->type_count);              /* (1) */
        assert(i == 0 || zone->transitions[i] > zone->transitions[i - 1]); /* (1) */
    }
    for (size_t i = 0; i < zone->type_count; i++)
        assert(zone->types[i] >= -OFFSET_MAX && zone->types[i] <= OFFSET_MAX); /* (2) */
}

/* How many transitions are at or before seconds. */
static size_t transitions_until(const struct zone *zone, int64_t seconds)
{
    size_t low = 0;
    size_t high = zone->transition_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (zone->transitions[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t offset_at(const struct zone *zone, int64_t seconds)
{
    size_t passed = transitions_until(zone, seconds);

    if (passed == zone->transition_count && zone->rule.present)
        return zone_rule_offset_at(&zone->rule, seconds);
    if (passed == 0)
        return zone->types[0]; /* RFC 8536 3.2: the first type before the first transition */
    return zone->types[zone->transition_types[passed - 1]];
}

static int64_t floor_divide(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}

int32_t zone_offset_at(const struct zone *zone, int64_t instant_us)
{
    return offset_at(zone, floor_divide(instant_us, US_PER_SECOND));
}

calendar_date zone_date_at(const struct zone *zone, int64_t instant_us)
{
    int64_t seconds = floor_divide(instant_us, US_PER_SECOND);

    return (calendar_date)floor_divide(seconds + offset_at(zone, seconds), SECONDS_PER_DAY);
}

/* Where the local clock never shows local, as it was turned past it: the first quarter of an hour
 * at which it shows more, then the first second. Of whatever a file says, were it a clock that is
 * turned forth and back in two days. */
static int64_t first_reading(const struct zone *zone, int64_t local)
{
    int64_t low = local - OFFSET_MAX - 1; /* it reads less, whatever the offset */
    int64_t high = low;

    for (; high + offset_at(zone, high) < local; high += QUARTER_OF_HOUR)
        low = high;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;

        if (middle + offset_at(zone, middle) < local)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* local: seconds since 1970 as the local clock counts them. Offsets a day before and a day after
 * are those before and after a change, if there is one. */
static int64_t seconds_of_local(const struct zone *zone, int64_t local)
{
    int32_t before = offset_at(zone, local - SECONDS_PER_DAY);
    int32_t after = offset_at(zone, local + SECONDS_PER_DAY);
    int64_t early = local - before;
    int64_t late = local - after;

    if (offset_at(zone, early) == before)
        return early; /* not yet changed: also the first occurrence in an overlap */
    if (offset_at(zone, late) == after)
        return late;
    return first_reading(zone, local); /* in the gap */
}

int64_t zone_instant_of_local(const struct zone *zone, calendar_date date, int minute_of_day)
{
    int64_t local = (int64_t)date * SECONDS_PER_DAY + (int64_t)minute_of_day * 60;

    assert(date != DATE_NONE);
    assert(minute_of_day >= 0 && minute_of_day <= ZONE_MINUTES_OF_DAY);
    return seconds_of_local(zone, local) * US_PER_SECOND;
}
