"""queue.py - sends a record file to RabbitMQ quorum queues, each record on its queue.

After a connection is lost sending goes on at the first record that was not confirmed: nothing is
lost, some come twice, and have the same event id. The queues are declared as common/bus/README.md
says.
"""
import sys

import pika

from .amqp import Sender, parameters, send_file

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
    def standing(self):
        held = list(self.confirmed)
        for partition, offset in self.unconfirmed.values():
            held[partition] = min(held[partition], offset)
        return held


def main(args, path):
    sender, seconds = send_file(args, path, declare, QueueSender)
    print(f"traffic: {sum(sender.confirmed)} records went to queues of {args.topic} in"
          f" {seconds:.2f} s", file=sys.stderr)
