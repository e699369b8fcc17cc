/*
 * zone_file.c - see zone_file.h.
 */
#include "base/zone_file.h"

struct file_source zone_file_source(void)
{
    static const struct file_folder zones = {ZONE_FOLDER, ZONE_FILE_SIZE_MAX};

    return file_folder_source(&zones);
}

enum status zone_file_read(struct text name, struct arena *arena, struct error *error,
                           struct text *ret_bytes)
{
    struct file_source source = zone_file_source();
    enum status status = source.read(source.context, name, arena, error, ret_bytes);

    if (status != OK)
        (void)error_hint(error, "is the package tzdata installed, and the zone an IANA name?");
    return status;
}
