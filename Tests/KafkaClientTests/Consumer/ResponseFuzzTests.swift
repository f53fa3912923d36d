import KafkaBase
import KafkaRecords
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaClient

/// Answers with random damage: handled or refused, never a trap.
@Suite struct ResponseFuzzTests {
    @Test func damagedFetchesAreReadOrRefused() throws {
        var good = ByteBuffer()
        for (index, codec) in CompressionCodec.allCases.enumerated() {
            let values = (0..<20).map { "some value \($0)" }
            good.writeImmutableBuffer(
                try TestBatches.bytes(
                    values, base: Int64(index * 20),
                    compression: Compression(codec: codec) ?? .none))
        }
        good.writeImmutableBuffer(try TestBatches.marker(isAbort: true, producer: 1, base: 100))
        let partition = TopicPartition(topic: "t", partition: 0)
        let now = NIODeadline.uptimeNanoseconds(1)
        try Seeds.run(2000) { _, generator in
            var records = good
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let index = Int.random(in: 0..<records.readableBytes, using: &generator)
                records.setInteger(UInt8.random(in: 0...255, using: &generator), at: index)
            }
            let length = Int.random(in: 0...records.readableBytes, using: &generator)
            records = records.getSlice(at: 0, length: length) ?? records

            var state = FetchState(settings: FetchState.Settings())
            state.assign(partition, offset: 0, generation: 1)
            _ = state.setLeader(
                MetadataCache.Leader(broker: 1, epoch: 0, topicID: nil), of: partition)
            state.connected(1)
            let request = state.next(now: now, hasRoom: true).send[0]
            var response = FetchResponse()
            var topic = FetchResponse.FetchableTopicResponse()
            topic.topic = "t"
            var data = FetchResponse.PartitionData()
            data.records = .bytes(records)
            var aborted = FetchResponse.AbortedTransaction()
            aborted.producerId = 1
            data.abortedTransactions = [aborted]
            topic.partitions = [data]
            response.responses = [topic]
            var reader = RecordBatchReader(maxDecompressedBytes: 1 << 20)
            for outcome in state.answered(request.id, response, now: now, checksCrcs: false) {
                guard case .records(let fetched, _) = outcome else { continue }
                try? fetched.forEachRecord(reader: &reader, includeControl: true) { record in
                    func visit(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {}
                    record.headers.forEach(visit)
                    return .continue
                }
            }
        }
    }

    @Test func damagedMetadataIsReadOrRefused() throws {
        var response = MetadataResponse()
        var broker = MetadataResponse.MetadataResponseBroker()
        broker.host = "localhost"
        response.brokers = [broker]
        var topic = MetadataResponse.MetadataResponseTopic()
        topic.name = "topic"
        topic.partitions = (0..<3).map {
            var partition = MetadataResponse.MetadataResponsePartition()
            partition.partitionIndex = Int32($0)
            partition.replicaNodes = [0]
            return partition
        }
        response.topics = [topic]
        var writer = WireWriter()
        try response.encode(to: &writer, version: 12)
        let good = writer.buffer
        try Seeds.run(2000) { _, generator in
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.readableBytes, using: &generator)
                bytes.setInteger(UInt8.random(in: 0...255, using: &generator), at: index)
            }
            var reader = WireReader(bytes)
            guard let damaged = try? MetadataResponse(from: &reader, version: 12) else { return }
            let metadata = ClusterMetadata(damaged)
            var cache = MetadataCache()
            cache.merge(metadata, now: .uptimeNanoseconds(1))
            for topic in metadata.topics {
                _ = cache.leader(of: TopicPartition(topic: topic.name, partition: 1))
                _ = topic.partition(.max)
            }
        }
    }
}
