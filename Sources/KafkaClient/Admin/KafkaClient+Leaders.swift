internal import KafkaBase

extension KafkaClient {
    typealias LeaderResults<Value> = [TopicPartition: Result<Value, KafkaError>]

    /// Asks each partition's leader; asks again, where an error may pass, those who lead by then.
    ///
    /// - Parameter ask: sends one request for the partitions that a broker leads.
    /// - Returns: for each partition its result, or why there is none.
    /// - Throws: `closed`.
    func askLeaders<Value>(
        of partitions: [TopicPartition],
        _ ask: (Int32, [TopicPartition: MetadataCache.Leader]) async throws(KafkaError) ->
            LeaderResults<Value>
    ) async throws(KafkaError) -> LeaderResults<Value> {
        var results: LeaderResults<Value> = [:]
        var open = partitions
        var retry = Retry(configuration)
        while true {
            for (broker, led) in try await byLeader(open, &results) {
                do throws(KafkaError) {
                    results.merge(try await ask(broker, led)) { _, new in new }
                } catch {
                    if error.kind == .closed { throw error }
                    for partition in led.keys { results[partition] = .failure(error) }
                }
            }
            open = open.filter { partition in
                switch results[partition] {
                case nil: true
                case .failure(let error)?:
                    error.isRetriable
                        && error.kind != .unknownTopic(partition.topic)
                        && error.kind != .unknownPartition(partition)
                case .success?: false
                }
            }
            guard let sample = open.min() else { return results }
            forgetTopics(Set(open.map(\.topic)))
            do throws(KafkaError) {
                let last: KafkaError
                if case .failure(let error)? = results[sample] {
                    last = error
                } else {
                    last = KafkaError(.leaderNotAvailable, "\(sample)")
                    results[sample] = .failure(last)
                }
                try await retry.wait(after: last)
            } catch {
                if error.kind == .closed { throw error }
                for partition in open where results[partition] == nil {
                    results[partition] = .failure(error)
                }
                return results
            }
        }
    }

    /// Sorts partitions by who leads them; those that cannot be placed get their error.
    private func byLeader<Value>(
        _ partitions: [TopicPartition], _ results: inout LeaderResults<Value>
    ) async throws(KafkaError) -> [Int32: [TopicPartition: MetadataCache.Leader]] {
        var groups: [Int32: [TopicPartition: MetadataCache.Leader]] = [:]
        let missing = Set(partitions.filter { cachedLeader(of: $0) == nil }.map(\.topic))
        if !missing.isEmpty { try await fetchMetadata(missing.sorted(), autoCreate: false) }
        for partition in partitions {
            if let leader = cachedLeader(of: partition) {
                groups[leader.broker, default: [:]][partition] = leader
            } else if let topic = cachedTopic(partition.topic) {
                results[partition] = .failure(
                    topic.partition(partition.partition) == nil
                        ? .unknownPartition(partition)
                        : KafkaError(.leaderNotAvailable, "\(partition)"))
            } else {
                results[partition] = .failure(.unknownTopic(partition.topic))
            }
        }
        return groups
    }
}
