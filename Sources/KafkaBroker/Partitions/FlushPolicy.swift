/// Whether an append has to reach the disk, and who waits for it.
struct FlushPolicy: Sendable {
    enum Need: Equatable, Sendable {
        case none
        /// Start it; the reply does not wait.
        case background
        /// The reply waits.
        case wait
    }

    let sync: SyncPolicy

    /// - Parameters:
    ///   - acks: of the producer: -1, 0 or 1.
    ///   - unflushedRecords: of the partition, this append's among them.
    ///   - flushMessages: the topic's `flush.messages`, which holds whatever acks says.
    func need(acks: Int16, unflushedRecords: Int64, flushMessages: Int64) -> Need {
        let isDue = unflushedRecords >= flushMessages
        switch sync {
        case .everyBatch: return acks == 0 ? .background : .wait
        case .acksAll where acks == -1: return .wait
        case .acksAll, .never, .interval:
            guard isDue else { return .none }
            return acks == 0 ? .background : .wait
        }
    }

    /// How often unflushed partitions are flushed in the background, in ms; nil for never.
    ///
    /// - Parameter flushMs: the topic's `flush.ms`.
    func intervalMs(flushMs: Int64) -> Int64? {
        let ownMs: Int64? = sync == .interval ? 1000 : nil
        guard flushMs != .max else { return ownMs }
        return min(ownMs ?? .max, flushMs)
    }
}
