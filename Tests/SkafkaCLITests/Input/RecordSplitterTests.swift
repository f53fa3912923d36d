import Glibc
import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct RecordSplitterTests {
    /// Cuts a text that arrives in pieces, through the reader that `produce` uses.
    private func records(
        _ bytes: [UInt8], delimiter: [UInt8], capacityBytes: Int = 16
    ) throws -> [[UInt8]] {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        // The test's inputs fit into a pipe.
        #expect(write(ends[1], bytes, bytes.count) == bytes.count)
        close(ends[1])
        defer { close(ends[0]) }
        let reader = BlockReader(
            descriptor: ends[0], maxBytes: 1 << 20, capacityBytes: capacityBytes)
        var splitter = RecordSplitter(delimiter: delimiter)
        var result: [[UInt8]] = []
        while true {
            while let length = splitter.next(in: reader.unread) {
                result.append(Array(reader.unread.prefix(length)))
                reader.consume(length + splitter.delimiterBytes)
                splitter.consumed()
            }
            if reader.fill() == .ended { break }
        }
        if !reader.unread.isEmpty { result.append(Array(reader.unread)) }
        return result
    }

    @Test(
        arguments: [
            ("", []), ("a\n", ["a"]), ("a", ["a"]), ("\n", [""]), ("a\n\nb", ["a", "", "b"]),
            (
                "a\nlonger than the buffer is at first\nb\n",
                ["a", "longer than the buffer is at first", "b"]
            ),
        ] as [(String, [String])])
    func cutsLines(text: String, expected: [String]) throws {
        let found = try records(Array(text.utf8), delimiter: [10])
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test func cutsAtSeveralBytes() throws {
        let found = try records(Array("a--b---c-d".utf8), delimiter: Array("--".utf8))
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == ["a", "b", "-c-d"])
    }

    /// Against the plain way of cutting, with delimiters that lie across the reads.
    @Test func agreesWithThePlainWay() throws {
        var random = SeededGenerator(seed: 41)
        for _ in 0..<300 {
            let delimiter = (0..<Int.random(in: 1..<4, using: &random)).map { _ in
                UInt8.random(in: 0..<3, using: &random)
            }
            let bytes = (0..<Int.random(in: 0..<400, using: &random)).map { _ in
                UInt8.random(in: 0..<3, using: &random)
            }
            var expected: [[UInt8]] = []
            var start = 0
            var index = 0
            while index + delimiter.count <= bytes.count {
                if Array(bytes[index..<index + delimiter.count]) == delimiter {
                    expected.append(Array(bytes[start..<index]))
                    index += delimiter.count
                    start = index
                } else {
                    index += 1
                }
            }
            if start < bytes.count { expected.append(Array(bytes[start...])) }
            #expect(try records(bytes, delimiter: delimiter) == expected)
        }
    }

    @Test func aRecordHasABound() {
        let descriptor = open("/dev/zero", O_RDONLY)
        defer { close(descriptor) }
        let reader = BlockReader(descriptor: descriptor, maxBytes: 1 << 20)
        var fill = reader.fill()
        while fill == .read { fill = reader.fill() }
        #expect(fill == .full)
        #expect(reader.unread.count < 4 << 20)
    }

    @Test func aDirectoryCannotBeRead() {
        let descriptor = open("/", O_RDONLY)
        defer { close(descriptor) }
        let reader = BlockReader(descriptor: descriptor, maxBytes: 1 << 20)
        #expect(reader.fill() == .failed(errno: EISDIR))
    }
}
