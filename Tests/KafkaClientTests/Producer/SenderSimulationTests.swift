import KafkaBase
import NIOCore
import TestSupport
import Testing

@testable import KafkaClient

/// Random failures between the sender's state and a partition that checks sequences as brokers do.
@Suite struct SenderSimulationTests {
    private struct Run {
        var state: SenderState
        var partition = FakePartition(leader: 1)
        let queue = TestBatches.queue()
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var open: [SenderState.Request] = []
        var delivered = 0
        var failed = 0
    }

    /// With idempotence whatever happens to requests and answers, each batch is there once, and in
    /// order.
    @Test func idempotenceKeepsOrderAndDropsDuplicates() throws {
        try Seeds.run(200) { seed, generator in
            var run = Run(
                state: SenderState(limits: SenderState.Limits(deliveryTimeoutMs: 1_000_000_000)))
            run.state.setIdentity(ProducerIdentity(id: 1, epoch: 0))
            run.state.connected(1)
            run.state.setLeader(1, topicID: nil, of: run.queue)
            let total = 40
            for index in 0..<total {
                let bytes = try TestBatches.bytes(["\(index)"])
                run.state.add(
                    ProducerBatch(
                        partition: run.queue, content: .encoded(bytes), recordCount: 1,
                        uncompressedBytes: bytes.readableBytes, reservedBytes: 1, createdAt: run.now
                    ))
                if Bool.random(using: &generator) { try step(&run, &generator) }
            }
            var rounds = 0
            while run.state.outstandingCount > 0, rounds < 10_000 {
                try step(&run, &generator)
                rounds += 1
            }
            #expect(run.delivered == total, "SIM_SEED=\(seed)")
            #expect(run.failed == 0, "SIM_SEED=\(seed)")
            #expect(
                try run.partition.values() == (0..<total).map { "\($0)" }, "SIM_SEED=\(seed)")
        }
    }

    private func step(_ run: inout Run, _ generator: inout SeededGenerator) throws {
        run.now = run.now + .milliseconds(Int64.random(in: 0...200, using: &generator))
        take(run.state.next(now: run.now), &run)
        // A broker takes the requests of a connection in order.
        guard !run.open.isEmpty else { return }
        if Int.random(in: 0..<10, using: &generator) == 0 {
            try loseConnection(&run, &generator)
        } else {
            let request = run.open.removeFirst()
            try serve(request, &run, isAnswered: true, &generator)
        }
        take(run.state.next(now: run.now), &run)
    }

    /// Some of what is in flight gets there, all answers are lost.
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
            var answer = SenderState.Answer(code: .notLeaderForPartition)
            if Int.random(in: 0..<6, using: &generator) > 0 {
                let result = run.partition.append(try batch.encoded().bytes)
                answer = SenderState.Answer(code: result.code, baseOffset: result.offset)
            }
            answers[batch.partition.partition] = answer
        }
        if isAnswered { run.state.answered(request.id, answers, now: run.now) }
    }

    private func take(_ actions: SenderState.Actions, _ run: inout Run) {
        if !actions.refresh.isEmpty { run.state.setLeader(1, topicID: nil, of: run.queue) }
        run.open += actions.send
        for completion in actions.completions {
            if case .success = completion.result { run.delivered += 1 } else { run.failed += 1 }
        }
    }
}
