-- A position never goes back (I4), whoever moves it and whatever else the statement changes.
\ir lib/begin.sql

SELECT refuses('i4_position_never_goes_back', '23514', 'next_offset one less',
    'UPDATE position SET next_offset = next_offset - 1 WHERE partition = 0');
SELECT refuses('i4_position_never_goes_back', '23514', 'epoch one less',
    'UPDATE position SET next_offset = next_offset + 5, epoch = epoch - 1 WHERE partition = 0');
SELECT refuses('i4_position_never_goes_back', '23514', 'watermark a microsecond less',
    'UPDATE position SET watermark = watermark - interval ''1 us'' WHERE partition = 0');
SELECT refuses('i4_position_never_goes_back', '23514', 'another start once records were taken',
    'UPDATE position SET start_offset = 99 WHERE partition = 0');
SELECT refuses('position_next_offset_check', '23514', 'before the first offset there is',
    'INSERT INTO position (source_id, partition, next_offset, start_offset) VALUES (1, 7, -1, -2)');

SELECT is((SELECT state || ' ' || broken FROM attempt('sawa_ingest',
    'UPDATE position SET next_offset = 0 WHERE partition = 0')),
    '23514 i4_position_never_goes_back', 'the worker''s own role is refused too');
SELECT allows('sawa_ingest', 'choose the start while nothing was taken',
    'UPDATE position SET start_offset = 40, next_offset = 40 WHERE partition = 1');
SELECT allows('sawa_ingest', 'claim: one epoch more, the same offset',
    'UPDATE position SET epoch = epoch + 1, owner = ''w'' WHERE partition = 0');
SELECT allows('sawa_ingest', 'move on',
    'UPDATE position SET next_offset = 111, moved_at = now() WHERE partition = 0 AND epoch = 3');
SELECT allows('sawa_ingest', 'halt without moving',
    'UPDATE position SET halt_reason = ''out of range'', halted_at = now() WHERE partition = 0');

-- A foreign key must not have made the row's key lock part of the close: sessions.test shows why.
SELECT is_empty($$SELECT conname FROM pg_constraint
                   WHERE confrelid = 'position'::regclass AND conrelid <> 'batch'::regclass$$,
    'only batch, written under the position''s own lock, refers to position');

SELECT * FROM finish();
ROLLBACK;
