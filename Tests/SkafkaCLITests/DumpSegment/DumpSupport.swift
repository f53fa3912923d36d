import ArgumentParser
import Glibc
import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import SkafkaCLI

/// Runs `skafka dump-segment` in this process, its streams going to files.
struct DumpedText {
    var output: [UInt8]
    var errors: String
    var status: SkafkaCLI.ExitStatus

    /// Lines of standard output as text.
    var lines: [Substring] {
        String(decoding: output, as: UTF8.self).split(separator: "\n")
    }

    init(_ arguments: [String]) async throws {
        let scratch = try TemporaryDirectory()
        let outputPath = scratch.path + "/out"
        let errorPath = scratch.path + "/err"
        var context = CommandContext(environment: [:])
        context.outputDescriptor = open(outputPath, O_WRONLY | O_CREAT, 0o600)
        context.errorDescriptor = open(errorPath, O_WRONLY | O_CREAT, 0o600)
        defer {
            close(context.outputDescriptor)
            close(context.errorDescriptor)
        }
        let command = try Skafka.parseAsRoot(["dump-segment"] + arguments)
        status = await SkafkaMain.run(command, in: context)
        output = try Fixtures.bytes(outputPath)
        errors = try Fixtures.text(errorPath)
    }
}

/// The directories of a fixture set that hold logs, and what Kafka's dump printed about a file.
struct DumpFixtures {
    let set: String

    static func all() throws -> [DumpFixtures] {
        try Fixtures.directories().map { DumpFixtures(set: $0) }
    }

    /// A file that Kafka's tool was run on.
    struct Expectation {
        /// Of the file, below the set.
        var file: String
        var output: [UInt8]
        var errors: String
        /// The tool was asked for the sanity check.
        var isSanity: Bool

        /// The tool died of an exception; its output ends where it did.
        var hasDied: Bool { errors.hasPrefix("Exception in thread") }
    }

    func expectations(_ suffix: String) throws -> [Expectation] {
        let root = set + "/expected/"
        let paths = Fixtures.files(under: set + "/expected", suffix: suffix + ".txt")
        return try paths.compactMap { path in
            guard !path.hasSuffix(".stderr.txt") else { return nil }
            var file = String(path.dropFirst(root.count).dropLast(".txt".count))
            let isSanity = file.hasSuffix(".sanity")
            if isSanity { file = String(file.dropLast(".sanity".count)) }
            // Also of files that only lie elsewhere: what a broker rewrote.
            guard Fixtures.isFile(set + "/" + file) else { return nil }
            let errorPath = String(path.dropLast(".txt".count) + ".stderr.txt")
            return Expectation(
                file: file, output: try Fixtures.bytes(path),
                errors: Fixtures.isFile(errorPath) ? try Fixtures.text(errorPath) : "",
                isSanity: isSanity)
        }
    }
}

extension Sequence<UInt8> {
    /// Lines without their newlines; what follows the last one is a line too, unless empty.
    var textLines: [[UInt8]] {
        var lines = split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

/// A partition's directory with one segment of the tests' own records.
struct DumpDirectory: ~Copyable {
    private let scratch: TemporaryDirectory
    let path: String
    var log: String { path + "/00000000000000000010.log" }

    /// Batches of these records, from offset 10 on.
    init(_ batches: [[Record]]) throws {
        let bytes = try DumpDirectory.encode(batches)
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/orders-3"
        mkdir(path, 0o700)
        try DumpDirectory.write(bytes, to: path + "/00000000000000000010.log")
        try DumpDirectory.write([], to: path + "/00000000000000000010.index")
        try DumpDirectory.write([], to: path + "/00000000000000000010.timeindex")
        self.scratch = scratch
        self.path = path
    }

    private static func encode(_ batches: [[Record]]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var offset: Int64 = 10
        for records in batches {
            var builder = RecordBatchBuilder()
            for record in records { record.append(to: &builder) }
            var batch = Array(try builder.finish().readableBytesView)
            batch.withUnsafeMutableBytes {
                RecordBatchPatch.assign(baseOffset: offset, leaderEpoch: 7, to: $0)
            }
            bytes += batch
            offset += Int64(records.count)
        }
        return bytes
    }

    struct Record {
        var key: [UInt8]?
        var value: [UInt8]?
        var timestamp: Int64 = 1_700_000_000_000
        var header: (name: String, value: [UInt8]?)?

        init(
            _ value: String, key: [UInt8]? = nil, header: (name: String, value: [UInt8]?)? = nil
        ) {
            self.value = Array(value.utf8)
            self.key = key
            self.header = header
        }

        func append(to builder: inout RecordBatchBuilder) {
            var headers: EncodedHeaders?
            if let header {
                var encoded = EncodedHeaders()
                Array(header.name.utf8).withUnsafeBytes { name in
                    guard let value = header.value else {
                        return encoded.append(name: name, value: nil)
                    }
                    value.withUnsafeBytes { encoded.append(name: name, value: $0) }
                }
                headers = encoded
            }
            (key ?? []).withUnsafeBytes { keyBytes in
                (value ?? []).withUnsafeBytes { valueBytes in
                    builder.append(
                        timestamp: timestamp, key: key == nil ? nil : keyBytes,
                        value: value == nil ? nil : valueBytes, headers: headers)
                }
            }
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    /// Changes the log's bytes.
    func damage(_ change: (inout [UInt8]) -> Void) throws {
        var bytes = try Fixtures.bytes(log)
        change(&bytes)
        try DumpDirectory.write(bytes, to: log)
    }
}

/// A file to be written to, closed with the value.
struct DumpedFile: ~Copyable {
    let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        #expect(descriptor >= 0)
    }

    deinit { close(descriptor) }
}
