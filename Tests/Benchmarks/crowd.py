"""Many groups and idle connections beside a little traffic: what they cost in memory and time."""

import json
import resource
import socket
import subprocess

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from command import SKAFKA

PARTITIONS = 4


def crowd(broker, groups, connections, seconds):
    """Latencies of records sent at a low, even rate, and the broker's memory meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, connections + 1000)), hard))
    host, _, port = broker.address.rpartition(":")
    subprocess.run(
        [SKAFKA, "topics", "create", "crowded", "--partitions", str(PARTITIONS), "-q", "-b",
         broker.address], check=True, stdout=subprocess.DEVNULL)
    idle = [socket.create_connection((host, int(port))) for _ in range(connections)]
    try:
        commit(broker, groups)
        report = json.loads(subprocess.check_output(
            [SKAFKA, "bench", "latency", "crowded", "-b", broker.address, "--rate", "100",
             "--duration", f"{seconds}s", "--json"]))
        row = {
            "groups": groups, "connections": connections, "memory_mb": broker.memory(),
            "acknowledgement": report["acknowledgement"], "end_to_end": report["endToEnd"]}
    finally:
        for connection in idle:
            connection.close()
    figures = row["acknowledgement"]
    print(
        f"crowd     {groups} groups, {connections} idle connections: {row['memory_mb']:.0f} MB,"
        f" 100 records/s acknowledged p50 {figures['p50Micros'] / 1000:.2f} ms,"
        f" p99 {figures['p99Micros'] / 1000:.2f} ms, max {figures['maxMicros'] / 1000:.2f} ms",
        flush=True)
    return row


def commit(broker, groups):
    """Offsets of so many groups, in all partitions."""
    admin = AdminClient({"bootstrap.servers": broker.address, "log_level": 0})
    for number in range(groups):
        offsets = [TopicPartition("crowded", partition, 0) for partition in range(PARTITIONS)]
        group = ConsumerGroupTopicPartitions(f"group-{number}", offsets)
        for future in admin.alter_consumer_group_offsets([group]).values():
            future.result(10)
