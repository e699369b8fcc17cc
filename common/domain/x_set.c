/*
 * x_set.c - see x_set.h. One table: what is not in the set, and what it becomes.
 */
#include "domain/x_set.h"

/* Ranges of code points that become letters: into[i] for from + i, '\0' where nothing is near. */
struct fold {
    uint32_t from;
    const char *into;
};

static bool is_in_set(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("/-?:().,'+ ", c) != NULL);
}

bool x_set_holds(struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_in_set(text.data[i]))
            return false;
    return true;
}

/* Latin-1 Supplement, Latin Extended-A, and the letters of African languages beyond them (Hausa,
 * Ewe, Akan, Yoruba, Wolof). */
static const struct fold folds[] = {
    {0xC0, "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo.ouuuuyty"},
    {0x100, "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNnOoOoOoOo"},
    {0x154, "RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs"},
    {0x181, "B"},
    {0x186, "OCcDD"},
    {0x18E, "EEEFfG"},
    {0x196, "IIKk"},
    {0x19D, "N"},
    {0x1B3, "Yy"},
    {0x1CD, "AaIiOoUu"},
    {0x1F8, "Nn"},
    {0x1DD, "e"},
    {0x253, "bo"},
    {0x256, "dd"},
    {0x259, "e"},
    {0x25B, "e"},
    {0x260, "g"},
    {0x263, "g"},
    {0x269, "i"},
    {0x272, "n"},
    {0x1E0C, "Dd"},
    {0x1E24, "Hh"},
    {0x1E62, "Ss"},
    {0x1EA0, "Aa"},
    {0x1EB8, "EeEeEe"},
    {0x1EBC, "Ee"},
    {0x1ECA, "IiOo"},
    {0x1EE4, "Uu"},
};

static char ascii_fold(char c)
{
    switch (c) {
    case '&': return '+';
    case '_': return '-';
    case '"': return '\'';
    case '[':
    case '{': return '(';
    case ']':
    case '}': return ')';
    case ';': return ',';
    case '\t':
    case '\r':
    case '\n': return ' ';
    default: return is_in_set(c) ? c : '.';
    }
}

/* '\0': nothing stands for it. */
static char wide_fold(uint32_t point)
{
    if (point >= 0x300 && point <= 0x36F)
        return '\0'; /* an accent that stands by itself, behind its letter */
    if (point == 0x2018 || point == 0x2019)
        return '\'';
    if (point >= 0x2010 && point <= 0x2015)
        return '-';
    if (point == 0xA0)
        return ' ';
    for (size_t i = 0; i < COUNT_OF(folds); i++) {
        size_t index = point - folds[i].from;

        if (point >= folds[i].from && index < strlen(folds[i].into))
            return folds[i].into[index];
    }
    return '.';
}

/* Takes one well-formed character off *text. */
static uint32_t point_take(struct text *text)
{
    unsigned char first = (unsigned char)text->data[0];
    size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    uint32_t point = size == 1 ? first : first & (0xFFU >> (size + 1));

    for (size_t i = 1; i < size; i++)
        point = point << 6 | ((unsigned char)text->data[i] & 0x3F);
    *text = text_from(*text, size);
    return point;
}

void x_set_fold(struct text text, size_t size_max, struct buffer *out)
{
    size_t start = out->size;

    assert(text_is_utf8(text));
    text = text_trim(text);
    while (text.size > 0 && out->size - start < size_max && !buffer_failed(out)) {
        uint32_t point = point_take(&text);
        char c = point < 0x80 ? ascii_fold((char)point) : wide_fold(point);

        if (c != '\0')
            buffer_byte(out, (unsigned char)c);
    }
    while (out->size > start && out->data[out->size - 1] == ' ')
        out->size--;
}
