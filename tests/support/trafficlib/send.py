"""send.py - produces a record file to a topic, each record on its partition at its offset.

The producer is idempotent and keeps order, so the n-th record of a partition gets offset n
where the topic was empty; every delivery report is checked against that. A topic that does not
stand where the run expects it is refused before anything is sent.
"""
import itertools
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from . import wire

PRODUCER = {"enable.idempotence": True, "linger.ms": 20, "batch.num.messages": 20000,
            "batch.size": 1 << 20, "queue.buffering.max.messages": 200000,
            "queue.buffering.max.kbytes": 131072, "message.max.bytes": 8 << 20,
            "compression.type": "lz4", "delivery.report.only.error": False}


LEADER_WAIT_S = 30


class SendError(Exception):
    pass


class Delivered:
    """Counts delivery reports and holds them against the offsets they must have.

    A request sent twice, of which the broker had the first, is confirmed without a place, and
    librdkafka counts its records on from -1: None, 0, 1. The next request proves where they are.
    With may_double a record may stand further on than it has to: then something stands there twice.
    """

    def __init__(self, next_offsets, may_double=False):
        self.next_offsets, self.count, self.error = next_offsets, 0, None
        self.may_double = may_double
        self.unplaced = {}                   # partition: what such a request's next record says

    def __call__(self, error, message):
        if error is not None:
            self.error = self.error or f"delivery failed: {error}"
            return
        partition, offset = message.partition(), message.offset()
        if offset is None or offset == self.unplaced.get(partition):
            self.unplaced[partition] = 0 if offset is None else offset + 1
            offset = self.next_offsets[partition]
        else:
            self.unplaced.pop(partition, None)
        if offset != self.next_offsets[partition] and not (
                self.may_double and offset > self.next_offsets[partition]):
            self.error = self.error or (f"partition {partition}: record expected at offset "
                                        f"{self.next_offsets[partition]}, stands at {offset}")
        self.next_offsets[partition] = offset + 1
        self.count += 1


def ends(config, topic, partitions):
    """High watermarks of the partitions."""
    consumer = Consumer({**config, "group.id": "traffic-look", "enable.auto.commit": False})
    try:
        return [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=20)[1]
                for p in range(partitions)]
    finally:
        consumer.close()


def await_leaders(config, topic, partitions):
    """Until each partition of a topic just made is led. An idempotent producer that begins sooner
    may lose its first request, though it is confirmed: bounced by a partition that nobody leads
    yet, it comes again behind the next one, and as a broker takes any first number of a producer
    new to it, the lower number is then one it has had."""
    end = time.monotonic() + LEADER_WAIT_S
    while True:
        try:
            ends({**config, "log_level": 2}, topic, partitions)
            return
        except KafkaException:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def expected_offsets(path, from_index):
    """{partition: offset} where record from_index and its successors will stand."""
    counts = {}
    with open(path, "rb") as file:
        for partition, *_ in itertools.islice(wire.read_records(file), from_index):
            counts[partition] = counts.get(partition, 0) + 1
    return counts


def send(path, config, topic, partitions, rate=0, from_index=0, to_index=None):
    """Sends records [from_index, to_index); returns (count, seconds)."""
    starts = expected_offsets(path, from_index)
    starts = [starts.get(p, 0) for p in range(partitions)]
    found = ends(config, topic, partitions)
    if found != starts:
        raise SendError(f"topic {topic} does not stand where record {from_index} begins\n"
                        f"detail: ends {found}, expected {starts}\n"
                        f"hint:   use an empty topic, or go on with --from-index")
    delivered = Delivered(starts)
    producer = Producer({**PRODUCER, **config})
    begin, count = time.monotonic(), 0
    with open(path, "rb", buffering=1 << 20) as file:
        records = itertools.islice(wire.read_records(file), from_index, to_index)
        produce = producer.produce
        for partition, timestamp_ms, key, value in records:
            while True:
                try:
                    produce(topic, value, key, partition, delivered, None, timestamp_ms)
                    break
                except BufferError:
                    producer.poll(0.05)
            count += 1
            if not count & 1023 or (rate and not count & 15):
                producer.poll(0)
                if delivered.error:
                    raise SendError(delivered.error)
                if rate:
                    time.sleep(max(0.0, begin + count / rate - time.monotonic()))
    left = producer.flush(60)
    if delivered.error or left or delivered.count != count:
        raise SendError(delivered.error or f"{count - delivered.count} of {count} not confirmed")
    return count, time.monotonic() - begin


def main(args, path):
    config = {"bootstrap.servers": args.brokers}
    for setting in args.kafka or ():
        name, _, value = setting.partition("=")
        config[name] = value
    count, seconds = send(path, config, args.topic, args.partitions, args.rate, args.from_index,
                          args.to_index)
    print(f"traffic: sent {count} records to {args.topic} in {seconds:.2f} s"
          f" ({count / max(seconds, 1e-9):,.0f}/s)", file=sys.stderr)
