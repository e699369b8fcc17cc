/*
 * csv_value.c - see csv_value.h. Numbers in brackets are rules of the statement formats.
 */
#include "codec/csv/csv_value.h"

#include <stdio.h>
#include <strings.h>

enum { PLAIN_SIZE = 40, GROUP_DIGITS = 3 };

/* ---- dates ---- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Takes the next run of digits, or of letters, and the one mark or blank behind it. */
static struct text take_part(struct text *text)
{
    bool in_letters = text->size > 0 && is_letter(text->data[0]);
    size_t size = 0;
    struct text part;

    while (size < text->size && (in_letters ? is_letter : is_digit)(text->data[size]))
        size++;
    part = text_first(*text, size);
    *text = text_from(*text, size);
    if (text->size > 0 && strchr("-/. ", text->data[0]) != NULL)
        *text = text_from(*text, 1);
    return part;
}

/* -1: not a number of so many digits at most. */
static int number_of(struct text part, size_t digits_max)
{
    int64_t number;

    if (part.size == 0 || part.size > digits_max || !text_has_digits(part, part.size) ||
        !text_to_int64(part, &number))
        return -1;
    return (int)number;
}

static int month_of(struct text part)
{
    static const char names[][4] = {"jan", "feb", "mar", "apr", "may", "jun",
                                    "jul", "aug", "sep", "oct", "nov", "dec"};

    for (size_t i = 0; i < COUNT_OF(names) && part.size >= 3; i++)
        if (strncasecmp(part.data, names[i], 3) == 0)
            return (int)i + 1;
    return number_of(part, 2);
}

static int year_of(struct text part)
{
    int year = number_of(part, 4);

    if (part.size == 4)
        return year;
    return part.size != 2 || year < 0 ? -1 : year + (year < 80 ? 2000 : 1900);
}

/* HH:MM, HH:MM:SS, with AM or PM: as text of 24 hours. Anything else: none. */
static void time_of(struct text text, char time[CSV_TIME_SIZE])
{
    struct text half = text_trim(text_from(text, text_has_digits(text_from(text, 6), 2) ? 8 : 5));
    bool is_twelve = strncasecmp(half.size < 2 ? "" : half.data, "AM", 2) == 0 ||
                     strncasecmp(half.size < 2 ? "" : half.data, "PM", 2) == 0;
    int hour;

    time[0] = '\0';
    if (text.size < 5 || !text_has_digits(text, 2) || text.data[2] != ':' ||
        !text_has_digits(text_from(text, 3), 2))
        return;
    hour = number_of(text_first(text, 2), 2);
    if (is_twelve)
        hour = hour % 12 + (half.data[0] == 'P' || half.data[0] == 'p' ? 12 : 0);
    snprintf(time, CSV_TIME_SIZE, "%02u:%.2s:%.2s", (unsigned)hour % 100, text.data + 3,
             text.size >= 8 && text.data[5] == ':' && text_has_digits(text_from(text, 6), 2)
                 ? text.data + 6
                 : "00");
}

/* The day, month and year of eight digits in that order. */
static void split_plain(struct text digits, enum csv_dates order, struct text parts[3])
{
    size_t first = order == CSV_YMD ? 4 : 2;

    parts[0] = text_first(digits, first);
    parts[1] = text_first(text_from(digits, first), 2);
    parts[2] = text_from(digits, first + 2);
}

enum date_verdict csv_time_of(struct text text, enum csv_dates order, calendar_date *ret_date,
                              char time[CSV_TIME_SIZE])
{
    static const int places[][3] =
        {[CSV_YMD] = {0, 1, 2}, [CSV_DMY] = {2, 1, 0}, [CSV_MDY] = {2, 0, 1}};
    const int *place = places[order]; /* of year, month, day */
    struct text parts[3];
    char digits[16];
    int year, month, day;

    text = text_trim(text);
    parts[0] = take_part(&text);
    if (parts[0].size == 8 && text_has_digits(parts[0], 8)) {
        split_plain(parts[0], order, parts);
    } else {
        parts[1] = take_part(&text);
        parts[2] = take_part(&text);
    }
    if (text.size > 0 && text.data[0] == 'T') /* ISO 8601 */
        text = text_from(text, 1);
    year = year_of(parts[place[0]]);
    month = month_of(parts[place[1]]);
    day = number_of(parts[place[2]], 2);
    *ret_date = DATE_NONE;
    time[0] = '\0';
    if (year < 0 || month < 0 || day < 0)
        return DATE_IMPOSSIBLE;
    snprintf(digits, sizeof digits, "%04u%02u%02u", (unsigned)year % 10000, (unsigned)month % 100,
             (unsigned)day % 100);
    time_of(text_trim(text), time);
    return date_parse_plain(text_of(digits), ret_date);
}

/* ---- amounts ---- */

/* Without the code of its currency before or behind it. */
static struct text without_code(struct text text, currency which)
{
    char code[CURRENCY_CODE_SIZE];

    currency_code(which, code);
    if (text.size > 3 && strncasecmp(text.data, code, 3) == 0)
        return text_trim(text_from(text, 3));
    if (text.size > 3 && strncasecmp(text.data + text.size - 3, code, 3) == 0)
        return text_trim(text_first(text, text.size - 3));
    return text;
}

/* A minus before or behind it, or brackets around it. */
static struct text without_sign(struct text text, bool *ret_negative)
{
    char first = text.size == 0 ? '\0' : text.data[0];
    char last = text.size == 0 ? '\0' : text.data[text.size - 1];

    *ret_negative = true;
    if (first == '(' && last == ')' && text.size > 2)
        return text_trim(text_first(text_from(text, 1), text.size - 2));
    if (first == '-' || first == '+') {
        *ret_negative = first == '-';
        return text_trim(text_from(text, 1));
    }
    *ret_negative = last == '-';
    return *ret_negative ? text_trim(text_first(text, text.size - 1)) : text;
}

/* Whether the grouping mark at that place has a digit before it, and three behind it up to the next
 * mark or the end of the whole part. */
static bool is_group_mark(struct text whole, size_t at, char grouping)
{
    size_t next = at + GROUP_DIGITS + 1;

    return at > 0 && text_has_digits(text_from(whole, at - 1), 1) &&
           text_has_digits(text_from(whole, at + 1), GROUP_DIGITS) &&
           (next == whole.size || whole.data[next] == grouping);
}

/* False: a grouping mark stands where none can. */
static bool without_groups(struct text text, char grouping, char decimal, char plain[PLAIN_SIZE])
{
    struct text rest = text;
    struct text whole = decimal == '\0' ? text : text_take(&rest, decimal);
    size_t size = 0;

    if (text.size >= PLAIN_SIZE)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (grouping == '\0' || text.data[i] != grouping)
            plain[size++] = text.data[i];
        else if (i >= whole.size || !is_group_mark(whole, i, grouping))
            return false;
    }
    plain[size] = '\0';
    return true;
}

bool csv_amount_of(struct text text, const struct csv_profile *profile, currency which,
                   struct statement_amount *ret_amount)
{
    struct statement_amount amount;
    char plain[PLAIN_SIZE];
    bool is_negative;
    bool has_excess = false;
    int64_t minor;

    text = without_code(without_sign(text_trim(text), &is_negative), which);
    if (!is_negative) /* KES -5 */
        text = without_sign(text, &is_negative);
    if (!without_groups(text, profile->grouping_mark, profile->decimal_mark, plain))
        return false;
    if (profile->decimal_mark == '\0') {
        if (!text_has_digits(text_of(plain), 1) || !text_to_int64(text_of(plain), &minor))
            return false;
        amount = statement_amount_of(minor, which);
    } else if (!statement_amount_parse(text_of(plain), profile->decimal_mark, which, &amount,
                                       &has_excess) ||
               has_excess) {
        return false;
    }
    if (is_negative)
        amount.minor = -amount.minor;
    *ret_amount = amount;
    return true;
}
