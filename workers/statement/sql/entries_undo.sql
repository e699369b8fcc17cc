-- One was there already: nothing of the copy counts.
ROLLBACK TO SAVEPOINT entries;
