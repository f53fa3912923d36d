import KafkaBase
import KafkaLog
import KafkaTransport
import NIOConcurrencyHelpers
import NIOCore

/// Puts together what a broker tells of itself to Prometheus.
///
/// Everything that counts does so where it works: requests and connections on their event loops,
/// appends and reads on their partitions', flushes and compactions on their threads, throttles
/// where quotas are. Only when
/// somebody asks are the parts collected and added up. Any thread; `text` blocks while each event
/// loop hands its part out. Series are as many as the topics, the partitions and the APIs that
/// were used, and of groups' positions so many as `maxGroupPositions`.
final class BrokerMetrics: Sendable {
    static let maxGroupPositions = 20_000

    private let server: Server
    private let storage: BrokerStorage
    private let cleaner: CleanerThreads
    private let quotas: QuotaManager
    private let version: String

    init(
        server: Server, storage: BrokerStorage, cleaner: CleanerThreads, quotas: QuotaManager,
        version: String
    ) {
        self.server = server
        self.storage = storage
        self.cleaner = cleaner
        self.quotas = quotas
        self.version = version
    }

    /// All metrics.
    ///
    /// - Throws: when an event loop takes nothing more.
    func text() throws -> ByteBuffer {
        var text = MetricsText()
        writeBroker(into: &text)
        let counters = try server.counters()
        RequestMetrics(counters: counters).write(into: &text)
        writeConnections(counters, into: &text)
        let partitions = try storage.partitions.onTheirLoops { partitions in
            partitions.filter { !$0.isRetired }.map { PartitionSample($0) }
        }
        let metrics = PartitionMetrics(partitions)
        metrics.write(into: &text)
        let groups = storage.groupPositions.sample(upTo: BrokerMetrics.maxGroupPositions)
        groups.writeCounts(into: &text)
        metrics.write(groups.positions, into: &text)
        writeThrottles(into: &text)
        writeStorage(into: &text)
        writeProcess(.current(), into: &text)
        return text.buffer
    }

    /// Why the broker cannot do its work; nil when it can.
    var problem: String? {
        guard let failed = storage.directories.all.first(where: \.health.isFailed) else {
            return nil
        }
        return "no more writes to \(failed.path)"
    }

    private func writeBroker(into text: inout MetricsText) {
        text.family("skafka_build_info", .gauge, "The program's version; 1.")
        text.sample(Value(1), Labels(["version": version]))
        text.family("skafka_broker_info", .gauge, "Which broker this is; 1.")
        text.sample(
            Value(1),
            Labels([
                "cluster_id": storage.directories.first.clusterID,
                "node_id": "\(storage.settings.current.nodeID)",
            ]))
    }

    private func writeConnections(_ counters: ServerCounters, into text: inout MetricsText) {
        text.single(
            "skafka_connections", .gauge, "Clients' connections that are open.",
            Value(server.connectionCount))
        text.single(
            "skafka_connections_opened_total", .counter, "Connections accepted.",
            Value(counters.openedCount))
        text.family("skafka_connections_closed_total", .counter, "Connections ended, by reason.")
        for (reason, count) in zip(ServerCounters.CloseReason.allCases, counters.closedCounts) {
            text.sample(Value(count), Labels(["reason": reason.rawValue]))
        }
        text.single(
            "skafka_request_bytes_in_flight", .gauge,
            "Bytes of requests that are being read or served.", Value(server.budget.usedBytes))
        text.single(
            "skafka_request_bytes_in_flight_max", .gauge,
            "Bytes of requests under way above which no more are read.",
            Value(server.budget.limitBytes))
    }

    private func writeThrottles(into text: inout MetricsText) {
        text.family(
            "skafka_throttle_time_seconds", .histogram,
            "Times that clients were held up for, by the quota that they had used up.")
        let throttles = quotas.throttles
        for key in QuotaKey.allCases {
            text.histogram(
                throttles[key] ?? Histogram(bounds: Histogram.latencyBounds), .seconds,
                Labels(["quota": key.rawValue]))
        }
    }

    private func writeStorage(into text: inout MetricsText) {
        text.family(
            "skafka_log_directory_failed", .gauge,
            "1 for a directory that takes no more writes.")
        for directory in storage.directories.all {
            text.sample(
                Value(directory.health.isFailed ? 1 : 0), Labels(["directory": directory.path]))
        }
        let flushes = storage.flushStatistics
        text.family(
            "skafka_log_flush_duration_seconds", .histogram,
            "Syncs of what was appended; one serves all that wait.")
        text.histogram(flushes.latency, .seconds)
        text.single(
            "skafka_log_flush_failures_total", .counter, "Syncs that failed.",
            Value(flushes.failureCount))
        cleaner.counters.withLockedValue { $0 }.write(into: &text)
    }

    private func writeProcess(_ process: ProcessStatistics, into text: inout MetricsText) {
        text.single(
            "process_cpu_seconds_total", .counter, "User and system CPU time.",
            .microseconds(process.cpuMicroseconds))
        text.single(
            "process_resident_memory_bytes", .gauge, "Resident memory.",
            process.residentBytes.map { Value($0) })
        text.single(
            "process_virtual_memory_bytes", .gauge, "Virtual memory.",
            process.virtualBytes.map { Value($0) })
        text.single(
            "process_start_time_seconds", .gauge, "Start of the process since 1970.",
            process.startMs.map { Value.milliseconds($0) })
        text.single(
            "process_open_fds", .gauge, "Open file descriptors.",
            process.openDescriptors.map { Value($0) })
        text.single(
            "process_max_fds", .gauge, "Most file descriptors that may be open.",
            process.maxDescriptors.map { Value($0) })
    }

    private typealias Value = MetricsText.Value
    private typealias Labels = MetricsText.Labels
}
