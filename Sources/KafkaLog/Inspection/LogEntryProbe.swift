internal import KafkaRecords

/// What the first bytes at a position of a log file say about the entry that begins there.
enum LogEntryProbe: Equatable {
    /// Nothing is left.
    case end
    /// A batch or message that lies in the file whole, by its length.
    case entry(RecordSetEntry)
    /// The file ends before the entry does, or before its length and magic could be read.
    case cutOff(needed: Int)
    case badLength(Int)
    case badMagic(Int8)

    /// - Parameters:
    ///   - prefix: what is there of the entry's first 17 bytes.
    ///   - remaining: bytes from the entry's start to the end of the file.
    ///   - readsNewerMagic: takes a magic above 2 for 2, as Kafka's own dump does.
    init(_ prefix: UnsafeRawBufferPointer, remaining: Int, readsNewerMagic: Bool) {
        guard remaining > 0 else {
            self = .end
            return
        }
        do throws(RecordsError) {
            let entry = try LogEntryProbe.entry(prefix, readsNewerMagic)
            self = entry.sizeBytes <= remaining ? .entry(entry) : .cutOff(needed: entry.sizeBytes)
        } catch {
            switch error {
            case .invalidBatchLength(let length): self = .badLength(length)
            case .unknownMagic(let magic): self = .badMagic(magic)
            default: self = .cutOff(needed: RecordSetCursor.prefixByteCount)
            }
        }
    }

    private static func entry(
        _ prefix: UnsafeRawBufferPointer, _ readsNewerMagic: Bool
    ) throws(RecordsError) -> RecordSetEntry {
        do throws(RecordsError) {
            return try RecordSetCursor.entry(at: 0, in: prefix)
        } catch {
            guard readsNewerMagic, case .unknownMagic(let magic) = error, magic > 2 else {
                throw error
            }
            var asV2 = Array(prefix.prefix(RecordSetCursor.prefixByteCount))
            asV2[16] = 2
            var result: Result<RecordSetEntry, RecordsError> = .failure(error)
            asV2.withUnsafeBytes { bytes in
                result = Result { () throws(RecordsError) in
                    try RecordSetCursor.entry(at: 0, in: bytes)
                }
            }
            var entry = try result.get()
            entry.magic = magic
            return entry
        }
    }
}
