import TestSupport
import Testing

@testable import SkafkaCLI

/// Summaries of directories against the lines that Kafka's own tool printed about their logs.
@Suite struct DumpSummaryConformanceTests {
    /// What the text says of one directory's logs.
    private struct Expected {
        var batches = 0
        var records = 0
        var transactional = 0
        var control = 0
        var codecs: [String: Int] = [:]
        var producers: Set<Int64> = []
        var hasDied = false

        mutating func add(_ line: String) {
            if line.hasPrefix("| ") { records += 1 }
            guard line.hasPrefix("baseOffset: ") || line.hasPrefix("offset: ") else { return }
            batches += 1
            let words = line.split(separator: " ")
            func value(_ name: String) -> Substring? {
                words.firstIndex(of: name[...]).map { words[$0 + 1] }
            }
            if value("isTransactional:") == "true" { transactional += 1 }
            if value("isControl:") == "true" { control += 1 }
            if let codec = value("compresscodec:") { codecs[String(codec), default: 0] += 1 }
            if let id = value("producerId:").flatMap({ Int64($0) }), id >= 0 {
                producers.insert(id)
            }
        }
    }

    private func expected(_ fixtures: DumpFixtures) throws -> [String: Expected] {
        var byDirectory: [String: Expected] = [:]
        for expectation in try fixtures.expectations(".log") {
            let directory = expectation.file.split(separator: "/").dropLast().joined(separator: "/")
            var sum = byDirectory[directory] ?? Expected()
            if expectation.hasDied { sum.hasDied = true }
            for line in expectation.output.textLines {
                sum.add(String(decoding: line, as: UTF8.self))
            }
            byDirectory[directory] = sum
        }
        return byDirectory.filter { !$0.value.hasDied }
    }

    @Test func `Batches, records, codecs and producers are those that Kafka saw`() async throws {
        for fixtures in try DumpFixtures.all() {
            let expected = try expected(fixtures)
            #expect(!expected.isEmpty)
            for (directory, sum) in expected {
                let path = fixtures.set + "/" + directory
                let dumped = try await DumpedText(["--json", path])
                let rows = try dumped.lines.map { try JSON($0) }
                let summary = try #require(rows.first { $0["type"]?.text == "summary" })
                // Where a log is damaged, the tool stops earlier or later than this one.
                if summary["findings"]?["corruption"]?.integer != 0 { continue }
                #expect(summary["batches"] == .integer(Int64(sum.batches)), "\(directory)")
                #expect(summary["records"] == .integer(Int64(sum.records)), "\(directory)")
                #expect(
                    summary["transactionalBatches"] == .integer(Int64(sum.transactional)),
                    "\(directory)")
                #expect(summary["controlBatches"] == .integer(Int64(sum.control)), "\(directory)")
                #expect(
                    summary["producerIds"]
                        == .array(sum.producers.sorted().map { JSON.integer($0) }), "\(directory)")
                for (codec, count) in sum.codecs {
                    #expect(
                        summary["codecs"]?[codec] == .integer(Int64(count)), "\(directory) \(codec)"
                    )
                }
            }
        }
    }
}
