-- One preparation at a time: which instructions are in a file already is read behind this.
SELECT pg_advisory_xact_lock(7, 1);
