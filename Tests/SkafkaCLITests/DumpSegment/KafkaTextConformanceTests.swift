import TestSupport
import Testing

@testable import SkafkaCLI

/// `--kafka` against what Kafka's own tool printed about the same files.
@Suite struct KafkaTextConformanceTests {
    /// The flags that Kafka's tool was given for a log, by the topic of its directory.
    private func flags(for file: String) -> [String] {
        let directory = file.split(separator: "/").dropLast().last ?? ""
        let decoders = [
            "__consumer_offsets": "--offsets-decoder",
            "__transaction_state": "--transaction-log-decoder",
            "__cluster_metadata": "--cluster-metadata-decoder",
        ]
        let decoder = decoders.first { directory.hasPrefix($0.key + "-") }?.value
        return ["--deep-iteration", "--print-data-log"] + (decoder.map { [$0] } ?? [])
    }

    private func check(
        _ expectation: DumpFixtures.Expectation, in set: String, _ flags: [String]
    ) async throws {
        let dumped = try await DumpedText(
            ["--kafka", "--files", set + "/" + expectation.file] + flags)
        let prefix = Array("\(set)/".utf8)
        let lines = dumped.output.textLines.map { $0.removing(prefix) }
        var expected = expectation.output.textLines
        if expectation.hasDied {
            // Half a line is where it died.
            if expectation.output.last != 0x0A { expected.removeLast() }
            #expect(Array(lines.prefix(expected.count)) == expected, "\(expectation.file)")
        } else {
            #expect(lines == expected, "\(expectation.file)")
            checkErrors(dumped.errors, expectation, in: set)
        }
        #expect([.done, .corrupt].contains(dumped.status), "\(expectation.file)")
    }

    /// Where nothing is wrong, what Kafka's tool says on standard error is all that is said.
    private func checkErrors(
        _ errors: String, _ expectation: DumpFixtures.Expectation, in set: String
    ) {
        guard !errors.contains(": corruption: "), !errors.contains(": warning: ") else { return }
        #expect(errors.replacing("\(set)/", with: "") == expectation.errors, "\(expectation.file)")
    }

    @Test func `Logs with their records, decoded where Kafka's tool was told to`() async throws {
        for fixtures in try DumpFixtures.all() {
            let expectations = try fixtures.expectations(".log")
            #expect(!expectations.isEmpty)
            for expectation in expectations {
                try await check(expectation, in: fixtures.set, flags(for: expectation.file))
            }
        }
    }

    @Test func `Records are decoded by their directory's name, too`() async throws {
        for fixtures in try DumpFixtures.all() {
            let expectations = try fixtures.expectations(".log").filter {
                flags(for: $0.file).count > 2
            }
            #expect(!expectations.isEmpty)
            for expectation in expectations {
                try await check(
                    expectation, in: fixtures.set, ["--deep-iteration", "--print-data-log"])
            }
        }
    }

    @Test func `Snapshots of the metadata log`() async throws {
        for fixtures in try DumpFixtures.all() {
            let expectations = try fixtures.expectations(".checkpoint")
            #expect(!expectations.isEmpty)
            for expectation in expectations {
                try await check(
                    expectation, in: fixtures.set,
                    ["--deep-iteration", "--print-data-log", "--cluster-metadata-decoder"])
            }
        }
    }

    @Test func `Producer snapshots and transaction indexes`() async throws {
        for fixtures in try DumpFixtures.all() {
            for suffix in [".snapshot", ".txnindex"] {
                let expectations = try fixtures.expectations(suffix)
                #expect(!expectations.isEmpty)
                for expectation in expectations {
                    try await check(expectation, in: fixtures.set, [])
                }
            }
        }
    }

    /// Without records the output is the one with records, less their lines.
    @Test func `Logs without their records`() async throws {
        for fixtures in try DumpFixtures.all() {
            for expectation in try fixtures.expectations(".log")
            where !expectation.hasDied {
                let path = fixtures.set + "/" + expectation.file
                let shallow = try await DumpedText(["--kafka", path])
                let deep = try await DumpedText(["--kafka", "--deep-iteration", path])
                let batches = deep.output.textLines.filter { $0.first != UInt8(ascii: "|") }
                #expect(shallow.output.textLines == batches, "\(expectation.file)")
            }
        }
    }

    @Test func `Offset and time indexes`() async throws {
        for fixtures in try DumpFixtures.all() {
            for suffix in [".index", ".timeindex"] {
                let expectations = try fixtures.expectations(suffix)
                #expect(!expectations.isEmpty)
                for expectation in expectations {
                    try await check(expectation, in: fixtures.set, [])
                }
            }
        }
    }

    @Test func `Sanity checks of indexes`() async throws {
        for fixtures in try DumpFixtures.all() {
            for suffix in [".index.sanity", ".timeindex.sanity"] {
                let expectations = try fixtures.expectations(suffix)
                #expect(!expectations.isEmpty)
                for expectation in expectations {
                    try await check(expectation, in: fixtures.set, ["--index-sanity-check"])
                }
            }
        }
    }
}

extension [UInt8] {
    /// Without a part that it begins with, or that follows its first word.
    fileprivate func removing(_ part: [UInt8]) -> [UInt8] {
        if starts(with: part) { return Array(dropFirst(part.count)) }
        let dumping = Array("Dumping ".utf8)
        guard starts(with: dumping + part) else { return self }
        return dumping + dropFirst(dumping.count + part.count)
    }
}
