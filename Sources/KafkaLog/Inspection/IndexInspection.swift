internal import KafkaRecords

/// Reads one offset or time index from its start to its last entry, hands the entries to a visitor,
/// and tells what is wrong with them: their order, half an entry at the end, and, when asked to,
/// how they fit the log. Opens read-only and never repairs.
///
/// Owns the file and a read window, nothing of the entries. One owner, on any one thread; calls
/// block on the disk.
public struct IndexInspection: ~Copyable {
    public enum Kind: Sendable {
        case offset, time

        /// Of one entry.
        public var entryBytes: Int {
            self == .offset ? OffsetIndexEntry.byteCount : TimeIndexEntry.byteCount
        }
    }

    public let path: String
    public let kind: Kind
    /// Base offset of the segment; the entries count from it.
    public let baseOffset: Int64
    /// Of the file, preallocated room included.
    public let fileBytes: Int
    /// Entries in use: zeros behind the last one are preallocated room.
    public let entryCount: Int
    /// Behind the last whole entry.
    public let partialBytes: Int
    /// Entries with others are checked, but not handed out.
    public var offsets = Int64.min...Int64.max
    /// Set by the visitor's wish to stop.
    public private(set) var wasStopped = false

    private var file: InspectedFile
    /// After so many entries that do not fit the log, it is not read any more.
    private static let problemsMax = 1000

    public init(
        path: String, kind: Kind, baseOffset: Int64, on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        var file = try InspectedFile(path: path, on: disk)
        let entryCount = try IndexInspection.usedEntries(of: &file, entryBytes: kind.entryBytes)
        self.path = path
        self.kind = kind
        self.baseOffset = baseOffset
        self.entryCount = entryCount
        fileBytes = file.size
        partialBytes = file.size % kind.entryBytes
        self.file = file
    }

    /// Room for entries in the file, whether used or not.
    public var capacity: Int { fileBytes / kind.entryBytes }

    /// Hands out the entries; compares them with the log at `logPath` unless that is nil.
    public mutating func run(
        _ visitor: inout some InspectionVisitor, verifyingWith logPath: String? = nil,
        on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        if let logPath {
            var log = try LogHeaderWalk(path: logPath, on: disk)
            try run(&visitor, log: &log, verifies: true)
        } else {
            var log = NoFrames()
            try run(&visitor, log: &log, verifies: false)
        }
        if !wasStopped { reportTail(&visitor) }
    }

    public mutating func offsetEntry(at number: Int) throws(LogError) -> InspectedOffsetEntry? {
        guard number < capacity else { return nil }
        let bytes = try entryBytes(at: number)
        guard bytes.count == OffsetIndexEntry.byteCount else { return nil }
        let entry = OffsetIndexEntry(bytes)
        return InspectedOffsetEntry(
            number: number, offset: baseOffset &+ Int64(entry.relativeOffset),
            position: entry.position)
    }

    public mutating func timeEntry(at number: Int) throws(LogError) -> InspectedTimeEntry? {
        guard number < capacity else { return nil }
        let bytes = try entryBytes(at: number)
        guard bytes.count == TimeIndexEntry.byteCount else { return nil }
        let entry = TimeIndexEntry(bytes)
        return InspectedTimeEntry(
            number: number, timestamp: entry.timestamp,
            offset: baseOffset &+ Int64(entry.relativeOffset))
    }

    private mutating func entryBytes(at number: Int) throws(LogError) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            try file.bytes(at: number * kind.entryBytes, count: kind.entryBytes))
    }

    /// All entries up to the last one that is not zero; a file of one zero entry has that one.
    private static func usedEntries(
        of file: inout InspectedFile, entryBytes: Int
    ) throws(LogError) -> Int {
        let capacity = file.size / entryBytes
        guard capacity > 1 else { return capacity }
        var count = capacity
        let step = (64 << 10) / entryBytes
        while count > 0 {
            let start = max(0, count - step)
            let bytes = UnsafeRawBufferPointer(
                try file.bytes(at: start * entryBytes, count: (count - start) * entryBytes))
            if let last = bytes.lastIndex(where: { $0 != 0 }) {
                return start + last / entryBytes + 1
            }
            count = start
        }
        return 0
    }
}

// MARK: Checks

extension IndexInspection {
    private mutating func run(
        _ visitor: inout some InspectionVisitor, log: inout some BatchFrameSource & ~Copyable,
        verifies: Bool
    ) throws(LogError) {
        switch kind {
        case .offset: try runOffsets(&visitor, &log, verifies)
        case .time: try runTimes(&visitor, &log, verifies)
        }
    }

    private mutating func runOffsets(
        _ visitor: inout some InspectionVisitor, _ log: inout some BatchFrameSource & ~Copyable,
        _ verifies: Bool
    ) throws(LogError) {
        var check = OffsetIndexCheck(baseOffset: baseOffset)
        var problemsLeft = verifies ? IndexInspection.problemsMax : 0
        for number in 0..<entryCount {
            guard let entry = try offsetEntry(at: number) else { return }
            if offsets.contains(entry.offset), visitor.visit(offsetEntry: entry) == .stop {
                wasStopped = true
                return
            }
            var problem = check.checkOrder(entry)
            if problem == nil, problemsLeft > 0 {
                let next = number + 1 < entryCount ? try offsetEntry(at: number + 1) : nil
                problem = try check.check(entry, next: next, in: &log)
            }
            guard let problem else {
                check.accept(entry)
                continue
            }
            report(problem, entry: number, offset: entry.offset, &problemsLeft, &visitor)
        }
    }

    private mutating func runTimes(
        _ visitor: inout some InspectionVisitor, _ log: inout some BatchFrameSource & ~Copyable,
        _ verifies: Bool
    ) throws(LogError) {
        var check = TimeIndexCheck(baseOffset: baseOffset)
        var problemsLeft = verifies ? IndexInspection.problemsMax : 0
        for number in 0..<entryCount {
            guard let entry = try timeEntry(at: number) else { return }
            if offsets.contains(entry.offset), visitor.visit(timeEntry: entry) == .stop {
                wasStopped = true
                return
            }
            var problem = check.checkOrder(entry)
            if problem == nil, problemsLeft > 0 { problem = try check.check(entry, in: &log) }
            guard let problem else {
                check.accept(entry)
                continue
            }
            report(problem, entry: number, offset: entry.offset, &problemsLeft, &visitor)
        }
    }

    private func report(
        _ problem: IndexProblem, entry: Int, offset: Int64, _ problemsLeft: inout Int,
        _ visitor: inout some InspectionVisitor
    ) {
        visitor.report(
            Finding(
                problem.kind, problem.severity, path: path, position: entry * kind.entryBytes,
                offset: offset, stored: problem.stored, expected: problem.expected,
                "entry \(entry): \(problem.message)"))
        guard problemsLeft > 0, problem.kind != .entryOrder else { return }
        problemsLeft -= 1
        if problem.kind == .notVerified {
            problemsLeft = 0
        } else if problemsLeft == 0 {
            visitor.report(
                Finding(
                    .notVerified, .warning, path: path, position: entry * kind.entryBytes,
                    "\(IndexInspection.problemsMax) entries are wrong; those behind entry \(entry)"
                        + " are not compared with the log"))
        }
    }

    /// Half an entry, and zeros, at the end.
    private func reportTail(_ visitor: inout some InspectionVisitor) {
        if partialBytes > 0 {
            visitor.report(
                Finding(
                    .partialEntry, .corruption, path: path,
                    position: capacity * kind.entryBytes, stored: Int64(partialBytes),
                    expected: Int64(kind.entryBytes),
                    "\(partialBytes) bytes at the end are no whole entry"))
        }
        if capacity > entryCount {
            visitor.report(
                Finding(
                    .zeroTail, .note, path: path, position: entryCount * kind.entryBytes,
                    "room for \(capacity - entryCount) entries up to the end: preallocated"))
        }
    }
}

/// Stands in for the log where there is nothing to compare with.
private struct NoFrames: BatchFrameSource {
    let position = 0
    let isBroken = false

    func next() throws(LogError) -> BatchFrame? { nil }
    func rewind(to position: Int) {}
}
