import TestSupport
import Testing

@testable import KafkaLog

@Suite("Producer snapshots")
struct ProducerSnapshotTests {
    private var sample: ProducerStates {
        var first = ProducerEntry(producerID: 12)
        first.epoch = 3
        first.coordinatorEpoch = 4
        first.lastTimestamp = 1_700_000_000_000
        first.transactionFirstOffset = 90
        first.batches = [
            ProducerEntry.Batch(
                lastSequence: 1, lastOffset: 91, offsetDelta: 1, timestamp: 1_700_000_000_000)
        ]
        var second = ProducerEntry(producerID: 3)
        second.epoch = 0
        second.lastTimestamp = 5
        return ProducerStates([first, second])
    }

    /// As Kafka 3.9 writes it (`ProducerSnapshot.json`).
    @Test func bytes() throws {
        let bytes = ProducerSnapshot(offset: 92, sample).encoded()
        #expect(bytes.count == 10 + 2 * 46)
        #expect(Array(bytes[..<2]) == [0, 1])
        #expect(Array(bytes[6..<10]) == [0, 0, 0, 2])
        // Of a producer without batches: no sequence, no offset, no transaction.
        let none = [UInt8](repeating: 0xFF, count: 12)
        let expected: [UInt8] =
            [0, 0, 0, 0, 0, 0, 0, 3, 0, 0] + none + [0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 5] + none
        #expect(Array(bytes[10..<56]) == expected)
    }

    @Test func roundTrip() throws {
        let bytes = ProducerSnapshot(offset: 92, sample).encoded()
        let found = try bytes.withUnsafeBytes { try ProducerSnapshot.decode($0) }
        #expect(ProducerStates(found).entries == sample.entries)
        #expect(ProducerStates(found).firstUnstableOffset == 90)
    }

    @Test func anyDamageIsRefused() throws {
        let bytes = ProducerSnapshot(offset: 92, sample).encoded()
        for count in 0..<bytes.count {
            #expect(throws: ProducerSnapshot.Corruption.self, "\(count) bytes") {
                try bytes[..<count].withUnsafeBytes { try ProducerSnapshot.decode($0) }
            }
        }
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 0x10
            #expect(throws: ProducerSnapshot.Corruption.self, "byte \(position)") {
                try damaged.withUnsafeBytes { try ProducerSnapshot.decode($0) }
            }
        }
    }
}
