import KafkaBase

/// The fetch sessions of all clients (KIP-227; Kafka's `FetchSessionCache` and `FetchManager`).
///
/// A synchronous value with a given clock; `BrokerNode` holds it under one lock. Bounded by
/// `maxSessions` and `maxPartitions`: who finds no room is served without a session.
struct FetchSessionCache {
    /// A fetch as it was received.
    struct Request {
        var sessionID: Int32 = 0
        var epoch = FetchSession.finalEpoch
        var isFromReplica = false
        var usesTopicIDs = false
        var partitions: [FetchedPartition] = []
        var forgotten: [FetchedPartition.Key] = []
    }

    /// How a fetch stands to the sessions.
    enum Context: Equatable {
        /// It has none and wants none.
        case sessionless
        /// It names all partitions, and begins a session with its answer.
        case full
        /// It goes on with a session, with the request of this epoch.
        case incremental(sessionID: Int32, epoch: Int32)
    }

    /// What is to be read.
    struct Opening {
        var context: Context
        var partitions: [FetchedPartition]
    }

    /// What is to be answered.
    struct Closing: Equatable {
        var error = ErrorCode.none
        /// 0 for none.
        var sessionID: Int32 = 0
        /// For each partition whether it is in the response; nil when all are.
        var isTold: [Bool]?
    }

    /// Sessions that are used this late, or have lived this long, may be taken away.
    static let evictionMs: Int64 = 120_000
    /// Partitions of all sessions together; some 200 bytes each.
    static let maxPartitionsDefault = 250_000

    let maxSessions: Int
    let maxPartitions: Int
    private var sessions: [Int32: FetchSession] = [:]
    /// Of all sessions.
    private(set) var partitionCount = 0
    /// Sessions that were taken away for others since the start.
    private(set) var evictionCount = 0

    init(maxSessions: Int, maxPartitions: Int = FetchSessionCache.maxPartitionsDefault) {
        self.maxSessions = maxSessions
        self.maxPartitions = maxPartitions
    }

    var count: Int { sessions.count }

    // MARK: Requests

    /// Begins a fetch.
    ///
    /// - Parameter name: of a topic's id.
    /// - Returns: the error of a fetch whose session does not go on.
    mutating func open(
        _ request: Request, nowMs: Int64, name: (Uuid) -> String?
    ) -> Result<Opening, ApiError> {
        guard request.epoch != FetchSession.initialEpoch, request.epoch != FetchSession.finalEpoch
        else {
            // A full fetch ends the session that it names.
            remove(request.sessionID)
            return .success(
                Opening(
                    context: request.epoch == FetchSession.finalEpoch ? .sessionless : .full,
                    partitions: request.partitions))
        }
        // No session is taken out to be looked at: it would be copied when it changes.
        guard let epoch = sessions[request.sessionID]?.epoch else {
            return .failure(ApiError(.fetchSessionIdNotFound))
        }
        guard epoch == request.epoch else { return .failure(ApiError(.invalidFetchSessionEpoch)) }
        guard sessions[request.sessionID]?.usesTopicIDs == request.usesTopicIDs else {
            return .failure(ApiError(.fetchSessionTopicIdError))
        }
        return goOn(request, nowMs: nowMs, name: name)
    }

    private mutating func goOn(
        _ request: Request, nowMs: Int64, name: (Uuid) -> String?
    ) -> Result<Opening, ApiError> {
        let id = request.sessionID
        let added = sessions[id]?.newCount(among: request.partitions) ?? 0
        guard partitionCount + added <= maxPartitions else {
            // The client begins again, and goes on without a session.
            remove(id)
            return .failure(ApiError(.fetchSessionIdNotFound))
        }
        let oldCount = sessions[id]?.count ?? 0
        sessions[id]?.update(request.partitions, forgotten: request.forgotten)
        let newCount = sessions[id]?.count ?? 0
        partitionCount += newCount - oldCount
        guard newCount > 0 else {
            remove(id)
            return .success(Opening(context: .sessionless, partitions: request.partitions))
        }
        sessions[id]?.lastUsedMs = nowMs
        sessions[id]?.epoch = FetchSession.nextEpoch(after: request.epoch)
        return .success(
            Opening(
                context: .incremental(sessionID: id, epoch: request.epoch),
                partitions: sessions[id]?.partitions(name: name) ?? []))
    }

    // MARK: Responses

    /// Ends a fetch with what was read.
    ///
    /// - Parameter answers: of the opening's partitions, in their order.
    mutating func close(
        _ opening: Opening, of request: Request, _ answers: [Partition.FetchData], nowMs: Int64
    ) -> Closing {
        switch opening.context {
        case .sessionless: return Closing()
        case .full: return Closing(sessionID: begin(opening, of: request, answers, nowMs: nowMs))
        case .incremental(let id, let epoch):
            // Who lost the session meanwhile is told everything once more.
            guard let next = sessions[id]?.epoch else { return Closing(sessionID: id) }
            // Another request of the session has come in between.
            guard next == FetchSession.nextEpoch(after: epoch) else {
                return Closing(error: .invalidFetchSessionEpoch, sessionID: id, isTold: [])
            }
            return Closing(sessionID: id, isTold: sessions[id]?.note(answers))
        }
    }

    /// Ends a fetch that is answered with nothing, as if nothing had been read.
    func hold(_ opening: Opening) -> Closing {
        guard case .incremental(let id, let epoch) = opening.context else { return Closing() }
        let isNext =
            sessions[id].map { $0.epoch == FetchSession.nextEpoch(after: epoch) } ?? true
        return Closing(
            error: isNext ? .none : .invalidFetchSessionEpoch, sessionID: id, isTold: [])
    }

    /// - Returns: the new session's id; 0 when there is no room.
    private mutating func begin(
        _ opening: Opening, of request: Request, _ answers: [Partition.FetchData], nowMs: Int64
    ) -> Int32 {
        let size = opening.partitions.count
        guard partitionCount + size <= maxPartitions,
            sessions.count < maxSessions || evict(for: request.isFromReplica, size, nowMs)
        else { return 0 }
        var session = FetchSession(
            usesTopicIDs: request.usesTopicIDs, isPrivileged: request.isFromReplica, nowMs: nowMs)
        session.update(opening.partitions, forgotten: [])
        session.noteFirst(opening.partitions, answers)
        var id = Int32.random(in: 1 ... .max)
        while sessions[id] != nil { id = Int32.random(in: 1 ... .max) }
        partitionCount += session.count
        sessions[id] = session
        return id
    }

    // MARK: Eviction

    /// Makes room for a session (Kafka's `FetchSessionCacheShard.tryEvict`): takes one away that
    /// has not been used for long, else the least valuable of those that have lived long, if the
    /// new one is worth more. A replica's is worth more than a consumer's, whatever its age; then
    /// counts who has more partitions.
    private mutating func evict(for isPrivileged: Bool, _ size: Int, _ nowMs: Int64) -> Bool {
        let oldest = sessions.map { ($1.lastUsedMs, $0) }.min(by: <)
        guard let (lastUsedMs, id) = oldest else { return false }
        if nowMs - lastUsedMs > FetchSessionCache.evictionMs { return evict(id) }
        let candidates = sessions.filter { _, session in
            session.lastUsedMs - session.createdMs > FetchSessionCache.evictionMs
                || (isPrivileged && !session.isPrivileged)
        }
        let worth = { (isPrivileged: Bool, size: Int, id: Int32) in
            (isPrivileged ? 1 : 0, size, id)
        }
        let least = candidates.map { worth($1.isPrivileged, $1.count, $0) }.min(by: <)
        guard let least, worth(isPrivileged, size, 0) >= least else { return false }
        return evict(least.2)
    }

    private mutating func evict(_ id: Int32) -> Bool {
        remove(id)
        evictionCount += 1
        return true
    }

    private mutating func remove(_ id: Int32) {
        guard let session = sessions.removeValue(forKey: id) else { return }
        partitionCount -= session.count
    }
}
