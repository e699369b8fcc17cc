/*
 * plan.h - a writer's schema and our columns, compiled once into a flat list of steps.
 *
 *   writer's record               our columns             plan
 *   event_id   string             TEXT   event_id         0 uuid_text -> 0
 *   note       string             -                       1 skip
 *   uetr       [null, string]     UUID?  uetr             2 union of 2
 *                                                         3   null      -> 2
 *                                                         4   uuid_text -> 2
 *   amount     bytes decimal(9,2) DECIMAL amount          5 decimal scale 2 -> 3
 *
 * Resolution (Avro 1.11 "Schema Resolution", over columns): a field finds its column by name, by
 * an alias of ours, or by an alias the writer gives it. Text takes string, bytes; UUID takes
 * string and a uuid of fixed(16); decimal takes bytes and fixed with the writer's own scale (never
 * int or long: whole units or minor units would be a guess); instants take long in microseconds
 * or milliseconds, and int; an enum maps by symbol. No column takes float or double.
 *
 * (1) Every field of the writer has exactly one step, or one union step followed by one step per
 *     branch: running the steps in order reads the record from its first byte to its last.
 * (2) Every column the writer does not send is optional or has a fallback, or there is no plan:
 *     schema_unreadable.
 * (3) A branch or a symbol that has no place in our columns does not spoil the plan: a record
 *     that uses it is schema_unreadable (STEP_REFUSE).
 */
#ifndef SAWA_CODEC_AVRO_PLAN_H
#define SAWA_CODEC_AVRO_PLAN_H

#include "base/arena.h"
#include "codec/avro/avro_schema.h"
#include "codec/event/slot.h"

enum step_op {
    STEP_SKIP,  /* over a value of node                          */
    STEP_UNION, /* a branch number; count branch steps follow    */
    STEP_NULL,  /* no bytes, the slot stays empty                */
    STEP_REFUSE,
    STEP_TEXT, /* length and bytes                              */
    STEP_UUID_FIXED,
    STEP_DECIMAL,       /* length and bytes, two's complement, big-endian */
    STEP_DECIMAL_FIXED, /* size bytes of the same                */
    STEP_TIME_US,       /* varint */
    STEP_TIME_MS,
    STEP_TIME_INT, /* microseconds that fit 32 bits: int became long since */
    STEP_ENUM,     /* symbol number                         */
};

struct step {
    enum step_op op;
    uint8_t column;
    uint8_t scale;  /* DECIMAL: the writer's                              */
    uint32_t count; /* UNION: branches; FIXED: bytes; ENUM: symbols       */
    union {
        const struct schema_node *node; /* SKIP                               */
        const uint8_t *numbers;         /* ENUM: symbol -> our number, 0 none */
        __int128 bound;                 /* DECIMAL: 10^precision              */
    };
};

struct plan {
    const struct step *steps;
    size_t step_count;
    const struct column_set *columns;
    uint32_t fallbacks; /* bit per column that takes its fallback */
    struct arena arena; /* holds steps and maps                   */
};

/* REJECT: the schema cannot become the columns (2); error tells which column. The schema must
 * outlive the plan. The caller frees *ret_plan. */
must_use enum status plan_compile(const struct schema_node *root, const struct column_set *columns,
                                  struct error *error, struct plan **ret_plan);
void plan_free(struct plan *plan); /* NULL is fine */

void assert_plan_state(const struct plan *plan); /* (1) */

#endif
