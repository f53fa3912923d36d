internal import KafkaBase
internal import KafkaWire

/// The controllers that keep the cluster's metadata (KIP-595).
public struct QuorumDescription: Sendable, Equatable {
    public struct Replica: Sendable, Equatable {
        public var id: Int32
        public var logEndOffset: Int64
        /// In ms since the epoch; nil where the broker does not tell (KIP-836).
        public var lastFetchTimestampMs: Int64?
        public var lastCaughtUpTimestampMs: Int64?
    }

    /// Nil while there is none.
    public var leaderID: Int32?
    public var leaderEpoch: Int32
    public var highWatermark: Int64
    public var voters: [Replica]
    public var observers: [Replica]
}

extension KafkaClient {
    /// The voters and observers of the cluster's metadata.
    ///
    /// ```swift
    /// let quorum = try await client.describeQuorum()
    /// print(quorum.leaderID ?? -1, quorum.voters.map(\.id))
    /// ```
    ///
    /// - Throws: `unsupported` for a cluster without such a quorum.
    public func describeQuorum() async throws(KafkaError) -> QuorumDescription {
        var partition = DescribeQuorumRequest.PartitionData()
        partition.partitionIndex = 0
        var topic = DescribeQuorumRequest.TopicData()
        topic.topicName = "__cluster_metadata"
        topic.partitions = [partition]
        var request = DescribeQuorumRequest()
        request.topics = [topic]
        let response = try await sendToController(request) { response in
            response.errorCode == .notController
        }
        if response.errorCode != .none {
            throw KafkaError(response.errorCode, "describe quorum", detail: response.errorMessage)
        }
        guard let answer = response.topics.first?.partitions.first else {
            throw .noAnswer("describe quorum")
        }
        if answer.errorCode != .none {
            throw KafkaError(answer.errorCode, "describe quorum", detail: answer.errorMessage)
        }
        return QuorumDescription(
            leaderID: answer.leaderId >= 0 ? answer.leaderId : nil,
            leaderEpoch: answer.leaderEpoch, highWatermark: answer.highWatermark,
            voters: answer.currentVoters.map(QuorumDescription.Replica.init),
            observers: answer.observers.map(QuorumDescription.Replica.init))
    }
}

extension QuorumDescription.Replica {
    fileprivate init(_ state: DescribeQuorumResponse.ReplicaState) {
        id = state.replicaId
        logEndOffset = state.logEndOffset
        lastFetchTimestampMs = state.lastFetchTimestamp >= 0 ? state.lastFetchTimestamp : nil
        lastCaughtUpTimestampMs =
            state.lastCaughtUpTimestamp >= 0 ? state.lastCaughtUpTimestamp : nil
    }
}
