import KafkaBase
import Testing

@Suite struct VarintTests {
    private static let known: [(value: Int64, bytes: [UInt8])] = [
        (0, [0x00]), (-1, [0x01]), (1, [0x02]), (63, [0x7E]), (64, [0x80, 0x01]),
        (-64, [0x7F]), (-65, [0x81, 0x01]), (8191, [0xFE, 0x7F]),
        (Int64(Int32.max), [0xFE, 0xFF, 0xFF, 0xFF, 0x0F]),
        (Int64.min, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    ]

    @Test(arguments: known)
    func `Known encodings, both ways`(value: Int64, bytes: [UInt8]) {
        var written = [UInt8](repeating: 0, count: Varint.maxByteCount64)
        let count = written.withUnsafeMutableBytes { raw in
            var cursor = raw.baseAddress!
            Varint.write(value, to: &cursor)
            return raw.baseAddress!.distance(to: cursor)
        }
        #expect(Array(written[..<count]) == bytes)
        #expect(Varint.byteCount(value) == bytes.count)
        #expect(read(bytes) == value)
    }

    @Test func `What is cut off or too long is nil`() {
        #expect(read([]) == nil)
        #expect(read([0x80]) == nil)
        #expect(read([UInt8](repeating: 0xFF, count: 11)) == nil)
        #expect(read([UInt8](repeating: 0xFF, count: 9) + [0x02]) == nil)
    }

    private func read(_ bytes: [UInt8]) -> Int64? {
        bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return nil }
            var cursor = base
            return Varint.read(&cursor, end: base + raw.count)
        }
    }
}
