import KafkaRecords
import Testing

@testable import KafkaClient

@Suite struct DeliveryReportTests {
    private func records(_ report: DeliveryReport) throws -> [String] {
        var reader = RecordBatchReader()
        var found: [String] = []
        try report.forEachRecord(reader: &reader) { record in
            let value = record.value.map { String(decoding: $0, as: UTF8.self) } ?? "-"
            found.append("\(record.offset) \(record.timestamp) \(value)")
        }
        return found
    }

    @Test func recordsHaveThePlaceThatTheBrokerGaveThem() throws {
        var report = DeliveryReport(topic: "t", partition: 0, baseOffset: 40, recordCount: 2)
        report.batch = try TestBatches.bytes(
            ["a", "b"], compression: try #require(Compression("lz4")))
        #expect(try records(report) == ["40 1000 a", "41 1001 b"])
        report.appendTimeMs = 7
        #expect(try records(report) == ["40 7 a", "41 7 b"])
        report.baseOffset = -1
        #expect(try records(report) == ["-1 7 a", "-1 7 b"])
        report.dropRecords()
        #expect(try records(report) == [] && report.heldBytes == 0)
    }
}
