import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct LogLookupTests {
    @Test func `Batches are found by their position and by their last offset`() throws {
        let log = try TestLog(batchCount: 3)
        let disk = BytesDisk(files: ["l": log.bytes])
        var lookup = try LogLookup(path: "l", on: disk)
        // Batches of 1, 2 and 3 records from offset 100 on.
        #expect(try lookup.lastOffset(at: 0) == 100)
        #expect(try lookup.lastOffset(at: log.positions[2]) == 105)
        #expect(try lookup.lastOffset(at: log.bytes.count) == nil)
        #expect(try lookup.lastOffset(at: -1) == nil)
        #expect(try lookup.lastOffset(atOrAbove: 101, from: 0) == 102)
        #expect(try lookup.maxTimestamp() == 1010)
        #expect(try lookup.lastOffset(atOrAbove: 100, from: log.positions[1]) == 102)
        #expect(try lookup.lastOffset(atOrAbove: 106, from: 0) == nil)
        #expect(try lookup.maxTimestamp() == -1)
        #expect(try lookup.lastOffset(atOrAbove: 100, from: -8) == nil)
    }

    @Test func `Damaged logs end a search`() throws {
        let log = try TestLog(batchCount: 5).bytes
        try Seeds.run(300) { _, random in
            var bytes = log
            InspectionFuzzTests.damage(&bytes, &random)
            var lookup = try LogLookup(path: "l", on: BytesDisk(files: ["l": bytes]))
            let position = Int.random(in: -10...bytes.count + 10, using: &random)
            _ = try lookup.lastOffset(at: position)
            let offset = Int64.random(in: 95...120, using: &random)
            if let last = try lookup.lastOffset(atOrAbove: offset, from: position) {
                #expect(last >= offset)
            }
            _ = try lookup.maxTimestamp()
        }
    }
}
