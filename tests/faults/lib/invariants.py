"""invariants.py - what must hold in every REPEATABLE READ snapshot, looked at each second.

Rows that were looked at once are not read again; sums over whole tables stay cheap (batches).
"""
import threading

import psycopg2

# Each question answers rows only where something is wrong. %(after)s: commits looked at before.
QUESTIONS = (
    ("I2 an entry has two accounts that keep its currency, and a positive amount", """
SELECT commit_id, line FROM journal_entry
  LEFT JOIN account AS debit ON debit.account_id = debit_account_id
                            AND debit.currency = journal_entry.currency
  LEFT JOIN account AS credit ON credit.account_id = credit_account_id
                             AND credit.currency = journal_entry.currency
 WHERE commit_id = ANY (%(fresh)s::bigint[])
   AND (debit.account_id IS NULL OR credit.account_id IS NULL OR amount_minor <= 0)"""),
    ("I2 a commit of ingest books what its windows gained, and what they were charged", """
SELECT coalesce(j.commit_id, d.commit_id), j.minor, d.minor, j.charged, d.charged
  FROM (SELECT commit_id, sum(amount_minor) FILTER (WHERE purpose IS NULL) AS minor,
               coalesce(sum(amount_minor) FILTER (WHERE purpose IS NOT NULL), 0) AS charged
          FROM journal_entry
         WHERE commit_id = ANY (%(fresh)s::bigint[]) GROUP BY commit_id) AS j
  FULL JOIN (SELECT commit_id, sum(gross_minor) AS minor,
                    sum((SELECT coalesce(sum(one), 0) FROM unnest(fee_minors) AS one)) AS charged
               FROM window_delta
              WHERE commit_id = ANY (%(fresh)s::bigint[]) GROUP BY commit_id) AS d USING (commit_id)
  JOIN commit_log ON commit_log.commit_id = coalesce(j.commit_id, d.commit_id)
 WHERE action = 'ingest' AND (j.minor, j.charged) IS DISTINCT FROM (d.minor, d.charged)"""),
    ("I4 batches cover [start, next_offset) without gap or overlap", """
SELECT position.partition, first_offset, before
  FROM position
  LEFT JOIN (SELECT source_id, partition, first_offset, lag(next_offset) OVER w AS before
               FROM batch WINDOW w AS (PARTITION BY source_id, partition ORDER BY first_offset))
       AS step USING (source_id, partition)
 WHERE first_offset <> coalesce(before, start_offset)
UNION ALL
SELECT partition, next_offset, last FROM position
  LEFT JOIN (SELECT source_id, partition, max(next_offset) AS last
               FROM batch GROUP BY source_id, partition) AS ends USING (source_id, partition)
 WHERE next_offset <> coalesce(last, start_offset)"""),
    ("I5 every offset of a batch is a record (our topics have no control records)", """
SELECT batch_id, first_offset, next_offset, record_count
  FROM batch WHERE commit_id = ANY (%(fresh)s::bigint[])
   AND record_count <> next_offset - first_offset"""),
    ("I5 the rows of a batch are what it counts", """
WITH fresh AS MATERIALIZED (
  SELECT batch_id, first_offset, next_offset, applied_count, parked_count
    FROM batch WHERE commit_id = ANY (%(fresh)s::bigint[])),
paid AS (
  SELECT batch_id, count(*) AS stored
    FROM payment JOIN fresh USING (batch_id)
   WHERE record_offset >= first_offset AND record_offset < next_offset
   GROUP BY batch_id),
held AS (
  SELECT batch_id, count(*) FILTER (WHERE state = 'APPLIED') AS applied,
         count(*) FILTER (WHERE record_offset >= first_offset AND record_offset < next_offset)
         AS stored
    FROM parked JOIN fresh USING (batch_id)
   GROUP BY batch_id)
SELECT batch_id, applied_count, paid.stored, held.applied, parked_count, held.stored
  FROM fresh LEFT JOIN paid USING (batch_id) LEFT JOIN held USING (batch_id)
 WHERE applied_count <> coalesce(paid.stored, 0) - coalesce(held.applied, 0)
    OR parked_count <> coalesce(held.stored, 0)"""),
    ("I6 one leaf per commit, with the hash of its bytes; raw records per batch", """
SELECT commit_id FROM unnest(%(fresh)s::bigint[]) AS one (commit_id)
  LEFT JOIN audit_leaf USING (commit_id)
 WHERE leaf_hash IS DISTINCT FROM sha256('\\x00'::bytea || leaf)
UNION ALL
SELECT batch_id FROM batch WHERE commit_id = ANY (%(fresh)s::bigint[]) AND record_count > 0
   AND NOT EXISTS (SELECT FROM batch_raw WHERE batch_raw.batch_id = batch.batch_id)"""),
    ("I7 epochs do not fall along a partition, none is newer than its position's", """
SELECT step.partition, step.epoch, before, position.epoch
  FROM (SELECT source_id, partition, epoch, lag(epoch) OVER w AS before
          FROM batch WINDOW w AS (PARTITION BY source_id, partition ORDER BY first_offset)) AS step
  JOIN position USING (source_id, partition)
 WHERE step.epoch < before OR step.epoch > position.epoch"""),
)


def is_away(error):
    """The server or the connection went, nothing is wrong with the question."""
    return isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError)) or \
        error.pgcode is None


class Watch(threading.Thread):
    def __init__(self, dsn, every_s=1.0, questions=QUESTIONS):
        super().__init__(daemon=True)
        self.dsn, self.connection, self.questions = dsn, None, questions
        self.every_s = every_s
        self.count, self.unread, self.found = 0, 0, []
        self._seen, self._last = set(), {}
        self._over = threading.Event()

    def run(self):
        while not self._over.wait(self.every_s):
            self._look()

    def end(self):
        if not self._over.is_set():
            self._over.set()
            if self.is_alive():
                self.join(60)
            self._look()
            if self.connection:
                self.connection.close()

    def _connect(self):
        self.connection = psycopg2.connect(self.dsn, connect_timeout=5)
        self.connection.set_session(isolation_level="REPEATABLE READ", readonly=True)

    def _look(self):
        """A database that is away now is looked at again a second later."""
        try:
            if self.connection is None or self.connection.closed:
                self._connect()
            with self.connection.cursor() as cursor:
                cursor.execute("SET search_path = sawa")
                self._questions(cursor)
                self._falling(cursor)
            self.connection.rollback()
            self.count += 1
        except psycopg2.Error as error:
            if is_away(error):
                self.connection, self.unread = None, self.unread + 1
            else:
                self.found.append(f"the snapshot could not be read: {error}")
                self._over.set()

    def _questions(self, cursor):
        cursor.execute("SELECT commit_id FROM commit_log")
        fresh = [row[0] for row in cursor.fetchall() if row[0] not in self._seen]
        for name, sql in self.questions:
            cursor.execute(sql, {"fresh": fresh})
            rows = cursor.fetchall()
            if rows:
                self.found.append(f"{name}: {rows[:3]}")
        self._seen.update(fresh)

    def _falling(self, cursor):
        """I4 from one snapshot to the next."""
        cursor.execute("SELECT source_id, partition, next_offset, epoch, watermark FROM position")
        for source_id, partition, *now in cursor.fetchall():
            before = self._last.get((source_id, partition), now)
            if any(new < old for new, old in zip(now, before)):
                self.found.append(f"I4 payments/{partition} fell from {before} to {now}")
            self._last[source_id, partition] = now
