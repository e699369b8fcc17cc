/*
 * zone_rule.h - the footer of a TZif file: a rule in POSIX notation for all later years.
 *
 *   EET-2EEST,M3.5.0/3,M10.5.0/4      std offset [dst [offset] , begin [/time] , end [/time]]
 *   <+01>-1                           names in angle brackets; offsets count west of UTC
 *
 * Used by zone.c only; zone.h has the structs and zone_rule_parse.
 */
#ifndef SAWA_DOMAIN_ZONE_RULE_H
#define SAWA_DOMAIN_ZONE_RULE_H

#include "domain/zone.h"

/* Seconds east of UTC; seconds since 1970. rule is present. */
int32_t zone_rule_offset_at(const struct zone_rule *rule, int64_t seconds);

#endif
