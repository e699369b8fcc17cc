/*
 * mt_field.c - see mt_field.h. Numbers in brackets are rules of the statement formats.
 */
#include "codec/swift_mt/mt_field.h"

#include "domain/iban.h"

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_upper(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool is_bic(struct text text)
{
    if (text.size != 8 && text.size != 11)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!is_upper(text.data[i]) && (i < 6 || !is_digit(text.data[i])))
            return false;
    return true;
}

/* A currency of our table at the end, behind a digit or a slash. */
static void split_currency(struct mt_account *account)
{
    struct text id = account->id;
    char before;

    if (id.size < 5 || !currency_parse(text_from(id, id.size - 3), &account->currency))
        return;
    before = id.data[id.size - 4];
    if (!is_digit(before) && before != '/' && before != ' ') {
        account->currency = CURRENCY_NONE;
        return;
    }
    account->id = text_trim(text_first(id, id.size - (before == '/' ? 4 : 3)));
}

struct mt_account mt_account_of(struct text field)
{
    struct mt_account account = {.id = text_trim(field)};
    const char *slash = account.id.size == 0 ? NULL : memchr(account.id.data, '/', account.id.size);

    if (slash != NULL) {
        struct text bic = text_first(account.id, (size_t)(slash - account.id.data));

        if (is_bic(bic)) {
            account.servicer_bic = bic;
            account.id = text_from(account.id, bic.size + 1);
        }
    }
    account.is_iban = iban_is_valid(account.id);
    if (!account.is_iban)
        split_currency(&account);
    account.is_iban = account.is_iban || iban_is_valid(account.id);
    return account;
}

bool mt_balance_of(struct text field, struct mt_balance *ret_balance)
{
    struct mt_balance balance;
    currency unused;

    field = text_trim(field);
    if (field.size < 8 || (field.data[0] != 'C' && field.data[0] != 'D') ||
        !text_has_digits(text_from(field, 1), 6))
        return false;
    balance.credit = field.data[0] == 'C';
    balance.date = text_first(text_from(field, 1), 6);
    field = text_from(field, 7);
    balance.currency = text_first(field, 3);
    if (statement_currency_parse(balance.currency, &unused))
        field = text_from(field, 3);
    else
        balance.currency = text_first(field, 0);
    balance.amount = text_trim(field);
    *ret_balance = balance;
    return true;
}

bool mt_total_of(struct text field, struct mt_total *ret_total)
{
    struct mt_total total = {0};
    size_t digits = 0;
    currency unused;

    field = text_trim(field);
    while (digits < field.size && is_digit(field.data[digits]))
        digits++;
    total.has_count = text_to_int64(text_first(field, digits), &total.count);
    field = text_from(field, digits);
    total.currency = text_first(field, 3);
    if (!statement_currency_parse(total.currency, &unused))
        return false;
    total.amount = text_trim(text_from(field, 3));
    *ret_total = total;
    return total.amount.size > 0;
}

/* The mark and an optional third letter of the currency (2). Returns the bytes taken, 0: none. */
static size_t mark_of(struct text text, struct mt_line *line)
{
    size_t size = text.size > 1 && (text.data[0] == 'R' || text.data[0] == 'E') ? 2 : 1;
    char side;

    if (text.size <= size)
        return 0;
    side = text.data[size - 1];
    if (side != 'C' && side != 'D')
        return 0;
    line->reversal = size == 2 && text.data[0] == 'R';
    line->expected = size == 2 && text.data[0] == 'E';
    line->credit = (side == 'C') != line->reversal; /* (1) */
    if (is_upper(text.data[size]))
        size++;
    return size;
}

/* Four blanks are an absent date, too (4). Returns the bytes taken. */
static size_t entry_date_of(struct text text, struct mt_line *line)
{
    line->entry_date = text_first(text, 0);
    if (text_has_digits(text, 4)) {
        line->entry_date = text_first(text, 4);
        return 4;
    }
    return text.size >= 4 && memcmp(text.data, "    ", 4) == 0 ? 4 : 0;
}

/* The amount with whatever stands among its digits; the verdict on it comes later (6, 7). */
static struct text amount_run(struct text text)
{
    size_t size = 0;
    size_t used = 0;

    while (size < text.size && strchr("0123456789,.' ", text.data[size]) != NULL &&
           text.data[size] != '\0') {
        size++;
        if (text.data[size - 1] != ' ')
            used = size;
    }
    return text_first(text, used);
}

static struct text reference_or_none(struct text text)
{
    text = text_trim(text);
    return text_is(text, "NONREF") ? text_first(text, 0) : text;
}

enum { REFERENCE_SIZE = 16 }; /* 16x in the field's format */

/* What follows a reference that was padded with blanks to the size of its place. */
static struct text padding_end(struct text text)
{
    bool padded = text.size > REFERENCE_SIZE && text.data[REFERENCE_SIZE - 1] == ' ';

    return padded ? text_from(text, REFERENCE_SIZE) : text_first(text, 0);
}

/* At the first double slash; single slashes are text (21). */
static void split_references(struct text text, struct mt_line *line)
{
    const char *slashes = text.size == 0 ? NULL : memmem(text.data, text.size, "//", 2);
    size_t first = slashes == NULL ? text.size : (size_t)(slashes - text.data);

    line->rest = text_trim(padding_end(text_first(text, first)));
    line->customer_reference =
        reference_or_none(text_first(text, line->rest.size > 0 ? REFERENCE_SIZE : first));
    line->servicer_reference = reference_or_none(text_from(text, first + 2));
}

/* Four bytes, more where a character of UTF-8 would be cut. */
static size_t type_size(struct text text)
{
    size_t size = 4;

    while (size < text.size && ((unsigned char)text.data[size] & 0xC0) == 0x80)
        size++;
    return size;
}

bool mt_line_of(struct text field, struct mt_line *ret_line)
{
    struct mt_line line = {0};
    size_t taken;

    field = text_trim(field);
    if (!text_has_digits(field, 6))
        return false;
    line.value_date = text_first(field, 6);
    field = text_from(field, 6);
    field = text_from(field, entry_date_of(field, &line));
    taken = mark_of(field, &line);
    if (taken == 0)
        return false;
    field = text_from(field, taken);
    line.amount = amount_run(field);
    if (text_trim(line.amount).size == 0)
        return false;
    field = text_from(field, line.amount.size);
    taken = type_size(field);
    line.type = text_trim(text_first(field, taken));
    split_references(text_from(field, taken), &line);
    *ret_line = line;
    return true;
}

calendar_date mt_date_near(int month, int day, calendar_date near)
{
    calendar_date best = DATE_NONE;
    int year;
    int near_month;
    int near_day;

    assert(near != DATE_NONE);
    date_parts(near, &year, &near_month, &near_day);
    for (int i = year - 1; i <= year + 1; i++) {
        calendar_date date = date_of(i, month, day);

        if (date == DATE_NONE)
            continue;
        if (best == DATE_NONE ||
            (date > near ? date - near : near - date) < (best > near ? best - near : near - best))
            best = date;
    }
    return best;
}

enum { PLAIN_AMOUNT_MAX = 40 };

/* Without grouping marks. False: too long to be an amount. */
static bool without_marks(struct text text, const char *marks, char plain[PLAIN_AMOUNT_MAX],
                          size_t *ret_size)
{
    size_t size = 0;

    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '\0' && strchr(marks, text.data[i]) != NULL)
            continue;
        if (size == PLAIN_AMOUNT_MAX)
            return false;
        plain[size++] = text.data[i];
    }
    *ret_size = size;
    return true;
}

bool mt_amount_of(struct text text, bool decimal_point, bool grouping_point, currency which,
                  struct statement_amount *ret_amount, bool *ret_excess)
{
    char plain[PLAIN_AMOUNT_MAX];
    const char *marks = decimal_point ? ",'" : grouping_point ? ".'" : "";
    char mark = decimal_point ? '.' : ',';
    size_t size;

    if (!without_marks(text_trim(text), marks, plain, &size))
        return false;
    return statement_amount_parse((struct text){plain, size}, mark, which, ret_amount, ret_excess);
}
