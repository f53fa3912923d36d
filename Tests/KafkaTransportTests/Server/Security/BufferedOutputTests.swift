import Glibc
import KafkaBase
import NIOCore
import TestSupport
import Testing

@testable import KafkaTransport

/// Bytes in a file without a name.
private final class Scratch: FileDescriptorOwner {
    let fileDescriptor: Int32

    init(_ bytes: [UInt8]) throws {
        let directory = try TemporaryDirectory()
        fileDescriptor = open("\(directory.path)/scratch", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(write(fileDescriptor, bytes, bytes.count) == bytes.count)
    }

    deinit { close(fileDescriptor) }
}

@Suite struct BufferedOutputTests {
    private func drain(_ output: inout BufferedOutput) throws -> (bytes: [UInt8], largest: Int) {
        var bytes: [UInt8] = []
        var largest = 0
        while let piece = try output.next() {
            largest = max(largest, piece.readableBytes)
            bytes += Array(piece.readableBytesView)
        }
        #expect(output.isEmpty)
        return (bytes, largest)
    }

    @Test func `A response without files is one piece with its length`() throws {
        var output = BufferedOutput()
        #expect(output.isEmpty)
        try output.append(WireWriter(ByteBuffer(bytes: [0, 0, 0, 0, 7, 8, 9])))
        #expect(!output.isEmpty)
        #expect(try drain(&output).bytes == [0, 0, 0, 3, 7, 8, 9])
    }

    @Test(arguments: [1, BufferedOutput.pieceBytes, 3 * BufferedOutput.pieceBytes + 5])
    func `Ranges of files are read in pieces`(count: Int) throws {
        let content = (0..<count + 10).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let file = try Scratch(content)
        var writer = WireWriter(ByteBuffer(bytes: [0, 0, 0, 0]))
        try writer.writeRecords(
            .file(FileSlice(owner: file, position: 10, count: count)), compact: false)
        writer.writeInteger(UInt8(99))
        var output = BufferedOutput()
        try output.append(writer)
        let (bytes, largest) = try drain(&output)
        #expect(bytes.count == 4 + 4 + count + 1 && bytes.last == 99)
        #expect(Array(bytes[8..<8 + count]) == Array(content[10...]))
        #expect(largest <= BufferedOutput.pieceBytes)
    }

    @Test func `A file that is shorter than it should be is an error`() throws {
        let file = try Scratch([1, 2, 3])
        var writer = WireWriter(ByteBuffer(bytes: [0, 0, 0, 0]))
        try writer.writeRecords(
            .file(FileSlice(owner: file, position: 0, count: 9)), compact: false)
        var output = BufferedOutput()
        try output.append(writer)
        #expect(throws: IOError.self) { while try output.next() != nil {} }
    }
}
