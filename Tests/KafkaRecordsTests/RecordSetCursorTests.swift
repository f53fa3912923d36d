import KafkaRecords
import Testing

@Suite struct RecordSetCursorTests {
    private func prefix(offset: UInt8, length: UInt8, magic: UInt8, total: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: total)
        bytes[7] = offset
        bytes[11] = length
        bytes[16] = magic
        return bytes
    }

    @Test func walksMixedFormats() throws {
        let bytes =
            prefix(offset: 1, length: 14, magic: 0, total: 26)
            + prefix(offset: 2, length: 22, magic: 1, total: 34)
            + prefix(offset: 3, length: 49, magic: 2, total: 61)
        var cursor = RecordSetCursor()
        var found: [RecordSetEntry] = []
        try bytes.withUnsafeBytes {
            while let entry = try cursor.next(in: $0) { found.append(entry) }
        }
        #expect(found.map(\.position) == [0, 26, 60])
        #expect(found.map(\.sizeBytes) == [26, 34, 61])
        #expect(found.map(\.offsetField) == [1, 2, 3])
    }

    @Test func saysWhatIsWrong() {
        func error(_ bytes: [UInt8]) -> RecordsError? {
            var cursor = RecordSetCursor()
            do {
                _ = try bytes.withUnsafeBytes { try cursor.next(in: $0) }
                return nil
            } catch { return error as? RecordsError }
        }
        #expect(error([0, 0, 0]) == .truncated(needed: 17, available: 3))
        #expect(
            error(prefix(offset: 0, length: 60, magic: 2, total: 70))
                == .truncated(needed: 72, available: 70))
        #expect(
            error(prefix(offset: 0, length: 48, magic: 2, total: 61)) == .invalidBatchLength(48))
        #expect(
            error(prefix(offset: 0, length: 13, magic: 9, total: 61)) == .invalidBatchLength(13))
        #expect(error(prefix(offset: 0, length: 49, magic: 3, total: 61)) == .unknownMagic(3))
    }
}
