"""settlement_world.py - payments flow in, windows close, money is instructed, paid and told.

    traffic -> topic -> ingest -> settle x 2 -> relay x 2 -> a folder, and a bank that answers
                                                          -> a topic, in transactions
                                                          -> an exchange and its queue, confirmed

The book is the example's with a window every quarter of an hour, one corridor three minutes behind
the other, and every bank's files released by nobody: something closes, is paid and is told all the
time. A window closes when all partitions have passed its cut-off, and never because its time is
over: which payments are in it does not depend on when things broke.

In the end every row equals the oracle's (world.py), and then what came out is held against the
database: each instruction that we pay in one file, once; each event once for who reads committed
records, and under one message id in the queue, in the order of its window.
"""
import collections
import datetime
import itertools
import os
import re
import shutil
import uuid

import pika
from confluent_kafka.admin import NewTopic

from .world import CORRIDORS, World         # first: it finds tests/support
from . import settlement_bank
from .invariants import QUESTIONS
from .rabbit import on_rabbit
from .servers import ROOT
from .worker import Worker
from trafficlib import amqp, send

SAMPLES = os.environ.get("SAWA_SAMPLES") or os.path.join(ROOT, "..", "shared", "data")
SCHEMAS = os.path.join(SAMPLES, "xsd")
NAMESPACE = uuid.UUID("8c1f6b52-0d7e-5a41-9b33-534157410001")
EXIT_DEPENDENCY = 6
EVERY_MIN, BEHIND_MIN = 15, 3
EVENTS_MAX, EVENTS_AN_HOUR, HOURS_MIN, HOURS_MAX = 36000, 1200, 8, 72
TOLD_PARTITIONS = 3

MORE_QUESTIONS = (
    ("I2 the trial balance is zero", """
SELECT currency, sum(debit_minor) - sum(credit_minor) FROM trial_balance(NULL, 'infinity')
 GROUP BY currency
HAVING sum(debit_minor) <> sum(credit_minor) OR bool_or(kind = '?')"""),
    ("I2 nets and what stays with us sum to zero", """
SELECT window_id, sum(net_minor), fee_income_minor, fee_tax_minor
  FROM net_proof LEFT JOIN net_position USING (window_id)
 GROUP BY window_id, fee_income_minor, fee_tax_minor
HAVING coalesce(sum(net_minor), 0) + fee_income_minor + fee_tax_minor <> 0"""),
    ("I10 what the books say of an account is what we expect to see on it", """
SELECT balance.code, debit_minor - credit_minor, expected
  FROM trial_balance(NULL, 'infinity') AS balance
  LEFT JOIN (SELECT account_id, sum(amount_minor) AS expected FROM expected_item
              GROUP BY account_id) AS item USING (account_id)
 WHERE kind = 'NOSTRO' AND debit_minor - credit_minor <> coalesce(expected, 0)"""),
    ("I3 what is sent stands in a file that was written, and what is not does not", """
SELECT instruction_id, status, state
  FROM instruction
  LEFT JOIN payment_file_item AS item USING (instruction_id)
  LEFT JOIN payment_file USING (file_id)
 WHERE direction = 'PAY' AND (status = 'PENDING') = (state IS NOT DISTINCT FROM 'WRITTEN')"""),
)

# Windows whose cut-off all partitions have passed.
PASSED = """
SELECT window_id FROM settlement_window AS w
 WHERE {} AND cut_off <= (SELECT min(watermark) FROM position)
   AND (SELECT count(*) FROM window_cut WHERE window_cut.window_id = w.window_id)
       = (SELECT max(partitions) FROM source)"""
OPEN = PASSED.format("state IN ('OPEN', 'CLOSING', 'HELD')")
RECENT = PASSED.format("(state IN ('OPEN', 'CLOSING', 'HELD')"
                       " OR changed_at > now() - interval '1 minute')")

# What is left to do behind what ingest has stored: of all windows, and of some.
LEFT = f"""
SELECT (SELECT count(*) FROM ({OPEN}) AS due)
     + (SELECT count(*) FROM instruction WHERE direction = 'PAY' AND status = 'PENDING')
     + (SELECT count(*) FROM outbox_pending)
     + (SELECT last_number + 1 - (SELECT min(next_number) FROM outbox_destination)
          FROM outbox_head)"""
LEFT_OF = f"""
SELECT (SELECT count(*) FROM ({OPEN}) AS due WHERE window_id = ANY (%(windows)s))
     + (SELECT count(*) FROM instruction
         WHERE direction = 'PAY' AND status = 'PENDING' AND window_id = ANY (%(windows)s))
     + (SELECT count(*) FROM outbox LEFT JOIN outbox_order USING (outbox_id)
         WHERE event_key = ANY (%(windows)s::text[])
           AND coalesce(number >= (SELECT min(next_number) FROM outbox_destination), true))"""


def lacks():
    return None if os.path.isdir(SCHEMAS) else f"no ISO 20022 schemas in {SCHEMAS}"


class Program(Worker):
    """settle or relay. is_working: there is something it has not done yet."""

    def is_up(self):
        return bool(self.events("health_listening"))

    def is_claimed(self):
        """It is up and has the database."""
        return self.is_up() and bool(self.world.proxy.backends(self.pid))

    def found_no_database(self):
        """It ended as it began: these programs try once, and leave it to who starts them again."""
        return self.has_deserted() and not self.is_up() \
            and self.process.returncode == EXIT_DEPENDENCY

    def is_working(self):
        return self.is_running() and (self.world.proxy.is_in_tx(self.pid)
                                      or self.world.left() > 0)


class Settle(Program):
    program = "settle"

    @staticmethod
    def usual(world):
        return {"settle.payment_topics": world.topic, "settle.interval": "100ms",
                "settle.open_ahead_days": 1, "http.listen": "127.0.0.1:0"}


class Relay(Program):
    program = "relay"

    @staticmethod
    def usual(world):
        return world.relay_settings()


def book(folder):
    """The example's, with more windows and fewer people; its path."""
    shutil.copy(os.path.join(ROOT, "deploy", "holidays.example.csv"), folder)
    with open(CORRIDORS, encoding="utf-8") as file:
        text = file.read()
    behind = itertools.count(0, BEHIND_MIN)

    def cut_offs(_):
        begin = EVERY_MIN + next(behind)
        return "cut_offs: [" + ", ".join(f'"{at // 60:02d}:{at % 60:02d}"' for at in
                                         range(begin, 24 * 60, EVERY_MIN)) + "]"
    text = re.sub(r"cut_offs: \[[^]]*\]", cut_offs, text)
    text = re.sub(r"release_threshold_minor: \d+", "release_threshold_minor: 900000000000000", text)
    text = text.replace("release_automatic: no", "release_automatic: yes")
    text = text.replace("transactions_max: 500", "transactions_max: 20")
    path = os.path.join(folder, "book.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


class SettlementWorld(World):
    questions = QUESTIONS + MORE_QUESTIONS

    def __init__(self, name, seed, events, settings=None, traffic=(), partitions=4):
        events = min(events, EVENTS_MAX)
        super().__init__(name, seed, events, settings=settings, windows=False,
                         partitions=partitions, traffic=("--locks", "0", *traffic))
        self.hours = min(max(events // EVENTS_AN_HOUR, HOURS_MIN), HOURS_MAX)
        self.told = f"{self.topic}-told"      # the topic, the exchange and the queue
        self.rabbit, self.bank = on_rabbit.broker, None
        self.due, self.due_of = None, None
        self.began_without = 0                # programs, while the database was away

    @staticmethod
    def choose_first_day():
        """The newest Tuesday whose traffic lies wholly in the past: no weekend within."""
        day = World.choose_first_day()
        return day - datetime.timedelta(days=(day.weekday() - 1) % 7)

    # -- what is there ---------------------------------------------------------------------

    def _make(self):
        self.corridors = book(self.folder)
        super()._make()
        ahead = (datetime.datetime.now(datetime.timezone.utc).date() - self.first_day).days
        self.open_windows(-1, ahead + 3)
        self.scratch.sql("SET search_path = sawa")
        self.scratch.sql("UPDATE settlement_window SET grace_ends_at = cut_off + interval '1 year'")
        self.bank = settlement_bank.Bank(os.path.join(self.folder, "bank"), self.seed)
        self.bank.start()
        self._make_destinations()

    def _make_destinations(self):
        """And a relay that makes them known: from then on events are stored."""
        position = NewTopic(f"{self.told}-position", 1, 1, config={"cleanup.policy": "compact"})
        for future in self.admin.create_topics(
                [NewTopic(self.told, TOLD_PARTITIONS, 1), position]).values():
            future.result(30)
        send.await_leaders({"bootstrap.servers": os.environ["SAWA_KAFKA_BROKERS"]}, self.told,
                           TOLD_PARTITIONS)
        connection = pika.BlockingConnection(amqp.parameters(self.rabbit.url))
        channel = connection.channel()
        channel.exchange_declare(self.told, "topic", durable=True)
        channel.queue_declare(self.told, durable=True)
        channel.queue_bind(self.told, self.told, "#")
        connection.close()
        chosen = [word for key, value in self.relay_settings().items()
                  for word in ("--set", f"{key}={value}")]
        self.scratch.must("relay", *chosen, "publish")

    def relay_settings(self):
        return {"relay.folder": self.bank.folder, "relay.schema_folder": SCHEMAS,
                "relay.interval": "30ms", "relay.kafka_topic": self.told,
                "relay.amqp_exchange": self.told, "relay.publish_lease": "500ms",
                "relay.publish_batch": 40, "relay.amqp_in_flight": 20,
                "kafka.brokers": os.environ["SAWA_KAFKA_BROKERS"],
                "amqp.url_file": self.rabbit.url_file, "amqp.heartbeat": "2s",
                "http.listen": "127.0.0.1:0"}

    def program(self, kind, name):
        self.workers.append(kind(self, name))
        return self.workers[-1].start()

    def programs(self, name=None):
        return [one for one in self.workers if isinstance(one, Program)
                and name in (None, one.program)]

    def start_aborted(self):
        for one in self.programs():
            if one.found_no_database():
                one.start()
                self.began_without += 1
        return super().start_aborted()

    def __exit__(self, kind=None, *rest):
        for worker in self.programs():
            if worker.is_running():
                worker.kill()
        if self.bank:
            self.bank.end()
        super().__exit__(kind, *rest)

    # -- how far it is ---------------------------------------------------------------------

    def passed(self):
        """Settlement moves, whatever ingest does."""
        return self.scratch.value(
            "SELECT (SELECT count(*) FROM net_proof)"
            " + (SELECT count(*) FROM payment_file WHERE state = 'WRITTEN')"
            " + (SELECT sum(next_number - 1) FROM outbox_destination)::bigint")

    def left(self):
        return self.scratch.value(LEFT)

    def waiting(self, kind):
        """Events that a destination has not got, as far as they are numbered."""
        return self.scratch.value(
            "SELECT last_number + 1 - next_number FROM outbox_destination, outbox_head"
            " WHERE destination = %s", f"{kind}:{self.told}")

    def has_applied(self, ends):
        """What was due when ingest had stored it is closed, paid and told."""
        if not super().has_applied(ends):
            return False
        if self.due_of is not ends:
            self.due = [row[0] for row in self.scratch.sql(RECENT)]
            self.due_of = ends
        return self.scratch.value(LEFT_OF, windows=self.due) == 0

    def lag(self):
        return (sum(self.producer.ends) - super().passed() + self.left() + self.bank.unread()
                + len(set(self.bank.files()) - set(self.bank.left)))

    # -- the end ---------------------------------------------------------------------------

    def settle_down(self):
        healed = super().settle_down()
        self.bank.end()
        return healed

    def compare(self):
        super().compare()
        self._differs(f"the trial balance was zero in each of {self.watch.count} snapshots, and"
                      " nets summed to zero (I2)", [one for one in self.watch.found if "I2" in one]
                      or (self.watch.count == 0 and "none"))
        print(f"# {self.began_without} programs began while the database was away, and again")
        self._compare_files()
        self._compare_answers()
        self._compare_told()

    def _differs(self, what, found):
        """found: what is wrong, or nothing."""
        if not self.scratch.check(f"{self.name}: {what}", not found, str(found)[:600]):
            self.differing.append(what)

    def _compare_files(self):
        sql, bank = self.scratch.sql, self.bank
        wanted = {row[0] for row in sql(
            "SELECT end_to_end_id FROM instruction WHERE direction = 'PAY'")}
        odd = {one: bank.paid[one] for one in wanted | set(bank.paid)
               if bank.paid[one] != 1 or one not in wanted}
        self._differs(f"each of {len(wanted)} instructions to pay came to the bank in one of"
                      f" {len(bank.digests)} files, once (I3)", odd or (not wanted and "none"))
        stored = {row[0]: bytes(row[1]) for row in sql(
            "SELECT message_id, digest FROM payment_file WHERE state = 'WRITTEN'")}
        self._differs("its files are those that were signed for, byte by byte, no name twice",
                      bank.wrong or [name for name in stored.keys() | bank.digests.keys()
                                     if stored.get(name) != bank.digests.get(name)])
        self._differs("nothing is left staged, on its way, or outside a file", (
            os.listdir(os.path.join(bank.folder, "staging")) + sql(
                "SELECT message_id, state FROM payment_file WHERE state <> 'WRITTEN'")))

    def _compare_answers(self):
        found = dict(self.scratch.sql("SELECT end_to_end_id, status FROM instruction"
                                      " WHERE direction = 'PAY'"))
        odd = {one: (found.get(one), status) for one, status in self.bank.becomes.items()
               if found.get(one) != status}
        counts = dict(collections.Counter(found.values()))
        self._differs(f"what the bank said last is what stands there: {counts}",
                      odd or self.bank.refused())

    def _compare_told(self):
        rows = self.scratch.sql("SELECT event_name, event_key FROM outbox"
                                "  LEFT JOIN outbox_order USING (outbox_id) ORDER BY number")
        expected = collections.defaultdict(list)
        for name, key in rows:
            expected[key].append(str(uuid.uuid5(NAMESPACE, name)))
        instructed = {str(row[0]): 1 for row in self.scratch.sql(
            "SELECT instruction_id FROM instruction")}
        kafka = settlement_bank.told_to_kafka(os.environ["SAWA_KAFKA_BROKERS"], self.told,
                                              TOLD_PARTITIONS)
        queue, copies, differing = settlement_bank.told_to_queue(self.rabbit.url, self.told)
        for where, messages in (("read committed from Kafka", kafka),
                                ("in the queue, by message id", queue)):
            found = settlement_bank.by_key(messages)
            self._differs(f"{len(messages)} of {len(rows)} events {where}: each once, in the order"
                          " of its window", [key for key in expected.keys() | found.keys()
                                             if found.get(key) != expected.get(key)])
            told = settlement_bank.instructions(messages)
            self._differs(f"{len(told)} of {len(instructed)} instructions {where}: each once",
                          [one for one in told.keys() | instructed.keys()
                           if told.get(one) != instructed.get(one)] or (not told and "none"))
        self._differs(f"{copies} messages came to the queue again, under their id and unchanged",
                      differing)
        self._differs("the numbers have no gap, and nothing waits for one", [
            row for row in self.scratch.sql(
                "SELECT (SELECT count(*) FROM outbox_pending), max(number) - count(*)"
                "  FROM outbox_order") if row != (0, 0)])

    def delete_topic(self):
        super().delete_topic()
        for future in self.admin.delete_topics([self.told, f"{self.told}-position"]).values():
            future.result(30)
        connection = pika.BlockingConnection(amqp.parameters(self.rabbit.url))
        connection.channel().queue_delete(self.told)
        connection.channel().exchange_delete(self.told)
        connection.close()
