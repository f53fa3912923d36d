import DequeModule

/// The order of one producer's work in a partition while something of it waits for an answer from
/// elsewhere: what comes later must not overtake what came before, or its sequences would be out of
/// order. (Kafka serves one request of a connection at a time.)
///
/// A value of its partition, on that one's event loop. Bounded by the requests that connections may
/// have under way.
struct ProducerTurns: Sendable {
    typealias Work = @Sendable () -> Void

    /// By the producer whose turn it is; what waits behind it.
    private var waiting: [Int64: Deque<Work>] = [:]

    var isEmpty: Bool { waiting.isEmpty }

    /// Whether the work's turn has come at once, until `end`; else it is given out by that.
    mutating func begin(_ producerID: Int64, _ work: @escaping Work) -> Bool {
        guard waiting[producerID] == nil else {
            waiting[producerID]?.append(work)
            return false
        }
        waiting[producerID] = []
        return true
    }

    /// Ends a turn.
    ///
    /// - Returns: the work whose turn it is now.
    mutating func end(_ producerID: Int64) -> Work? {
        if let next = waiting[producerID]?.popFirst() { return next }
        waiting[producerID] = nil
        return nil
    }
}
