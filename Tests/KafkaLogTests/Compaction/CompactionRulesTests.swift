import KafkaRecords
import NIOCore
import Testing

@testable import KafkaLog

@Suite struct CompactionRulesTests {
    private let rules = CompactionRules(
        nowMs: 5_000, deleteRetentionMs: 100, endOffset: 1_000,
        producers: ProducerStates([entry(1, epoch: 3, lastOffset: 42), entry(2, epoch: 7)]))

    private static func entry(
        _ producer: Int64, epoch: Int16, lastOffset: Int64? = nil
    ) -> ProducerEntry {
        var entry = ProducerEntry(producerID: producer)
        entry.epoch = epoch
        entry.batches =
            lastOffset.map {
                [.init(lastSequence: 9, lastOffset: $0, offsetDelta: 0, timestamp: 1)]
            } ?? []
        return entry
    }

    private func header(
        lastOffset: Int64, producer: Int64 = -1, epoch: Int16 = 0, horizon: Int64? = nil,
        isControl: Bool = false
    ) throws -> RecordBatchHeader {
        var header = try TestBatch(
            keyed: [("k", "v")],
            producer: .init(id: producer, epoch: epoch, baseSequence: 0, isTransactional: isControl)
        ).header
        header.baseOffset = lastOffset
        if let horizon {
            header.attributes.rawValue |= 0x40
            header.baseTimestamp = horizon
        }
        if isControl { header.attributes.rawValue |= 0x20 }
        return header
    }

    @Test func markersWaitForTheirHorizon() throws {
        for (horizon, drops) in [(nil, false), (5_001, false), (5_000, true), (1, true)] {
            let control = try header(
                lastOffset: 9, producer: 5, horizon: horizon.map(Int64.init), isControl: true)
            let obsolete = rules.verdict(on: control, isObsolete: true)
            #expect(obsolete.dropsRecords == drops && obsolete.needsHorizon, "\(horizon ?? -1)")
            let needed = rules.verdict(on: control, isObsolete: false)
            #expect(!needed.dropsRecords && !needed.needsHorizon)
        }
        #expect(rules.deleteHorizonMs == 5_100)
    }

    @Test func abortedDataGoesAtOnce() throws {
        let verdict = rules.verdict(on: try header(lastOffset: 9, producer: 5), isObsolete: true)
        #expect(verdict == .init(dropsRecords: true, staysEmptied: false, needsHorizon: false))
    }

    @Test func whatProducersAreKnownByStays() throws {
        let cases: [(header: RecordBatchHeader, stays: Bool)] = [
            (try header(lastOffset: 42, producer: 1, epoch: 3), true),
            (try header(lastOffset: 41, producer: 1, epoch: 3), false),
            (try header(lastOffset: 42), false),
            (try header(lastOffset: 42, producer: 3), false),
            // A marker came last: what counts is its epoch.
            (try header(lastOffset: 50, producer: 2, epoch: 7, isControl: true), true),
            (try header(lastOffset: 50, producer: 2, epoch: 6, isControl: true), false),
            (try header(lastOffset: 50, producer: 2, epoch: 7), false),
            // The last batch of the round.
            (try header(lastOffset: 999), true), (try header(lastOffset: 1_000), false),
        ]
        for (header, stays) in cases {
            #expect(
                rules.verdict(on: header, isObsolete: false).staysEmptied == stays,
                "\(header.lastOffset) of \(header.producerID)")
        }
    }

    @Test func records() throws {
        var map = OffsetMap(maxBytes: 1 << 10, loadFactor: 0.9, keysAtMost: 10)
        _ = Array("a".utf8).withUnsafeBytes { map.put($0, offset: 20) }
        map.advance(to: 30)
        let cases: [(key: String?, hasValue: Bool, offset: Int64, horizon: Int64?, stays: Bool)] = [
            ("a", true, 20, nil, true), ("a", true, 19, nil, false), ("a", true, 25, nil, true),
            ("b", true, 3, nil, true), (nil, true, 3, nil, false), (nil, true, 30, nil, false),
            // Past the map's end everything stays.
            (nil, true, 31, nil, true), ("a", false, 31, 1, true),
            // Tombstones: before they have a horizon, up to it, and from it on.
            ("a", false, 20, nil, true), ("a", false, 20, 5_001, true),
            ("a", false, 20, 5_000, false), ("a", true, 20, 1, true), ("a", false, 19, nil, false),
        ]
        for (key, hasValue, offset, horizon, stays) in cases {
            let header = try header(lastOffset: offset, horizon: horizon)
            var batch = try TestBatch(keyed: [(key, hasValue ? "v" : nil)]).buffer
            batch.withUnsafeMutableReadableBytes {
                RecordBatchPatch.assign(baseOffset: offset, leaderEpoch: 0, to: $0)
            }
            var reader = RecordBatchReader()
            var kept: Bool?
            try batch.withUnsafeReadableBytes { bytes in
                try reader.forEachRecord(in: bytes) { record in
                    kept = rules.keeps(record, of: header, map)
                    return .continue
                }
            }
            #expect(kept == stays, "\(key ?? "no key") \(hasValue) at \(offset)")
        }
    }
}
