import KafkaBase
import KafkaRecords
import KafkaSecurity

/// What a coordinator knows: groups and their offsets, or transactions. A synchronous state
/// machine.
///
/// Its durable part is what stands in its partition of the internal topic, and nothing else
/// remembers: a request computes records from the present state, has them appended, and applies
/// each with the function that also replays them at the start; the answer is given when they are
/// durable. What is not in the records (sessions, who waits for whom) is made anew by `didLoad`.
///
/// Confined to the partition's event loop, where its `CoordinatorShard` calls it.
protocol CoordinatorState: AnyObject, SendableMetatype {
    /// As what ACLs see the groups or transactional ids that it knows.
    static var resourceType: AclResourceType { get }

    /// Takes over a batch that stands in the log. In the log's order, all before `didLoad`.
    func replay(_ batch: CoordinatorBatch)

    /// All of the log is replayed; requests come from now on.
    func didLoad(nowMs: Int64)

    /// When `tick` is wanted next, in ms since the epoch; nil for never. Looked at after each call.
    var nextDeadlineMs: Int64? { get }

    /// Does what is due.
    func tick(nowMs: Int64)

    /// The partition is another's from now on: who waits is answered with `NOT_COORDINATOR`.
    func close()
}

/// Where a coordinator's records go: its partition, or memory in tests.
protocol CoordinatorLog: AnyObject {
    /// Appends records as one batch: all or none.
    ///
    /// - Parameters:
    ///   - producer: of a transaction whose part they are.
    ///   - then: called on the event loop after this has returned, once the records are durable
    ///     (`none`), or may be lost.
    /// - Throws: `ApiError` when nothing was appended; `then` is not called.
    func append(
        _ records: [CoordinatorRecord], producer: RecordBatchBuilder.ProducerState, nowMs: Int64,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError)
}

extension CoordinatorLog {
    func append(
        _ records: [CoordinatorRecord], nowMs: Int64,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError) {
        try append(records, producer: .none, nowMs: nowMs, then: then)
    }
}
