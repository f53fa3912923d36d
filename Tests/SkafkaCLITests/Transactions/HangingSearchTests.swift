import KafkaBase
import Testing

@testable import KafkaClient
@testable import SkafkaCLI

@Suite struct HangingSearchTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    private func row(_ producer: Int64, lastMs: Int64 = 0, start: Int64? = 5) -> ProducerRow {
        ProducerRow(
            partition: partition,
            producer: ProducerState(
                producerID: producer, producerEpoch: 3, lastSequence: 0, lastTimestampMs: lastMs,
                coordinatorEpoch: nil, transactionStartOffset: start))
    }

    private func hanging(
        _ rows: [ProducerRow], known: [Int64: Set<TopicPartition>] = [:]
    ) -> [Int64] {
        HangingSearch.hanging(among: rows, beforeMs: 100, known: known).map(\.producer.producerID)
    }

    @Test func whatNoCoordinatorKnowsHangs() {
        #expect(hanging([row(1)]) == [1])
        #expect(hanging([row(1)], known: [1: [partition]]) == [])
        #expect(hanging([row(1)], known: [1: [.init(topic: "t", partition: 1)]]) == [1])
        #expect(hanging([row(1)], known: [2: [partition]]) == [1])
    }

    @Test func whatIsYoungOrNotOpenDoesNot() {
        #expect(hanging([row(1, lastMs: 100), row(2, start: nil)]) == [])
    }

    @Test func aFirstTransactionHasNoCoordinatorEpochYet() {
        #expect(
            HangingTransaction(partition, row(1).producer)
                == HangingTransaction(
                    partition: partition, producerID: 1, producerEpoch: 3, coordinatorEpoch: 0))
        #expect(HangingTransaction(partition, row(1, start: nil).producer) == nil)
    }

    @Test func statesAreFoundInAnyCase() throws {
        #expect(
            try ["ongoing,PrepareAbort"].transactionStates() == [.ongoing, .prepareAbort])
        #expect(throws: CommandFailure.self) { try ["open"].transactionStates() }
    }
}
