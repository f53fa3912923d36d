internal import KafkaRecords

/// An entry of a transaction index: an aborted transaction that ended in the segment.
public struct InspectedTransactionEntry: Sendable, Hashable {
    /// Counted from 0.
    public var number: Int
    public var version: Int16
    public var producerID: Int64
    public var firstOffset: Int64
    /// Of the abort marker.
    public var lastOffset: Int64
    public var lastStableOffset: Int64
}

/// Reads one `.txnindex` from its start to its end, hands the entries to a visitor, and tells what
/// is wrong with them, by themselves and, when asked to, with the markers of the log. Opens
/// read-only and never repairs.
///
/// Owns the file and a read window, nothing of the entries. One owner, on any one thread; calls
/// block on the disk.
public struct TransactionIndexInspection: ~Copyable {
    public let path: String
    /// Base offset of the segment.
    public let baseOffset: Int64
    public let fileBytes: Int
    /// Set by the visitor's wish to stop.
    public private(set) var wasStopped = false

    private var file: InspectedFile

    /// Whole entries.
    public var entryCount: Int { fileBytes / TransactionIndexEntry.byteCount }
    /// Behind the last whole entry.
    public var partialBytes: Int { fileBytes % TransactionIndexEntry.byteCount }

    public init(
        path: String, baseOffset: Int64, on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        file = try InspectedFile(path: path, on: disk)
        self.path = path
        self.baseOffset = baseOffset
        fileBytes = file.size
    }

    /// Hands out the entries; compares them with the log at `logPath` unless that is nil.
    public mutating func run(
        _ visitor: inout some InspectionVisitor, verifyingWith logPath: String? = nil,
        on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        var check: TransactionIndexCheck?
        if let logPath {
            check = try TransactionIndexCheck(logPath: logPath, baseOffset: baseOffset, on: disk)
        }
        var previous: InspectedTransactionEntry?
        for number in 0..<entryCount {
            guard let entry = try entry(at: number) else { return }
            if visitor.visit(transactionEntry: entry) == .stop {
                wasStopped = true
                return
            }
            let problem = problem(of: entry, behind: previous)
            if problem == nil { previous = entry }
            guard let problem = problem ?? check?.problem(of: entry) else { continue }
            visitor.report(
                Finding(
                    problem.kind, problem.severity, path: path,
                    position: number * TransactionIndexEntry.byteCount, offset: entry.lastOffset,
                    stored: problem.stored, expected: problem.expected,
                    "entry \(number): \(problem.message)"))
        }
        reportTail(&visitor)
        check?.reportMissing(path: path, position: fileBytes, &visitor)
    }

    private mutating func entry(
        at number: Int
    ) throws(LogError) -> InspectedTransactionEntry? {
        let size = TransactionIndexEntry.byteCount
        let bytes = UnsafeRawBufferPointer(try file.bytes(at: number * size, count: size))
        guard bytes.count == size else { return nil }
        let entry = TransactionIndexEntry(bytes)
        return InspectedTransactionEntry(
            number: number, version: entry.version, producerID: entry.producerID,
            firstOffset: entry.firstOffset, lastOffset: entry.lastOffset,
            lastStableOffset: entry.lastStableOffset)
    }

    /// What is wrong with an entry by itself (Kafka's `TransactionIndex.sanityCheck` and `append`).
    private func problem(
        of entry: InspectedTransactionEntry, behind previous: InspectedTransactionEntry?
    ) -> IndexProblem? {
        if entry.version != TransactionIndexEntry.version {
            return IndexProblem(
                kind: .badVersion, stored: Int64(entry.version),
                expected: Int64(TransactionIndexEntry.version),
                message: "version \(entry.version) is not known")
        }
        if entry.lastOffset < baseOffset {
            return IndexProblem(
                kind: .entryOffset, stored: entry.lastOffset, expected: baseOffset,
                message: "the last offset \(entry.lastOffset) lies before the base offset"
                    + " \(baseOffset)")
        }
        if entry.firstOffset < 0 || entry.firstOffset > entry.lastOffset {
            return IndexProblem(
                kind: .entryOffset, stored: entry.firstOffset, expected: entry.lastOffset,
                message: "the first offset \(entry.firstOffset) is none of a transaction that"
                    + " ends with \(entry.lastOffset)")
        }
        guard let previous, entry.lastOffset <= previous.lastOffset else { return nil }
        return IndexProblem(
            kind: .entryOrder, stored: entry.lastOffset, expected: previous.lastOffset &+ 1,
            message: "the last offset \(entry.lastOffset) follows \(previous.lastOffset)")
    }

    private func reportTail(_ visitor: inout some InspectionVisitor) {
        guard partialBytes > 0 else { return }
        visitor.report(
            Finding(
                .partialEntry, .corruption, path: path, position: fileBytes - partialBytes,
                stored: Int64(partialBytes), expected: Int64(TransactionIndexEntry.byteCount),
                "\(partialBytes) bytes at the end are no whole entry"))
    }
}
