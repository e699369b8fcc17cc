-- Deploy sawa:booking_day to pg
-- requires: abandonment
-- One place for the day on which something is booked that follows a closed window.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- The corridor's first business date whose window is still open, so that no day that was closed
-- changes; without one the instant's date in UTC. Never before the window's own, nor not_before.
CREATE FUNCTION booking_day(of_window bigint, not_before date, at_instant timestamptz) RETURNS date
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    SELECT greatest(w.business_date, not_before,
                    coalesce((SELECT min(present.business_date)
                                FROM settlement_window AS present
                               WHERE present.corridor_id = w.corridor_id
                                 AND present.state = 'OPEN'
                                 AND present.business_date >= w.business_date),
                             (at_instant AT TIME ZONE 'UTC')::date))
      FROM settlement_window AS w
     WHERE w.window_id = of_window
$$;
GRANT EXECUTE ON FUNCTION booking_day(bigint, date, timestamptz) TO sawa_settle;

RESET ROLE;
COMMIT;
