-- Let reports of one acceptance day meet: shared for those of the day itself, exclusive where this
-- batch has one that carries another day. In day order; a second key keeps them apart from windows.
--   $1 days date[] (ascending)   $2 exclusive boolean[]
SELECT CASE WHEN gate.is_exclusive
            THEN pg_advisory_xact_lock(1413563218, gate.day - date '2000-01-01')
            ELSE pg_advisory_xact_lock_shared(1413563218, gate.day - date '2000-01-01') END
  FROM unnest($1::date[], $2::boolean[]) AS gate (day, is_exclusive);
