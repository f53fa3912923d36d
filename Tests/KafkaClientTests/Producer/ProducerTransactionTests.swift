import KafkaBase
import Testing

@testable import KafkaClient

/// What a transaction lets be called and sent.
@Suite struct ProducerTransactionTests {
    private let first = TopicPartition(topic: "t", partition: 0)
    private let second = TopicPartition(topic: "t", partition: 1)
    private let identity = ProducerIdentity(id: 5, epoch: 3, isTransactional: true)

    private func ready(isVersion2: Bool = false) -> ProducerTransaction {
        var transaction = ProducerTransaction()
        transaction.initialized(identity, isVersion2: isVersion2)
        return transaction
    }

    private func open(isVersion2: Bool = false) throws -> ProducerTransaction {
        var transaction = ready(isVersion2: isVersion2)
        try transaction.begin()
        return transaction
    }

    private func abortable() -> KafkaError {
        KafkaError(.topicAuthorizationFailed, "no")
    }

    @Test func callsComeInTheirOrder() throws {
        var transaction = ProducerTransaction()
        #expect(throws: KafkaError.self) { try transaction.begin() }
        #expect(transaction.refusal?.message == "call initTransactions first")
        transaction.initialized(identity, isVersion2: false)
        #expect(throws: KafkaError.self) { try transaction.beginEnd(commits: true) }
        #expect(transaction.refusal?.message.contains("beginTransaction") == true)
        try transaction.begin()
        #expect(transaction.refusal == nil)
        #expect(throws: KafkaError.self) { try transaction.begin() }
        try transaction.beginEnd(commits: true)
        #expect(transaction.refusal?.message.contains("committed") == true)
        transaction.ended(identity)
        #expect(transaction.phase == .ready)
    }

    @Test func partitionsAreAddedOnceEachAndOneRequestAtATime() throws {
        var transaction = try open()
        #expect(transaction.admits(first) == false)
        #expect(transaction.nextAddition() == [first])
        #expect(transaction.admits(second) == false)
        #expect(transaction.nextAddition() == [], "the first request is under way")
        transaction.added([first], nil)
        #expect(transaction.admits(first) == true)
        #expect(transaction.nextAddition() == [second])
        transaction.added([second], nil)
        #expect(transaction.admits(second) == true)
        #expect(transaction.nextAddition() == [])
        // The next transaction begins with none.
        try transaction.beginEnd(commits: true)
        transaction.ended(identity)
        try transaction.begin()
        #expect(transaction.admits(first) == false)
    }

    @Test func withVersion2WhatIsSentIsPartOfIt() throws {
        var transaction = try open(isVersion2: true)
        #expect(transaction.admits(first) == true)
        #expect(transaction.nextAddition() == [])
        try transaction.beginEnd(commits: true)
        #expect(try transaction.end().isKnown)
        let next = ProducerIdentity(id: 5, epoch: 4, isTransactional: true)
        transaction.ended(next)
        #expect(transaction.identity == next)
    }

    @Test func nothingSentIsNothingToEnd() throws {
        var transaction = try open()
        try transaction.beginEnd(commits: true)
        #expect(try transaction.end().isKnown == false)
    }

    @Test func aBatchThatFailsLeavesOnlyTheAbort() throws {
        var transaction = try open()
        _ = transaction.admits(first)
        transaction.added(transaction.nextAddition(), nil)
        transaction.batchFailed(abortable())
        #expect(transaction.dropError?.transactionEffect == .mustAbort)
        #expect(transaction.refusal?.errorCode == .topicAuthorizationFailed)
        #expect(throws: KafkaError.self) { try transaction.beginEnd(commits: true) }
        try transaction.beginEnd(commits: false)
        let end = try transaction.end()
        #expect(end.needsNewEpoch, "the sequence may have a hole")
        #expect(end.isKnown && !end.mayBeUnknown)
        transaction.ended(identity)
        try transaction.begin()
        try transaction.beginEnd(commits: true)
        #expect(try transaction.end().needsNewEpoch == false)
    }

    @Test func aFailureDuringTheCommitIsNoCommit() throws {
        var transaction = try open()
        try transaction.beginEnd(commits: true)
        transaction.batchFailed(abortable())
        #expect(throws: KafkaError.self) { try transaction.end() }
        try transaction.beginEnd(commits: false)
        #expect(try transaction.end().commits == false)
    }

    @Test func anEndOfUnknownOutcomeIsAskedForAgainAndNotTurnedAround() throws {
        var transaction = try open()
        try transaction.beginEnd(commits: true)
        let told = transaction.failed(KafkaError(.timedOut, "late"), in: .end)
        #expect(told.transactionEffect == nil)
        #expect(throws: KafkaError.self) { try transaction.beginEnd(commits: false) }
        try transaction.beginEnd(commits: true)
    }

    @Test func anAbortedOneDropsWhatWaits() throws {
        var transaction = try open()
        _ = transaction.admits(first)
        try transaction.beginEnd(commits: false)
        #expect(transaction.dropError?.kind == .closed)
        #expect(transaction.admits(first) == false)
        #expect(transaction.nextAddition() == [], "it would come behind the end")
    }

    @Test func anAdditionThatFailedMayHaveBeenDone() throws {
        var transaction = try open()
        _ = transaction.admits(first)
        transaction.added(transaction.nextAddition(), KafkaError(.timedOut, "late"))
        try transaction.beginEnd(commits: false)
        let end = try transaction.end()
        #expect(end.isKnown && end.mayBeUnknown)
    }

    @Test(arguments: [ErrorCode.producerFenced, .transactionalIdAuthorizationFailed])
    func fatalErrorsEndEverything(code: ErrorCode) throws {
        var transaction = try open()
        transaction.batchFailed(KafkaError(code, "deliver"))
        #expect(transaction.refusal?.transactionEffect == .fatal)
        #expect(throws: KafkaError.self) { try transaction.beginEnd(commits: false) }
        #expect(throws: KafkaError.self) { try transaction.begin() }
        let isExplained = transaction.refusal?.message.contains("another producer") == true
        #expect(isExplained == (code == .producerFenced))
    }

    @Test func offsetsMakeATransactionKnown() throws {
        var transaction = ready()
        #expect(throws: KafkaError.self) { try transaction.beginOffsets() }
        try transaction.begin()
        let given = try transaction.beginOffsets()
        #expect(given == identity)
        transaction.offsetsAdded()
        try transaction.beginEnd(commits: true)
        let end = try transaction.end()
        #expect(end.isKnown && !end.mayBeUnknown)
    }

    /// As the handlers of Kafka's `TransactionManager` have it.
    @Test(arguments: [
        (
            TransactionEffect.Call.produce, ErrorCode.invalidProducerEpoch,
            TransactionEffect?.some(.mustAbort)
        ),
        (.produce, .outOfOrderSequenceNumber, .mustAbort),
        (.produce, .messageTooLarge, .mustAbort),
        (.produce, .clusterAuthorizationFailed, .fatal),
        (.initProducerID, .invalidTransactionTimeout, .fatal),
        (.initProducerID, .invalidProducerEpoch, .fatal),
        (.initProducerID, .coordinatorLoadInProgress, nil),
        (.addPartitions, .invalidProducerEpoch, .fatal),
        (.addPartitions, .topicAuthorizationFailed, .mustAbort),
        (.addPartitions, .invalidTxnState, .fatal),
        (.addOffsets, .groupAuthorizationFailed, .mustAbort),
        (.commitOffsets, .illegalGeneration, .mustAbort),
        (.commitOffsets, .fencedInstanceId, .mustAbort),
        (.commitOffsets, .unsupportedForMessageFormat, .fatal),
        (.end, .invalidTxnState, .fatal),
        (.end, .transactionAbortable, .mustAbort),
        (.end, .concurrentTransactions, nil),
        (.end, .unknownServerError, .fatal),
    ])
    func errorsMeanWhatTheyMeanInKafka(
        call: TransactionEffect.Call, code: ErrorCode, effect: TransactionEffect?
    ) {
        #expect(TransactionEffect.of(KafkaError(code, "x"), in: call) == effect)
    }
}
