/*
 * sqlstate.h - what the runtime does about an SQLSTATE: one table for all of Sawa.
 */
#ifndef SAWA_STORE_SQLSTATE_H
#define SAWA_STORE_SQLSTATE_H

#include "base/status.h"

/* sqlstate: five characters; constraint: "" where the server named none. */
enum status sqlstate_status(const char *sqlstate, const char *constraint);

#endif
