/*
 * plan.c - see plan.h. The numbers in brackets are its invariants.
 */
#include "codec/avro/plan.h"

#include <stdlib.h>

enum { PLAN_BLOCK = 4096, PLAN_MAX = 4 * 1024 * 1024, NO_COLUMN = -1 };

struct compiler {
    const struct schema_node *record;
    const struct column_set *columns;
    struct plan *plan;
    struct step *steps;
    uint32_t taken; /* bit per column that a field fills */
    struct error *error;
};

static enum status refuse(struct compiler *compiler, struct text name, const char *what)
{
    error_set(compiler->error, REJECT, "could not map an Avro schema to our columns");
    return error_detail(compiler->error, "%.*s: %s", (int)(name.size < 64 ? name.size : 64),
                        name.data, what);
}

static bool names_hold(const struct schema_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (text_is(names->names[i], name))
            return true;
    return false;
}

static bool record_has_field(const struct schema_node *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (text_is(record->fields[i].name, name))
            return true;
    return false;
}

static bool column_was_called(const struct column *column, struct text name)
{
    for (size_t i = 0; i < COUNT_OF(column->aliases) && column->aliases[i] != NULL; i++)
        if (text_is(name, column->aliases[i]))
            return true;
    return false;
}

/* The column a field fills: its own name first; an alias, ours or the writer's, only for a column
 * that no field of the writer names outright. */
static int column_of(const struct compiler *compiler, const struct schema_field *field)
{
    const struct column_set *columns = compiler->columns;

    for (size_t i = 0; i < columns->count; i++)
        if (text_is(field->name, columns->columns[i].name))
            return (int)i;
    for (size_t i = 0; i < columns->count; i++) {
        const struct column *column = &columns->columns[i];

        if (record_has_field(compiler->record, column->name))
            continue;
        if (column_was_called(column, field->name) || names_hold(&field->aliases, column->name))
            return (int)i;
    }
    return NO_COLUMN;
}

static __int128 power_of_ten(int exponent)
{
    __int128 power = 1;

    assert(exponent >= 0 && exponent <= 38);
    while (exponent-- > 0)
        power *= 10;
    return power;
}

static bool decimal_step(const struct schema_node *node, struct step *step)
{
    if (node->logical != LOGICAL_DECIMAL)
        return false;
    step->op = node->type == SCHEMA_FIXED ? STEP_DECIMAL_FIXED : STEP_DECIMAL;
    step->count = (uint32_t)node->size;
    step->scale = (uint8_t)node->scale;
    step->bound = power_of_ten(node->precision);
    return true;
}

static bool text_step(const struct schema_node *node, struct step *step)
{
    step->op = STEP_TEXT;
    return node->type == SCHEMA_STRING ||
           (node->type == SCHEMA_BYTES && node->logical == LOGICAL_NONE);
}

static bool uuid_step(const struct schema_node *node, struct step *step)
{
    if (node->type != SCHEMA_FIXED)
        return text_step(node, step);
    step->op = STEP_UUID_FIXED;
    step->count = (uint32_t)node->size;
    return node->logical == LOGICAL_UUID;
}

/* A long without a logical type takes ours, as Avro's resolution has it: microseconds. */
static bool time_step(const struct schema_node *node, struct step *step)
{
    if (node->type == SCHEMA_INT) {
        step->op = STEP_TIME_INT;
        return node->logical == LOGICAL_NONE;
    }
    step->op = node->logical == LOGICAL_TIMESTAMP_MS ? STEP_TIME_MS : STEP_TIME_US;
    return node->type == SCHEMA_LONG && node->logical != LOGICAL_OTHER;
}

static uint8_t symbol_number(const struct column *column, struct text symbol)
{
    for (uint8_t i = 0; column->symbols[i] != NULL; i++)
        if (text_is(symbol, column->symbols[i]))
            return (uint8_t)(i + 1);
    return 0; /* (3) */
}

static bool enum_step(struct compiler *compiler, const struct schema_node *node,
                      const struct column *column, struct step *step)
{
    uint8_t *numbers;

    if (node->type != SCHEMA_ENUM)
        return false;
    numbers = arena_alloc(&compiler->plan->arena, node->symbols.count);
    if (numbers == NULL)
        return false;
    for (size_t i = 0; i < node->symbols.count; i++)
        numbers[i] = symbol_number(column, node->symbols.names[i]);
    step->op = STEP_ENUM;
    step->count = (uint32_t)node->symbols.count;
    step->numbers = numbers;
    return true;
}

/* One value of a column, no union. False: the type has no place in the column. */
static bool value_step(struct compiler *compiler, const struct schema_node *node, int index,
                       struct step *step)
{
    const struct column *column = &compiler->columns->columns[index];

    *step = (struct step){.op = STEP_NULL, .column = (uint8_t)index};
    if (node->type == SCHEMA_NULL)
        return column->is_optional;
    switch (column->type) {
    case COLUMN_TEXT: return text_step(node, step);
    case COLUMN_UUID: return uuid_step(node, step);
    case COLUMN_DECIMAL: return decimal_step(node, step);
    case COLUMN_TIME: return time_step(node, step);
    case COLUMN_ENUM: return enum_step(compiler, node, column, step);
    }
    assert(false);
    return false;
}

static void union_steps(struct compiler *compiler, const struct schema_node *node, int index)
{
    struct step *steps = compiler->steps + compiler->plan->step_count;

    steps[0] =
        (struct step){.op = STEP_UNION, .column = (uint8_t)index, .count = (uint32_t)node->count};
    for (size_t i = 0; i < node->count; i++)
        if (!value_step(compiler, node->branches[i], index, &steps[1 + i]))
            steps[1 + i] = (struct step){.op = STEP_REFUSE, .column = (uint8_t)index}; /* (3) */
    compiler->plan->step_count += 1 + node->count;
}

static enum status field_steps(struct compiler *compiler, const struct schema_field *field)
{
    int index = column_of(compiler, field);
    struct step *step = compiler->steps + compiler->plan->step_count;

    if (index == NO_COLUMN) {
        *step = (struct step){.op = STEP_SKIP, .node = field->node};
        compiler->plan->step_count++;
        return OK;
    }
    if (compiler->taken & UINT32_C(1) << index)
        return refuse(compiler, field->name, "a second field for one column");
    compiler->taken |= UINT32_C(1) << index;
    if (field->node->type == SCHEMA_UNION) {
        union_steps(compiler, field->node, index);
        return OK;
    }
    if (!value_step(compiler, field->node, index, step))
        return refuse(compiler, field->name, "its type has no place in our column");
    compiler->plan->step_count++;
    return OK;
}

/* (2) */
static enum status complete_columns(struct compiler *compiler)
{
    for (size_t i = 0; i < compiler->columns->count; i++) {
        const struct column *column = &compiler->columns->columns[i];

        if (compiler->taken & UINT32_C(1) << i || column->is_optional)
            continue;
        if (column->fallback == NULL)
            return refuse(compiler, text_of(column->name), "the writer does not send it");
        assert(column->type == COLUMN_TEXT);
        compiler->plan->fallbacks |= UINT32_C(1) << i;
    }
    return OK;
}

static size_t steps_needed(const struct schema_node *record)
{
    size_t count = 0;

    for (size_t i = 0; i < record->count; i++) {
        const struct schema_node *node = record->fields[i].node;

        count += 1 + (node->type == SCHEMA_UNION ? node->count : 0);
    }
    return count;
}

static enum status compile(struct compiler *compiler)
{
    const struct schema_node *record = compiler->record;
    struct plan *plan = compiler->plan;

    if (record->type != SCHEMA_RECORD)
        return refuse(compiler, TEXT("the schema"), "not a record");
    compiler->steps = arena_alloc(&plan->arena, (steps_needed(record) + 1) * sizeof(struct step));
    if (compiler->steps == NULL)
        return refuse(compiler, record->name, "too many fields");
    plan->steps = compiler->steps;
    for (size_t i = 0; i < record->count; i++) {
        enum status status = field_steps(compiler, &record->fields[i]);

        if (status != OK)
            return status;
    }
    return complete_columns(compiler);
}

enum status plan_compile(const struct schema_node *root, const struct column_set *columns,
                         struct error *error, struct plan **ret_plan)
{
    struct plan *plan = calloc(1, sizeof *plan);
    struct compiler compiler = {.record = root, .columns = columns, .plan = plan, .error = error};
    enum status status;

    assert(plan != NULL);
    assert(columns->count <= COLUMN_COUNT_MAX);
    plan->columns = columns;
    arena_init(&plan->arena, PLAN_BLOCK, PLAN_MAX);
    status = compile(&compiler);
    if (status != OK) {
        plan_free(plan);
        return status;
    }
    assert_plan_state(plan);
    *ret_plan = plan;
    return OK;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    arena_done(&plan->arena);
    free(plan);
}

void assert_plan_state(const struct plan *plan)
{
    size_t branches = 0; /* of the union before that are still to come */

    for (size_t i = 0; i < plan->step_count; i++) {
        const struct step *step = &plan->steps[i];

        assert(step->column < plan->columns->count);
        if (branches > 0) {
            assert(step->op != STEP_UNION && step->op != STEP_SKIP); /* (1) */
            branches--;
        } else {
            assert(step->op != STEP_REFUSE); /* (3) */
            branches = step->op == STEP_UNION ? step->count : 0;
        }
    }
    assert(branches == 0);
}
