internal import KafkaRecords

/// Reads one log file from its start to its end, or as far as its damage lets it, and hands every
/// batch, record and finding to a visitor. Opens read-only and never repairs.
///
/// Owns the file, a read window and the decompression buffer. Batches above `pieceBytes` are read
/// and unpacked piece by piece, so that memory does not follow their size, but for what is not
/// unpacked yet of a compressed one; `maxBatchBytes` and `maxDecompressedBytes` bound that,
/// whatever the file says. One owner, on any one thread; calls block on the disk.
public struct LogInspection: ~Copyable {
    public struct Options: Sendable {
        /// Base offset of the segment, from the file's name; nil when it is not known.
        public var baseOffset: Int64?
        /// Walks the records inside of the batches: to hand them out, and to check them.
        public var readsRecords = true
        /// Hands the records out; else they are only checked and counted.
        public var handsOutRecords = true
        /// After bad bytes, looks for the next intact batch instead of stopping.
        public var resynchronizes = false
        /// The segment that a broker writes to: only there does a crash leave half a batch.
        public var isNewestSegment = true
        /// First and last offset of interest; batches without any of them are passed over.
        public var fromOffset = Int64.min
        public var toOffset = Int64.max
        /// Bytes of the file to look at.
        public var maxBytes = Int.max
        /// Takes a magic above 2 for 2, as Kafka's own dump does.
        public var readsNewerMagic = false
        /// Larger batches are passed over by their length.
        public var maxBatchBytes = 512 << 20
        /// Limit on what one batch may decompress to.
        public var maxDecompressedBytes = 256 << 20

        public init(baseOffset: Int64?) {
            self.baseOffset = baseOffset
        }
    }

    /// What an inspection saw.
    public struct Totals: Sendable, Hashable {
        /// Of the batches handed out.
        public var contents = LogContents()
        /// Where reading ended: the end of the last whole batch.
        public var endPosition = 0
        /// Bytes that were looked at, or should have been.
        public var fileBytes = 0
        /// Reading ended at bytes that are no batch and no preallocated tail.
        public var endsBroken = false
        /// It ended because the file does, inside of an entry.
        public var endsCutOff = false
        /// The visitor asked to stop.
        public var wasStopped = false
    }

    /// A batch up to this size is read at once, a larger one in pieces of `InspectedFile`'s size.
    static let pieceBytes = 4 << 20

    public let path: String
    let options: Options
    var file: InspectedFile
    var reader: RecordBatchReader
    var search: BatchSearch
    /// Compared with the batches on the way.
    var indexes = IndexFollowers()
    /// End of what is looked at.
    let end: Int
    var position = 0
    /// One more than the largest offset so far.
    var expectedOffset: Int64?
    /// A batch whose CRC was wrong, when it is the one before: its length may be wrong too.
    var suspectPosition: Int?
    public internal(set) var totals = Totals()

    public init(
        path: String, options: Options, on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        self.path = path
        self.options = options
        file = try InspectedFile(path: path, on: disk)
        reader = RecordBatchReader(maxDecompressedBytes: options.maxDecompressedBytes)
        reader.pieceBytes = LogInspection.pieceBytes
        search = BatchSearch(
            baseOffset: options.baseOffset ?? 0, maxBatchBytes: options.maxBatchBytes,
            fileBytes: file.size)
        end = min(file.size, options.maxBytes)
        totals.fileBytes = end
    }

    /// Inspects the file once.
    public mutating func run(_ visitor: inout some InspectionVisitor) throws(LogError) {
        var goesOn = true
        while goesOn {
            let prefix = try file.bytes(
                at: position,
                count: min(RecordSetCursor.prefixByteCount, end - position))
            let probe = LogEntryProbe(
                UnsafeRawBufferPointer(prefix), remaining: end - position,
                readsNewerMagic: options.readsNewerMagic)
            switch probe {
            case .end: goesOn = false
            case .entry(let entry): goesOn = try visit(entry, &visitor)
            case .cutOff(let needed): goesOn = try endsInside(needed: needed, &visitor)
            case .badLength(let length):
                goesOn = try isDamaged(.badLength, stored: Int64(length), &visitor)
            case .badMagic(let magic):
                goesOn = try isDamaged(.badMagic, stored: Int64(magic), &visitor)
            }
        }
        totals.endPosition = position
    }

    /// One entry, whole by its length: passes over it, or shows it.
    private mutating func visit(
        _ entry: RecordSetEntry, _ visitor: inout some InspectionVisitor
    ) throws(LogError) -> Bool {
        let headerBytes = UnsafeRawBufferPointer(
            try file.bytes(at: position, count: min(entry.sizeBytes, RecordBatchHeader.byteCount)))
        let (first, last) = LogInspection.offsets(of: entry, header: headerBytes)
        if first > options.toOffset { return false }
        var goesOn = true
        if last < options.fromOffset {
            expectedOffset = max(expectedOffset ?? .min, last &+ 1)
        } else if entry.sizeBytes > options.maxBatchBytes {
            visitor.report(
                finding(
                    .batchTooLarge, .warning, offset: last,
                    "a batch of \(entry.sizeBytes) bytes is above the limit and was not read"))
            expectedOffset = max(expectedOffset ?? .min, last &+ 1)
        } else {
            goesOn = try show(entry, &visitor)
        }
        position += entry.sizeBytes
        return goesOn
    }

    /// First and last offset as the header has them; of a compressed set of an old format the first
    /// one is not known.
    private static func offsets(
        of entry: RecordSetEntry, header bytes: UnsafeRawBufferPointer
    ) -> (first: Int64, last: Int64) {
        guard entry.magic >= 2, let header = try? RecordBatchHeader(bytes) else {
            return (.min, entry.offsetField)
        }
        return (header.baseOffset, max(header.baseOffset, header.lastOffset))
    }
}

// MARK: Damage

extension LogInspection {
    func finding(
        _ kind: Finding.Kind, _ severity: Finding.Severity, offset: Int64? = nil,
        stored: Int64? = nil, expected: Int64? = nil, _ message: String
    ) -> Finding {
        Finding(
            kind, severity, path: path, position: position, offset: offset, stored: stored,
            expected: expected, message)
    }

    /// The file ends inside of an entry: torn by a crash, unless intact batches follow, which tell
    /// that its length is wrong.
    private mutating func endsInside(
        needed: Int, _ visitor: inout some InspectionVisitor
    ) throws(LogError) -> Bool {
        totals.endsCutOff = true
        if end < file.size { return false }
        let left = end - position
        // A few zeros may as well be the start of a batch: of its offset and length.
        if left >= RecordBatchHeader.lengthPrefixByteCount,
            try file.isZero(from: position, to: end)
        {
            return reportZeroTail(&visitor)
        }
        if let next = try search.next(in: &file, from: position + 1, to: end) {
            visitor.report(
                finding(
                    .badLength, .corruption, stored: Int64(needed - 12),
                    "length \(needed - 12) at byte \(position + 8) runs past the end of the file,"
                        + " but a batch follows"))
            return goOn(at: next, &visitor)
        }
        visitor.report(
            finding(
                .truncatedTail, options.isNewestSegment ? .warning : .corruption,
                stored: Int64(left), expected: Int64(needed),
                "the file ends inside a batch: \(left) bytes are left of at least \(needed)"))
        totals.endsBroken = true
        return false
    }

    /// No batch begins here.
    private mutating func isDamaged(
        _ kind: Finding.Kind, stored: Int64, _ visitor: inout some InspectionVisitor
    ) throws(LogError) -> Bool {
        if stored == 0, try file.isZero(from: position, to: end) {
            return reportZeroTail(&visitor)
        }
        let what =
            kind == .badMagic
            ? "magic \(stored) at byte \(position + 16) is no format that is known"
            : "length \(stored) at byte \(position + 8) is too small"
        visitor.report(
            finding(
                kind, .corruption, stored: stored,
                "\(what); \(end - position) bytes are left"))
        guard options.resynchronizes else {
            totals.endsBroken = true
            return false
        }
        let start = (suspectPosition ?? position) + 1
        guard let next = try search.next(in: &file, from: start, to: end) else {
            totals.endsBroken = true
            return false
        }
        return goOn(at: next, &visitor)
    }

    private mutating func goOn(
        at next: Int, _ visitor: inout some InspectionVisitor
    ) -> Bool {
        guard options.resynchronizes else {
            totals.endsBroken = true
            return false
        }
        totals.endsCutOff = false
        let left = position
        position = next
        suspectPosition = nil
        visitor.report(
            finding(
                .resynchronized, .note, stored: Int64(left),
                "an intact batch begins here; reading goes on after byte \(left)"))
        return true
    }

    private mutating func reportZeroTail(_ visitor: inout some InspectionVisitor) -> Bool {
        visitor.report(
            finding(
                .zeroTail, .note, "\(end - position) bytes of zeros up to the end: preallocated"))
        return false
    }
}
