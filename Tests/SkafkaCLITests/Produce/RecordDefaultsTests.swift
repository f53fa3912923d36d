import KafkaRecords
import Testing

@testable import SkafkaCLI

@Suite struct RecordDefaultsTests {
    /// What becomes of a record, as `key=value`, `@time`, `pN` and the number of headers.
    private func complete(
        _ words: [String], key: String? = nil, value: String? = "v", partition: Int32? = nil,
        timestamp: Int64? = nil
    ) throws -> String {
        let defaults = RecordDefaults(try ProducePlan(words: ["t"] + words))
        var record = InputRecord(partition: partition, timestamp: timestamp)
        func show(_ bytes: UnsafeRawBufferPointer?) -> String {
            bytes.map { String(decoding: $0, as: UTF8.self) } ?? "null"
        }
        return Array((key ?? "").utf8).withUnsafeBytes { keyBytes in
            Array((value ?? "").utf8).withUnsafeBytes { valueBytes in
                record.key = key == nil ? nil : keyBytes
                record.value = value == nil ? nil : valueBytes
                defaults.complete(&record)
                return [
                    "\(show(record.key))=\(show(record.value))",
                    record.timestamp.map { "@\($0)" }, record.partition.map { "p\($0)" },
                    record.headers.map { "h\($0.count)" },
                ].compactMap(\.self).joined(separator: " ")
            }
        }
    }

    @Test func leavesARecordAsItIs() throws {
        #expect(try complete([]) == "null=v")
        #expect(
            try complete([], key: "", value: nil, partition: 3, timestamp: 9) == "=null @9 p3")
    }

    @Test func givesWhatARecordDoesNotBring() throws {
        let words = ["-k", "fixed", "-H", "a=1", "-H", "b=2"]
        #expect(try complete(words) == "fixed=v h2")
        #expect(try complete(words, key: "own") == "own=v h2")
        #expect(try complete(words, key: "") == "=v h2")
    }

    @Test func makesNothingOfWhatIsEmpty() throws {
        #expect(try complete(["-Z"], key: "", value: "") == "null=null")
        #expect(try complete(["-Z", "-k", "fixed"], key: "") == "fixed=v")
        #expect(try complete(["-Z", "-k", ""]) == "null=v")
        #expect(try complete(["-k", ""]) == "=v")
    }

    @Test func setsTimeAndPlaceOfAll() throws {
        #expect(try complete(["--timestamp", "17"], timestamp: 9) == "null=v @17")
        #expect(try complete(["-p", "2"], partition: 3) == "null=v p2")
        #expect(try complete(["--partitioner", "murmur2"], partition: 3) == "null=v")
        // It never had one, and is to have none.
        #expect(try complete([], timestamp: -1) == "null=v @-1")
    }
}
