"""queue.py - produces a record file to RabbitMQ quorum queues, each record on its queue.

Partition N goes to the N-th queue, in order, with confirms. After a connection is lost sending goes
on at the first record that was not confirmed: nothing is lost, some come twice, and have the same
event id. The queues are declared as common/bus/README.md says.
"""
import sys
import time

import pika

from .stream import Sender, StreamError, _Run, names, parameters, read

DELIVERY_LIMIT = 1000


def arguments(queue):
    return {"x-queue-type": "quorum", "x-single-active-consumer": True,
            "x-delivery-limit": DELIVERY_LIMIT, "x-overflow": "reject-publish",
            "x-dead-letter-strategy": "at-least-once", "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": f"{queue}.dead"}


def declare(url, queues):
    connection = pika.BlockingConnection(parameters(url))
    channel = connection.channel()
    for queue in queues:
        channel.queue_declare(f"{queue}.dead", durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_declare(queue, durable=True, arguments=arguments(queue))
    connection.close()


def delete(url, queues):
    connection = pika.BlockingConnection(parameters(url))
    for queue in queues:
        connection.channel().queue_delete(queue)
        connection.channel().queue_delete(f"{queue}.dead")
    connection.close()


def waiting(url, queues):
    """Records of each that nobody holds."""
    connection = pika.BlockingConnection(parameters(url))
    channel = connection.channel()
    found = [channel.queue_declare(queue, passive=True).method.message_count for queue in queues]
    connection.close()
    return found


class QueueSender(Sender):
    def run(self, seconds=600):
        end, held = time.monotonic() + seconds, [0] * len(self.streams)
        while True:
            run = None
            try:
                run = _Run(self, held)
                if run.run():
                    return
            except pika.exceptions.AMQPError:
                pass
            if run:
                held = list(self.confirmed)
                for partition, offset in run.unconfirmed.values():
                    held[partition] = min(held[partition], offset)
            self.losses += 1
            time.sleep(0.2)
            if time.monotonic() > end:
                raise StreamError(f"not sent within {seconds} s")


def main(args, path):
    with open(args.amqp_url_file, encoding="utf-8") as file:
        url = file.read().strip()
    queues = names(args.topic, args.partitions)
    declare(url, queues)
    sender = QueueSender(url, queues, read(path, args.to_index), args.rate)
    begin = time.monotonic()
    sender.run()
    print(f"traffic: {sum(sender.confirmed)} records went to queues of {args.topic} in"
          f" {time.monotonic() - begin:.2f} s", file=sys.stderr)
