/// The files of one directory of a log, in the order in which to read them.
public struct InspectedDirectory: Sendable {
    public let path: String
    /// Segments by rising base offset, each with its files; then what belongs to no segment, by
    /// name.
    public let files: [InspectedFileName]
    /// Names of the directories inside, sorted.
    public let subdirectories: [String]
    /// Base offsets of the logs, rising.
    private let segments: [Int64]
    /// The newest log has nothing in it yet.
    private let newestIsEmpty: Bool

    /// - Throws: `LogError.io` where it cannot be listed.
    public init(path: String, on disk: any Disk = PosixDisk()) throws(LogError) {
        self.path = path
        let entries = try disk.list(path)
        subdirectories = entries.filter(\.isDirectory).map(\.name)
        files = entries.filter { !$0.isDirectory }.map { InspectedFileName($0.name) }
            .sorted { $0.precedes($1) }
        let logs = files.filter { $0.kind == .log && $0.isLive && $0.baseOffset != nil }
        segments = logs.compactMap(\.baseOffset)
        let newestBytes = try logs.last.flatMap { log throws(LogError) in
            try disk.fileSize(path + "/" + log.name)
        }
        newestIsEmpty = newestBytes == 0
    }

    /// Base offset of the segment that is written to: the last one with a log.
    public var newestBaseOffset: Int64? { segments.last }

    /// Whether a file may have to do with some of these offsets: a segment's has not when it begins
    /// behind them, or when the next segment begins before them or with the first.
    public func mayHold(_ offsets: ClosedRange<Int64>, in file: InspectedFileName) -> Bool {
        guard let baseOffset = file.baseOffset, file.kind.isOfOneSegment else { return true }
        if baseOffset > offsets.upperBound { return false }
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle] <= baseOffset { low = middle + 1 } else { high = middle }
        }
        return low == segments.count || segments[low] > offsets.lowerBound
    }

    /// Files of a segment whose companions are gone: a log without one of its indexes, an index
    /// without its log. A broker rebuilds the one and removes the other when it starts.
    ///
    /// A log without its index is damage where the directory has other indexes, for then it is one
    /// that a broker kept, and where the segment is not a partition's first one: a broker that
    /// rolls a log has made indexes. The first segment alone may be a log that is just being made,
    /// whose indexes come after it.
    ///
    /// - Parameter ofOneFile: one file was asked for, which may have been copied to where it is.
    public func missingSiblings(ofOneFile: Bool = false) -> [Finding] {
        var present: [Int64: Set<InspectedFileName.Kind>] = [:]
        for file in files where file.isLive {
            guard let baseOffset = file.baseOffset else { continue }
            present[baseOffset, default: []].insert(file.kind)
        }
        let hasIndexes = present.values.contains { !$0.isDisjoint(with: [.index, .timeindex]) }
        return files.filter(\.isLive).flatMap { file -> [Finding] in
            guard let baseOffset = file.baseOffset else { return [] }
            let needed: [InspectedFileName.Kind] =
                switch file.kind {
                case .log: [.index, .timeindex]
                case .index, .timeindex, .txnindex: [.log]
                default: []
                }
            let isBegun = newestIsEmpty && baseOffset == newestBaseOffset
            let wasKept = hasIndexes || (!ofOneFile && baseOffset > 0)
            let isDamage = file.kind == .log && wasKept && !isBegun
            return needed.filter { present[baseOffset]?.contains($0) == false }.map { kind in
                Finding(
                    .missingSibling, isDamage ? .corruption : .warning,
                    path: path + "/" + file.name, "there is no .\(kind.rawValue) beside it")
            }
        }
    }
}

/// What a file's name says about it.
public struct InspectedFileName: Sendable, Hashable {
    /// The raw values are the names' extensions.
    public enum Kind: String, Sendable {
        case log, index, timeindex, txnindex, snapshot, checkpoint
        /// `leader-epoch-checkpoint`
        case epochCheckpoint
        /// The offset checkpoints of a log directory.
        case offsetCheckpoint
        /// `partition.metadata`
        case metadata
        /// `meta.properties`
        case metaProperties
        /// `quorum-state` of the metadata log, `.kafka_cleanshutdown`: JSON.
        case quorumState, cleanShutdown
        case other

        /// Named by the base offset of the segment that it belongs to.
        var isOfOneSegment: Bool { rank < InspectedFileName.Kind.snapshot.rank }

        /// Of a segment, in the order in which to read its files.
        var rank: Int {
            switch self {
            case .log: 0
            case .index: 1
            case .timeindex: 2
            case .txnindex: 3
            case .snapshot: 4
            default: 5
            }
        }
    }

    public let name: String
    public let kind: Kind
    /// The number in front; nil where there is none.
    public let baseOffset: Int64?
    /// `.deleted`, `.cleaned` or `.swap`, where the file is on its way out or in.
    public let suffix: String?

    /// Not on its way out or in.
    public var isLive: Bool { suffix == nil }

    /// - Parameter name: without directory.
    public init(_ name: String) {
        self.name = name
        var parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let suffixes = ["deleted", "cleaned", "swap"]
        suffix = parts.count > 1 ? suffixes.first { parts.last == $0[...] } : nil
        if suffix != nil { parts.removeLast() }
        // A snapshot of the metadata log is called `offset-epoch.checkpoint`.
        let number = parts[0].prefix { $0 != "-" }
        baseOffset = parts.count == 2 ? Int64(number).flatMap { $0 >= 0 ? $0 : nil } : nil
        if let kind = InspectedFileName.fixedNames[parts.joined(separator: ".")] {
            self.kind = kind
            return
        }
        switch parts.count > 1 ? parts[parts.count - 1] : "" {
        case "log": kind = .log
        case "index": kind = .index
        case "timeindex": kind = .timeindex
        case "txnindex": kind = .txnindex
        case "snapshot": kind = .snapshot
        case "checkpoint": kind = .checkpoint
        default: kind = .other
        }
    }

    private static let fixedNames: [String: Kind] = [
        LeaderEpochFile.name: .epochCheckpoint,
        OffsetCheckpoint.recoveryPoints: .offsetCheckpoint,
        OffsetCheckpoint.logStartOffsets: .offsetCheckpoint,
        OffsetCheckpoint.replication: .offsetCheckpoint,
        OffsetCheckpoint.cleaner: .offsetCheckpoint,
        PartitionMetadataFile.name: .metadata,
        MetaProperties.name: .metaProperties,
        CleanShutdownMarker.name: .cleanShutdown,
        "quorum-state": .quorumState,
    ]

    /// Of a snapshot of the metadata log, the number behind the dash; nil elsewhere.
    public var snapshotEpoch: Int32? {
        guard kind == .checkpoint, baseOffset != nil else { return nil }
        let stem = name.prefix { $0 != "." }
        return stem.firstIndex(of: "-").flatMap { Int32(stem[stem.index(after: $0)...]) }
    }

    /// Segments first, by offset; each with its log in front.
    func precedes(_ other: InspectedFileName) -> Bool {
        switch (baseOffset, other.baseOffset) {
        case (let left?, let right?) where left != right: left < right
        case (.some, .some): (kind.rank, name) < (other.kind.rank, other.name)
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): name < other.name
        }
    }
}
