-- Another statement may have been staged in this transaction.
TRUNCATE entry_stage;
