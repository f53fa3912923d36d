public import KafkaBase
internal import KafkaWire

/// Where a leader epoch ends in a partition.
public struct EpochEndOffset: Sendable, Equatable {
    /// The epoch asked for, or the largest one before it that the leader knows; nil for none.
    public var leaderEpoch: Int32?
    /// One behind its last record; nil for none.
    public var endOffset: Int64?
}

extension KafkaClient {
    /// Where leader epochs end, asking each partition's leader (KIP-320): an offset beyond that end
    /// was cut off since.
    ///
    /// ```swift
    /// let partition = TopicPartition(topic: "orders", partition: 0)
    /// let ends = try await client.endOffsets(ofLeaderEpochs: [partition: 7])
    /// print(try ends[partition]?.get().endOffset ?? -1)
    /// ```
    ///
    /// - Returns: for each partition the end of its epoch, or why not.
    public func endOffsets(
        ofLeaderEpochs epochs: [TopicPartition: Int32]
    ) async throws(KafkaError) -> [TopicPartition: Result<EpochEndOffset, KafkaError>] {
        try await askLeaders(of: Array(epochs.keys)) { broker, led throws(KafkaError) in
            var request = OffsetForLeaderEpochRequest()
            request.replicaId = -1
            request.topics = led.keys.byTopic.map { name, numbers in
                var topic = OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
                topic.topic = name
                topic.partitions = numbers.map { number in
                    let partition = TopicPartition(topic: name, partition: number)
                    var entry = OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
                    entry.partition = number
                    entry.currentLeaderEpoch = led[partition]?.epoch ?? -1
                    entry.leaderEpoch = epochs[partition] ?? -1
                    return entry
                }
                return topic
            }
            let response = try await send(request, to: .broker(broker))
            var results: [TopicPartition: Result<EpochEndOffset, KafkaError>] = [:]
            for topic in response.topics {
                for entry in topic.partitions {
                    let partition = TopicPartition(topic: topic.topic, partition: entry.partition)
                    results[partition] =
                        entry.errorCode == .none
                        ? .success(
                            EpochEndOffset(
                                leaderEpoch: entry.leaderEpoch >= 0 ? entry.leaderEpoch : nil,
                                endOffset: entry.endOffset >= 0 ? entry.endOffset : nil))
                        : .failure(KafkaError(entry.errorCode, "leader epochs of \(partition)"))
                }
            }
            return results
        }
    }
}
