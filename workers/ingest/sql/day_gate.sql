-- Let reports of one acceptance day meet. Each day has eight gates. A batch with reports of the day
-- itself takes all eight, shared; one with reports under another day takes one of them exclusively.
-- So those of the day go side by side, those of other days nearly always do (they meet in the key
-- of transfer_seen), and the two kinds wait for each other. Taken in order: no deadlock.
--   $1 days date[] (ascending)   $2 has_own boolean[]   $3 has_other boolean[]
SELECT CASE WHEN gate.has_other AND gate.slot = pg_backend_pid() % 8
            THEN pg_advisory_xact_lock(1413563218, gate.key)
            WHEN gate.has_own
            THEN pg_advisory_xact_lock_shared(1413563218, gate.key)
       END
  FROM (SELECT day.has_own, day.has_other, slot,
               (day.day - date '2000-01-01') * 8 + slot AS key
          FROM unnest($1::date[], $2::boolean[], $3::boolean[]) AS day (day, has_own, has_other),
               generate_series(0, 7) AS slot
         ORDER BY key
        OFFSET 0) AS gate;
