public import KafkaBase
internal import KafkaWire

/// A transaction that is open in one partition, whatever its coordinator may think of it.
public struct HangingTransaction: Sendable, Equatable {
    public var partition: TopicPartition
    public var producerID: Int64
    public var producerEpoch: Int16
    public var coordinatorEpoch: Int32

    public init(
        partition: TopicPartition, producerID: Int64, producerEpoch: Int16, coordinatorEpoch: Int32
    ) {
        self.partition = partition
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.coordinatorEpoch = coordinatorEpoch
    }

    /// The open transaction of a producer; nil when it has none.
    public init?(_ partition: TopicPartition, _ producer: ProducerState) {
        guard producer.transactionStartOffset != nil,
            let epoch = Int16(exactly: producer.producerEpoch)
        else { return nil }
        self.init(
            partition: partition, producerID: producer.producerID, producerEpoch: epoch,
            // A producer whose first transaction hangs has no marker yet (Kafka's tool takes 0).
            coordinatorEpoch: producer.coordinatorEpoch ?? 0)
    }
}

/// A producer id with its epoch, after everybody who used the transactional id was fenced.
public struct FencedProducer: Sendable, Equatable {
    public var producerID: Int64
    public var producerEpoch: Int16
}

extension KafkaClient {
    /// Ends a transaction in one partition by an abort marker, past its coordinator: for one that
    /// hangs, which no coordinator will end any more (KIP-664).
    ///
    /// - Throws: INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED and the like when it is not
    ///   the partition's open transaction.
    public func abortTransaction(_ transaction: HangingTransaction) async throws(KafkaError) {
        let partition = transaction.partition
        var topic = WriteTxnMarkersRequest.WritableTxnMarkerTopic()
        topic.name = partition.topic
        topic.partitionIndexes = [partition.partition]
        var marker = WriteTxnMarkersRequest.WritableTxnMarker()
        marker.producerId = transaction.producerID
        marker.producerEpoch = transaction.producerEpoch
        marker.coordinatorEpoch = transaction.coordinatorEpoch
        marker.transactionResult = false
        marker.topics = [topic]
        var request = WriteTxnMarkersRequest()
        request.markers = [marker]
        let what = "abort transaction of producer \(transaction.producerID) in \(partition)"
        let results: LeaderResults<Void> = try await askLeaders(of: [partition]) {
            broker, _ throws(KafkaError) in
            let response = try await send(request, to: .broker(broker))
            let code = response.markers.lazy.flatMap(\.topics).filter { $0.name == partition.topic }
                .flatMap(\.partitions).first { $0.partitionIndex == partition.partition }?.errorCode
            return switch code {
            case ErrorCode.none?: [partition: .success(())]
            case let code?: [partition: .failure(KafkaError(code, what))]
            case nil: [partition: .failure(.noAnswer(what))]
            }
        }
        if let error = results[partition]?.error { throw error }
    }

    /// Fences the producers of transactional ids, which aborts what they have open.
    ///
    /// ```swift
    /// let fenced = try await client.fenceProducers(["billing-1"])
    /// ```
    ///
    /// - Returns: for each id what its next producer would follow, or why it was not fenced.
    public func fenceProducers(
        _ ids: [String]
    ) async throws(KafkaError) -> [String: Result<FencedProducer, KafkaError>] {
        var results: [String: Result<FencedProducer, KafkaError>] = [:]
        for id in ids {
            do throws(KafkaError) {
                results[id] = .success(try await fenceProducers(of: id))
            } catch {
                if error.kind == .closed { throw error }
                results[id] = .failure(error)
            }
        }
        return results
    }

    private func fenceProducers(of id: String) async throws(KafkaError) -> FencedProducer {
        var request = InitProducerIdRequest()
        request.transactionalId = id
        // No transaction will be begun, so the timeout means nothing; it has to be above 0.
        request.transactionTimeoutMs = 1
        var retry = Retry(configuration)
        while true {
            let response = try await sendToCoordinator(of: .transactionalID(id)) {
                _ throws(KafkaError) in
                request
            } errorCode: {
                $0.errorCode
            }
            if response.errorCode == .none {
                return FencedProducer(
                    producerID: response.producerId, producerEpoch: response.producerEpoch)
            }
            let error = KafkaError(response.errorCode, "fence producers of \(id)")
            // The coordinator aborts what is open first, and answers so until that is done.
            guard response.errorCode == .concurrentTransactions else { throw error }
            try await retry.pause(after: error)
        }
    }
}
