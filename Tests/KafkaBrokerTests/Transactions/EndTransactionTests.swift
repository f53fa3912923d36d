import KafkaBase
import KafkaRecords
import Testing

@testable import KafkaBroker

/// How transactions end, with and without the epoch that rises (KIP-890).
struct EndTransactionTests {
    private let world: TransactionWorld
    private let producer: ProducerIdentity

    init() throws {
        world = try TransactionWorld()
        producer = world.producer()
    }

    private func begin(_ producer: ProducerIdentity, version: Int16 = 0) {
        _ = world.add(.a0, .b0, producer: producer, version: version)
        world.settle()
    }

    @Test(arguments: [true, false]) func `The answer comes before the markers`(_ commit: Bool) {
        begin(producer)
        let answer = world.end(commit: commit, producer: producer)
        #expect(answer.code == nil && world.environment.markers.isEmpty)
        world.log.flush()
        #expect(answer.value! == (.none, .none))
        #expect(world.status("x") == (commit ? .prepareCommit : .prepareAbort))
        #expect(world.environment.markers.map(\.partition) == [.a0, .b0])
        world.settle()
        #expect(world.status("x") == (commit ? .completeCommit : .completeAbort))
        #expect(world.metadata("x")?.partitions == [])
        for (marker, _) in world.environment.written {
            #expect(marker.end.isCommit == commit)
            #expect(marker.producerID == producer.id && marker.producerEpoch == producer.epoch)
        }
    }

    @Test func `Up to version 1 the state tells what is asked again`() {
        #expect(world.end(commit: true, producer: producer).code == .invalidTxnState)
        #expect(world.end(commit: false, producer: producer).code == .invalidTxnState)
        begin(producer)
        _ = world.end(commit: true, producer: producer)
        #expect(world.end(commit: true, producer: producer).code == .concurrentTransactions)
        #expect(world.end(commit: false, producer: producer).code == .concurrentTransactions)
        world.settle()
        #expect(world.end(commit: true, producer: producer).code == ErrorCode.none)
        #expect(world.end(commit: false, producer: producer).code == .invalidTxnState)
        begin(producer)
        _ = world.end(commit: false, producer: producer)
        world.settle()
        #expect(world.end(commit: false, producer: producer).code == ErrorCode.none)
        #expect(world.end(commit: true, producer: producer).code == .invalidTxnState)
    }

    @Test func `Strangers are refused`() {
        begin(producer)
        for version: Int16 in [0, 2] {
            let end = { (id: String, producer: ProducerIdentity) in
                world.end(commit: true, id: id, producer: producer, version: version).code
            }
            #expect(end("", producer) == .invalidRequest)
            #expect(end("y", producer) == .invalidProducerIdMapping)
            #expect(end("x", .init(id: 50, epoch: 0)) == .invalidProducerIdMapping)
            #expect(end("x", .init(id: producer.id, epoch: 7)) == .producerFenced)
        }
        #expect(world.status("x") == .ongoing)
    }

    // MARK: From version 2 on

    private func end(
        _ commit: Bool, _ producer: ProducerIdentity
    ) -> TransactionWorld.ProducerAnswer {
        world.end(commit: commit, producer: producer, version: 2)
    }

    @Test func `Each end raises the epoch`() {
        begin(producer, version: 2)
        let answer = end(true, producer)
        world.log.flush()
        let next = ProducerIdentity(id: producer.id, epoch: producer.epoch + 1)
        #expect(answer.value! == (.none, next))
        #expect(world.environment.markers.allSatisfy { $0.marker.producerEpoch == next.epoch })
        world.settle()
        #expect(world.metadata("x")?.producer == next)
        #expect(world.metadata("x")?.clientVersion == 2)
        #expect(world.add(.a0, producer: producer, version: 2).code == .producerFenced)
        begin(next, version: 2)
        #expect(world.status("x") == .ongoing)
    }

    @Test func `An end that comes late does not end the next transaction`() {
        begin(producer, version: 2)
        let first = end(true, producer)
        world.settle()
        let next = first.value!.producer
        begin(next, version: 2)
        #expect(end(true, producer).code == .producerFenced)
        #expect(end(false, producer).code == .producerFenced)
        #expect(world.status("x") == .ongoing)
    }

    /// The table of Kafka's `TransactionCoordinator.endTransaction`.
    @Test(arguments: [true, false])
    func `The epoch tells what is asked again, after a commit or an abort`(_ committed: Bool) {
        begin(producer, version: 2)
        let answer = end(committed, producer)
        world.log.flush()
        let next = answer.value!.producer
        for isCommit in [true, false] {
            #expect(end(isCommit, producer).code == .concurrentTransactions)
            #expect(end(isCommit, next).code == .concurrentTransactions)
        }
        world.settle()
        #expect(end(committed, producer).value! == (.none, next))
        #expect(
            end(!committed, producer).code == (committed ? .invalidTxnState : .producerFenced))
        #expect(end(true, next).code == .invalidTxnState)
        // Without a transaction an abort raises the epoch all the same.
        let abort = end(false, next)
        world.settle()
        #expect(abort.value!.producer.epoch == next.epoch + 1)
        #expect(world.status("x") == .completeAbort)
    }

    @Test func `A producer without a transaction may abort, but not commit`() {
        #expect(end(true, producer).code == .invalidTxnState)
        let answer = end(false, producer)
        world.settle()
        #expect(answer.value!.producer.epoch == producer.epoch + 1)
        #expect(world.metadata("x")?.startMs == world.environment.nowMs)
        #expect(world.environment.written.isEmpty)
    }

    // MARK: Epochs that are exhausted

    @Test func `After the last epoch the answer has another producer id`() throws {
        let last = try world.exhaustedProducer()
        begin(last, version: 2)
        let answer = end(true, last)
        world.log.flush()
        let next = answer.value!.producer
        #expect(next.id != last.id && next.epoch == 0)
        // The transaction is ended under the id that it was written with.
        #expect(world.environment.markers.allSatisfy { $0.marker.producerID == last.id })
        #expect(world.environment.markers.allSatisfy { $0.marker.producerEpoch == .max })
        // Who has been told the new one may begin with it.
        let waiting = world.add(.a0, producer: next, version: 2)
        #expect(waiting.code == nil)
        world.settle()
        #expect(waiting.code == ErrorCode.none)
        #expect(world.metadata("x")?.producer == next)
    }

    @Test func `The end at the last epoch may be asked again`() throws {
        let last = try world.exhaustedProducer()
        begin(last, version: 2)
        let answer = end(true, last)
        #expect(answer.code == nil)
        world.settle()
        #expect(end(true, last).value! == answer.value!)
        #expect(end(false, last).code == .invalidTxnState)
    }

    @Test func `Up to version 1 the last epoch can be used on`() throws {
        let last = try world.exhaustedProducer()
        begin(last)
        #expect(world.end(commit: true, producer: last).code == nil)
        world.settle()
        #expect(world.metadata("x")?.producer == last)
    }
}
