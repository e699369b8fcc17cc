/*
 * status.h - the five answers.
 *
 * Everything that can fail answers with one of these. A library's error becomes
 * one of them once, in the wrapper around that library; nothing above a wrapper
 * ever looks at an errno, an SQLSTATE or a client's error code again.
 *
 *   OK         done, go on
 *   DUPLICATE  known already with the same content: counted, no effect
 *   REJECT     this input can never be accepted: park it with a reason
 *   RETRY      not now: back off and try again; error.cause tells two special kinds
 *   FATAL      a broken invariant or a wrong set-up: stop, an operator must look
 */
#ifndef SAWA_BASE_STATUS_H
#define SAWA_BASE_STATUS_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef NDEBUG
#error "asserts stay on in release builds"
#endif

#define must_use __attribute__((warn_unused_result))
#define printf_like(format_index, first_index)                                                     \
    __attribute__((format(printf, format_index, first_index)))

/* A large local that is filled before it is read, once per record: what ships zeroes all others. */
#define filled_later __attribute__((uninitialized))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum status { OK = 0, DUPLICATE, REJECT, RETRY, FATAL };

/* Why a RETRY is one, where the treatment differs. */
enum cause {
    CAUSE_NONE = 0,
    CAUSE_FENCED,  /* another worker holds the partition: roll back, drop it      */
    CAUSE_UNKNOWN, /* the connection died after COMMIT was sent: claim, believe it */
    CAUSE_SOURCE,  /* the broker or file did not answer, not the database           */
};

/* Exit codes by cause, the same in every program (runtime/options prints them in --help). */
enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,        /* the work was done and its answer is no        */
    EXIT_USAGE = 2,         /* command line                                  */
    EXIT_CONFIGURATION = 3, /* configuration file, environment, secret files */
    EXIT_FINDINGS = 4,      /* read, with findings of severity error         */
    EXIT_REFUSED = 5,       /* input or request refused whole                */
    EXIT_DEPENDENCY = 6,    /* a server stayed away past its deadline        */
    EXIT_FATAL = 7,         /* broken invariant, wrong schema version        */
};

const char *status_name(enum status status);

#endif
