/*
 * error.c - see error.h.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *status_name(enum status status)
{
    static const char *const names[] = {"OK", "DUPLICATE", "REJECT", "RETRY", "FATAL"};

    assert((size_t)status < COUNT_OF(names));
    return names[status];
}

enum status error_set(struct error *error, enum status status, const char *format, ...)
{
    va_list arguments;

    assert(status != OK);
    memset(error, 0, sizeof *error);
    error->status = status;
    error->exit_code = status == RETRY ? EXIT_DEPENDENCY : EXIT_FATAL;
    va_start(arguments, format);
    vsnprintf(error->primary, sizeof error->primary, format, arguments);
    va_end(arguments);
    return status;
}

enum status error_configuration(struct error *error, const char *format, ...)
{
    va_list arguments;

    memset(error, 0, sizeof *error);
    error->status = FATAL;
    error->exit_code = EXIT_CONFIGURATION;
    va_start(arguments, format);
    vsnprintf(error->primary, sizeof error->primary, format, arguments);
    va_end(arguments);
    return FATAL;
}

enum status error_detail(struct error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->detail, sizeof error->detail, format, arguments);
    va_end(arguments);
    return error->status;
}

enum status error_hint(struct error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->hint, sizeof error->hint, format, arguments);
    va_end(arguments);
    return error->status;
}

const char *error_text(const struct error *error, char *text, size_t text_size)
{
    int used = snprintf(text, text_size, "%s", error->primary);

    if (error->detail[0] != '\0' && used >= 0 && (size_t)used < text_size)
        used += snprintf(text + used, text_size - (size_t)used, "\ndetail: %s", error->detail);
    if (error->hint[0] != '\0' && used >= 0 && (size_t)used < text_size)
        snprintf(text + used, text_size - (size_t)used, "\nhint:   %s", error->hint);
    return text;
}
