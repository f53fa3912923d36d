internal import KafkaRecords

/// An entry of a producer snapshot: what the log knows of an idempotent producer.
public struct InspectedProducerEntry: Sendable, Hashable {
    /// Counted from 0.
    public var number: Int
    public var producerID: Int64
    public var producerEpoch: Int16
    /// Of the last batch; its offset is below 0 where none is known.
    public var lastSequence: Int32
    public var lastOffset: Int64
    /// From the last batch's first record to its last.
    public var offsetDelta: Int32
    /// Ms since the epoch.
    public var timestamp: Int64
    public var coordinatorEpoch: Int32
    /// Below 0 without an open transaction.
    public var currentTransactionFirstOffset: Int64

    /// Of the last batch; sequences wrap from the largest number to 0.
    public var firstSequence: Int32 { SequenceNumber.back(lastSequence, by: offsetDelta) }

    /// - Parameter bytes: `ProducerSnapshot.entryBytes` of them or more.
    init(number: Int, _ bytes: UnsafeRawBufferPointer) {
        self.number = number
        producerID = bytes.bigEndian(0)
        producerEpoch = bytes.bigEndian(8)
        lastSequence = bytes.bigEndian(10)
        lastOffset = bytes.bigEndian(14)
        offsetDelta = bytes.bigEndian(22)
        timestamp = bytes.bigEndian(26)
        coordinatorEpoch = bytes.bigEndian(34)
        currentTransactionFirstOffset = bytes.bigEndian(38)
    }
}

/// Reads one producer snapshot, hands its entries to a visitor and tells what is wrong with it.
/// Opens read-only and never repairs.
///
/// Owns the file's bytes, which are limited. One owner, on any one thread; `init` blocks on the
/// disk.
public struct ProducerSnapshotInspection {
    public let path: String
    /// Whole entries that the file has room for and announces.
    public let entryCount: Int
    /// Of the whole file, in the order of their positions; those of single entries come with the
    /// entries.
    public let findings: [Finding]
    /// Set by the visitor's wish to stop.
    public private(set) var wasStopped = false

    private let bytes: [UInt8]
    /// Offset that the snapshot was taken at.
    private let endOffset: Int64?
    private static let maxBytes = 512 << 20

    /// - Parameter endOffset: the number in the file's name; nil where it is not known.
    public init(
        path: String, endOffset: Int64?, on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        bytes = try disk.requiredContent(of: path, maxBytes: ProducerSnapshotInspection.maxBytes)
        self.path = path
        self.endOffset = endOffset
        (entryCount, findings) = ProducerSnapshotInspection.check(bytes, path)
    }

    /// Hands out the entries, as far as there are whole ones.
    public mutating func run(_ visitor: inout some InspectionVisitor) {
        for finding in findings { visitor.report(finding) }
        for number in 0..<entryCount {
            let position =
                ProducerSnapshot.headerBytes + number * ProducerSnapshot.entryBytes
            let entry = bytes.withUnsafeBytes {
                InspectedProducerEntry(
                    number: number, UnsafeRawBufferPointer(rebasing: $0[position...]))
            }
            if visitor.visit(producerEntry: entry) == .stop {
                wasStopped = true
                return
            }
            // What does not match its CRC says nothing reliable.
            guard let endOffset, findings.isEmpty, entry.lastOffset >= endOffset else { continue }
            visitor.report(
                Finding(
                    .entryOffset, .corruption, path: path, position: position,
                    offset: entry.lastOffset, stored: entry.lastOffset, expected: endOffset &- 1,
                    "entry \(number): the last offset \(entry.lastOffset) lies past the"
                        + " snapshot's own offset \(endOffset)"))
        }
    }

    /// Kafka's `ProducerStateManager.readSnapshot`, telling where.
    private static func check(_ bytes: [UInt8], _ path: String) -> (Int, [Finding]) {
        guard bytes.count >= ProducerSnapshot.headerBytes else {
            return (0, [ended(bytes.count, at: 0, inside: "its header", path)])
        }
        let (version, storedCrc, announced) = bytes.withUnsafeBytes {
            (
                $0.bigEndian(0, as: Int16.self), $0.bigEndian(2, as: UInt32.self),
                $0.bigEndian(6, as: Int32.self)
            )
        }
        guard version == ProducerSnapshot.version else {
            let finding = Finding(
                .badVersion, .corruption, path: path, position: 0, stored: Int64(version),
                expected: Int64(ProducerSnapshot.version),
                "version \(version) is not known")
            return (0, [finding])
        }
        let room = (bytes.count - ProducerSnapshot.headerBytes) / ProducerSnapshot.entryBytes
        let count = min(max(Int(announced), 0), room)
        let end = ProducerSnapshot.headerBytes + count * ProducerSnapshot.entryBytes
        guard Int(announced) == count else {
            let what = "entry \(count) of \(announced)"
            return (count, [ended(bytes.count, at: end, inside: what, path)])
        }
        var findings: [Finding] = []
        let crc = bytes[ProducerSnapshot.coveredFrom...].withUnsafeBytes { Crc32c.checksum($0) }
        if crc != storedCrc {
            findings.append(
                Finding(
                    .crcMismatch, .corruption, path: path, position: ProducerSnapshot.crcPosition,
                    stored: Int64(storedCrc),
                    expected: Int64(crc), "CRC stored \(storedCrc), computed \(crc)"))
        }
        if bytes.count > end {
            findings.append(
                Finding(
                    .trailingBytes, .corruption, path: path, position: end,
                    stored: Int64(bytes.count - end),
                    "\(bytes.count - end) bytes follow the last entry"))
        }
        return (count, findings)
    }

    private static func ended(
        _ count: Int, at position: Int, inside what: String, _ path: String
    ) -> Finding {
        Finding(
            .truncatedFile, .corruption, path: path, position: position, stored: Int64(count),
            "the file of \(count) bytes ends before or inside \(what)")
    }
}
