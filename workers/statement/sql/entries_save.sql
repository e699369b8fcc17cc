-- Before entries are copied: a booking that is there already may refuse them.
SAVEPOINT entries;
