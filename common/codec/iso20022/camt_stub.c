#include "codec/statement_parser.h"
static bool no(struct text head) { (void)head; return false; }
const struct statement_parser camt_parser = {.name = "camt", .recognise = no};
