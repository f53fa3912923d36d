public import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// Deletes the records below an offset of each partition, asking its leader (KIP-107).
    ///
    /// ```swift
    /// let partition = TopicPartition(topic: "orders", partition: 0)
    /// let starts = try await client.deleteRecords(before: [partition: 1000])
    /// ```
    ///
    /// - Parameter offsets: at most the high watermark, which -1 stands for.
    /// - Returns: for each partition where it starts then, or why not.
    public func deleteRecords(
        before offsets: [TopicPartition: Int64]
    ) async throws(KafkaError) -> [TopicPartition: Result<Int64, KafkaError>] {
        try await askLeaders(of: Array(offsets.keys)) { broker, partitions throws(KafkaError) in
            let asked = offsets.filter { partitions.keys.contains($0.key) }
            let request = DeleteRecordsRequest(
                asked, timeoutMs: Int32(clamping: configuration.requestTimeoutMs))
            return try await send(request, to: .broker(broker)).results(asked)
        }
    }
}

extension DeleteRecordsRequest {
    fileprivate init(_ offsets: [TopicPartition: Int64], timeoutMs: Int32) {
        self.init()
        self.timeoutMs = timeoutMs
        topics = offsets.byTopic.map { name, entries in
            var topic = DeleteRecordsTopic()
            topic.name = name
            topic.partitions = entries.map { number, offset in
                var entry = DeleteRecordsPartition()
                entry.partitionIndex = number
                entry.offset = offset
                return entry
            }
            return topic
        }
    }
}

extension DeleteRecordsResponse {
    fileprivate func results(
        _ asked: [TopicPartition: Int64]
    ) -> [TopicPartition: Result<Int64, KafkaError>] {
        var results: [TopicPartition: Result<Int64, KafkaError>] = [:]
        for topic in topics {
            for entry in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: entry.partitionIndex)
                results[partition] =
                    switch entry.errorCode {
                    case .none: .success(entry.lowWatermark)
                    case .offsetOutOfRange:
                        .failure(
                            KafkaError(
                                .broker(.offsetOutOfRange),
                                "\(partition) has no offset \(asked[partition] ?? -1)"))
                    case .policyViolation:
                        .failure(
                            KafkaError(
                                .broker(.policyViolation),
                                "\(partition) is only compacted (cleanup.policy): nothing can be "
                                    + "deleted before an offset"))
                    case let code: .failure(KafkaError(code, "delete records of \(partition)"))
                    }
            }
        }
        return results
    }
}
