-- Store what is new of the staged entries: a booking that another statement brought stays one.
INSERT INTO statement_entry
SELECT * FROM entry_stage
    ON CONFLICT ON CONSTRAINT an_entry_is_its_key_and_count DO NOTHING;
