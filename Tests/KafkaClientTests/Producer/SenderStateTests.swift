import KafkaBase
import NIOCore
import Synchronization
import Testing

@testable import KafkaClient

/// The sender's decisions, with a clock that the test sets.
@Suite struct SenderStateTests {
    private var start: NIODeadline { .uptimeNanoseconds(1_000_000_000_000) }

    private func make(
        isIdempotent: Bool = true, inFlight: Int = 5, requestBytes: Int = 8 << 20,
        stopsAtFailure: Bool = false
    ) -> SenderState {
        var state = SenderState(
            limits: SenderState.Limits(
                maxInFlightPerBroker: inFlight, requestBytes: requestBytes,
                deliveryTimeoutMs: 10_000, topicPropagationMs: 5000, isIdempotent: isIdempotent,
                stopsAtFailure: stopsAtFailure))
        if isIdempotent { state.setIdentity(ProducerIdentity(id: 7, epoch: 0)) }
        state.connected(1)
        return state
    }

    private func ready(_ state: inout SenderState, _ number: Int32 = 0) -> PartitionQueue {
        let queue = TestBatches.queue(number)
        state.setLeader(1, topicID: nil, of: queue)
        queue.identity = state.identity
        queue.isKnown = true
        return queue
    }

    private func answer(
        _ code: ErrorCode, offset: Int64 = 0, _ number: Int32 = 0
    ) -> [TopicPartition: SenderState.Answer] {
        [
            TopicPartition(topic: "t", partition: number): SenderState.Answer(
                code: code, baseOffset: offset)
        ]
    }

    private func failure(_ completion: SenderState.Completion?) -> KafkaError? {
        if case .failure(let error)? = completion?.result { error } else { nil }
    }

    @Test func aBatchWaitsForLeaderConnectionAndIdentity() throws {
        var state = SenderState(limits: SenderState.Limits())
        let queue = TestBatches.queue()
        state.add(try TestBatches.batch(queue, at: start))
        #expect(state.next(now: start).needsIdentity)
        state.setIdentity(ProducerIdentity(id: 1, epoch: 0))
        #expect(state.next(now: start).refresh == ["t"])
        state.setLeader(1, topicID: nil, of: queue)
        #expect(state.next(now: start).links.connect == [1])
        #expect(state.next(now: start).links.connect == [], "one attempt at a time")
        state.connected(1)
        #expect(state.next(now: start).send.count == 1)
        #expect(state.next(now: start).send.count == 0)
    }

    @Test func batchesOfSeveralPartitionsShareARequestButOnePartitionsDoNot() throws {
        var state = make()
        let first = ready(&state, 0)
        let second = ready(&state, 1)
        let batches = try [first, second, first].map { try TestBatches.batch($0, at: start) }
        for batch in batches { state.add(batch) }
        let requests = state.next(now: start).send
        #expect(requests.map(\.batches.count) == [2, 1])
        #expect(requests[1].batches[0] === batches[2])
    }

    @Test func requestsInFlightAreBounded() throws {
        var state = make(inFlight: 2)
        let queue = ready(&state)
        for _ in 0..<4 { state.add(try TestBatches.batch(queue, at: start)) }
        let requests = state.next(now: start).send
        #expect(requests.count == 2)
        state.answered(requests[0].id, answer(.none, offset: 5), now: start)
        let actions = state.next(now: start)
        #expect(actions.send.count == 1)
        #expect(try actions.completions.first?.result.get() == 5)
    }

    @Test func aRequestIsFilledUpToItsBytes() throws {
        var state = make(requestBytes: 1)
        let queues = (0..<3).map { ready(&state, $0) }
        for queue in queues { state.add(try TestBatches.batch(queue, at: start)) }
        #expect(state.next(now: start).send.map(\.batches.count) == [1, 1, 1])
    }

    @Test func sequencesCountRecordsOfEachPartition() throws {
        var state = make()
        let queue = ready(&state)
        let batches = try [3, 5, 1].map { try TestBatches.batch(queue, $0, at: start) }
        for batch in batches { state.add(batch) }
        _ = state.next(now: start)
        #expect(batches.map(\.sequence) == [0, 3, 8])
        #expect(batches.allSatisfy { $0.identity == ProducerIdentity(id: 7, epoch: 0) })
    }

    /// The leader moves while three batches are in flight: all come back, and go out again in
    /// order, with their sequences.
    @Test func afterAFailureAllInFlightComesBackBeforeAnythingIsSentAgain() throws {
        var state = make()
        let queue = ready(&state)
        let batches = try (0..<4).map { _ in try TestBatches.batch(queue, 2, at: start) }
        for batch in batches[..<3] { state.add(batch) }
        let requests = state.next(now: start).send
        state.add(batches[3])
        state.answered(requests[0].id, answer(.notLeaderForPartition), now: start)
        var later = start + .milliseconds(500)
        let actions = state.next(now: later)
        #expect(actions.refresh == ["t"])
        #expect(actions.send.isEmpty, "two are still in flight")
        state.setLeader(1, topicID: nil, of: queue)
        state.answered(requests[2].id, answer(.outOfOrderSequenceNumber), now: later)
        state.answered(requests[1].id, answer(.outOfOrderSequenceNumber), now: later)
        later = later + .milliseconds(2000)
        let again = state.next(now: later).send
        #expect(again.flatMap(\.batches).map(\.order) == batches.map(\.order))
        #expect(batches.map(\.sequence) == [0, 2, 4, 6])
        #expect(batches.allSatisfy { $0.identity?.epoch == 0 }, "nothing was lost: same epoch")
    }

    @Test func repetitionWaitsForTheBackoff() throws {
        var state = make()
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, at: start))
        let request = state.next(now: start).send[0]
        state.answered(request.id, answer(.notEnoughReplicas), now: start)
        let actions = state.next(now: start + .milliseconds(1))
        #expect(actions.send.isEmpty)
        let wakeAt = try #require(actions.links.wakeAt)
        #expect(wakeAt > start + .milliseconds(70) && wakeAt < start + .milliseconds(130))
        #expect(state.next(now: wakeAt).send.count == 1)
    }

    @Test func withoutIdempotenceOneBatchAtATimeAfterAFailure() throws {
        var state = make(isIdempotent: false)
        let queue = ready(&state)
        for _ in 0..<3 { state.add(try TestBatches.batch(queue, at: start)) }
        let requests = state.next(now: start).send
        #expect(requests.count == 3)
        for request in requests {
            state.failed(request.id, KafkaError(.connectionFailed, "gone"), now: start)
        }
        let later = start + .milliseconds(1500)
        let again = state.next(now: later).send
        #expect(again.count == 1)
        state.answered(again[0].id, answer(.none), now: later)
        #expect(state.next(now: later).send.count == 2, "all is well again")
    }

    /// A batch that is given up leaves a hole that the broker would refuse to jump over.
    @Test func aBatchGivenUpMovesThePartitionToTheNextEpoch() throws {
        var state = make()
        let queue = ready(&state)
        let batches = try (0..<3).map { _ in try TestBatches.batch(queue, 2, at: start) }
        for batch in batches { state.add(batch) }
        let requests = state.next(now: start).send
        state.answered(requests[0].id, answer(.invalidRecord), now: start)
        #expect(failure(state.next(now: start).completions.first)?.errorCode == .invalidRecord)
        state.answered(requests[1].id, answer(.outOfOrderSequenceNumber), now: start)
        state.answered(requests[2].id, answer(.outOfOrderSequenceNumber), now: start)
        let again = state.next(now: start + .milliseconds(500)).send
        #expect(again.flatMap(\.batches).map(\.sequence) == [0, 2])
        #expect(again.flatMap(\.batches).allSatisfy { $0.identity?.epoch == 1 })
    }

    @Test func aBrokerThatForgotTheProducerGetsANewEpoch() throws {
        var state = make()
        let queue = ready(&state)
        let batch = try TestBatches.batch(queue, at: start)
        state.add(batch)
        let request = state.next(now: start).send[0]
        state.answered(request.id, answer(.unknownProducerId), now: start)
        _ = state.next(now: start + .milliseconds(500))
        #expect(batch.identity == ProducerIdentity(id: 7, epoch: 1))
        #expect(batch.sequence == 0)
    }

    @Test func aDuplicateIsDelivered() throws {
        var state = make()
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, at: start))
        let request = state.next(now: start).send[0]
        state.answered(request.id, answer(.duplicateSequenceNumber, offset: 3), now: start)
        #expect(try state.next(now: start).completions.first?.result.get() == -1)
        #expect(state.outstandingCount == 0)
    }

    @Test func deliveryHasItsTime() throws {
        var state = make()
        let queue = TestBatches.queue()
        state.add(try TestBatches.batch(queue, at: start))
        let actions = state.next(now: start + .seconds(9))
        #expect(actions.completions.isEmpty)
        #expect(actions.links.wakeAt == start + .seconds(10))
        let late = state.next(now: start + .seconds(10))
        #expect(failure(late.completions.first)?.kind == .timedOut)
        #expect(state.outstandingCount == 0)
    }

    @Test func aTopicThatStaysMissingIsNotWaitedFor() throws {
        var state = make()
        state.setIdentity(ProducerIdentity(id: 7, epoch: 0))
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, at: start))
        let request = state.next(now: start).send[0]
        state.answered(request.id, answer(.unknownTopicOrPartition), now: start)
        #expect(state.next(now: start).refresh == ["t"])
        state.missed("t", now: start)
        // It is there again in between.
        state.setLeader(1, topicID: nil, of: queue)
        state.missed("t", now: start + .seconds(2))
        state.missed("t", now: start + .seconds(3))
        for request in state.next(now: start + .seconds(4)).send {
            state.answered(
                request.id, answer(.unknownTopicOrPartition), now: start + .seconds(4))
        }
        let wakeAt = state.next(now: start + .seconds(4)).links.wakeAt
        #expect(wakeAt.map { $0 <= start + .seconds(7) } == true)
        let gone = state.next(now: start + .seconds(7))
        #expect(failure(gone.completions.first)?.kind == .unknownTopic("t"))
        // What comes later fails at once, and asks.
        state.add(try TestBatches.batch(queue, at: start + .seconds(8)))
        let late = state.next(now: start + .seconds(8))
        #expect(failure(late.completions.first)?.kind == .unknownTopic("t"))
        #expect(late.refresh == ["t"])
        state.setLeader(1, topicID: nil, of: queue)
        state.add(try TestBatches.batch(queue, at: start + .seconds(9)))
        #expect(state.next(now: start + .seconds(9)).completions.isEmpty)
    }

    @Test func aBatchThatIsTooLargeIsCutInTwo() throws {
        var state = make()
        let queue = ready(&state)
        let batch = try TestBatches.batch(queue, 5, at: start)
        let next = try TestBatches.batch(queue, 1, at: start)
        state.add(batch)
        state.add(next)
        let requests = state.next(now: start).send
        state.answered(requests[0].id, answer(.messageTooLarge), now: start)
        state.answered(requests[1].id, answer(.outOfOrderSequenceNumber), now: start)
        let again = state.next(now: start + .milliseconds(500)).send.flatMap(\.batches)
        #expect(again.map(\.recordCount) == [2, 3, 1])
        #expect(again.map(\.sequence) == [0, 2, 5])
        #expect(again.map(\.reservedBytes).reduce(0, +) == 200)
        #expect(state.outstandingCount == 3)
        #expect(queue.batchBytesLimit.load(ordering: .relaxed) < 1_000_000)
    }

    @Test func oneRecordThatIsTooLargeFails() throws {
        var state = make()
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, 1, at: start))
        let request = state.next(now: start).send[0]
        state.answered(request.id, answer(.messageTooLarge), now: start)
        let error = failure(state.next(now: start).completions.first)
        #expect(error?.errorCode == .messageTooLarge)
        #expect(error?.message.contains("t-0") == true)
    }

    /// A broker that knows nothing of the producer takes any sequence as its first one.
    @Test func oneBatchAloneMakesTheProducerKnown() throws {
        var state = make()
        let queue = TestBatches.queue()
        state.setLeader(1, topicID: nil, of: queue)
        for _ in 0..<3 { state.add(try TestBatches.batch(queue, 1, at: start)) }
        let first = state.next(now: start).send
        #expect(first.count == 1)
        state.answered(first[0].id, answer(.none), now: start)
        #expect(state.next(now: start).send.count == 2)
    }

    @Test func aBatchIsSentAgainAsOftenAsAllowed() throws {
        var state = SenderState(limits: SenderState.Limits(retries: 1, isIdempotent: false))
        state.connected(1)
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, 1, at: start))
        var now = start
        for _ in 0..<2 {
            let request = try #require(state.next(now: now).send.first)
            state.answered(request.id, answer(.notEnoughReplicas), now: now)
            now = now + .seconds(2)
        }
        let error = failure(state.next(now: now).completions.first)
        #expect(error?.errorCode == .notEnoughReplicas)
    }

    @Test func nothingBehindAFailureIsSentWhereItStops() throws {
        var state = make(inFlight: 1, stopsAtFailure: true)
        let queue = ready(&state)
        let other = ready(&state, 1)
        state.add(try TestBatches.batch(queue, 1, at: start + .milliseconds(2)))
        let request = state.next(now: start).send[0]
        // What was begun before is sent, what was begun later or follows is not.
        let earlier = try TestBatches.batch(other, 1, at: start + .milliseconds(1))
        state.add(earlier)
        state.add(try TestBatches.batch(other, 1, at: start + .milliseconds(3)))
        state.add(try TestBatches.batch(queue, 1, at: start + .milliseconds(2)))
        state.answered(request.id, answer(.invalidRecord), now: start)
        let actions = state.next(now: start + .seconds(1))
        #expect(actions.send.flatMap(\.batches).map(\.order) == [earlier.order])
        #expect(
            actions.completions.compactMap { failure($0)?.kind }
                == [.broker(.invalidRecord), .closed, .closed])
        state.add(try TestBatches.batch(other, 1, at: start + .milliseconds(4)))
        #expect(state.next(now: start + .seconds(1)).completions.count == 1)
        #expect(state.outstandingCount == 1)
    }

    @Test func whatMayBeRefusedIsAloneWhereAFailureStops() throws {
        var state = make(stopsAtFailure: true)
        let queue = ready(&state)
        queue.batchBytesLimit.store(1, ordering: .relaxed)
        for _ in 0..<2 { state.add(try TestBatches.batch(queue, 1, at: start)) }
        let first = state.next(now: start).send
        #expect(first.count == 1)
        state.answered(first[0].id, answer(.none), now: start)
        #expect(state.next(now: start).send.count == 1)
    }

    @Test func anAnswerThatLeavesOutABatchFailsIt() throws {
        var state = make()
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, at: start))
        let request = state.next(now: start).send[0]
        state.answered(request.id, [:], now: start)
        #expect(
            failure(state.next(now: start).completions.first)?.errorCode == .unknownServerError)
    }

    @Test func aThrottledBrokerIsLeftAlone() throws {
        var state = make()
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, at: start))
        let request = state.next(now: start).send[0]
        state.answered(request.id, answer(.none), throttleMs: 2000, now: start)
        state.add(try TestBatches.batch(queue, at: start))
        #expect(state.next(now: start + .seconds(1)).send.isEmpty)
        #expect(state.next(now: start + .seconds(2)).send.count == 1)
    }

    @Test func whatWaitsForBrokersThatAreGoneFailsAfterATime() throws {
        var state = SenderState(
            limits: SenderState.Limits(reachTimeoutMs: 2000, isIdempotent: false))
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, at: start))
        #expect(state.next(now: start).links.connect == [1])
        let gone = KafkaError(.connectionFailed, "refused")
        state.disconnected(1, now: start)
        state.unreached(gone, now: start + .milliseconds(1900))
        let early = state.next(now: start + .milliseconds(1900))
        #expect(early.completions.isEmpty)
        #expect(early.links.connect == [1])
        let late = start + .milliseconds(2000)
        state.disconnected(1, now: late)
        state.unreached(gone, now: late)
        #expect(failure(state.next(now: late).completions.first) == gone)
        #expect(state.outstandingCount == 0)
        // One that was opened later gets as much time again, one that was open then does not.
        state.add(try TestBatches.batch(queue, at: late))
        let newer = try TestBatches.batch(queue, at: late + .milliseconds(1))
        state.add(newer)
        let next = state.next(now: late + .seconds(1))
        #expect(next.completions.count == 1)
        #expect(next.links.connect == [1])
        state.connected(1)
        #expect(state.next(now: late + .seconds(3)).send.first?.batches.first === newer)
    }

    @Test func aCompletionCountsUntilItIsHandedOut() throws {
        var state = make()
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, at: start))
        let request = state.next(now: start).send[0]
        state.failed(request.id, KafkaError(.unsupported, "too old"), now: start)
        #expect(state.outstandingCount == 1)
        #expect(state.next(now: start).completions.count == 1)
        #expect(state.outstandingCount == 0)
    }

    @Test func whoGaveUpEverythingCanGoOn() throws {
        var state = make(inFlight: 1)
        let queue = ready(&state)
        state.add(try TestBatches.batch(queue, at: start))
        #expect(state.next(now: start).send.count == 1)
        state.failAll(.closed)
        let batch = try TestBatches.batch(queue, at: start)
        state.add(batch)
        #expect(state.next(now: start).send.count == 1)
        #expect(batch.identity?.epoch == 1, "what was under way may have arrived")
        #expect(batch.sequence == 0)
    }

    @Test func givingUpEmptiesEverything() throws {
        var state = make(inFlight: 1)
        let queue = ready(&state)
        for _ in 0..<3 { state.add(try TestBatches.batch(queue, at: start)) }
        let request = state.next(now: start).send[0]
        state.failAll(.closed)
        let actions = state.next(now: start)
        #expect(actions.completions.count == 3)
        #expect(state.outstandingCount == 0)
        state.answered(request.id, answer(.none), now: start)
        #expect(state.next(now: start).completions.isEmpty, "each batch ends once")
    }
}
