/// Which leader epoch each part of a log was written in (KIP-101, Kafka's `LeaderEpochFileCache`).
///
/// A value owned by the partition's log; both columns of the entries rise strictly.
public struct LeaderEpochCache: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public var epoch: Int32
        /// First offset written in that epoch.
        public var startOffset: Int64

        public init(epoch: Int32, startOffset: Int64) {
            self.epoch = epoch
            self.startOffset = startOffset
        }
    }

    /// Stands for "none" in the protocol.
    public static let undefinedEpoch: Int32 = -1
    public static let undefinedOffset: Int64 = -1

    public private(set) var entries: [Entry]

    /// Entries that do not rise are dropped.
    public init(_ entries: [Entry] = []) {
        self.entries = []
        for entry in entries { assign(epoch: entry.epoch, startOffset: entry.startOffset) }
    }

    public var latestEpoch: Int32? { entries.last?.epoch }

    /// Notes that an epoch begins at an offset. Entries that contradict it go.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    mutating func assign(epoch: Int32, startOffset: Int64) -> Bool {
        guard epoch >= 0, startOffset >= 0 else { return false }
        if let last = entries.last, last.epoch == epoch, last.startOffset <= startOffset {
            return false
        }
        entries.removeAll { $0.epoch >= epoch || $0.startOffset >= startOffset }
        entries.append(Entry(epoch: epoch, startOffset: startOffset))
        return true
    }

    /// Drops epochs that begin at or above the log's end.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    mutating func truncate(fromEnd endOffset: Int64) -> Bool {
        let count = entries.count
        entries.removeAll { $0.startOffset >= endOffset }
        return entries.count != count
    }

    /// Drops epochs that end at or below the log's start; the one that goes across begins there.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    mutating func truncate(fromStart startOffset: Int64) -> Bool {
        let below = entries.prefix { $0.startOffset <= startOffset }
        guard let across = below.last, below.count > 1 || across.startOffset < startOffset else {
            return false
        }
        entries.removeFirst(below.count)
        entries.insert(Entry(epoch: across.epoch, startOffset: startOffset), at: 0)
        return true
    }

    /// The epoch that an offset was written in; nil below the first entry.
    public func epoch(at offset: Int64) -> Int32? {
        entries.last { $0.startOffset <= offset }?.epoch
    }

    /// The largest epoch at or below the one asked for, and where it ends: the answer to
    /// OffsetForLeaderEpoch (Kafka's `LeaderEpochFileCache.endOffsetFor`).
    ///
    /// - Returns: (-1, -1) for an epoch above all known ones and for none.
    public func endOffset(
        for epoch: Int32, logEndOffset: Int64
    ) -> (epoch: Int32, endOffset: Int64) {
        if epoch == Self.undefinedEpoch { return (Self.undefinedEpoch, Self.undefinedOffset) }
        if epoch == latestEpoch { return (epoch, logEndOffset) }
        guard let higher = entries.first(where: { $0.epoch > epoch }) else {
            return (Self.undefinedEpoch, Self.undefinedOffset)
        }
        let floor = entries.last { $0.epoch <= epoch }
        return (floor?.epoch ?? epoch, higher.startOffset)
    }
}
