import KafkaBase
import NIOCore
import TestSupport
import Testing

@testable import KafkaClient

/// Random failures between a transactional sender, its partitions and its coordinator.
@Suite struct TransactionSimulationTests {
    private struct Run {
        var state: SenderState
        var coordinator = FakeCoordinator()
        var partitions = [FakePartition(leader: 1), FakePartition(leader: 1)]
        let queues = [TestBatches.queue(0), TestBatches.queue(1)]
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var open: [SenderState.Request] = []
        var addition: [TopicPartition]?
        /// Of the transaction that is open, and of those that were committed.
        var appended: [[String]] = [[], []]
        var committed: [[String]] = [[], []]
        /// Values of transactions that were aborted.
        var aborted: Set<String> = []
        var number = 0
    }

    /// Whatever happens to requests and answers: of a committed transaction each record is there
    /// once and in order, and no record comes into another transaction than its own.
    @Test(arguments: [false, true])
    func transactionsAreWholeOrNothing(isVersion2: Bool) throws {
        try Seeds.run(150) { seed, generator in
            var run = Run(
                state: SenderState(limits: SenderState.Limits(deliveryTimeoutMs: 1_000_000_000)))
            run.coordinator.isVersion2 = isVersion2
            run.state.transaction = ProducerTransaction()
            try initialize(&run)
            run.state.connected(1)
            for queue in run.queues { run.state.setLeader(1, topicID: nil, of: queue) }
            for number in 0..<8 {
                run.number = number
                try transaction(&run, &generator)
            }
            for (number, partition) in run.partitions.enumerated() {
                let seen = try partition.values().filter { !run.aborted.contains($0) }
                #expect(seen == run.committed[number], "SIM_SEED=\(seed)")
            }
            #expect(run.coordinator.open == nil, "SIM_SEED=\(seed)")
        }
    }

    private func initialize(_ run: inout Run) throws {
        let known = run.state.transaction?.identity.map { (id: $0.id, epoch: $0.epoch) }
        try #require(run.coordinator.initialize(previous: known) == .none)
        run.state.transaction?.initialized(
            ProducerIdentity(
                id: run.coordinator.producerID, epoch: run.coordinator.epoch,
                isTransactional: true),
            isVersion2: run.coordinator.isVersion2)
    }

    private func transaction(_ run: inout Run, _ generator: inout SeededGenerator) throws {
        try run.state.transaction?.begin()
        run.appended = [[], []]
        for index in 0..<Int.random(in: 0...12, using: &generator) {
            let number = Int.random(in: 0...1, using: &generator)
            let value = "\(run.number):\(index)"
            run.appended[number].append(value)
            let bytes = try TestBatches.bytes([value])
            run.state.add(
                ProducerBatch(
                    partition: run.queues[number], content: .encoded(bytes), recordCount: 1,
                    uncompressedBytes: bytes.readableBytes, reservedBytes: 1, createdAt: run.now))
            if Bool.random(using: &generator) { try step(&run, &generator) }
        }
        var commits = Int.random(in: 0..<3, using: &generator) > 0
        if commits {
            do {
                try run.state.transaction?.beginEnd(commits: true)
                try settle(&run, &generator)
                try end(&run, &generator)
            } catch let error as KafkaError {
                try #require(error.transactionEffect == .mustAbort)
                commits = false
            }
        }
        if !commits {
            try run.state.transaction?.beginEnd(commits: false)
            try settle(&run, &generator)
            try end(&run, &generator)
        }
        for number in 0...1 {
            if commits {
                run.committed[number] += run.appended[number]
            } else {
                run.aborted.formUnion(run.appended[number])
            }
        }
    }

    /// Until nothing is on its way any more.
    private func settle(_ run: inout Run, _ generator: inout SeededGenerator) throws {
        var rounds = 0
        while run.state.outstandingCount > 0 || run.addition != nil {
            try step(&run, &generator)
            rounds += 1
            try #require(rounds < 10_000)
        }
    }

    private func end(_ run: inout Run, _ generator: inout SeededGenerator) throws {
        guard let end = try run.state.transaction?.end() else { return }
        if end.isKnown {
            var code = ErrorCode.none
            // Answers that are lost make the request come again.
            for _ in 0...Int.random(in: 0...1, using: &generator) {
                code = run.coordinator.end(
                    commits: end.commits, id: end.identity.id, epoch: end.identity.epoch)
            }
            try #require(code == .none || (code == .invalidTxnState && end.mayBeUnknown))
        }
        if end.needsNewEpoch {
            try #require(
                run.coordinator.initialize(
                    previous: (end.identity.id, end.identity.epoch)) == .none)
        }
        run.state.transaction?.ended(
            ProducerIdentity(
                id: run.coordinator.producerID, epoch: run.coordinator.epoch, isTransactional: true)
        )
    }

    private func step(_ run: inout Run, _ generator: inout SeededGenerator) throws {
        run.now = run.now + .milliseconds(Int64.random(in: 0...200, using: &generator))
        take(run.state.next(now: run.now), &run)
        if let addition = run.addition, Bool.random(using: &generator) {
            run.addition = nil
            var error: KafkaError?
            if Int.random(in: 0..<20, using: &generator) > 0 {
                let code = run.coordinator.add(
                    addition, id: run.coordinator.producerID, epoch: run.coordinator.epoch)
                try #require(code == .none)
                // Done, and not known to be.
                if Int.random(in: 0..<20, using: &generator) == 0 {
                    error = KafkaError(.timedOut, "late")
                }
            } else {
                error = KafkaError(.topicAuthorizationFailed, "no")
            }
            run.state.transaction?.added(addition, error)
        }
        if !run.open.isEmpty {
            if Int.random(in: 0..<10, using: &generator) == 0 {
                try loseConnection(&run, &generator)
            } else {
                let request = run.open.removeFirst()
                try serve(request, &run, isAnswered: true, &generator)
            }
        }
        take(run.state.next(now: run.now), &run)
    }

    private func loseConnection(_ run: inout Run, _ generator: inout SeededGenerator) throws {
        let arrived = Int.random(in: 0...run.open.count, using: &generator)
        for (index, request) in run.open.enumerated() {
            if index < arrived { try serve(request, &run, isAnswered: false, &generator) }
            run.state.failed(request.id, KafkaError(.connectionFailed, "lost"), now: run.now)
        }
        run.open = []
    }

    private func serve(
        _ request: SenderState.Request, _ run: inout Run, isAnswered: Bool,
        _ generator: inout SeededGenerator
    ) throws {
        var answers: [TopicPartition: SenderState.Answer] = [:]
        for batch in request.batches {
            let partition = batch.partition.partition
            let identity = try #require(batch.identity)
            #expect(identity.isTransactional)
            var answer = SenderState.Answer(code: .notLeaderForPartition)
            switch Int.random(in: 0..<60, using: &generator) {
            case 0: answer = SenderState.Answer(code: .invalidRecord)
            case 1..<9: break
            default:
                let code = run.coordinator.admits(
                    partition, id: identity.id, epoch: identity.epoch)
                #expect(code == .none, "a record outside of its transaction")
                let bytes = try batch.encoded().bytes
                let result = run.partitions[Int(partition.partition)].append(bytes)
                answer = SenderState.Answer(code: result.code, baseOffset: result.offset)
            }
            answers[partition] = answer
        }
        if isAnswered { run.state.answered(request.id, answers, now: run.now) }
    }

    private func take(_ actions: SenderState.Actions, _ run: inout Run) {
        if !actions.refresh.isEmpty {
            for queue in run.queues { run.state.setLeader(1, topicID: nil, of: queue) }
        }
        run.open += actions.send
        if !actions.additions.isEmpty { run.addition = actions.additions }
    }
}
