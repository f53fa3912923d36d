import KafkaBase
import KafkaRecords
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

/// The APIs of transactions at a real broker.
struct TransactionHandlersTests {
    private static let id = "x"

    // MARK: Requests

    private func initialise(
        _ broker: TestBroker, version: Int16 = 5
    ) async throws -> InitProducerIdResponse {
        var find = FindCoordinatorRequest()
        find.keyType = 1
        find.coordinatorKeys = [Self.id]
        _ = try await broker.send(find)
        var request = InitProducerIdRequest()
        request.transactionalId = Self.id
        request.transactionTimeoutMs = 60_000
        while true {
            let response = try await broker.send(request, version: version)
            let isLater = [.coordinatorLoadInProgress, .concurrentTransactions]
                .contains(response.errorCode)
            if !isLater { return response }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func identity(_ response: InitProducerIdResponse) -> ProducerIdentity {
        ProducerIdentity(id: response.producerId, epoch: response.producerEpoch)
    }

    private func produce(
        _ broker: TestBroker, _ producer: ProducerIdentity, _ value: String, sequence: Int32 = 0,
        partition: Int32 = 0, transactionalID: String? = Self.id, version: Int16 = 12
    ) async throws -> ErrorCode {
        let batch = TestBatch.bytes(
            // As new as the markers, so that all stands in one segment.
            [.init(key: nil, value: value, timestamp: KafkaClock.system.nowMs)],
            producer: .init(
                id: producer.id, epoch: producer.epoch, baseSequence: sequence,
                isTransactional: true))
        var request = TestBroker.produceRequest(batch, partition: partition)
        request.transactionalId = transactionalID
        let response = try await broker.send(request, version: version)
        return response.responses[0].partitionResponses[0].errorCode
    }

    private func addPartitions(
        _ broker: TestBroker, _ producer: ProducerIdentity, _ partitions: [(String, [Int32])],
        version: Int16 = 3
    ) async throws -> [ErrorCode] {
        var request = AddPartitionsToTxnRequest()
        request.v3AndBelowTransactionalId = Self.id
        request.v3AndBelowProducerId = producer.id
        request.v3AndBelowProducerEpoch = producer.epoch
        request.v3AndBelowTopics = topics(partitions)
        return try await broker.send(request, version: version).resultsByTopicV3AndBelow
            .flatMap { $0.resultsByPartition.map(\.partitionErrorCode) }
    }

    private func topics(
        _ partitions: [(String, [Int32])]
    ) -> [AddPartitionsToTxnRequest.AddPartitionsToTxnTopic] {
        partitions.map { name, numbers in
            var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
            topic.name = name
            topic.partitions = numbers
            return topic
        }
    }

    private func end(
        _ broker: TestBroker, _ producer: ProducerIdentity, commit: Bool, version: Int16 = 5
    ) async throws -> EndTxnResponse {
        var request = EndTxnRequest()
        request.transactionalId = Self.id
        request.producerId = producer.id
        request.producerEpoch = producer.epoch
        request.committed = commit
        return try await broker.send(request, version: version)
    }

    /// What a consumer of committed records gets, once nothing is open.
    private func committed(_ broker: TestBroker, partition: Int32 = 0) async throws -> [String?] {
        var request = TestBroker.fetchRequest(partition: partition)
        request.isolationLevel = 1
        var data = try await broker.fetch(request)
        while data.lastStableOffset < data.highWatermark {
            try await Task.sleep(for: .milliseconds(2))
            data = try await broker.fetch(request)
        }
        // The control records and what was aborted are the client's to leave out.
        var aborted = (data.abortedTransactions ?? []).sorted { $0.firstOffset < $1.firstOffset }
        guard case .bytes(let bytes)? = data.records else { return [] }
        return try Self.committed(bytes, &aborted)
    }

    private static func committed(
        _ bytes: ByteBuffer, _ aborted: inout [FetchResponse.AbortedTransaction]
    ) throws -> [String?] {
        var values: [String?] = []
        var running: Set<Int64> = []
        try bytes.withUnsafeReadableBytes { bytes in
            var cursor = RecordSetCursor()
            while let entry = try cursor.next(in: bytes) {
                let batch = UnsafeRawBufferPointer(
                    rebasing: bytes[entry.position..<entry.position + entry.sizeBytes])
                let header = try RecordBatchHeader(batch)
                while let first = aborted.first, first.firstOffset <= header.lastOffset {
                    running.insert(first.producerId)
                    aborted.removeFirst()
                }
                if header.attributes.isControl {
                    running.remove(header.producerID)
                } else if !running.contains(header.producerID) {
                    values += try TestBatch.values(ByteBuffer(bytes: batch))
                }
            }
        }
        return values
    }

    // MARK: transaction.version 2

    @Test func `What is produced becomes part of the transaction, and each end raises the epoch`()
        async throws
    {
        try await TestBroker.with { broker in
            var producer = identity(try await initialise(broker))
            for number in 0..<4 {
                let isCommit = number % 2 == 0
                for partition: Int32 in 0..<2 {
                    for sequence: Int32 in 0..<2 {
                        let value = "\(number)-\(sequence)"
                        let code = try await produce(
                            broker, producer, value, sequence: sequence, partition: partition)
                        #expect(code == .none)
                    }
                }
                let response = try await end(broker, producer, commit: isCommit)
                #expect(response.errorCode == .none)
                #expect(response.producerEpoch == producer.epoch + 1)
                producer.epoch = response.producerEpoch
            }
            for partition: Int32 in 0..<2 {
                let values = try await committed(broker, partition: partition)
                #expect(values == ["0-0", "0-1", "2-0", "2-1"])
            }
            let late = ProducerIdentity(id: producer.id, epoch: producer.epoch - 1)
            #expect(try await produce(broker, late, "late") == .invalidProducerEpoch)
            #expect(
                try await produce(broker, producer, "5", sequence: 3) == .outOfOrderSequenceNumber)
        }
    }

    /// The producer cannot know that: it has sent records, and then not (KAFKA-18464).
    @Test func `An abort without records may come before the markers of the transaction before`()
        async throws
    {
        try await TestBroker.with { broker in
            var producer = identity(try await initialise(broker))
            for _ in 0..<20 {
                #expect(try await produce(broker, producer, "a") == .none)
                producer.epoch = try await end(broker, producer, commit: true).producerEpoch
                var response = try await end(broker, producer, commit: false)
                while response.errorCode == .concurrentTransactions {
                    response = try await end(broker, producer, commit: false)
                }
                #expect(response.producerEpoch == producer.epoch + 1)
                producer.epoch = response.producerEpoch
            }
            #expect(try await committed(broker).count == 20)
        }
    }

    @Test func `The partition of a group's offsets becomes part of the transaction too`()
        async throws
    {
        try await TestBroker.with { broker in
            var find = FindCoordinatorRequest()
            find.coordinatorKeys = ["g"]
            _ = try await broker.send(find)
            var producer = identity(try await initialise(broker))
            #expect(try await commitOffset(broker, producer, 1, version: 3) == .invalidTxnState)
            #expect(
                try await commitOffset(broker, producer, 1, version: 4) == .transactionAbortable)
            for (offset, isCommit) in [(Int64(7), false), (8, true)] {
                #expect(try await commitOffset(broker, producer, offset, version: 5) == .none)
                #expect(
                    try await describe(broker).topics.map(\.topic) == ["__consumer_offsets"])
                #expect(try await committedOffset(broker).errorCode == .unstableOffsetCommit)
                producer.epoch = try await end(broker, producer, commit: isCommit).producerEpoch
                var answer = try await committedOffset(broker)
                while answer.errorCode == .unstableOffsetCommit {
                    answer = try await committedOffset(broker)
                }
                #expect(answer.errorCode == .none)
                #expect(answer.committedOffset == (isCommit ? offset : -1))
            }
            let late = ProducerIdentity(id: producer.id, epoch: producer.epoch - 1)
            #expect(try await commitOffset(broker, late, 9, version: 5) == .invalidProducerEpoch)
        }
    }

    private func commitOffset(
        _ broker: TestBroker, _ producer: ProducerIdentity, _ offset: Int64, version: Int16
    ) async throws -> ErrorCode {
        var partition = TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition()
        partition.committedOffset = offset
        var topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = TxnOffsetCommitRequest()
        request.transactionalId = Self.id
        request.groupId = "g"
        request.producerId = producer.id
        request.producerEpoch = producer.epoch
        request.topics = [topic]
        while true {
            let code = try await broker.send(request, version: version)
                .topics[0].partitions[0].errorCode
            let isLater = [.coordinatorLoadInProgress, .concurrentTransactions].contains(code)
            if !isLater { return code }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// As a consumer of the group asks that wants nothing that is pending.
    private func committedOffset(
        _ broker: TestBroker
    ) async throws -> OffsetFetchResponse.OffsetFetchResponsePartitions {
        var topic = OffsetFetchRequest.OffsetFetchRequestTopics()
        topic.name = "t"
        topic.partitionIndexes = [0]
        var group = OffsetFetchRequest.OffsetFetchRequestGroup()
        group.groupId = "g"
        group.topics = [topic]
        var request = OffsetFetchRequest()
        request.groups = [group]
        request.requireStable = true
        return try await broker.send(request, version: 9).groups[0].topics[0].partitions[0]
    }

    // MARK: transaction.version 1

    @Test func `Older clients add their partitions first`() async throws {
        try await TestBroker.with { broker in
            let producer = identity(try await initialise(broker, version: 1))
            // Not before: as the version of the request can tell it.
            #expect(try await produce(broker, producer, "no", version: 9) == .invalidTxnState)
            #expect(try await produce(broker, producer, "no", version: 11) == .transactionAbortable)
            #expect(try await addPartitions(broker, producer, [("t", [0])]) == [.none])
            #expect(try await produce(broker, producer, "yes", version: 9) == .none)
            #expect(
                try await produce(broker, producer, "no", partition: 1, version: 9)
                    == .invalidTxnState)
            let response = try await end(broker, producer, commit: true, version: 3)
            #expect(response.errorCode == .none)
            #expect(try await committed(broker) == ["yes"])
            try await waitForCommit(broker)
            #expect(
                try await produce(broker, producer, "after", sequence: 1, version: 9)
                    == .invalidTxnState)
        }
    }

    @Test func `All partitions are added or none`() async throws {
        try await TestBroker.with { broker in
            let producer = identity(try await initialise(broker))
            let codes = try await addPartitions(
                broker, producer, [("t", [0, 7]), ("none", [0]), ("__transaction_state", [0])])
            #expect(
                codes == [
                    .operationNotAttempted, .unknownTopicOrPartition, .unknownTopicOrPartition,
                    .topicAuthorizationFailed,
                ])
            #expect(try await describe(broker).transactionState == "Empty")
        }
    }

    @Test func `Fencing has a name of its own for those who know it`() async throws {
        try await TestBroker.with { broker in
            let old = identity(try await initialise(broker))
            _ = try await initialise(broker)
            let codes: [Int16: ErrorCode] = [1: ErrorCode.invalidProducerEpoch, 2: .producerFenced]
            for (version, code) in codes {
                #expect(
                    try await addPartitions(broker, old, [("t", [0])], version: version) == [code])
                let end = try await end(broker, old, commit: true, version: version)
                #expect(end.errorCode == code)
            }
            var request = InitProducerIdRequest()
            request.transactionalId = Self.id
            request.transactionTimeoutMs = 60_000
            request.producerId = old.id
            request.producerEpoch = old.epoch
            #expect(try await broker.send(request, version: 3).errorCode == .invalidProducerEpoch)
            #expect(try await broker.send(request, version: 4).errorCode == .producerFenced)
            request.producerEpoch = -1
            #expect(try await broker.send(request, version: 4).errorCode == .invalidRequest)
        }
    }

    @Test func `Records of a transaction without one are refused`() async throws {
        try await TestBroker.with { broker in
            let producer = identity(try await initialise(broker))
            #expect(
                try await produce(broker, producer, "a", transactionalID: nil)
                    == .transactionalIdAuthorizationFailed)
            #expect(
                try await produce(broker, producer, "a", transactionalID: "other")
                    == .invalidProducerIdMapping)
        }
    }

    // MARK: Brokers

    @Test func `Brokers ask for several transactions at once, also only whether they run`()
        async throws
    {
        try await TestBroker.with { broker in
            let producer = identity(try await initialise(broker))
            #expect(try await addPartitions(broker, producer, [("t", [0])]) == [.none])
            var verify = AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction()
            verify.transactionalId = Self.id
            verify.producerId = producer.id
            verify.producerEpoch = producer.epoch
            verify.verifyOnly = true
            verify.topics = topics([("t", [0, 1])])
            var other = verify
            other.transactionalId = "other"
            var request = AddPartitionsToTxnRequest()
            request.transactions = [verify, other]
            for version: Int16 in 4...5 {
                let results = try await broker.send(request, version: version).resultsByTransaction
                #expect(results.map(\.transactionalId) == [Self.id, "other"])
                let codes = results.map {
                    $0.topicResults[0].resultsByPartition.map(\.partitionErrorCode)
                }
                #expect(
                    codes == [
                        [.none, .transactionAbortable],
                        [.invalidProducerIdMapping, .invalidProducerIdMapping],
                    ])
            }
        }
    }

    @Test func `A transaction that hangs is found and ended`() async throws {
        try await TestBroker.with(settings: [
            "transaction.partition.verification.enable": "false"
        ]) { broker in
            // Of a transactional id that no coordinator knows.
            let producer = ProducerIdentity(id: 4_711, epoch: 2)
            let code = try await produce(
                broker, producer, "a", transactionalID: "gone", version: 9)
            #expect(code == .none)
            var states = try await producers(broker)
            #expect(states.map(\.producerId) == [4_711])
            #expect(states[0].currentTxnStartOffset == 0 && states[0].coordinatorEpoch == -1)
            #expect(try await write(marker(producer, commit: false), broker) == [.none])
            states = try await producers(broker)
            #expect(states[0].currentTxnStartOffset == -1 && states[0].coordinatorEpoch == 5)
            #expect(try await committed(broker) == [])
        }
    }

    @Test func `A marker of version 2 has to be newer than the records`() async throws {
        try await TestBroker.with { broker in
            let producer = identity(try await initialise(broker))
            #expect(try await produce(broker, producer, "a") == .none)
            var asked = marker(producer, commit: true)
            asked.transactionVersion = 2
            #expect(try await write(asked, broker) == [.invalidProducerEpoch])
            asked.producerEpoch += 1
            #expect(try await write(asked, broker) == [.none])
            // And may be repeated.
            #expect(try await write(asked, broker) == [.none])
            asked.producerEpoch -= 1
            asked.transactionVersion = 0
            #expect(try await write(asked, broker) == [.invalidProducerEpoch])
            asked.producerEpoch += 1
            asked.coordinatorEpoch = 0
            #expect(try await write(asked, broker) == [.transactionCoordinatorFenced])
            asked.topics[0].partitionIndexes = [9]
            #expect(try await write(asked, broker) == [.unknownTopicOrPartition])
        }
    }

    /// Else a coordinator would take the transaction for done when the broker stops.
    @Test func `A partition that ends its service is not taken for one that does not exist`()
        async throws
    {
        try await TestBroker.with { broker in
            let log = try await broker.on { $0.retire() }
            let producer = ProducerIdentity(id: 1, epoch: 0)
            let codes = try await write(marker(producer, commit: true), broker)
            #expect(codes == [.notLeaderForPartition])
            withExtendedLifetime(log) {}
        }
    }

    private func marker(
        _ producer: ProducerIdentity, commit: Bool
    ) -> WriteTxnMarkersRequest.WritableTxnMarker {
        var topic = WriteTxnMarkersRequest.WritableTxnMarkerTopic()
        topic.name = "t"
        topic.partitionIndexes = [0]
        var marker = WriteTxnMarkersRequest.WritableTxnMarker()
        marker.producerId = producer.id
        marker.producerEpoch = producer.epoch
        marker.transactionResult = commit
        marker.coordinatorEpoch = 5
        marker.topics = [topic]
        return marker
    }

    private func write(
        _ marker: WriteTxnMarkersRequest.WritableTxnMarker, _ broker: TestBroker
    ) async throws -> [ErrorCode] {
        var request = WriteTxnMarkersRequest()
        request.markers = [marker]
        return try await broker.send(request).markers[0].topics[0].partitions.map(\.errorCode)
    }

    private func producers(
        _ broker: TestBroker
    ) async throws -> [DescribeProducersResponse.ProducerState] {
        var topic = DescribeProducersRequest.TopicRequest()
        topic.name = "t"
        topic.partitionIndexes = [0]
        var request = DescribeProducersRequest()
        request.topics = [topic]
        return try await broker.send(request).topics[0].partitions[0].activeProducers
    }

    private func describe(
        _ broker: TestBroker
    ) async throws -> DescribeTransactionsResponse.TransactionState {
        var request = DescribeTransactionsRequest()
        request.transactionalIds = [Self.id]
        return try await broker.send(request).transactionStates[0]
    }

    /// Until all markers are written.
    private func waitForCommit(_ broker: TestBroker) async throws {
        while try await describe(broker).transactionState != "CompleteCommit" {
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    // MARK: Groups, listings

    @Test func `The partition of a group's offsets is added by the group's name`() async throws {
        try await TestBroker.with { broker in
            let producer = identity(try await initialise(broker))
            var request = AddOffsetsToTxnRequest()
            request.transactionalId = Self.id
            request.producerId = producer.id
            request.producerEpoch = producer.epoch
            request.groupId = "g"
            #expect(try await broker.send(request).errorCode == .none)
            let topics = try await describe(broker).topics
            #expect(topics.map(\.topic) == ["__consumer_offsets"])
            #expect(topics[0].partitions == [Int32(JavaHash.partition(of: "g", count: 8))])
            #expect(try await end(broker, producer, commit: true, version: 3).errorCode == .none)
            try await waitForCommit(broker)
        }
    }

    @Test func `Transactions are listed as the filters say`() async throws {
        try await TestBroker.with { broker in
            let producer = identity(try await initialise(broker))
            #expect(try await addPartitions(broker, producer, [("t", [0])]) == [.none])
            var request = ListTransactionsRequest()
            request.stateFilters = ["Ongoing", "Bogus"]
            var response = try await broker.send(request, version: 0)
            while response.errorCode == .coordinatorLoadInProgress {
                response = try await broker.send(request, version: 0)
            }
            #expect(response.unknownStateFilters == ["Bogus"])
            #expect(response.transactionStates.map(\.transactionalId) == [Self.id])
            request.stateFilters = ["Empty"]
            #expect(try await broker.send(request, version: 1).transactionStates.isEmpty)
            request.stateFilters = []
            request.transactionalIdPattern = "[a-x]"
            #expect(try await broker.send(request).transactionStates.count == 1)
            request.transactionalIdPattern = "y"
            #expect(try await broker.send(request).transactionStates.isEmpty)
            request.transactionalIdPattern = "("
            #expect(try await broker.send(request).errorCode == .invalidRegularExpression)
        }
    }
}
