internal import KafkaRecords

/// The producer state at one offset as a `.snapshot` file keeps it (Kafka's `ProducerSnapshot`): of
/// each producer's batches the last.
///
/// A value; encoding and reading any file ends in bounded time and memory.
struct ProducerSnapshot: Sendable {
    static let version: Int16 = 1
    static let crcPosition = 2
    static let coveredFrom = 6
    static let headerBytes = 10
    static let entryBytes = 46
    private static let maxBytes = headerBytes + entryBytes * ProducerStates.maxProducers * 8

    /// The offset behind the last batch that it knows; the file's name.
    var offset: Int64
    var entries: [ProducerEntry]

    init(offset: Int64, _ states: ProducerStates) {
        self.offset = offset
        entries = Array(states.entries.values)
    }

    // MARK: Reading

    /// - Throws: `corrupt` for a file of another version, length or checksum.
    init(offset: Int64, path: String, disk: any Disk) throws(LogError) {
        self.offset = offset
        let bytes = try disk.content(of: path, maxBytes: Self.maxBytes) ?? []
        let decoded = bytes.withUnsafeBytes { bytes in
            Result { () throws(Corruption) in try ProducerSnapshot.decode(bytes) }
        }
        do throws(Corruption) {
            entries = try decoded.get()
        } catch {
            throw .corrupt(path: path, position: error.position, reason: error.reason)
        }
    }

    struct Corruption: Error, Equatable {
        var position: Int
        var reason: String
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) throws(Corruption) -> [ProducerEntry] {
        guard bytes.count >= headerBytes else {
            throw Corruption(position: bytes.count, reason: "the file ends inside its header")
        }
        let version: Int16 = bytes.bigEndian(0)
        guard version == Self.version else {
            throw Corruption(position: 0, reason: "version \(version) is unknown")
        }
        let count: Int32 = bytes.bigEndian(coveredFrom)
        guard count >= 0, Int(count) <= (bytes.count - headerBytes) / entryBytes else {
            throw Corruption(
                position: bytes.count, reason: "the file ends inside of \(count) entries")
        }
        let stored: UInt32 = bytes.bigEndian(crcPosition)
        let computed = Crc32c.checksum(UnsafeRawBufferPointer(rebasing: bytes[coveredFrom...]))
        guard stored == computed else {
            throw Corruption(
                position: crcPosition, reason: "CRC \(stored), but \(computed) is computed")
        }
        return (0..<Int(count)).map { entry(bytes, at: headerBytes + $0 * entryBytes) }
    }

    private static func entry(_ bytes: UnsafeRawBufferPointer, at start: Int) -> ProducerEntry {
        var entry = ProducerEntry(producerID: bytes.bigEndian(start))
        entry.epoch = bytes.bigEndian(start + 8)
        entry.lastTimestamp = bytes.bigEndian(start + 26)
        entry.coordinatorEpoch = bytes.bigEndian(start + 34)
        let transaction: Int64 = bytes.bigEndian(start + 38)
        entry.transactionFirstOffset = transaction >= 0 ? transaction : nil
        let lastOffset: Int64 = bytes.bigEndian(start + 14)
        if lastOffset >= 0 {
            entry.batches = [
                ProducerEntry.Batch(
                    lastSequence: bytes.bigEndian(start + 10), lastOffset: lastOffset,
                    offsetDelta: bytes.bigEndian(start + 22), timestamp: entry.lastTimestamp)
            ]
        }
        return entry
    }

    // MARK: Writing

    /// The file's bytes, producers by their ids.
    func encoded() -> [UInt8] {
        var bytes = [UInt8](
            repeating: 0, count: Self.headerBytes + entries.count * Self.entryBytes)
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBigEndian(Self.version, at: 0)
            bytes.storeBigEndian(Int32(entries.count), at: Self.coveredFrom)
            var position = Self.headerBytes
            for entry in entries.sorted(by: { $0.producerID < $1.producerID }) {
                ProducerSnapshot.store(entry, in: bytes, at: position)
                position += Self.entryBytes
            }
            let covered = UnsafeRawBufferPointer(rebasing: bytes[Self.coveredFrom...])
            bytes.storeBigEndian(Crc32c.checksum(covered), at: Self.crcPosition)
        }
        return bytes
    }

    private static func store(
        _ entry: ProducerEntry, in bytes: UnsafeMutableRawBufferPointer, at start: Int
    ) {
        let last = entry.batches.last
        bytes.storeBigEndian(entry.producerID, at: start)
        bytes.storeBigEndian(entry.epoch, at: start + 8)
        bytes.storeBigEndian(entry.lastSequence, at: start + 10)
        bytes.storeBigEndian(entry.lastDataOffset, at: start + 14)
        bytes.storeBigEndian(last?.offsetDelta ?? 0, at: start + 22)
        bytes.storeBigEndian(entry.lastTimestamp, at: start + 26)
        bytes.storeBigEndian(entry.coordinatorEpoch, at: start + 34)
        bytes.storeBigEndian(entry.transactionFirstOffset ?? -1, at: start + 38)
    }

    /// Durable once the directory is synced too; torn, it is refused by its checksum. Blocks.
    func write(to path: String, disk: any Disk) throws(LogError) {
        try disk.write(encoded(), to: path).sync()
    }
}
