/*
 * mt_narrative.c - see mt_narrative.h.
 *
 * Both coded dialects are read as a list of (word, value): a table says where the value of
 * a word goes, and the one function word_apply puts it there.
 */
#include "codec/swift_mt/mt_narrative.h"

#include "base/buffer.h"
#include "codec/swift_mt/mt_field.h"

#include <stdlib.h>

enum target {
    TO_UNSTRUCTURED, /* as text, without its word  */
    TO_LEFT_OVER,    /* as text, with its word     */
    TO_STRUCTURED,   /* kept under its word        */
    TO_STRUCTURED_REFERENCE,
    TO_END_TO_END,
    TO_CUSTOMER,
    TO_MANDATE,
    TO_PAYMENT_INFORMATION,
    TO_INSTRUCTION,
    TO_ORIGINAL,
    TO_CHARGE,
    TO_RATE,
    TO_CODE,
    TO_RETURN,
    TO_NAME,
    TO_ACCOUNT,
    TO_AGENT,
    TO_COUNTERPARTY, /* account/BIC/name */
    TO_INFORMATION,
    TO_NOTHING, /* a heading: its parts follow as words of their own */
};

struct word {
    const char *name;
    enum target target;
};

enum { WORD_SIZE_MIN = 3, WORD_SIZE_MAX = 4 }; /* of the names in these tables */

/* Inside GVC text: NAME+value. */
static const struct word plus_words[] = {
    {"EREF", TO_END_TO_END},   {"KREF", TO_CUSTOMER},
    {"MREF", TO_MANDATE},      {"PREF", TO_PAYMENT_INFORMATION},
    {"CRED", TO_STRUCTURED},   {"DEBT", TO_STRUCTURED},
    {"SVWZ", TO_UNSTRUCTURED}, {"OAMT", TO_ORIGINAL},
    {"COAM", TO_CHARGE},       {"ABWA", TO_STRUCTURED},
    {"ABWE", TO_STRUCTURED},   {"PURP", TO_STRUCTURED},
    {"IBAN", TO_ACCOUNT},      {"BIC", TO_AGENT},
};

/* Slash words: /NAME/value. */
static const struct word slash_words[] = {
    {"EREF", TO_END_TO_END},   {"KREF", TO_CUSTOMER},     {"CREF", TO_CUSTOMER},
    {"MARF", TO_MANDATE},      {"MREF", TO_MANDATE},      {"PREF", TO_PAYMENT_INFORMATION},
    {"IREF", TO_INSTRUCTION},  {"CSID", TO_STRUCTURED},   {"PURP", TO_STRUCTURED},
    {"ISDT", TO_STRUCTURED},   {"ULTC", TO_STRUCTURED},   {"ULTD", TO_STRUCTURED},
    {"REMI", TO_NOTHING},      {"USTD", TO_UNSTRUCTURED}, {"STRD", TO_STRUCTURED_REFERENCE},
    {"CNTP", TO_COUNTERPARTY}, {"BENM", TO_NOTHING},      {"ORDP", TO_NOTHING},
    {"NAME", TO_NAME},         {"IBAN", TO_ACCOUNT},      {"BIC", TO_AGENT},
    {"OCMT", TO_ORIGINAL},     {"CHGS", TO_CHARGE},       {"EXCH", TO_RATE},
    {"TRCD", TO_CODE},         {"RTRN", TO_RETURN},       {"TRTP", TO_INFORMATION},
};

/* The only words of the line after :61:. */
static const struct word supplement_words[] = {
    {"OCMT", TO_ORIGINAL},
    {"CHGS", TO_CHARGE},
    {"TRCD", TO_CODE},
    {"EXCH", TO_RATE},
};

static void set_if_absent(struct statement *statement, struct text *place, struct text value)
{
    if (place->size == 0)
        *place = statement_copy(statement, value);
}

/* A reference of :61: that says no more than where to look is no reference. */
static bool is_pointer(struct text reference)
{
    static const char *const pointers[] = {"KREF+", "EREF+", "KREF", "EREF", "PREF+", "PREF"};

    for (size_t i = 0; i < COUNT_OF(pointers); i++)
        if (text_is(reference, pointers[i]))
            return true;
    return false;
}

static void set_customer(struct statement *statement, struct statement_entry *entry,
                         struct text value)
{
    struct text *reference = &entry->facts.references.customer_reference;

    if (reference->size == 0 || is_pointer(*reference))
        *reference = statement_copy(statement, value);
}

/* "EUR4,5" or "EUR 4,5/..": signed as the entry for an original amount. False: not so. */
static bool money_of(struct text value, struct statement_amount *ret_amount)
{
    currency which;
    bool excess;
    const char *slash = value.size == 0 ? NULL : memchr(value.data, '/', value.size);

    if (slash != NULL)
        value = text_first(value, (size_t)(slash - value.data));
    return statement_currency_parse(text_first(value, 3), &which) &&
           mt_amount_of(text_from(value, 3), false, false, which, ret_amount, &excess);
}

static bool set_original(struct statement_entry *entry, struct text value)
{
    struct statement_amount amount;

    if (!money_of(value, &amount))
        return false;
    if (entry->amount.present && entry->amount.minor < 0)
        amount.minor = -amount.minor;
    entry->facts.original = amount;
    return true;
}

static bool add_charge(struct statement *statement, struct statement_entry *entry,
                       struct text value)
{
    struct statement_amount amount;
    struct statement_charge *charge;

    if (!money_of(value, &amount))
        return false;
    charge = statement_add_charge(statement, &entry->facts);
    if (charge != NULL)
        charge->amount = amount;
    if (charge != NULL)
        charge->amount.minor = -amount.minor; /* a charge is money out */
    return true;
}

/* account/BIC/name, each may be empty. */
static void set_counterparty(struct statement *statement, struct statement_entry *entry,
                             struct text value)
{
    struct text *places[] = {&entry->facts.counterparty.account, &entry->facts.counterparty.agent,
                             &entry->facts.counterparty.name};

    for (size_t i = 0; i < COUNT_OF(places) && value.size > 0; i++) {
        const char *slash = memchr(value.data, '/', value.size);
        size_t size = slash == NULL ? value.size : (size_t)(slash - value.data);

        set_if_absent(statement, places[i], text_trim(text_first(value, size)));
        value = text_from(value, size + 1);
    }
}

static struct statement_remittance *add_structured(struct statement *statement,
                                                   struct statement_entry *entry, const char *type)
{
    struct statement_remittance *structured = statement_add_structured(statement, &entry->facts);

    if (structured != NULL)
        structured->type = statement_copy(statement, text_of(type));
    return structured;
}

static void add_structured_text(struct statement *statement, struct statement_entry *entry,
                                const char *type, struct text value)
{
    struct statement_remittance *structured = add_structured(statement, entry, type);

    if (structured != NULL)
        structured->text = statement_copy(statement, value);
}

/* issuer/reference: STRD/CUR/9001 gives type CUR, reference 9001. */
static void add_structured_reference(struct statement *statement, struct statement_entry *entry,
                                     struct text value)
{
    const char *slash = memrchr(value.data, '/', value.size);
    size_t type = slash == NULL ? 0 : (size_t)(slash - value.data);
    struct statement_remittance *structured = statement_add_structured(statement, &entry->facts);

    if (structured == NULL)
        return;
    structured->type = statement_copy(statement, text_first(value, type));
    structured->reference =
        statement_copy(statement, text_from(value, slash == NULL ? 0 : type + 1));
}

static void add_left_over(struct statement *statement, struct statement_entry *entry,
                          const char *name, struct text value)
{
    statement_add_text(statement, &entry->facts,
                       statement_join(statement, text_of(name), " ", value));
}

static void word_apply(struct statement *statement, struct statement_entry *entry,
                       const struct word *word, struct text value)
{
    struct statement_facts *facts = &entry->facts;
    struct statement_references *references = &facts->references;

    if (value.size == 0)
        return;
    switch (word->target) {
    case TO_UNSTRUCTURED: statement_add_text(statement, facts, value); break;
    case TO_STRUCTURED: add_structured_text(statement, entry, word->name, value); break;
    case TO_STRUCTURED_REFERENCE: add_structured_reference(statement, entry, value); break;
    case TO_END_TO_END: set_if_absent(statement, &references->end_to_end_id, value); break;
    case TO_CUSTOMER: set_customer(statement, entry, value); break;
    case TO_MANDATE: set_if_absent(statement, &references->mandate_id, value); break;
    case TO_PAYMENT_INFORMATION:
        set_if_absent(statement, &references->payment_information_id, value);
        break;
    case TO_INSTRUCTION: set_if_absent(statement, &references->instruction_id, value); break;
    case TO_ORIGINAL:
        if (!set_original(entry, value))
            add_left_over(statement, entry, word->name, value);
        break;
    case TO_CHARGE:
        if (!add_charge(statement, entry, value))
            add_left_over(statement, entry, word->name, value);
        break;
    case TO_RATE: set_if_absent(statement, &facts->exchange_rate, value); break;
    case TO_CODE: set_if_absent(statement, &facts->code.proprietary, value); break;
    case TO_RETURN: set_if_absent(statement, &facts->return_code, value); break;
    case TO_NAME: set_if_absent(statement, &facts->counterparty.name, value); break;
    case TO_ACCOUNT: set_if_absent(statement, &facts->counterparty.account, value); break;
    case TO_AGENT: set_if_absent(statement, &facts->counterparty.agent, value); break;
    case TO_COUNTERPARTY: set_counterparty(statement, entry, value); break;
    case TO_INFORMATION: set_if_absent(statement, &facts->information, value); break;
    case TO_NOTHING: statement_add_text(statement, facts, value); break;
    case TO_LEFT_OVER: add_left_over(statement, entry, word->name, value); break;
    }
}

/* Unfolds: all line ends go. The caller frees the result. */
static struct text unfolded(struct text text)
{
    char *bytes = malloc(text.size + 1);
    size_t size = 0;

    if (bytes == NULL)
        abort();
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '\n')
            bytes[size++] = text.data[i];
    return (struct text){bytes, size};
}

static const struct word *word_find(struct text name, const struct word *words, size_t word_count)
{
    for (size_t i = 0; i < word_count; i++)
        if (words[i].name[0] == name.data[0] && text_is(name, words[i].name))
            return &words[i];
    return NULL;
}

/* The row whose name, between before and after, stands at the front of text. */
static const struct word *word_at(struct text text, const struct word *words, size_t word_count,
                                  char before, char after)
{
    size_t skip = before != '\0';

    if (text.size <= skip || (skip == 1 && text.data[0] != before))
        return NULL;
    text = text_from(text, skip);
    for (size_t size = WORD_SIZE_MIN; size <= WORD_SIZE_MAX && size < text.size; size++)
        if (text.data[size] == after)
            return word_find(text_first(text, size), words, word_count);
    return NULL;
}

/* How far it is to the next word, or to the end: only before the mark behind it can one be. */
static size_t next_word(struct text text, const struct word *words, size_t word_count, char before,
                        char after)
{
    size_t skip = before != '\0';
    size_t mark = 0;

    while (mark < text.size) {
        const char *found = memchr(text.data + mark, after, text.size - mark);

        if (found == NULL)
            return text.size;
        mark = (size_t)(found - text.data);
        for (size_t size = WORD_SIZE_MAX; size >= WORD_SIZE_MIN; size--)
            if (mark >= skip + size && word_at(text_from(text, mark - size - skip), words,
                                               word_count, before, after) != NULL)
                return mark - size - skip;
        mark++;
    }
    return text.size;
}

static void apply_plus_words(struct statement *statement, struct statement_entry *entry,
                             struct text text)
{
    size_t at = next_word(text, plus_words, COUNT_OF(plus_words), '\0', '+');

    statement_add_text(statement, &entry->facts, text_trim(text_first(text, at)));
    while (at < text.size) {
        const struct word *word =
            word_at(text_from(text, at), plus_words, COUNT_OF(plus_words), '\0', '+');
        size_t size;

        assert(word != NULL);
        text = text_from(text, at + strlen(word->name) + 1);
        size = next_word(text, plus_words, COUNT_OF(plus_words), '\0', '+');
        word_apply(statement, entry, word, text_trim(text_first(text, size)));
        at = size;
    }
}

/* Without slashes and blanks at both ends. */
static struct text bare(struct text value)
{
    value = text_trim(value);
    while (value.size > 0 && value.data[0] == '/')
        value = text_from(value, 1);
    while (value.size > 0 && value.data[value.size - 1] == '/')
        value = text_first(value, value.size - 1);
    return text_trim(value);
}

/* The value behind a word. Of parts told apart by their slashes the first may be empty. */
static struct text value_of(const struct word *word, struct text after)
{
    return word->target == TO_COUNTERPARTY ? text_from(after, 1) : bare(after);
}

/* Applies the slash words of a table; returns what stands before the first. */
static struct text apply_slash_words(struct statement *statement, struct statement_entry *entry,
                                     struct text text, const struct word *words, size_t word_count)
{
    size_t at = next_word(text, words, word_count, '/', '/');
    struct text before = text_first(text, at);

    while (at < text.size) {
        const struct word *word = word_at(text_from(text, at), words, word_count, '/', '/');

        assert(word != NULL);
        /* The slash behind a word may be the one before the next: /BENM//NAME/, /REMI/USTD/. */
        text = text_from(text, at + 1 + strlen(word->name));
        at = next_word(text, words, word_count, '/', '/');
        word_apply(statement, entry, word, value_of(word, text_first(text, at)));
    }
    return before;
}

static bool is_sign(char byte)
{
    return byte == '?' || byte == '>' || byte == '~' || byte == '<' || byte == '^';
}

/* The sign of a coded narrative: GVC and sign and two digits, or sign and two digits. */
static char gvc_sign(struct text text)
{
    size_t at = text_has_digits(text, 3) ? 3 : 0;

    if (text.size < at + 3 || !is_sign(text.data[at]) ||
        !text_has_digits(text_from(text, at + 1), 2))
        return '\0';
    return text.data[at];
}

static bool at_code(struct text text, char sign)
{
    return text.size >= 3 && text.data[0] == sign && text_has_digits(text_from(text, 1), 2);
}

static size_t next_code(struct text text, char sign)
{
    size_t at = 0;

    while (at < text.size && !at_code(text_from(text, at), sign))
        at++;
    return at;
}

/* The values of the codes first .. last, joined in file order. */
static struct text gvc_join(struct statement *statement, struct text coded, char sign, int first,
                            int last)
{
    struct buffer joined;
    struct text kept;

    assert(0 <= first && first <= last && last < 100);
    buffer_init(&joined, coded.size + 1);
    while (at_code(coded, sign)) {
        int code = (coded.data[1] - '0') * 10 + coded.data[2] - '0';
        size_t size;

        coded = text_from(coded, 3);
        size = next_code(coded, sign);
        if (first <= code && code <= last)
            buffer_text(&joined, text_first(coded, size));
        coded = text_from(coded, size);
    }
    assert(!buffer_failed(&joined));
    kept = statement_copy(statement, buffer_view(&joined));
    buffer_done(&joined);
    return kept;
}

static struct text gvc_values(struct statement *statement, struct text coded, char sign, int first,
                              int last)
{
    return text_trim(gvc_join(statement, coded, sign, first, last));
}

/* 10 (batch number) and 34 (text key) are the bank's own; they stay in the raw text. */
static void apply_gvc(struct statement *statement, struct statement_entry *entry, struct text text,
                      char sign)
{
    struct statement_facts *facts = &entry->facts;
    struct text gvc = text_first(text, text_has_digits(text, 3) ? 3 : 0);
    struct text coded = text_from(text, gvc.size);
    struct text iban = gvc_values(statement, coded, sign, 38, 38);

    set_if_absent(statement, &facts->code.proprietary, gvc);
    if (gvc.size > 0)
        set_if_absent(statement, &facts->code.issuer, TEXT("GVC"));
    facts->information = statement_join(statement, facts->information, "\n",
                                        gvc_values(statement, coded, sign, 0, 0));
    set_if_absent(statement, &facts->counterparty.agent,
                  gvc_values(statement, coded, sign, 30, 30));
    set_if_absent(statement, &facts->counterparty.account,
                  iban.size > 0 ? iban : gvc_values(statement, coded, sign, 31, 31));
    set_if_absent(statement, &facts->counterparty.name, gvc_values(statement, coded, sign, 32, 33));
    apply_plus_words(statement, entry,
                     statement_join(statement, gvc_join(statement, coded, sign, 20, 29), "",
                                    gvc_join(statement, coded, sign, 60, 69)));
    statement_add_text(statement, facts, gvc_values(statement, coded, sign, 70, 79));
}

/* Lines without their trailing blanks, empty ones left out. */
static void apply_free_text(struct statement *statement, struct statement_entry *entry,
                            struct text text)
{
    char *bytes = malloc(text.size + 1);
    size_t size = 0;

    if (bytes == NULL)
        abort();
    while (text.size > 0) {
        struct text line = text_trim(text_take(&text, '\n'));

        if (line.size == 0)
            continue;
        if (size > 0)
            bytes[size++] = '\n';
        memcpy(bytes + size, line.data, line.size);
        size += line.size;
    }
    statement_add_text(statement, &entry->facts, (struct text){bytes, size});
    free(bytes);
}

static void apply_coded(struct statement *statement, struct statement_entry *entry,
                        struct text narrative, char sign)
{
    struct text text = unfolded(narrative);

    if (sign != '\0')
        apply_gvc(statement, entry, text, sign);
    else
        apply_slash_words(statement, entry, text, slash_words, COUNT_OF(slash_words));
    free((char *)text.data);
}

/* A pointer has done its work once the narrative gave a reference. */
static void drop_pointer(struct statement_references *references)
{
    if (is_pointer(references->customer_reference) &&
        (references->end_to_end_id.size > 0 || references->payment_information_id.size > 0))
        references->customer_reference = (struct text){NULL, 0};
}

void mt_narrative_apply(struct statement *statement, struct statement_entry *entry,
                        struct text narrative)
{
    struct text text = text_trim(narrative);
    char sign = gvc_sign(text);

    if (sign != '\0' || word_at(text, slash_words, COUNT_OF(slash_words), '/', '/') != NULL)
        apply_coded(statement, entry, text, sign);
    else
        apply_free_text(statement, entry, text);
    drop_pointer(&entry->facts.references);
}

void mt_supplement_apply(struct statement *statement, struct statement_entry *entry,
                         struct text supplement)
{
    struct text before = apply_slash_words(statement, entry, text_trim(supplement),
                                           supplement_words, COUNT_OF(supplement_words));

    entry->facts.information =
        statement_join(statement, entry->facts.information, "\n", text_trim(before));
}
