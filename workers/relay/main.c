/*
 * workers/relay/main.c
 *   Takes instructions to banks, and banks' answers back.
 *
 *   instruction -> payment_file, payment_file_item, audit leaf          (one tx per file)
 *   payment_file_signature -> payment_file RELEASED                     (one tx per file)
 *   payment_file -> staged file -> the bank's folder, instruction SENT  (two tx per file)
 *   pacs.002, pain.002, pacs.004 -> payment_reply, payment_status, instruction, payment_return
 *                                                                       (one tx per answer)
 *   outbox -> Kafka topic, RabbitMQ exchange                            (publish.h)
 *
 * Restart: every step looks at what is there; a file reaches the folder once, see deliver.c.
 * Several relays may run on one folder: they meet at a gate, and at the file's row.
 */
#include "publish.h"
#include "relay.h"

#include "runtime/ticker.h"

static const struct option_spec options[] = {
    {.key = OPTION_RELAY_FOLDER,
     .type = OPTION_STRING,
     .standard = "",
     .meaning = "folder of payment files: out for the bank, reply for its answers, staging for us"},
    {.key = OPTION_RELAY_SCHEMAS,
     .type = OPTION_STRING,
     .standard = "",
     .meaning = "folder with the ISO 20022 XSDs that payment files are checked against"},
    {.key = OPTION_RELAY_KEY_FILE,
     .type = OPTION_SECRET_FILE,
     .meaning = "32 bytes as hex, the same as batch.key_file: opens who pays whom, where a bank "
                "takes customers' payments (pacs.008)"},
    {.key = OPTION_RELAY_KEY_SCOPE,
     .type = OPTION_STRING,
     .standard = "cell",
     .meaning = "country or cell whose monthly key seals payment files that name customers"},
    {.key = OPTION_RELAY_INTERVAL,
     .type = OPTION_DURATION_MS,
     .standard = "1s",
     .min = 10,
     .max = 60000,
     .unit = "ms",
     .meaning = "how often instructions, signatures, answers and events are looked for"},
    PUBLISH_OPTIONS,
    KAFKA_OPTIONS,
    AMQP_OPTIONS,
};

enum { REFUSAL_INTERVAL_US = 60 * 1000000 };

/* A file that its schema or the database refuses is told, once a minute; it must not keep others
 * from being released, written and answered. */
static enum status tolerate(struct relay *relay, enum status status, const struct error *error)
{
    int64_t now_us = clock_monotonic_us();

    if (status != REJECT)
        return status;
    if (relay->refused_at_us == 0 || now_us - relay->refused_at_us >= REFUSAL_INTERVAL_US) {
        log_error_of("payment_file_refused", error);
        relay->refused_at_us = now_us;
    }
    return OK;
}

struct running {
    struct relay relay;
    struct publishing *publishing;
};

/* One turn: what is ready, what is signed, what is released, what was answered, what was not. */
static enum status tick(void *context, struct error *error)
{
    struct running *running = context;
    struct relay *relay = &running->relay;
    int64_t count = 0;
    enum status status = relay_prepare(relay, false, clock_now_us(), error, &count);

    status = tolerate(relay, status, error);
    if (status == OK)
        status = tolerate(relay, relay_release(relay, error, &count), error);
    if (status == OK)
        status = relay_deliver(relay, error, &count);
    if (status == OK)
        status = relay_replies(relay, error, &count);
    if (status == OK)
        status = relay_watch(relay, error);
    return status == OK ? publishing_look(running->publishing, error) : status;
}

static int run_command(struct program_run *run, int argc, char **argv)
{
    struct running running = {0};
    struct error error;
    int code;

    (void)argv;
    if (argc != 1)
        return program_usage(run, "run takes no arguments");
    if (relay_start(run, &error, &running.relay) != OK)
        return program_fail(&error);
    if (publishing_begin(run, &error, &running.publishing) != OK) {
        relay_done(&running.relay);
        return program_fail(&error);
    }
    code = ticker_run(run, &(struct ticker){
                               .ends = "relay_ends",
                               .tick = tick,
                               .context = &running,
                               .session = &running.relay.session,
                               .interval_ms = running.relay.interval_ms,
                           });
    code = publishing_end(running.publishing, code);
    relay_done(&running.relay);
    return code;
}

static const struct command commands[] = {
    {.name = "run",
     .arguments = "",
     .summary = "prepare, release, write, read answers and publish events, until stopped",
     .example = "sawa-relay --config sawa.yaml run",
     .run = run_command},
    {.name = "prepare",
     .arguments = "[--dry-run]",
     .summary = "make payment files of instructions that are in none, and say what is left",
     .example = "sawa-relay prepare --dry-run",
     .run = prepare_command,
     .answers = true},
    {.name = "list",
     .arguments = "[--state STATE]",
     .summary = "payment files, newest first",
     .example = "sawa-relay list --state PREPARED",
     .run = list_command,
     .answers = true},
    {.name = "show",
     .arguments = "ID",
     .summary = "one payment file: who signed it, what it holds, what the bank said",
     .example = "sawa-relay show 7c9e6679",
     .run = show_command,
     .answers = true},
    {.name = "original",
     .arguments = "ID",
     .summary = "the bytes of a payment file",
     .example = "sawa-relay original 7c9e6679 | xmllint --format -",
     .run = original_command,
     .answers = true},
    {.name = "sign",
     .arguments = "[--by NAME] [--digest HEX] ID",
     .summary = "sign a prepared payment file under your own login, as maker or checker",
     .example = "sawa-relay sign --by 'A. Mwangi' 7c9e6679",
     .run = sign_command,
     .answers = true},
    {.name = "cancel",
     .arguments = "ID --reason TEXT",
     .summary = "give up a file that was not released; its instructions go into another",
     .example = "sawa-relay cancel 7c9e6679 --reason 'wrong profile'",
     .run = cancel_command,
     .answers = true},
    {.name = "deliver",
     .arguments = "",
     .summary = "release what is signed and write it to the folder once, as run does all the time",
     .example = "sawa-relay deliver",
     .run = deliver_command,
     .answers = true},
    {.name = "reply",
     .arguments = "FILE...",
     .summary = "read answers of banks: pacs.002, pain.002, pacs.004",
     .example = "sawa-relay reply pacs002.xml",
     .run = reply_command,
     .answers = true},
    {.name = "publish",
     .arguments = "",
     .summary = "send events of the outbox to Kafka and RabbitMQ once, as run does all the time",
     .example = "sawa-relay --set relay.kafka_topic=settlement publish",
     .run = publish_command,
     .answers = true},
    {.name = "resume",
     .arguments = "DESTINATION",
     .summary = "let a destination that stands go on",
     .example = "sawa-relay resume amqp:settlement",
     .run = resume_command,
     .answers = true},
    {.name = "destination",
     .arguments = "forget DESTINATION --reason TEXT [--by NAME] [--execute]",
     .summary = "forget a destination that is given up for good: events are not kept for it any "
                "more",
     .example = "sawa-relay destination forget amqp:settlement --reason 'exchange was removed'\n"
                "sawa-relay destination forget amqp:settlement --reason 'exchange was removed' "
                "--execute",
     .run = destination_command,
     .answers = true},
    {.name = "status",
     .arguments = "",
     .summary = "what stands where; exits 1 where somebody must look",
     .example = "sawa-relay status",
     .run = status_command,
     .answers = true},
};

static const struct program relay_program = {
    .name = "sawa-relay",
    .purpose = "takes instructions to banks, and banks' answers back",
    .options = options,
    .option_count = COUNT_OF(options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &relay_program);
}
