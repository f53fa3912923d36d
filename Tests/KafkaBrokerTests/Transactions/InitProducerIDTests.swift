import KafkaBase
import KafkaRecords
import Testing

@testable import KafkaBroker

/// Who gets a transactional id, and who is shut out.
struct InitProducerIDTests {
    private let world: TransactionWorld

    init() throws { world = try TransactionWorld() }

    @Test func `A new id gets a new producer of epoch 0, when that is durable`() {
        let answer = world.initialise(timeoutMs: 5_000)
        #expect(answer.value == nil)
        world.log.flush()
        #expect(answer.value! == (.none, ProducerIdentity(id: 0, epoch: 0)))
        #expect(world.status("x") == .empty)
        #expect(world.metadata("x")?.timeoutMs == 5_000)
    }

    @Test func `Each instance gets the next epoch`() {
        #expect(world.producer() == ProducerIdentity(id: 0, epoch: 0))
        #expect(world.producer() == ProducerIdentity(id: 0, epoch: 1))
        #expect(world.producer("y") == ProducerIdentity(id: 1, epoch: 0))
    }

    @Test(arguments: [0, -1, 900_001]) func `A timeout out of range is refused`(_ ms: Int32) {
        #expect(world.initialise(timeoutMs: ms).code == .invalidTransactionTimeout)
    }

    @Test func `An empty id is refused`() {
        #expect(world.initialise("").code == .invalidRequest)
    }

    @Test func `A running transaction is aborted before another instance gets the id`() {
        let old = world.producer()
        _ = world.add(.a0, producer: old)
        world.settle()
        let first = world.initialise()
        #expect(first.code == nil)
        world.log.flush()
        #expect(first.code == .concurrentTransactions)
        #expect(world.status("x") == .prepareAbort)
        // Not before the markers are written.
        #expect(world.initialise().code == .concurrentTransactions)
        world.settle()
        #expect(world.status("x") == .completeAbort)
        #expect(world.environment.written.map(\.marker.end.isCommit) == [false])
        #expect(world.environment.written[0].marker.producerEpoch > old.epoch)
        let new = world.producer()
        #expect(new.id == old.id && new.epoch > old.epoch)
        #expect(world.add(.a0, producer: old).code == .producerFenced)
        #expect(world.end(commit: true, producer: old).code == .producerFenced)
    }

    // MARK: Producers that go on (KIP-360)

    @Test func `A producer that goes on gets the next epoch, and again when it asks again`() {
        let producer = world.producer()
        let next = world.initialise(expected: producer)
        world.settle()
        #expect(next.value! == (.none, ProducerIdentity(id: 0, epoch: 1)))
        let again = world.initialise(expected: producer)
        world.settle()
        #expect(again.value! == (.none, ProducerIdentity(id: 0, epoch: 1)))
    }

    @Test func `A producer that goes on is fenced by an instance that came between`() {
        let producer = world.producer()
        _ = world.producer()
        #expect(world.initialise(expected: producer).code == .producerFenced)
    }

    @Test func `Another producer's id is fenced`() {
        _ = world.producer()
        let stranger = ProducerIdentity(id: 77, epoch: 0)
        #expect(world.initialise(expected: stranger).code == .producerFenced)
    }

    @Test func `A fenced producer that goes on does not end its successor's transaction`() {
        let old = world.producer()
        let new = world.producer()
        _ = world.add(.a0, producer: new)
        world.settle()
        #expect(world.initialise(expected: old).code == .producerFenced)
        #expect(world.status("x") == .ongoing)
    }

    // MARK: Epochs that are exhausted

    @Test func `After the last epoch comes another producer id`() throws {
        let last = try world.exhaustedProducer()
        let next = world.producer()
        #expect(next.id != last.id && next.epoch == 0)
        #expect(world.metadata("x")?.previousProducerID == last.id)
    }

    @Test func `A producer that goes on at the last epoch may ask again`() throws {
        let last = try world.exhaustedProducer()
        let next = world.initialise(expected: last)
        world.settle()
        let again = world.initialise(expected: last)
        world.settle()
        #expect(next.value!.producer.epoch == 0)
        #expect(again.value! == next.value!)
    }

    @Test func `A transaction at the last epoch is fenced by another producer id`() throws {
        let last = try world.exhaustedProducer()
        _ = world.add(.a0, producer: last)
        world.settle()
        _ = world.initialise()
        world.settle()
        #expect(world.status("x") == .completeAbort)
        #expect(world.metadata("x")!.producerID != last.id)
        #expect(world.metadata("x")!.epoch == 0)
        let new = world.producer()
        #expect(new.epoch == 1)
    }

    // MARK: Ids that take a while

    @Test func `Two that wait for a producer id get the transactional id one after the other`() {
        world.environment.idsAreSlow = true
        let first = world.initialise()
        let second = world.initialise()
        world.environment.deliverIDs()
        world.settle()
        #expect(first.value! == (.none, ProducerIdentity(id: 0, epoch: 0)))
        #expect(second.value! == (.none, ProducerIdentity(id: 0, epoch: 1)))
    }

    @Test func `Without a producer id there is nothing`() {
        world.environment.idsAreSlow = true
        let answer = world.initialise()
        world.environment.deliverIDs(.coordinatorNotAvailable)
        #expect(answer.code == .coordinatorNotAvailable)
        #expect(world.metadata("x") == nil)
    }

    @Test func `What cannot be appended has not happened`() {
        world.log.failure = .kafkaStorageError
        #expect(world.initialise().code == .notCoordinator)
        #expect(world.metadata("x") == nil)
    }
}
