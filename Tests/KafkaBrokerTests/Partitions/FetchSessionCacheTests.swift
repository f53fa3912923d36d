import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

@Suite struct FetchSessionCacheTests {
    private let topicID = Uuid(high: 1, low: 2)

    private func partition(
        _ number: Int32, topic: String? = "t", id: Uuid = .zero, from offset: Int64 = 0
    ) -> FetchedPartition {
        FetchedPartition(
            topicID: id, topic: topic,
            ask: FetchAsk(partition: number, fetchOffset: offset, maxBytes: 100))
    }

    private func request(
        _ partitions: [FetchedPartition], session: Int32 = 0, epoch: Int32 = 0,
        isFromReplica: Bool = false, usesTopicIDs: Bool = false,
        forgotten: [FetchedPartition] = []
    ) -> FetchSessionCache.Request {
        FetchSessionCache.Request(
            sessionID: session, epoch: epoch, isFromReplica: isFromReplica,
            usesTopicIDs: usesTopicIDs, partitions: partitions, forgotten: forgotten.map(\.key))
    }

    private func answer(
        _ number: Int32, highWatermark: Int64 = 0, logStartOffset: Int64 = 0, bytes: Int = 0,
        error: ErrorCode = .none
    ) -> Partition.FetchData {
        var data = Partition.FetchData(partition: number, error: error)
        if error == .none {
            data.highWatermark = highWatermark
            data.logStartOffset = logStartOffset
        }
        data.records = .bytes(ByteBuffer(repeating: 0, count: bytes))
        return data
    }

    private func numbers(_ opening: FetchSessionCache.Opening) -> [Int32] {
        opening.partitions.map(\.ask.partition)
    }

    private func open(
        _ cache: inout FetchSessionCache, _ request: FetchSessionCache.Request, nowMs: Int64 = 0,
        names: [Uuid: String] = [:]
    ) throws -> FetchSessionCache.Opening {
        try cache.open(request, nowMs: nowMs) { names[$0] }.get()
    }

    private func error(
        _ cache: inout FetchSessionCache, _ request: FetchSessionCache.Request
    ) -> ErrorCode? {
        guard case .failure(let error) = cache.open(request, nowMs: 0, name: { _ in nil }) else {
            return nil
        }
        return error.code
    }

    /// A session over partitions that were answered with nothing.
    private func begin(
        _ cache: inout FetchSessionCache, _ numbers: Range<Int32>, isFromReplica: Bool = false,
        nowMs: Int64 = 0
    ) throws -> Int32 {
        let request = request(numbers.map { partition($0) }, isFromReplica: isFromReplica)
        let opening = try open(&cache, request, nowMs: nowMs)
        #expect(opening.context == .full)
        let answers = numbers.map { answer($0) }
        let closing = cache.close(opening, of: request, answers, nowMs: nowMs)
        #expect(closing.isTold == nil, "a full fetch is told everything")
        return closing.sessionID
    }

    /// One more request of a session; what it is told of.
    private func goOn(
        _ cache: inout FetchSessionCache, _ session: Int32, epoch: Int32,
        asked: [FetchedPartition] = [], forgotten: [FetchedPartition] = [], nowMs: Int64 = 0,
        _ answers: (Int32) -> Partition.FetchData
    ) throws -> (read: [Int32], told: [Int32]) {
        let request = request(asked, session: session, epoch: epoch, forgotten: forgotten)
        let opening = try open(&cache, request, nowMs: nowMs)
        let read = numbers(opening)
        let closing = cache.close(opening, of: request, read.map(answers), nowMs: nowMs)
        #expect(closing.error == .none && closing.sessionID == session)
        let told = try #require(closing.isTold)
        return (read, zip(read, told).filter(\.1).map(\.0))
    }

    // MARK: Epochs

    @Test func `A request without a session has none, and gets none`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let request = request([partition(0)], epoch: -1)
        let opening = try open(&cache, request)
        #expect(opening.context == .sessionless && numbers(opening) == [0])
        #expect(cache.close(opening, of: request, [answer(0)], nowMs: 0) == .init())
        #expect(cache.count == 0)
    }

    @Test func `Epochs count up, and begin at 1 again behind the largest`() {
        #expect(FetchSession.nextEpoch(after: 0) == 1)
        #expect(FetchSession.nextEpoch(after: .max) == 1)
        #expect(FetchSession.nextEpoch(after: -1) == -1)
    }

    @Test func `Another epoch than the next is refused, and the session goes on`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let id = try begin(&cache, 0..<2)
        #expect(id > 0)
        for wrong: Int32 in [2, 7, .max] {
            #expect(
                error(&cache, request([], session: id, epoch: wrong)) == .invalidFetchSessionEpoch)
        }
        #expect(try goOn(&cache, id, epoch: 1) { answer($0) }.read == [0, 1])
        #expect(error(&cache, request([], session: id, epoch: 1)) == .invalidFetchSessionEpoch)
        #expect(try goOn(&cache, id, epoch: 2) { answer($0) }.read == [0, 1])
    }

    @Test func `An unknown session is refused`() {
        var cache = FetchSessionCache(maxSessions: 10)
        #expect(error(&cache, request([], session: 5, epoch: 1)) == .fetchSessionIdNotFound)
        #expect(error(&cache, request([], session: 0, epoch: 1)) == .fetchSessionIdNotFound)
    }

    @Test(arguments: [Int32(0), -1])
    func `A full fetch ends the session that it names`(_ epoch: Int32) throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let id = try begin(&cache, 0..<2)
        let request = request([partition(0)], session: id, epoch: epoch)
        #expect(try open(&cache, request).context == (epoch == 0 ? .full : .sessionless))
        #expect(cache.count == 0 && cache.partitionCount == 0)
        #expect(error(&cache, self.request([], session: id, epoch: 1)) == .fetchSessionIdNotFound)
    }

    @Test func `Two requests of a session at a time: the first is told so`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let id = try begin(&cache, 0..<1)
        let first = request([], session: id, epoch: 1)
        let second = request([], session: id, epoch: 2)
        let firstOpening = try open(&cache, first)
        let secondOpening = try open(&cache, second)
        #expect(
            cache.close(firstOpening, of: first, [answer(0)], nowMs: 0)
                == .init(error: .invalidFetchSessionEpoch, sessionID: id, isTold: []))
        #expect(
            cache.close(secondOpening, of: second, [answer(0)], nowMs: 0).error == .none)
    }

    // MARK: What is told

    @Test func `Only news is told`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let id = try begin(&cache, 0..<6)
        let changed = try goOn(&cache, id, epoch: 1) { number in
            switch number {
            case 1: answer(1, highWatermark: 5)
            case 2: answer(2, logStartOffset: 3)
            case 3: answer(3, bytes: 10)
            case 4: answer(4, error: .offsetOutOfRange)
            default: answer(number)
            }
        }
        #expect(changed.told == [1, 2, 3, 4])
        // The same once more: records and errors are told each time, offsets once.
        let again = try goOn(&cache, id, epoch: 2) { number in
            switch number {
            case 1: answer(1, highWatermark: 5)
            case 2: answer(2, logStartOffset: 3)
            case 4: answer(4, error: .offsetOutOfRange)
            default: answer(number)
            }
        }
        #expect(again.told == [4])
        // When the error goes away, the partition is told of, though its end is what it was.
        #expect(
            try goOn(&cache, id, epoch: 3) {
                $0 == 1 ? answer(1, highWatermark: 5) : answer($0, logStartOffset: $0 == 2 ? 3 : 0)
            }.told == [4])
    }

    @Test func `A diverging epoch is told`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let id = try begin(&cache, 0..<2)
        let told = try goOn(&cache, id, epoch: 1) { number in
            var data = answer(number)
            if number == 1 { data.divergingEpoch.epoch = 0 }
            return data
        }.told
        #expect(told == [1])
    }

    @Test func `Partitions that gave records are read behind the others`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let id = try begin(&cache, 0..<4)
        _ = try goOn(&cache, id, epoch: 1) { answer($0, bytes: $0 < 2 ? 10 : 0) }
        let second = try goOn(&cache, id, epoch: 2) { answer($0, bytes: $0 == 3 ? 10 : 0) }
        #expect(second.read == [2, 3, 0, 1])
        #expect(try goOn(&cache, id, epoch: 3) { answer($0) }.read == [2, 0, 1, 3])
    }

    // MARK: What is asked

    @Test func `Partitions are added, changed and forgotten`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let id = try begin(&cache, 0..<3)
        let request = request(
            [partition(1, from: 9), partition(7)], session: id, epoch: 1,
            forgotten: [partition(0), partition(8)])
        let opening = try open(&cache, request)
        #expect(numbers(opening) == [1, 2, 7])
        #expect(opening.partitions.map(\.ask.fetchOffset) == [9, 0, 0])
        #expect(cache.partitionCount == 3)
        // A place that was given up is taken again.
        let added = try goOn(
            &cache, id, epoch: 2, asked: [partition(0), partition(3)], forgotten: [partition(2)]
        ) { answer($0) }
        #expect(added.read == [1, 7, 0, 3])
        #expect(added.told == [7, 0, 3], "what was not told of yet")
    }

    @Test func `A session without partitions ends`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let id = try begin(&cache, 0..<1)
        let request = request([], session: id, epoch: 1, forgotten: [partition(0)])
        #expect(try open(&cache, request).context == .sessionless)
        #expect(cache.count == 0 && cache.partitionCount == 0)
    }

    @Test func `A partition that is named twice is one`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let request = request([partition(0), partition(0, from: 4)])
        let opening = try open(&cache, request)
        let id = cache.close(opening, of: request, [answer(0), answer(0)], nowMs: 0).sessionID
        #expect(cache.partitionCount == 1)
        let next = try open(&cache, self.request([], session: id, epoch: 1))
        #expect(next.partitions == [partition(0, from: 4)])
    }

    // MARK: Topic ids

    @Test func `Ids and names are not mixed within a session`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let id = try begin(&cache, 0..<1)
        let byID = request([], session: id, epoch: 1, usesTopicIDs: true)
        #expect(error(&cache, byID) == .fetchSessionTopicIdError)
    }

    @Test func `A name that an id once had stays, one that it had not is looked for`() throws {
        var cache = FetchSessionCache(maxSessions: 10)
        let unknown = Uuid(high: 3, low: 4)
        let request = request(
            [partition(0, topic: "t", id: topicID), partition(0, topic: nil, id: unknown)],
            usesTopicIDs: true)
        let opening = try open(&cache, request)
        let id = cache.close(opening, of: request, [answer(0), answer(0)], nowMs: 0).sessionID
        let later = try open(
            &cache, self.request([], session: id, epoch: 1, usesTopicIDs: true),
            names: [unknown: "u"])
        #expect(later.partitions.map(\.topic) == ["t", "u"])
        let last = try open(
            &cache,
            self.request(
                [], session: id, epoch: 2, usesTopicIDs: true,
                forgotten: [partition(0, topic: nil, id: unknown)]))
        #expect(last.partitions.map(\.topic) == ["t"])
    }

    // MARK: Limits

    @Test func `Above the number of sessions there is none`() throws {
        var cache = FetchSessionCache(maxSessions: 2)
        let ids = try [begin(&cache, 0..<1), begin(&cache, 0..<1), begin(&cache, 0..<9)]
        #expect(ids[0] > 0 && ids[1] > 0 && ids[2] == 0)
        #expect(cache.count == 2)
        var none = FetchSessionCache(maxSessions: 0)
        #expect(try begin(&none, 0..<1) == 0)
    }

    @Test func `One that was not used for long makes room`() throws {
        var cache = FetchSessionCache(maxSessions: 1)
        let limit = FetchSessionCache.evictionMs
        let first = try begin(&cache, 0..<5)
        #expect(try begin(&cache, 0..<1, nowMs: limit) == 0)
        #expect(try begin(&cache, 0..<1, nowMs: limit + 1) > 0)
        #expect(cache.evictionCount == 1)
        #expect(
            error(&cache, request([], session: first, epoch: 1)) == .fetchSessionIdNotFound)
    }

    @Test func `One that has lived long makes room for a larger one`() throws {
        let limit = FetchSessionCache.evictionMs
        var cache = FetchSessionCache(maxSessions: 1)
        let first = try begin(&cache, 0..<2)
        _ = try goOn(&cache, first, epoch: 1, nowMs: limit) { answer($0) }
        #expect(try begin(&cache, 0..<9, nowMs: limit + 1) == 0, "not old enough when last used")
        _ = try goOn(&cache, first, epoch: 2, nowMs: limit + 1) { answer($0) }
        #expect(try begin(&cache, 0..<2, nowMs: limit + 2) == 0, "no larger")
        #expect(try begin(&cache, 0..<3, nowMs: limit + 2) > 0)
    }

    @Test func `A replica's is worth more than a consumer's`() throws {
        let limit = FetchSessionCache.evictionMs
        var cache = FetchSessionCache(maxSessions: 1)
        _ = try begin(&cache, 0..<9)
        let replica = try begin(&cache, 0..<1, isFromReplica: true)
        #expect(replica > 0)
        #expect(try begin(&cache, 0..<9, isFromReplica: true) == 0)
        _ = try goOn(&cache, replica, epoch: 1, nowMs: limit + 1) { answer($0) }
        #expect(try begin(&cache, 0..<9, nowMs: limit + 1) == 0)
        #expect(try begin(&cache, 0..<9, isFromReplica: true, nowMs: limit + 1) > 0)
    }

    @Test func `The partitions of all sessions have a bound`() throws {
        var cache = FetchSessionCache(maxSessions: 10, maxPartitions: 5)
        let id = try begin(&cache, 0..<4)
        #expect(try begin(&cache, 0..<2) == 0)
        #expect(try begin(&cache, 0..<1) > 0)
        let growing = request([partition(7)], session: id, epoch: 1)
        #expect(error(&cache, growing) == .fetchSessionIdNotFound)
        #expect(cache.partitionCount == 1, "whoever grows beyond it begins again")
    }
}
