/*
 * said.c - see said.h.
 */
#include "said.h"

#include "domain/amount.h"

#include <stdio.h>
#include <string.h>

static const struct option known[] = {
    {"window", required_argument, NULL, 'w'},
    {"instruction", required_argument, NULL, 'i'},
    {"participant", required_argument, NULL, 'p'},
    {"account", required_argument, NULL, 'k'},
    {"amount", required_argument, NULL, 'a'},
    {"date", required_argument, NULL, 'd'},
    {"reference", required_argument, NULL, 'f'},
    {"reason", required_argument, NULL, 'r'},
    {"by", required_argument, NULL, 'b'},
    {"digest", required_argument, NULL, 'g'},
    {"give-back", no_argument, NULL, 'v'},
    {"purpose", required_argument, NULL, 'o'},
    {"outcome", required_argument, NULL, 'u'},
    {"evidence", required_argument, NULL, 'e'},
    {NULL, 0, NULL, 0},
};

static bool option_take(void *context, int option)
{
    struct said *said = context;

    switch (option) {
    case 'w': return text_to_int64(text_of(optarg), &said->window_id);
    case 'i':
        said->has_instruction = true;
        return uuid_parse(text_of(optarg), &said->instruction_id);
    case 'p': said->participant = optarg; return true;
    case 'k': said->account = optarg; return true;
    case 'a': said->amount = optarg; return true;
    case 'd': return date_parse(text_of(optarg), &said->date);
    case 'f': said->reference = optarg; return true;
    case 'r': said->reason = optarg; return true;
    case 'b': said->by = optarg; return true;
    case 'g': said->digest = optarg; return true;
    case 'o': said->purpose = optarg; return true;
    case 'u': said->outcome = optarg; return true;
    case 'e': said->evidence = optarg; return true;
    case 'v': said->give_back = true; return true;
    default: return false;
    }
}

bool said_read(int argc, char **argv, const char *letters, struct said *ret_said)
{
    struct said said = {.reference = "", .reason = "", .by = "", .date = DATE_NONE};

    if (!program_options(argc, argv, known, letters, option_take, &said))
        return false;
    if (optind < argc && strchr(letters, '#') != NULL &&
        !text_to_int64(text_of(argv[optind++]), &said.number))
        return false;
    *ret_said = said;
    return optind == argc;
}

enum status said_amount(const struct said *said, struct text code, struct error *error,
                        int64_t *ret_minor)
{
    struct amount amount;
    currency in_currency;
    bool excess = false;

    if (currency_parse(code, &in_currency) &&
        amount_parse(text_of(said->amount), '.', false, in_currency, &amount, &excess) &&
        amount.minor > 0) {
        *ret_minor = amount.minor;
        return OK;
    }
    error_set(error, REJECT, "%.40s is not an amount of %.*s", said->amount, TEXT_ARG(code));
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "write it in units, with the decimals of the currency: 1200.50");
}

enum status said_digest(const struct said *said, struct text digest, const char *look,
                        struct error *error)
{
    struct digest proposed;
    char hex[2 * SHA256_SIZE + 1];

    assert(digest.size == SHA256_SIZE);
    memcpy(proposed.bytes, digest.data, SHA256_SIZE);
    digest_format(&proposed, hex);
    if (said->digest == NULL || strcmp(said->digest, hex) == 0)
        return OK;
    error_set(error, REJECT, "the newest proposal has another digest");
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "look at it again: %s", look);
}

void said_person(const char *did, const struct result *rows, int row, int login_column)
{
    struct text person = result_text(rows, row, login_column + 1);

    printf("%s%.*s%s%.*s", did, TEXT_ARG(result_text(rows, row, login_column)),
           person.size > 0 ? ", " : "", TEXT_ARG(person));
}

enum status said_commit(struct settle *settle, const char *action, said_step *step,
                        struct said *said, struct error *error)
{
    struct business tx;
    enum status status = business_begin(settle->session.db, action, settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = step(&tx, said, error);
    return settle_explain(business_finish(&tx, status, error), error);
}
