internal import KafkaBase
internal import KafkaRecords
internal import KafkaWire

extension ProduceRequest {
    /// - Parameter giveBack: gets the memory that batches were filled in.
    init(
        _ batches: [ProducerBatch], acks: ProducerConfiguration.Acks, timeoutMs: Int,
        giveBack: (BatchMemory) -> Void
    ) throws(RecordsError) {
        self.init()
        self.acks = acks.rawValue
        self.timeoutMs = Int32(clamping: timeoutMs)
        var topics: [String: TopicProduceData] = [:]
        for batch in batches {
            let (bytes, memory) = try batch.encoded()
            if let memory { giveBack(memory) }
            let partition = batch.partition.partition
            var data = PartitionProduceData()
            data.index = partition.partition
            data.records = .bytes(bytes)
            var topic = topics.removeValue(forKey: partition.topic) ?? TopicProduceData()
            topic.name = partition.topic
            topic.topicId = batch.partition.topicID ?? .zero
            topic.partitionData.append(data)
            topics[partition.topic] = topic
        }
        topicData = Array(topics.values)
    }
}

extension ProduceResponse {
    /// What it says of each partition, by name also where topics go by id.
    func answers(to batches: [ProducerBatch]) -> [TopicPartition: SenderState.Answer] {
        var answers: [TopicPartition: SenderState.Answer] = [:]
        for topic in responses {
            var name = topic.name
            if topic.topicId != .zero {
                let batch = batches.first { $0.partition.topicID == topic.topicId }
                name = batch?.partition.partition.topic ?? name
            }
            for entry in topic.partitionResponses {
                answers[TopicPartition(topic: name, partition: entry.index)] = SenderState.Answer(
                    code: entry.errorCode, baseOffset: entry.baseOffset,
                    appendTimeMs: entry.logAppendTimeMs,
                    message: entry.recordErrors.first?.batchIndexErrorMessage ?? entry.errorMessage)
            }
        }
        return answers
    }
}
