"""database.py - faults of PostgreSQL: it crashes, ends sessions, refuses and blocks batches."""
import os
import signal
import time

import psycopg2

from .machines import Server, living_in

BACK_MAX_S, WAIT_S, NOTICE_S = 30, 20, 3
DEADLOCK_TRIES = 8

# A trigger of ours lets every so-many-th move of a position fail with 40001, at once or at COMMIT.
# A sequence counts, because a rollback does not take it back.
REFUSER = """
CREATE SCHEMA IF NOT EXISTS faults;
CREATE SEQUENCE faults.refused MINVALUE 0 START 1000000;
CREATE FUNCTION faults.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF session_user = 'sawa_ingest' AND (SELECT last_value FROM faults.refused) < 1000000
     AND nextval('faults.refused') <= 1000000
  THEN
    RAISE EXCEPTION 'could not serialize access' USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER zz_fault_at_once BEFORE UPDATE ON sawa.position
  FOR EACH ROW EXECUTE FUNCTION faults.refuse();
CREATE CONSTRAINT TRIGGER zz_fault_at_commit AFTER UPDATE ON sawa.position
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION faults.refuse();
ALTER TABLE sawa.position DISABLE TRIGGER zz_fault_at_once;
ALTER TABLE sawa.position DISABLE TRIGGER zz_fault_at_commit;
"""


def prepare(run):
    """Of a stage: the trigger, and deadlocks that are found before a lock time-out ends them."""
    scratch = run.world.scratch
    scratch.sql(REFUSER)
    scratch.sql(f'ALTER DATABASE "{scratch.name}" SET deadlock_timeout = \'50ms\'')


# -- crashes -----------------------------------------------------------------------------------

def _crash(run, number, state):
    server = Server("postgres")
    run.world.until(lambda: any(one.is_working() for one in run.world.workers), WAIT_S, 0.001)
    if not server.end(number):
        return 0
    _end_what_is_left(run, os.path.realpath(os.path.join(server.run, "postgres", "data")))
    back = server.start()
    if back > BACK_MAX_S:
        run.violate("I8", f"PostgreSQL was back after {back:.1f} s only")
    run.reach(state)
    return 1


def _end_what_is_left(run, folder):
    """A backend that is just being let in may miss for half a minute that its postmaster is gone,
    and PostgreSQL does not start beside it: a control group or a container ends it too."""
    if not run.world.until(lambda: not living_in(folder), NOTICE_S, 0.05):
        for pid in living_in(folder):
            os.kill(pid, signal.SIGKILL)
            run.reach("a backend outlived its postmaster")
        run.world.until(lambda: not living_in(folder), NOTICE_S, 0.05)


def crashes(run, _):
    """As pg_ctl stop -m immediate: SIGQUIT to the postmaster, recovery at the next start."""
    return _crash(run, signal.SIGQUIT, "database crashed: immediate")


def postmaster_kills(run, _):
    return _crash(run, signal.SIGKILL, "database crashed: postmaster killed")


def backend_of(run):
    """A backend in the middle of a worker's transaction."""
    found = []

    def look():
        found[:] = [one.backend_pid for one in run.world.proxy.of(None)
                    if one.in_tx and one.backend_pid]
        return found

    run.world.until(look, WAIT_S, 0.001)
    return run.rng.choice(found) if found else None


def backend_kills(run, _):
    """SIGKILL of one backend: the postmaster ends all others and recovers by itself."""
    pid, server = backend_of(run), Server("postgres")
    if pid is None or pid not in server.children():
        return 0
    os.kill(pid, signal.SIGKILL)
    run.world.until(lambda: pid not in server.children(), WAIT_S)
    run.world.scratch.value("SELECT 1")       # waits until recovery is over
    run.reach("database crashed: backend killed")
    return 1


def terminations(run, count):
    """pg_terminate_backend within transactions: 57P01."""
    hits = 0
    for _ in range(count):
        pid = backend_of(run)
        hits += bool(pid and run.world.scratch.value("SELECT pg_terminate_backend(%s)", pid))
        run.world.until(lambda: pid not in run.world.proxy.backends(None), WAIT_S)
    run.reach("session terminated in a transaction", hits)
    return hits


# -- conflicts ---------------------------------------------------------------------------------

def _waiting(run):
    return run.world.scratch.value(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'sawa_ingest'"
        " AND wait_event_type = 'Lock'", run.world.scratch.name)


def lock_conflicts(run, _):
    """Somebody holds position rows for longer than the lock time-out of a batch."""
    other = psycopg2.connect(run.world.scratch.dsn())
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT FROM sawa.position WHERE partition = ANY (%s)"
                           " ORDER BY partition FOR UPDATE",
                           (run.rng.sample(range(run.world.partitions), 3),))
            hit = run.world.until(lambda: _waiting(run), WAIT_S)
            time.sleep(0.3 + run.rng.random() * 0.4)
    finally:
        other.close()
    run.reach("a batch waited for a lock beyond its time-out", int(hit))
    return int(hit)


def deadlocks(run, _):
    """We hold the last of a batch's rows and then want its first: one of the two is refused.

    A batch may hold records of one of its lane's partitions alone, and then nothing is crossed: so
    it is tried with other partitions, a few times.
    """
    return int(any(_deadlock(run) for _ in range(DEADLOCK_TRIES)))


def _of_one_lane(run):
    """Two partitions that one backend moves, the lower one first; None: none does now."""
    lanes = run.world.scratch.sql("SELECT array_agg(partition ORDER BY partition)"
                                  "  FROM sawa.position GROUP BY owner_pid HAVING count(*) > 1")
    return sorted(run.rng.sample(run.rng.choice(lanes)[0], 2)) if lanes else None


def _deadlock(run):
    scratch, lane = run.world.scratch, _of_one_lane(run)
    if not lane:
        return False
    other = psycopg2.connect(scratch.dsn())
    other.set_session(isolation_level="READ COMMITTED")

    def count():
        return scratch.value("SELECT deadlocks FROM pg_stat_database WHERE datname = %s",
                             scratch.name)

    before, mine = count(), False
    try:
        with other.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '5s'; SET lock_timeout = '3s'")
            cursor.execute("SELECT FROM sawa.position WHERE partition = %s FOR UPDATE", (lane[1],))
            run.world.until(lambda: _waiting(run), 3)
            cursor.execute("SELECT FROM sawa.position WHERE partition = %s FOR UPDATE", (lane[0],))
    except psycopg2.Error as error:
        mine = error.pgcode == "40P01"
    finally:
        other.close()
    hit = run.world.until(lambda: count() > before, 1)
    run.reach("deadlock: we were refused" if mine else "deadlock: a batch was refused", int(hit))
    return hit


def serialization_failures(run, count):
    """The next count moves of positions fail with 40001, at the statement or at COMMIT."""
    scratch, when = run.world.scratch, run.rng.choice(("at_once", "at_commit"))
    scratch.sql(f"ALTER TABLE sawa.position ENABLE ALWAYS TRIGGER zz_fault_{when}")
    scratch.sql("SELECT setval('faults.refused', %s)", 1000000 - count)
    hit = run.world.until(
        lambda: scratch.value("SELECT last_value FROM faults.refused") >= 1000000, WAIT_S)
    left = 1000000 - scratch.value("SELECT last_value FROM faults.refused")
    scratch.sql("SELECT setval('faults.refused', 1000000)")
    scratch.sql(f"ALTER TABLE sawa.position DISABLE TRIGGER zz_fault_{when}")
    hits = count if hit else count - left
    run.reach(f"40001 {when.replace('_', ' ')}", hits)
    return hits
