/// How a consumer fetches.
public struct ConsumerConfiguration: Sendable {
    /// How long a broker waits for `minBytes`, in ms.
    public var maxWaitMs = 500
    /// Bytes that a broker waits for before it answers.
    public var minBytes = 1
    /// Bytes of one response, which only its first batch may exceed. Responses of all brokers
    /// together are kept to half of `prefetchBytes` besides, but for one partition's share each.
    public var maxBytes = 50 << 20
    /// Bytes of one partition in a response, which only its first batch may exceed.
    public var maxPartitionBytes = 1 << 20
    /// `readCommitted` hides aborted transactions' records and waits before open ones.
    public var isolationLevel = IsolationLevel.readCommitted
    /// Whether each batch's CRC is checked before its records are handed out.
    public var checkCrcs = true
    /// Bytes fetched but not polled yet, in all partitions together, above which nothing more is
    /// asked for; what is on its way then may exceed it. What `poll` hands out comes on top.
    public var prefetchBytes = 8 << 20

    public init() {}
}
