import NIOCore
import Testing

@testable import KafkaTransport

@Suite struct FrameAssemblerTests {
    private func stream(_ frames: [[UInt8]]) -> [UInt8] {
        frames.flatMap { frame -> [UInt8] in
            let length = UInt32(frame.count)
            return (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + frame
        }
    }

    private func body(_ count: Int, seed: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ seed) }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 64, 1000, 100_000])
    func framesComeOutWholeHoweverTheyAreCut(readSize: Int) throws {
        let frames = [
            body(0, seed: 0), body(1, seed: 1), body(3, seed: 2), body(5000, seed: 3),
            body(0, seed: 4), body(77, seed: 5),
        ]
        let bytes = stream(frames)
        var assembler = FrameAssembler()
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: readSize) {
            assembler.append(ByteBuffer(bytes: bytes[start..<min(start + readSize, bytes.count)]))
            while let frame = try assembler.nextFrame() {
                found.append(Array(frame.readableBytesView))
            }
        }
        #expect(found == frames)
        #expect(assembler.bufferedByteCount == 0)
    }

    @Test func readsAppendedWithoutTakingFramesAreKept() throws {
        let frames = [body(10, seed: 1), body(2000, seed: 2), body(1, seed: 3)]
        var assembler = FrameAssembler()
        let bytes = stream(frames)
        assembler.append(ByteBuffer(bytes: bytes[..<30]))
        #expect(try assembler.nextFrame().map { Array($0.readableBytesView) } == frames[0])
        #expect(try assembler.nextFrame() == nil)
        for start in stride(from: 30, to: bytes.count, by: 50) {
            assembler.append(ByteBuffer(bytes: bytes[start..<min(start + 50, bytes.count)]))
        }
        #expect(try assembler.nextFrame().map { Array($0.readableBytesView) } == frames[1])
        #expect(try assembler.nextFrame().map { Array($0.readableBytesView) } == frames[2])
        #expect(try assembler.nextFrame() == nil)
    }

    @Test func framesOfOneReadAreSlicesOfIt() throws {
        var assembler = FrameAssembler()
        let read = ByteBuffer(bytes: stream([body(100, seed: 1), body(100, seed: 2)]))
        let base = read.withUnsafeReadableBytes { $0.baseAddress }
        assembler.append(read)
        let first = try #require(try assembler.nextFrame())
        let second = try #require(try assembler.nextFrame())
        #expect(first.withUnsafeReadableBytes { $0.baseAddress } == base?.advanced(by: 4))
        #expect(second.withUnsafeReadableBytes { $0.baseAddress } == base?.advanced(by: 108))
    }

    @Test func lengthsAreCheckedBeforeAnythingIsReserved() {
        var assembler = FrameAssembler(maxFrameBytes: 10)
        assembler.append(ByteBuffer(integer: Int32(11)))
        #expect(throws: FrameError.tooLarge(11, limit: 10)) { try assembler.nextFrame() }
        var other = FrameAssembler()
        other.append(ByteBuffer(integer: Int32(-2)))
        #expect(throws: FrameError.negativeLength(-2)) { try other.nextFrame() }
    }
}
