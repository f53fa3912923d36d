import KafkaBase
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct FlushQueueTests {
    /// Holds threads up until it is opened.
    private final class Gate: Sendable {
        private let state = Monitor<(isOpen: Bool, arrived: Int)>((true, 0))

        func close() { state.withLock { $0.isOpen = false } }

        func open() {
            state.withLock { $0.isOpen = true }
            state.broadcast()
        }

        func pass() {
            state.withLock { $0.arrived += 1 }
            state.broadcast()
            state.wait { $0.isOpen ? () : nil }
        }

        /// Until so many have come to the gate.
        func waitForArrivals(_ count: Int) {
            state.wait { $0.arrived >= count ? () : nil }
        }
    }

    /// Counts results and lets the test wait for them.
    private final class Results: Sendable {
        private let state = Monitor<[Result<Void, LogError>]>([])

        func add(_ result: Result<Void, LogError>) {
            state.withLock { $0.append(result) }
            state.broadcast()
        }

        func wait(for count: Int) -> [Result<Void, LogError>] {
            state.wait { $0.count >= count ? $0 : nil }
        }
    }

    private func makeLog(_ disk: SimulatedDisk, _ path: String) throws -> PartitionLog {
        try disk.createDirectory(path)
        let log = try loadLog(path, disk: disk)
        try log.append("first")
        try log.flush()
        return log
    }

    @Test func waitingTicketsShareASync() throws {
        let gate = Gate()
        let disk = SimulatedDisk(seed: 1, onSync: { gate.pass() })
        let log = try makeLog(disk, "/t-0")
        let queue = FlushQueue()
        let results = Results()
        gate.close()
        let before = disk.syncCount
        for _ in 0..<20 {
            try log.append("a")
            let ticket = try #require(try log.flushTicket())
            queue.submit([ticket]) { results.add($0) }
        }
        // The thread has begun with some of them, the rest waits for it.
        gate.waitForArrivals(before + 1)
        gate.open()
        #expect(results.wait(for: 20).allSatisfy { if case .success = $0 { true } else { false } })
        #expect(disk.syncCount - before <= 2)
        queue.shutdown()
    }

    @Test func oneTicketMayCoverSeveralLogs() throws {
        let disk = SimulatedDisk(seed: 1)
        let logs = try (0..<3).map { try makeLog(disk, "/t-\($0)") }
        let queue = FlushQueue(threadCount: 2)
        let results = Results()
        var tickets: [FlushTicket] = []
        for log in logs {
            try log.append("a")
            tickets.append(try #require(try log.flushTicket()))
        }
        queue.submit(tickets) { results.add($0) }
        _ = results.wait(for: 1)
        for (log, ticket) in zip(logs, tickets) {
            #expect(log.flushedOffset == 1)
            log.didFlush(ticket)
            #expect(log.flushedOffset == 2)
            #expect(try log.flushTicket() == nil)
        }
        disk.crash()
        for number in 0..<3 {
            #expect(try loadLog("/t-\(number)", disk: disk).logEndOffset == 2)
        }
        queue.shutdown()
    }

    @Test func aFailedSyncIsToldAndFailsTheDirectory() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, "/t-0")
        try log.append("a")
        let ticket = try #require(try log.flushTicket())
        disk.failurePermille = 1000
        let queue = FlushQueue()
        let results = Results()
        queue.submit([ticket]) { results.add($0) }
        guard case .failure(.io) = results.wait(for: 1)[0] else {
            Issue.record("no failure")
            return
        }
        #expect(log.isFailed)
        queue.shutdown()
    }

    @Test func shutdownFinishesWhatWaits() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, "/t-0")
        let queue = FlushQueue()
        let results = Results()
        try log.append("a")
        let ticket = try #require(try log.flushTicket())
        for _ in 0..<10 { queue.submit([ticket]) { results.add($0) } }
        queue.shutdown()
        #expect(results.wait(for: 10).count == 10)
        queue.submit([ticket]) { results.add($0) }
        guard case .failure(.failed) = results.wait(for: 11)[10] else {
            Issue.record("taken after the shutdown")
            return
        }
    }

    /// Tickets may be done in another order than they were taken.
    @Test func ticketsAreCompleteInThemselves() throws {
        let disk = SimulatedDisk(seed: 3)
        try disk.createDirectory("/t-0")
        try disk.syncDirectory("/")
        let log = try loadLog("/t-0", disk: disk, settings: LogSettings(segmentBytes: 150))
        try log.append("a")
        try log.append("b")
        let early = try #require(try log.flushTicket())
        try log.append("c")
        let late = try #require(try log.flushTicket())
        try FlushWork.run(late)
        log.didFlush(late)
        #expect(log.flushedOffset == 3)
        log.didFlush(early)
        #expect(log.flushedOffset == 3)
        disk.crash()
        #expect(try loadLog("/t-0", disk: disk).logEndOffset == 3)
    }

    /// A flush under way finds another directory, or none, where its log was.
    @Test func deletingALogDoesNotFailItsDirectory() throws {
        let disk = SimulatedDisk(seed: 4)
        try disk.createDirectory("/data")
        let directory = try LogDirectory.open(path: "/data", disk: disk)
        let partition = TopicPartition(topic: "t", partition: 0)
        for isMadeAgain in [false, true] {
            let old = try directory.createLog(partition, topicID: .random())
            try old.append(TestBatch(["a"]), leaderEpoch: 7)
            let ticket = try #require(try old.flushTicket())
            try directory.deleteLog(old)
            guard isMadeAgain else {
                try FlushWork.run(ticket)
                #expect(!directory.health.isFailed)
                continue
            }
            let new = try directory.createLog(partition, topicID: .random())
            try new.append(TestBatch(["b"]), leaderEpoch: 1)
            let newTicket = try #require(try new.flushTicket())
            var work = FlushWork()
            work.add([newTicket, ticket])
            work.run()
            for ticket in [newTicket, ticket] { try work.result(of: [ticket]).get() }
            let epochs = try LeaderEpochFile(disk: disk, directory: "/data/t-0").read()
            #expect(epochs?.entries.map(\.epoch) == [1])
        }
        #expect(!directory.health.isFailed)
    }
}
