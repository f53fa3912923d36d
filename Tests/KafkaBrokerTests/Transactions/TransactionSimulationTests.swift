import KafkaBase
import TestSupport
import Testing

@testable import KafkaBroker

/// Seeded runs of producers, of both kinds and with several instances of an id, on a coordinator
/// that stops at any point, over a network that delays, repeats and loses, and with partitions that
/// refuse markers for a while.
struct TransactionSimulationTests {
    @Test func `Each transaction ends in one way, and none stays open`() throws {
        try Seeds.run(300) { seed, generator in
            let simulation = try TransactionSimulation(generator)
            for _ in 0..<400 { try simulation.step() }
            try simulation.finish()
        }
    }
}

private final class TransactionSimulation {
    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    /// A request on its way.
    private struct Message {
        var sender: ModelProducer
        var serial: Int
        var deliver: () -> Void
    }

    private let world: TransactionWorld
    private let partitions: [TopicPartition: ModelPartition] = [
        .a0: ModelPartition(), .a1: ModelPartition(), .b0: ModelPartition(),
    ]
    private var generator: SeededGenerator
    private var producers: [ModelProducer] = []
    private var instances = 0
    private var network: [Message] = []
    /// How producers were told that their transactions have ended.
    private var told: [ModelPartition.Tag: ModelPartition.Outcome] = [:]
    private var wrong: Wrong?

    init(_ generator: SeededGenerator) throws {
        self.generator = generator
        world = try TransactionWorld(settings: [
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000"
        ])
        for id in ["x", "y"] { startInstance(of: id) }
    }

    /// Remembers what is wrong, which may come up while others are being answered.
    private func check(_ condition: Bool, _ text: @autoclosure () -> String) {
        if !condition, wrong == nil { wrong = Wrong(description: text()) }
    }

    private func throwWrong() throws { if let wrong { throw wrong } }

    private func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    private func startInstance(of id: String) {
        instances += 1
        let version: Int16 = chance(50) ? 2 : 0
        let producer = ModelProducer(id: id, instance: instances, version: version)
        producers.append(producer)
        initialise(producer)
    }

    // MARK: Steps

    func step() throws {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<35: if let message = take() { message.deliver() }
        case 35..<55: world.log.flush()
        case 55..<70: deliverMarker()
        case 70..<88: act(producers.randomElement(using: &generator)!)
        case 88..<92: repeatRequest(of: producers.randomElement(using: &generator)!)
        case 92..<96:
            world.advance(byMs: chance(10) ? 8_000 : Int64.random(in: 1...60, using: &generator))
        case 96..<98: startInstance(of: chance(50) ? "x" : "y")
        default: restart()
        }
        try throwWrong()
    }

    private func take() -> Message? {
        guard !network.isEmpty else { return nil }
        return network.remove(at: Int.random(in: 0..<network.count, using: &generator))
    }

    private func deliverMarker() {
        let waiting = world.environment.markers
        guard !waiting.isEmpty else { return }
        let index = Int.random(in: 0..<waiting.count, using: &generator)
        write(index, chance(15) ? .kafkaStorageError : .none)
    }

    private func write(_ index: Int, _ failure: ErrorCode) {
        let request = world.environment.markers[index]
        var code = failure
        // The partition may have taken it although the coordinator is told that it has not.
        if code == .none || chance(30) {
            let written = partitions[request.partition]!.write(request.marker)
            if code == .none { code = written }
        }
        world.environment.deliver(at: index, code)
    }

    private func restart() {
        let log = world.log
        let kept = Int.random(in: log.durableCount...log.batches.count, using: &generator)
        world.restart(keeping: kept)
        checkReplay()
    }

    /// The log says all that the coordinator knows.
    private func checkReplay() {
        let replayed = world.replayed().transactions.mapValues(\.metadata)
        let known = world.coordinator.transactions.mapValues { transaction in
            var metadata = transaction.metadata
            metadata.lastEpoch = TransactionMetadata.noEpoch
            return metadata
        }
        check(replayed == known, "replay gives \(replayed), not \(known)")
    }

    // MARK: Producers

    private func send(_ sender: ModelProducer, _ deliver: @escaping () -> Void) {
        network.append(Message(sender: sender, serial: sender.serial, deliver: deliver))
    }

    /// Hears of an answer, unless it is lost or one to a request before.
    private func hear(_ producer: ModelProducer, _ serial: Int, _ body: () -> Void) {
        guard serial == producer.serial, !chance(10) else { return }
        // Without the epoch that rises nothing protects from requests that come late (KIP-890).
        if producer.version < 2 { network.removeAll { $0.sender === producer } }
        producer.serial += 1
        body()
    }

    private func act(_ producer: ModelProducer) {
        switch producer.phase {
        case .idle:
            producer.transactionNumber += 1
            producer.mustAbort = false
            producer.hasAsked = false
            write(producer)
        case .writing(0):
            if chance(40) && !producer.mustAbort { return write(producer) }
            guard producer.hasAsked else { return producer.phase = .idle }
            end(producer, commit: !producer.mustAbort && chance(70))
        case .initialising, .writing, .ending, .dead: break
        }
    }

    private func repeatRequest(of producer: ModelProducer) {
        switch producer.phase {
        case .initialising: initialise(producer)
        case .ending(let commit): end(producer, commit: commit)
        case .writing(let unanswered) where unanswered > 0:
            // It gives up on them: nobody knows whether they were written.
            producer.serial += 1
            producer.mustAbort = true
            producer.phase = .writing(unanswered: 0)
        case .idle, .writing, .dead: break
        }
    }

    private func initialise(_ producer: ModelProducer) {
        let serial = producer.serial
        send(producer) { [self] in
            let answer = SimulatedAnswer()
            world.coordinator.initProducerID(
                .init(transactionalID: producer.id, timeoutMs: 5_000, expected: nil)
            ) { answer.give($0, $1) }
            answer.then { [self] code, identity in
                guard code == .none else {
                    return hear(producer, serial) { initialise(producer) }
                }
                checkNothingOpen(of: producer)
                hear(producer, serial) {
                    producer.producer = identity
                    producer.phase = .idle
                }
            }
        }
    }

    /// Who gets an id finds nothing open of those before.
    private func checkNothingOpen(of producer: ModelProducer) {
        for (name, partition) in partitions {
            let open = partition.openTags.filter { $0.id == producer.id }
            check(open.isEmpty, "\(name): \(open) open for instance \(producer.instance)")
        }
    }

    private func write(_ producer: ModelProducer) {
        let names = partitions.keys.sorted().filter { _ in chance(60) }
        producer.phase = .writing(unanswered: names.count)
        if !names.isEmpty { producer.hasAsked = true }
        for name in names { write(producer, to: name) }
    }

    private func write(_ producer: ModelProducer, to name: TopicPartition) {
        let serial = producer.serial
        let tag = producer.tag
        let identity = producer.producer
        let done = { [self] (code: ErrorCode) in
            guard serial == producer.serial, case .writing(let count) = producer.phase else {
                return
            }
            producer.phase = .writing(unanswered: count - 1)
            if code != .none { producer.mustAbort = true }
            if count == 1, producer.version < 2 { network.removeAll { $0.sender === producer } }
        }
        send(producer) { [self] in
            guard producer.version < 2 else {
                return ask(.add(clientVersion: 2), name, producer.id, identity, tag, done)
            }
            let answer = SimulatedAnswer()
            let request = Transaction.PartitionsRequest(
                kind: .add(clientVersion: 0), producer: identity, partitions: [name]
            ) { code, _ in answer.give(code, .none) }
            world.coordinator.handle(request, of: producer.id)
            answer.then { [self] code, _ in
                guard code == .none else { return done(code) }
                guard serial == producer.serial else { return }
                send(producer) { [self] in
                    ask(.verify, name, producer.id, identity, tag, done)
                }
            }
        }
    }

    /// Produce: the partition asks the coordinator unless the transaction is open there.
    private func ask(
        _ kind: Transaction.PartitionsRequest.Kind, _ name: TopicPartition, _ id: String,
        _ producer: ProducerIdentity, _ tag: ModelPartition.Tag,
        _ done: @escaping (ErrorCode) -> Void
    ) {
        let partition = partitions[name]!
        guard !partition.isOpen(producer) else { return done(partition.append(tag, producer)) }
        let mark = partition.verifications.begin(
            producer, sequence: 0, raisesEpoch: kind != .verify, nowMs: world.environment.nowMs)
        let answer = SimulatedAnswer()
        let request = Transaction.PartitionsRequest(
            kind: kind, producer: producer, partitions: [name]
        ) { code, missing in
            answer.give(missing.isEmpty ? code : .transactionAbortable, .none)
        }
        world.coordinator.handle(request, of: id)
        answer.then { code, _ in
            guard code == .none else { return done(code) }
            let isVerified =
                partition.isOpen(producer)
                || partition.verifications.stands(mark, of: producer.id)
            done(isVerified ? partition.append(tag, producer) : .invalidTxnState)
        }
    }

    private func end(_ producer: ModelProducer, commit: Bool) {
        producer.phase = .ending(commit: commit)
        let serial = producer.serial
        let tag = producer.tag
        let request = TransactionCoordinator.EndRequest(
            transactionalID: producer.id, producer: producer.producer, isCommit: commit,
            clientVersion: producer.version)
        send(producer) { [self] in
            let answer = SimulatedAnswer()
            world.coordinator.endTransaction(request) { answer.give($0, $1) }
            answer.then { [self] code, identity in
                hear(producer, serial) {
                    switch code {
                    case .none:
                        told[tag] = commit ? .committed : .aborted
                        if producer.version >= 2 { producer.producer = identity }
                        producer.phase = .idle
                    case .concurrentTransactions, .notCoordinator: end(producer, commit: commit)
                    // Nothing was written.
                    case .invalidTxnState where producer.version < 2: producer.phase = .idle
                    default: producer.phase = .dead
                    }
                }
            }
        }
    }

    // MARK: The end

    /// Nobody begins anything any more, and everything that is under way gets done.
    func finish() throws {
        network = []
        for _ in 0..<10 {
            while !world.log.pending.isEmpty || !world.environment.markers.isEmpty {
                world.log.flush()
                while !world.environment.markers.isEmpty { write(0, .none) }
            }
            world.advance(byMs: 6_000)
        }
        for (name, partition) in partitions {
            check(partition.openProducers.isEmpty, "\(name) has open transactions")
        }
        for transaction in world.coordinator.transactions.values {
            check(transaction.metadata.status.isIdle, "\(transaction) is not at its end")
        }
        checkOutcomes()
        checkReplay()
        try throwWrong()
    }

    private func checkOutcomes() {
        var outcomes: [ModelPartition.Tag: Set<ModelPartition.Outcome>] = [:]
        for partition in partitions.values {
            outcomes.merge(partition.outcomes) { $0.union($1) }
        }
        for (tag, found) in outcomes {
            check(found.count == 1, "\(tag) was \(found)")
            guard let told = told[tag] else { continue }
            check(found == [told], "\(tag) was \(found), but the producer was told \(told)")
        }
    }
}

/// An answer that may have come before somebody waits for it.
private final class SimulatedAnswer: @unchecked Sendable {
    private var value: (ErrorCode, ProducerIdentity)?
    private var waiter: ((ErrorCode, ProducerIdentity) -> Void)?

    func give(_ code: ErrorCode, _ identity: ProducerIdentity) {
        precondition(value == nil, "answered twice")
        value = (code, identity)
        waiter?(code, identity)
    }

    func then(_ body: @escaping (ErrorCode, ProducerIdentity) -> Void) {
        waiter = body
        if let value { body(value.0, value.1) }
    }
}
