import KafkaBase
import KafkaRecords
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

/// What a real Kafka wrote of transactional ids, read, written again, and taken over.
struct TransactionRecordConformanceTests {
    private static let partitions = Result {
        try RecordedRecords.partitions(of: .transactionState)
    }

    @Test func `Records are written as Kafka writes them`() throws {
        let records = try Self.partitions.get().flatMap { $0 }
        #expect(try !records.isEmpty || Fixtures.directories().isEmpty)
        for record in records {
            let (id, metadata) = try #require(try TransactionMetadata.read(record))
            guard let value = record.value else {
                #expect(try TransactionMetadata.tombstone(of: id) == record)
                continue
            }
            let version: Int16 = try #require(value.getInteger(at: value.readerIndex))
            let encoded = try #require(metadata).record(of: id, version: version)
            #expect(encoded.key == record.key)
            #expect(try TransactionMetadata.read(encoded)?.metadata == metadata)
            // Kafka's partitions stand in the order that its hashes have.
            #expect(encoded.value!.readableBytesView.sorted() == value.readableBytesView.sorted())
        }
    }

    @Test func `Transactions that Kafka has left are brought to their ends`() throws {
        for records in try Self.partitions.get() {
            let world = try TransactionWorld()
            for record in records {
                let metadata = try #require(try TransactionMetadata.read(record)).metadata
                world.environment.nowMs = max(
                    world.environment.nowMs, metadata?.lastUpdateMs ?? 0)
                try world.log.append([record], producer: .none, nowMs: 0) { _ in }
            }
            world.log.flush()
            world.restart()
            world.settle()
            let known = world.coordinator.transactions.values.map(\.metadata)
            let largestID = known.map(\.producerID).max() ?? -1
            #expect(known.allSatisfy { !$0.status.isPrepared })
            #expect(world.environment.reservedID == largestID)
            // Longer than any may run, and not so long that the ids are forgotten.
            for _ in 0..<3 {
                world.advance(byMs: 1_000_000)
                world.settle()
            }
            let statuses = world.coordinator.transactions.values.map(\.metadata.status)
            #expect(statuses.allSatisfy { $0.isIdle })
        }
    }
}
