import KafkaRecords
import Testing

@testable import KafkaLog

@Suite struct LogContentsTests {
    @Test(arguments: CompressionCodec.allCases)
    func `Batches, records, sizes and timestamps are added up`(codec: CompressionCodec) throws {
        let compression = Compression(codec.description) ?? .none
        let contents = try TestLog(batchCount: 5, compression: compression).inspect().totals
            .contents
        let plain = try TestLog(batchCount: 5)
        #expect(contents.batchCount == 5 && contents.recordCount == 15)
        #expect(contents.firstOffset == 100 && contents.lastOffset == 114)
        #expect(contents.minTimestamp == 0 && contents.maxTimestamp == 4040)
        #expect(contents.uncompressedBytes == plain.bytes.count)
        #expect(contents.codecCounts[Int(codec.rawValue)] == 5)
        #expect(contents.codecCounts.reduce(0, +) == 5)
        #expect(contents.producers.ids == [] && contents.gapCount == 0)
    }

    @Test func `Attributes and producers are counted from the headers`() throws {
        var log = try TestLog(batchCount: 4)
        log.patch(batch: 1, at: 21, Int16(0x10))
        log.patch(batch: 2, at: 21, Int16(0x30))
        for batch in 1...3 { log.patch(batch: batch, at: 43, Int64(4000 - batch)) }
        log.patch(batch: 3, at: 0, Int64(200), fixesCrc: false)
        let contents = try log.inspect().totals.contents
        #expect(contents.transactionalCount == 2 && contents.controlCount == 1)
        #expect(contents.producers.ids == [3997, 3998, 3999])
        #expect(contents.gapCount == 1)
        var sum = contents
        sum.add(try TestLog(batchCount: 2).inspect().totals.contents)
        #expect(sum.batchCount == 6 && sum.recordCount == 13 && sum.lastOffset == 102)
        #expect(sum.firstOffset == 100 && sum.codecCounts[0] == 6)
    }

    @Test func `Records without a timestamp have no part in the range`() throws {
        var log = try TestLog(batchCount: 1)
        log.patch(batch: 0, at: 27, Int64(-1))
        log.patch(batch: 0, at: 35, Int64(-1))
        let contents = try log.inspect().totals.contents
        #expect(contents.recordCount == 1)
        #expect(contents.minTimestamp == nil && contents.maxTimestamp == nil)
    }

    @Test func `Producers are kept in order, each once, and not without end`() {
        var producers = ProducerIDs()
        for id: Int64 in [5, 5, 3, 9, 3, 5] { producers.insert(id) }
        #expect(producers.ids == [3, 5, 9] && !producers.isIncomplete)
        var many = ProducerIDs()
        for id in 0..<Int64(ProducerIDs.countMax) { many.insert(id) }
        #expect(!many.isIncomplete)
        many.insert(7)
        #expect(!many.isIncomplete)
        many.insert(1 << 40)
        #expect(many.isIncomplete && many.ids.count == ProducerIDs.countMax)
        producers.formUnion(many)
        #expect(producers.isIncomplete && producers.ids.count == ProducerIDs.countMax)
    }
}
