"""librdkafka's mock cluster with its controls: leaders that move, errors, slow and lost brokers.

confluent-kafka shows none of them, but the library that comes with it does.
"""

import collections
import contextlib
import ctypes
import pathlib

import confluent_kafka
import pytest

PRODUCE, FETCH, LIST_OFFSETS, METADATA, OFFSET_COMMIT, OFFSET_FETCH = 0, 1, 2, 3, 8, 9
FIND_COORDINATOR, JOIN_GROUP, HEARTBEAT, LEAVE_GROUP, SYNC_GROUP = 10, 11, 12, 13, 14
INIT_PRODUCER_ID, ADD_PARTITIONS_TO_TXN, ADD_OFFSETS_TO_TXN, END_TXN = 22, 24, 25, 26
TXN_OFFSET_COMMIT = 28

#: librdkafka's own code: the connection ends without an answer.
DISCONNECT = -195

NOT_LEADER, REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS = 6, 7, 19
COORDINATOR_LOADING, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR = 14, 15, 16
NOT_ENOUGH_REPLICAS_AFTER_APPEND, CONCURRENT_TRANSACTIONS, INVALID_RECORD = 20, 51, 87
FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, PRODUCER_FENCED = 74, 75, 90


def library():
    beside = pathlib.Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs"
    path, = beside.glob("librdkafka-*")
    found = ctypes.CDLL(str(path))
    for name, result, arguments in [
        ("conf_new", ctypes.c_void_p, []),
        ("new", ctypes.c_void_p,
         [ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]),
        ("destroy", None, [ctypes.c_void_p]),
        ("mock_cluster_new", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
        ("mock_cluster_destroy", None, [ctypes.c_void_p]),
        ("mock_cluster_bootstraps", ctypes.c_char_p, [ctypes.c_void_p]),
        ("mock_topic_create", ctypes.c_int,
         [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]),
        ("mock_partition_set_leader", ctypes.c_int,
         [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.c_int32]),
        ("mock_broker_set_rtt", ctypes.c_int,
         [ctypes.c_void_p, ctypes.c_int32, ctypes.c_int]),
        ("mock_broker_set_down", ctypes.c_int, [ctypes.c_void_p, ctypes.c_int32]),
        ("mock_broker_set_up", ctypes.c_int, [ctypes.c_void_p, ctypes.c_int32]),
        ("mock_push_request_errors_array", None,
         [ctypes.c_void_p, ctypes.c_int16, ctypes.c_size_t, ctypes.POINTER(ctypes.c_int)]),
        ("mock_clear_request_errors", None, [ctypes.c_void_p, ctypes.c_int16]),
        ("mock_coordinator_set", ctypes.c_int,
         [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int32]),
        ("mock_group_initial_rebalance_delay_ms", None, [ctypes.c_void_p, ctypes.c_int32]),
        ("mock_start_request_tracking", None, [ctypes.c_void_p]),
        ("mock_stop_request_tracking", None, [ctypes.c_void_p]),
        ("mock_clear_requests", None, [ctypes.c_void_p]),
        ("mock_get_requests", ctypes.POINTER(ctypes.c_void_p),
         [ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t)]),
        ("mock_request_api_key", ctypes.c_int16, [ctypes.c_void_p]),
        ("mock_request_destroy_array", None,
         [ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t]),
    ]:
        function = getattr(found, "rd_kafka_" + name)
        function.restype, function.argtypes = result, arguments
    return found


class MockCluster:
    """Brokers 1 to `brokers` in this process."""

    def __init__(self, brokers=3):
        self.library = library()
        reason = ctypes.create_string_buffer(512)
        self.client = self.library.rd_kafka_new(
            0, self.library.rd_kafka_conf_new(), reason, len(reason))
        assert self.client, reason.value
        self.cluster = self.library.rd_kafka_mock_cluster_new(self.client, brokers)
        self.bootstrap = self.library.rd_kafka_mock_cluster_bootstraps(self.cluster).decode()
        self.brokers = brokers
        #: How to undo what was done to it: each call takes the mock up to a second.
        self.undo = {}

    def create(self, topic, partitions=1):
        assert self.library.rd_kafka_mock_topic_create(
            self.cluster, topic.encode(), partitions, min(3, self.brokers)) == 0
        return topic

    def lead(self, topic, partition, broker):
        assert self.library.rd_kafka_mock_partition_set_leader(
            self.cluster, topic.encode(), partition, broker) == 0

    def fail(self, api, *codes):
        """The next requests of an API are answered with these codes, and not carried out."""
        self.library.rd_kafka_mock_push_request_errors_array(
            self.cluster, api, len(codes), (ctypes.c_int * len(codes))(*codes))
        self.undo["api", api] = lambda: self.library.rd_kafka_mock_clear_request_errors(
            self.cluster, api)

    def delay(self, broker, api, *milliseconds):
        """The broker carries out its next requests of an API, but answers only after that time."""
        pairs = [ctypes.c_int(part) for late in milliseconds for part in (0, late)]
        assert self.library.rd_kafka_mock_broker_push_request_error_rtts(
            ctypes.c_void_p(self.cluster), ctypes.c_int32(broker), ctypes.c_int16(api),
            ctypes.c_size_t(len(milliseconds)), *pairs) == 0
        self.undo["api", api] = lambda: self.library.rd_kafka_mock_clear_request_errors(
            self.cluster, api)

    @contextlib.contextmanager
    def count(self):
        """How many requests of each API came within the block."""
        requests = collections.Counter()
        self.library.rd_kafka_mock_clear_requests(self.cluster)
        self.library.rd_kafka_mock_start_request_tracking(self.cluster)
        try:
            yield requests
        finally:
            self.library.rd_kafka_mock_stop_request_tracking(self.cluster)
            size = ctypes.c_size_t()
            found = self.library.rd_kafka_mock_get_requests(self.cluster, ctypes.byref(size))
            requests.update(self.library.rd_kafka_mock_request_api_key(found[index])
                            for index in range(size.value))
            self.library.rd_kafka_mock_request_destroy_array(found, size)

    def heal(self):
        for action in self.undo.values():
            action()
        self.undo = {}

    def slow(self, broker, milliseconds):
        self.library.rd_kafka_mock_broker_set_rtt(self.cluster, broker, milliseconds)
        self.undo["rtt", broker] = lambda: self.library.rd_kafka_mock_broker_set_rtt(
            self.cluster, broker, 0)

    def down(self, broker):
        self.library.rd_kafka_mock_broker_set_down(self.cluster, broker)
        self.undo["up", broker] = lambda: self.up(broker)

    def up(self, broker):
        self.library.rd_kafka_mock_broker_set_up(self.cluster, broker)

    def coordinate(self, transactional_id, broker):
        assert self.library.rd_kafka_mock_coordinator_set(
            self.cluster, b"transaction", transactional_id.encode(), broker) == 0

    def coordinate_group(self, group, broker):
        assert self.library.rd_kafka_mock_coordinator_set(
            self.cluster, b"group", group.encode(), broker) == 0

    def gather_members(self, milliseconds):
        """How long a new group waits for its members; three seconds unless told."""
        self.library.rd_kafka_mock_group_initial_rebalance_delay_ms(self.cluster, milliseconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.library.rd_kafka_mock_cluster_destroy(self.cluster)
        self.library.rd_kafka_destroy(self.client)


@pytest.fixture(scope="module")
def shared():
    """One cluster for a module's tests."""
    with MockCluster() as cluster:
        yield cluster


@pytest.fixture
def cluster(shared):
    """The same, as it was before when the test is over."""
    yield shared
    shared.heal()
