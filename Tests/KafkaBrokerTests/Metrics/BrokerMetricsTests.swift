import KafkaBase
import KafkaTransport
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct BrokerMetricsTests {
    /// A broker with metrics, and what it tells when asked.
    private func with(
        _ body: (TestBroker, () throws -> Exposition) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        var options = try TestBroker.options(
            directory.path, settings: ["log.segment.bytes": "1048576"],
            topics: [.init(name: "t", partitions: 2), .init(name: "u", partitions: 1)])
        options.metrics = .init(host: "127.0.0.1", port: 0)
        options.version = "1.2.3"
        let broker = try await TestBroker.start(options)
        guard case .tcp(_, let port) = broker.broker.metricsAddress else {
            throw CancellationError()
        }
        do {
            try await body(broker) { try scrape(port) }
        } catch {
            await broker.stop()
            throw error
        }
        await broker.stop()
    }

    private func scrape(_ port: Int) throws -> Exposition {
        let connection = try RawConnection(port: port)
        let request = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        try connection.sendBytes(Array(request.utf8))
        let text = String(decoding: try connection.receiveAll(), as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        return try Exposition(String(text[end.upperBound...]))
    }

    @Test func `What clients do is counted`() async throws {
        try await with { broker, scrape in
            let batch = TestBatch.bytes("a", "b", "c")
            for _ in 0..<4 { _ = try await broker.produce(batch, partition: 1) }
            _ = try await broker.produce(batch, to: "nowhere")
            _ = try await broker.fetch(TestBroker.fetchRequest(partition: 1, from: 6))
            let found = try scrape()
            let produce = ["api": "Produce"]
            #expect(found.value("skafka_requests_total", produce) == 5)
            #expect(found.value("skafka_request_duration_seconds_count", produce) == 5)
            #expect(
                found.value(
                    "skafka_request_errors_total",
                    ["api": "Produce", "error": "UNKNOWN_TOPIC_OR_PARTITION"]) == 1)
            #expect(found.value("skafka_response_size_bytes_count", ["api": "Fetch"]) == 1)
            #expect(found.value("skafka_topic_records_in_total", ["topic": "t"]) == 12)
            #expect(
                found.value("skafka_topic_bytes_in_total", ["topic": "t"])
                    == Double(4 * batch.readableBytes))
            #expect(found.value("skafka_topic_records_out_total", ["topic": "t"]) == 6)
            #expect(
                found.value("skafka_topic_bytes_out_total", ["topic": "t"])
                    == Double(2 * batch.readableBytes))
            #expect(found.value("skafka_topic_records_in_total", ["topic": "u"]) == 0)
            let place = ["topic": "t", "partition": "1"]
            for name in ["log_end_offset", "high_watermark", "last_stable_offset"] {
                #expect(found.value("skafka_partition_\(name)", place) == 12)
            }
            #expect(found.value("skafka_partition_log_start_offset", place) == 0)
            #expect(found.value("skafka_partition_segments", place) == 1)
            #expect(
                found.value("skafka_partition_size_bytes", place)
                    == Double(4 * batch.readableBytes))
            #expect(found.value("skafka_topics") == 2 && found.value("skafka_partitions") == 3)
            #expect(found.value("skafka_connections") == 1)
            #expect(found.value("skafka_connections_opened_total") == 1)
            #expect(found.value("skafka_request_bytes_in_flight") == 0)
            #expect(try #require(found.value("skafka_log_flush_duration_seconds_count")) >= 4)
            #expect(found.value("skafka_build_info", ["version": "1.2.3"]) == 1)
            #expect(found.value("process_cpu_seconds_total") ?? 0 > 0)
        }
    }

    @Test func `A deleted topic has no series, and records that are deleted have no segments`()
        async throws
    {
        try await with { broker, scrape in
            let value = String(repeating: "x", count: 700_000)
            for _ in 0..<4 { _ = try await broker.produce(TestBatch.bytes(value)) }
            let place = ["topic": "t", "partition": "0"]
            #expect(try scrape().value("skafka_partition_segments", place) == 4)
            var delete = DeleteRecordsRequest()
            var topic = DeleteRecordsRequest.DeleteRecordsTopic()
            topic.name = "t"
            var partition = DeleteRecordsRequest.DeleteRecordsPartition()
            partition.offset = 3
            topic.partitions = [partition]
            delete.topics = [topic]
            delete.timeoutMs = 10_000
            _ = try await broker.send(delete)
            let found = try scrape()
            #expect(found.value("skafka_partition_segments", place) == 1)
            #expect(found.value("skafka_partition_log_start_offset", place) == 3)
            #expect(found.value("skafka_topic_segments_deleted_total", ["topic": "t"]) == 3)

            var gone = DeleteTopicsRequest()
            gone.topicNames = ["t"]
            _ = try await broker.send(gone, version: 5)
            let after = try scrape()
            #expect(
                after.samples("skafka_partition_segments").map(\.labels) == [
                    ["topic": "u", "partition": "0"]
                ])
        }
    }

    @Test func `An address that is taken keeps the broker from starting`() async throws {
        try await with { broker, _ in
            guard case .tcp(let host, let port) = broker.broker.metricsAddress else { return }
            let directory = try TemporaryDirectory()
            var options = try TestBroker.options(directory.path)
            options.metrics = .init(host: host, port: port)
            do {
                let second = try await Broker.start(options, group: TestBroker.group)
                await second.shutdown()
                Issue.record("it started")
            } catch {
                #expect("\(error)".contains("cannot listen on \(host):\(port)"))
            }
            // Nothing is held: the same directory can be used.
            options.metrics = nil
            let third = try await Broker.start(options, group: TestBroker.group)
            await third.shutdown()
        }
    }
}
