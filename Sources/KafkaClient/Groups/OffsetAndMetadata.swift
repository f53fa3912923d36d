/// A group's position in one partition, as it is committed.
public struct OffsetAndMetadata: Sendable, Equatable {
    /// The next record to be read.
    public var offset: Int64
    /// Of the last record read, so that a log that was cut off since is noticed (KIP-320); nil when
    /// not known.
    public var leaderEpoch: Int32?
    /// Whatever the one who committed wanted to keep beside it.
    public var metadata: String

    public init(offset: Int64, leaderEpoch: Int32? = nil, metadata: String = "") {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
    }
}
