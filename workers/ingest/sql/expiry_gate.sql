-- Hold the gate of days that expire, shared: who lets a day go waits for this batch (day_expire).
SELECT pg_advisory_xact_lock_shared(1413563219, 0);
