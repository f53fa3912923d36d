public import KafkaBase
internal import KafkaWire

/// Which offset of a partition is asked for.
public enum OffsetSpec: Hashable, Sendable {
    /// The first that is there.
    case earliest
    /// One behind the last that may be read: the high watermark, or the last stable offset under
    /// read_committed.
    case latest
    /// That of the record with the largest timestamp (KIP-734; ListOffsets from version 7).
    case maxTimestamp
    /// The first whose timestamp is at or after this one, in ms since the epoch.
    case timestamp(Int64)

    /// As it stands in the request.
    var wireValue: Int64 {
        switch self {
        case .latest: -1
        case .earliest: -2
        case .maxTimestamp: -3
        case .timestamp(let ms): ms
        }
    }
}

/// An offset that was asked for.
public struct ListedOffset: Sendable, Equatable {
    /// Nil when no record has such a timestamp.
    public var offset: Int64?
    /// Of the record there, in ms since the epoch; nil for `earliest` and `latest`.
    public var timestampMs: Int64?
    /// Nil where the broker does not tell.
    public var leaderEpoch: Int32?
}

/// Which records a reader sees (KIP-98).
public enum IsolationLevel: Int8, Sendable {
    case readUncommitted = 0
    case readCommitted = 1
}

extension KafkaClient {
    /// Finds offsets, asking each partition's leader; follows leaders that move.
    ///
    /// ```swift
    /// let partition = TopicPartition(topic: "orders", partition: 0)
    /// let ends = try await client.listOffsets([partition: .latest])
    /// if case .success(let end)? = ends[partition] { print(end.offset ?? 0) }
    /// ```
    ///
    /// - Returns: for each partition its offset, or why not.
    public func listOffsets(
        _ specs: [TopicPartition: OffsetSpec], isolationLevel: IsolationLevel = .readUncommitted
    ) async throws(KafkaError) -> [TopicPartition: Result<ListedOffset, KafkaError>] {
        try await askLeaders(of: Array(specs.keys)) { broker, partitions throws(KafkaError) in
            let asked = specs.filter { partitions.keys.contains($0.key) }
            let request = ListOffsetsRequest(
                asked, leaders: partitions, isolationLevel,
                timeoutMs: Int32(clamping: configuration.requestTimeoutMs))
            return try await ask(broker, request, asked.values).results
        }
    }

    private func ask(
        _ broker: Int32, _ request: ListOffsetsRequest, _ specs: some Sequence<OffsetSpec>
    ) async throws(KafkaError) -> ListOffsetsResponse {
        // Versions below 1 gave lists of offsets, those below 2 know no isolation level.
        let isCommitted = request.isolationLevel == IsolationLevel.readCommitted.rawValue
        let needed: Int16 = specs.contains(.maxTimestamp) ? 7 : isCommitted ? 2 : 1
        return try await send(to: .broker(broker)) { version throws(KafkaError) in
            guard version >= needed else {
                throw KafkaError(.unsupported, "the broker is too old for these offsets")
            }
            return request
        }
    }
}

extension ListOffsetsRequest {
    init(
        _ specs: [TopicPartition: OffsetSpec], leaders: [TopicPartition: MetadataCache.Leader],
        _ isolationLevel: IsolationLevel, timeoutMs: Int32
    ) {
        self.init()
        replicaId = -1
        self.isolationLevel = isolationLevel.rawValue
        self.timeoutMs = timeoutMs
        topics = specs.byTopic.map { name, entries in
            var topic = ListOffsetsTopic()
            topic.name = name
            topic.partitions = entries.map { number, spec in
                var entry = ListOffsetsPartition()
                entry.partitionIndex = number
                entry.currentLeaderEpoch =
                    leaders[TopicPartition(topic: name, partition: number)]?.epoch ?? -1
                entry.timestamp = spec.wireValue
                return entry
            }
            return topic
        }
    }
}

extension ListOffsetsResponse {
    fileprivate var results: [TopicPartition: Result<ListedOffset, KafkaError>] {
        var results: [TopicPartition: Result<ListedOffset, KafkaError>] = [:]
        for topic in topics {
            for entry in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: entry.partitionIndex)
                guard entry.errorCode == .none else {
                    results[partition] = .failure(
                        KafkaError(entry.errorCode, "offsets of \(partition)"))
                    continue
                }
                results[partition] = .success(
                    ListedOffset(
                        offset: entry.offset >= 0 ? entry.offset : nil,
                        timestampMs: entry.timestamp >= 0 ? entry.timestamp : nil,
                        leaderEpoch: entry.leaderEpoch >= 0 ? entry.leaderEpoch : nil))
            }
        }
        return results
    }
}
