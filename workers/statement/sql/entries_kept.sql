-- The copy counts: what was saved before it is let go, where more follows in the transaction.
RELEASE SAVEPOINT entries;
