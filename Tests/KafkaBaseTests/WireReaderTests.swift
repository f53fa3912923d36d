import KafkaBase
import NIOCore
import Testing

@Suite struct WireReaderTests {
    @Test func `What is written is read back`() throws {
        var writer = WireWriter()
        writer.writeInteger(Int16(-2))
        writer.writeBool(true)
        writer.writeFloat64(1.5)
        writer.writeUuid(Uuid(high: 1, low: 2))
        writer.writeUnsignedVarint(300)
        for compact in [false, true] {
            try writer.writeString("naïve", compact: compact)
            try writer.writeString(nil, compact: compact)
            try writer.writeBytes(ByteBuffer(bytes: [1, 2]), compact: compact)
            try writer.writeArray([Int32(7), 8], compact: compact) { writer, value in
                writer.writeInteger(value)
            }
        }
        let kept = [TaggedField(tag: 9, data: ByteBuffer(bytes: [3]))]
        writer.writeTaggedFields(kept)

        var reader = WireReader(writer.buffer)
        #expect(try reader.readInteger(as: Int16.self) == -2)
        #expect(try reader.readBool())
        #expect(try reader.readFloat64() == 1.5)
        #expect(try reader.readUuid() == Uuid(high: 1, low: 2))
        #expect(try reader.readUnsignedVarint() == 300)
        for compact in [false, true] {
            #expect(try reader.readString(compact: compact) == "naïve")
            #expect(try reader.readNullableString(compact: compact) == nil)
            #expect(try reader.readBytes(compact: compact) == ByteBuffer(bytes: [1, 2]))
            #expect(try readInt32Array(&reader, compact: compact) == [7, 8])
        }
        let unknown = try reader.readTaggedFields()
        #expect(unknown == kept)
        #expect(reader.remaining == 0)
    }

    @Test func `A count beyond the bytes left is refused before allocation`() {
        var reader = WireReader(ByteBuffer(bytes: [0x7F, 0xFF, 0xFF, 0xFF, 0]))
        #expect(throws: WireError.truncated(needed: 0x7FFF_FFFF, available: 1)) {
            try readInt32Array(&reader, compact: false)
        }
    }

    @Test func `A string that runs past the end is refused`() {
        var reader = WireReader(ByteBuffer(bytes: [0, 9, 65]))
        #expect(throws: WireError.truncated(needed: 9, available: 1)) {
            try reader.readString(compact: false)
        }
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE], WireError.invalidLength(-2)), ([0xFF, 0xFF], .invalidLength(-1)),
            ([0, 1, 0xFF], .invalidUTF8),
        ] as [([UInt8], WireError)])
    func `Lengths and text that make no sense`(bytes: [UInt8], error: WireError) {
        var reader = WireReader(ByteBuffer(bytes: bytes))
        #expect(throws: error) { try reader.readString(compact: false) }
    }

    @Test func `A variable-length integer has at most 32 bits`() throws {
        var largest = WireReader(ByteBuffer(bytes: [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]))
        #expect(try largest.readUnsignedVarint() == .max)
        var tooLong = WireReader(ByteBuffer(bytes: [0xFF, 0xFF, 0xFF, 0xFF, 0x1F]))
        #expect(throws: WireError.varintTooLong) { try tooLong.readUnsignedVarint() }
    }

    @Test func `Records in a file become a splice at their place`() throws {
        let file = OpenFile()
        var writer = WireWriter()
        writer.writeInteger(Int8(1))
        try writer.writeRecords(
            .file(FileSlice(owner: file, position: 10, count: 100)), compact: false)
        writer.writeInteger(Int8(2))
        #expect(writer.buffer == ByteBuffer(bytes: [1, 0, 0, 0, 100, 2]))
        #expect(writer.splices.map(\.offset) == [5])
        #expect(writer.count == 106)
    }

    private func readInt32Array(
        _ reader: inout WireReader, compact: Bool
    ) throws(WireError) -> [Int32] {
        try reader.readArray(compact: compact) { reader throws(WireError) in
            try reader.readInteger(as: Int32.self)
        }
    }
}

private final class OpenFile: FileDescriptorOwner {
    let fileDescriptor: Int32 = -1
}
