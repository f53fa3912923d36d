import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaClient

/// The fetcher's decisions, with a clock that the test sets.
@Suite struct FetchStateTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let partition = TopicPartition(topic: "t", partition: 0)

    private func make(leaders: [Int32] = [1]) -> FetchState {
        var state = FetchState(settings: FetchState.Settings())
        for (number, leader) in leaders.enumerated() {
            let partition = TopicPartition(topic: "t", partition: Int32(number))
            state.assign(partition, offset: 5, generation: 1)
            _ = state.setLeader(
                MetadataCache.Leader(broker: leader, epoch: 3, topicID: nil), of: partition)
        }
        for broker in Set(leaders) { state.connected(broker) }
        return state
    }

    private func response(
        _ code: ErrorCode = .none, records: ByteBuffer = ByteBuffer(), number: Int32 = 0
    ) -> FetchResponse {
        var response = FetchResponse()
        var topic = FetchResponse.FetchableTopicResponse()
        topic.topic = "t"
        var data = FetchResponse.PartitionData()
        data.partitionIndex = number
        data.errorCode = code
        data.highWatermark = 100
        data.records = .bytes(records)
        topic.partitions = [data]
        response.responses = [topic]
        return response
    }

    private func batch(_ count: Int, base: Int64) throws -> ByteBuffer {
        try TestBatches.bytes((0..<count).map { "\($0)" }, base: base)
    }

    @Test func fetchesFromTheLeaderWithItsEpoch() throws {
        var state = make()
        let actions = state.next(now: start, hasRoom: true)
        let request = try #require(actions.send.first)
        #expect(request.broker == 1)
        #expect(request.partitions.first?.offset == 5)
        #expect(request.partitions.first?.leaderEpoch == 3)
        #expect(state.next(now: start, hasRoom: true).send.isEmpty, "one request at a time")
    }

    @Test func oneRequestForEachBroker() {
        var state = make(leaders: [1, 2, 1])
        let requests = state.next(now: start, hasRoom: true).send.sorted { $0.broker < $1.broker }
        #expect(requests.map(\.partitions.count) == [2, 1])
    }

    @Test func fetchesNothingWithoutRoom() {
        var state = make()
        #expect(state.next(now: start, hasRoom: false).send.isEmpty)
        #expect(state.next(now: start, hasRoom: true).send.count == 1)
    }

    @Test func theNextFetchBeginsBehindTheLastBatch() throws {
        var state = make()
        let request = state.next(now: start, hasRoom: true).send[0]
        var records = try batch(4, base: 3)
        records.writeImmutableBuffer(try batch(2, base: 20))
        let partial = try batch(9, base: 22)
        records.writeImmutableBuffer(partial.getSlice(at: 0, length: 70) ?? partial)
        let outcomes = state.answered(
            request.id, response(records: records), now: start, checksCrcs: true)
        guard case .records(let fetched, generation: 1)? = outcomes.first else {
            Issue.record("no records")
            return
        }
        #expect(fetched.fetchOffset == 5)
        #expect(fetched.nextOffset == 22)
        #expect(
            fetched.buffer.readableBytes == records.readableBytes - 70, "the cut-off batch is left")
        #expect(state.next(now: start, hasRoom: true).send.first?.partitions.first?.offset == 22)
    }

    /// A seek while a request is under way: its answer is for another position.
    @Test func anAnswerForAnEarlierPositionIsDropped() throws {
        var state = make()
        let request = state.next(now: start, hasRoom: true).send[0]
        state.assign(partition, offset: 50, generation: 2)
        let outcomes = state.answered(
            request.id, response(records: try batch(4, base: 5)), now: start, checksCrcs: true)
        #expect(outcomes.isEmpty)
        #expect(state.next(now: start, hasRoom: true).send.first?.partitions.first?.offset == 50)
    }

    @Test(arguments: [
        ErrorCode.notLeaderForPartition, .fencedLeaderEpoch, .unknownLeaderEpoch,
        .unknownTopicOrPartition, .unknownTopicId, .kafkaStorageError,
    ])
    func aLeaderThatMovedIsAskedFor(code: ErrorCode) throws {
        var state = make()
        let request = state.next(now: start, hasRoom: true).send[0]
        #expect(state.answered(request.id, response(code), now: start, checksCrcs: true).isEmpty)
        let actions = state.next(now: start, hasRoom: true)
        #expect(actions.refresh == ["t"])
        #expect(actions.send.isEmpty)
        let pause = try #require(actions.links.wakeAt) - start
        #expect(pause >= .milliseconds(80) && pause <= .milliseconds(120))
        _ = state.setLeader(MetadataCache.Leader(broker: 2, epoch: 4, topicID: nil), of: partition)
        state.connected(2)
        let again = state.next(now: start + .milliseconds(120), hasRoom: true).send.first
        #expect(again?.broker == 2)
        #expect(again?.partitions.first?.offset == 5)
    }

    @Test func anOffsetOutOfRangeStopsThePartitionUntilItIsMoved() {
        var state = make()
        let request = state.next(now: start, hasRoom: true).send[0]
        let outcomes = state.answered(
            request.id, response(.offsetOutOfRange), now: start, checksCrcs: true)
        guard case .outOfRange(let wanted)? = outcomes.first else {
            Issue.record("not noticed")
            return
        }
        #expect(wanted.offset == 5)
        #expect(state.next(now: start + .hours(1), hasRoom: true).send.isEmpty)
        state.assign(partition, offset: 0, generation: 2)
        #expect(state.next(now: start, hasRoom: true).send.count == 1)
    }

    @Test func aFatalCodeIsReportedOnce() {
        var state = make()
        let request = state.next(now: start, hasRoom: true).send[0]
        let outcomes = state.answered(
            request.id, response(.topicAuthorizationFailed), now: start, checksCrcs: true)
        guard case .failure(_, let error, _)? = outcomes.first else {
            Issue.record("not noticed")
            return
        }
        #expect(error.errorCode == .topicAuthorizationFailed)
        #expect(state.next(now: start + .hours(1), hasRoom: true).send.isEmpty)
    }

    @Test func aLostConnectionIsMadeAgain() {
        var state = make()
        let request = state.next(now: start, hasRoom: true).send[0]
        _ = state.failed(request.id, .unreached, now: start)
        _ = state.disconnected(1, now: start)
        let late = start + .milliseconds(150)
        let actions = state.next(now: late, hasRoom: true)
        #expect(actions.links.connect == [1])
        #expect(actions.refresh == ["t"])
        state.connected(1)
        #expect(state.next(now: late, hasRoom: true).send.count == 1)
    }

    @Test func aLateAnswerOfTheOldLeaderIsDropped() throws {
        var state = make()
        state.connected(2)
        let old = state.next(now: start, hasRoom: true).send[0]
        _ = state.setLeader(MetadataCache.Leader(broker: 2, epoch: 4, topicID: nil), of: partition)
        let new = state.next(now: start, hasRoom: true).send[0]
        let records = try batch(4, base: 5)
        let first = state.answered(
            new.id, response(records: records), now: start, checksCrcs: true)
        #expect(first.count == 1)
        let late = state.answered(
            old.id, response(records: records), now: start, checksCrcs: true)
        #expect(late.isEmpty)
        #expect(state.offset(of: partition) == 9)
    }

    /// Compaction may leave nothing at all before the end.
    @Test func twoEmptyAnswersBelowTheEndPassTheGap() throws {
        var state = make()
        var request = state.next(now: start, hasRoom: true).send[0]
        let once = state.answered(request.id, response(), now: start, checksCrcs: true)
        #expect(once.isEmpty)
        request = state.next(now: start, hasRoom: true).send[0]
        #expect(request.partitions[0].offset == 5)
        let outcomes = state.answered(request.id, response(), now: start, checksCrcs: true)
        guard case .records(let nothing, generation: 1)? = outcomes.first else {
            Issue.record("the gap was not passed")
            return
        }
        #expect(nothing.nextOffset == 100)
        #expect(state.offset(of: partition) == 100)
    }

    @Test func aTopicThatStaysUnknownIsAnError() {
        var state = make()
        for seconds in [0, 5] as [Int64] {
            if case .failure? = state.unserved(
                partition, .unknownTopic(partition.topic), now: start + .seconds(seconds))
            {
                Issue.record("too early")
            }
        }
        let outcome = state.unserved(
            partition, .unknownTopic(partition.topic), now: start + .seconds(10))
        guard case .failure(_, let error, _)? = outcome else {
            Issue.record("not noticed")
            return
        }
        #expect(error.kind == .unknownTopic("t"))
    }

    @Test func damagedLengthsStopThePartitionBehindWhatIsWhole() throws {
        var state = make()
        let request = state.next(now: start, hasRoom: true).send[0]
        var records = try batch(4, base: 5)
        records.writeRepeatingByte(0xFF, count: 100)
        let outcomes = state.answered(
            request.id, response(records: records), now: start, checksCrcs: true)
        #expect(outcomes.count == 2)
        guard case .records? = outcomes.first, case .failure(_, let error, _)? = outcomes.last
        else {
            Issue.record("not both")
            return
        }
        #expect(error.kind == .corrupt)
        #expect(error.message.contains("9"), "names the offset behind the last whole batch")
    }

    @Test func aBrokerThatCutsTheFirstBatchOffIsAskedForMore() throws {
        var state = make()
        let request = state.next(now: start, hasRoom: true).send[0]
        let records = try batch(100, base: 5)
        let part = try #require(records.getSlice(at: 0, length: 80))
        _ = state.answered(request.id, response(records: part), now: start, checksCrcs: true)
        let again = state.next(now: start, hasRoom: true).send.first
        #expect(again?.partitions.first?.maxBytes == 2 << 20)
    }

    @Test func eachPartitionIsFirstInTurn() {
        var state = make(leaders: [1, 1, 1])
        var first: Set<Int32> = []
        for _ in 0..<3 {
            let request = state.next(now: start, hasRoom: true).send[0]
            first.insert(request.partitions[0].partition.partition)
            _ = state.answered(request.id, FetchResponse(), now: start, checksCrcs: true)
        }
        #expect(first == [0, 1, 2])
    }

    @Test func whatGoesWrongForTooLongIsToldAndTriedOn() throws {
        var state = make(leaders: [1, 1])
        var now = start
        var told: [KafkaError] = []
        var requests = 0
        while now < start + .seconds(25) {
            for request in state.next(now: now, hasRoom: true).send {
                requests += 1
                var refusal = FetchResponse()
                refusal.errorCode = .notLeaderForPartition
                let outcomes = state.answered(request.id, refusal, now: now, checksCrcs: true)
                for case .trouble(let error) in outcomes { told.append(error) }
            }
            now = now + .milliseconds(10)
        }
        #expect(told.count == 2, "once for both partitions in ten seconds")
        #expect(told.first?.errorCode == .notLeaderForPartition)
        #expect(told.first?.partition?.topic == "t")
        #expect(told.first?.message.contains("10000 ms") == true)
        #expect(requests < 70, "the pauses grow")
        let request = try #require(state.next(now: now + .seconds(2), hasRoom: true).send.first)
        _ = state.answered(request.id, response(), now: now, checksCrcs: true)
        let late = now + .seconds(20)
        let again = try #require(state.next(now: late, hasRoom: true).send.first)
        let refused = response(.notLeaderForPartition)
        let outcomes = state.answered(again.id, refused, now: late, checksCrcs: true)
        #expect(outcomes.isEmpty, "an answer in between begins the time anew")
    }

    @Test func anotherTopicOfTheSameNameStopsThePartition() throws {
        var state = make()
        func leader(_ id: Uuid) -> MetadataCache.Leader {
            MetadataCache.Leader(broker: 1, epoch: 0, topicID: id)
        }
        let (old, new) = (Uuid.random(), Uuid.random())
        #expect(state.setLeader(leader(old), of: partition) == nil)
        #expect(state.setLeader(leader(old), of: partition) == nil)
        guard case .failure(_, let error, 1)? = state.setLeader(leader(new), of: partition) else {
            Issue.record("not noticed")
            return
        }
        #expect(error.kind == .topicRecreated(partition))
        #expect(error.message.contains("offset 5"))
        #expect(state.next(now: start, hasRoom: true).send.isEmpty)
        state.assign(partition, offset: 0, generation: 2)
        #expect(state.setLeader(leader(new), of: partition) == nil)
        #expect(state.next(now: start, hasRoom: true).send.first?.partitions.first?.offset == 0)
    }

    /// What is on its way is bounded, whatever the number of partitions and brokers.
    @Test func answersOfAllBrokersTogetherAreBounded() {
        var state = make(leaders: [1, 2, 1, 2])
        let requests = state.next(now: start, hasRoom: true).send
        #expect(requests.map(\.maxBytes) == [2 << 20, 2 << 20])
        var one = make(leaders: [1])
        #expect(one.next(now: start, hasRoom: true).send.first?.maxBytes == 4 << 20)
        var many = make(leaders: Array(1...20))
        #expect(many.next(now: start, hasRoom: true).send.first?.maxBytes == 1 << 20)
    }
}

extension KafkaError {
    fileprivate static let unreached = KafkaError(.connectionFailed, "not reached")
}
