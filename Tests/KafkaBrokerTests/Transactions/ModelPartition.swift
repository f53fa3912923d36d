import KafkaBase
import KafkaRecords

@testable import KafkaBroker

/// A partition as the simulation of transactions needs it: who wrote what, and which transactions
/// are open. Its records are always durable.
final class ModelPartition {
    /// One transaction of one instance of a producer, as the client means it.
    struct Tag: Hashable {
        var id: String
        var instance: Int
        var number: Int
    }

    enum Outcome {
        case committed
        case aborted
    }

    private(set) var outcomes: [Tag: Set<Outcome>] = [:]
    private var open: [Int64: Set<Tag>] = [:]
    private var epochs: [Int64: Int16] = [:]
    var verifications = TransactionVerifications()

    /// One of an earlier epoch is another transaction.
    func isOpen(_ producer: ProducerIdentity) -> Bool {
        open[producer.id] != nil && epochs[producer.id] == producer.epoch
    }

    var openProducers: [Int64] { open.keys.sorted() }
    var openTags: Set<Tag> { open.values.reduce(into: []) { $0.formUnion($1) } }

    /// What the log would say.
    func append(_ tag: Tag, _ producer: ProducerIdentity) -> ErrorCode {
        guard producer.epoch >= epochs[producer.id] ?? -1 else { return .invalidProducerEpoch }
        epochs[producer.id] = producer.epoch
        open[producer.id, default: []].insert(tag)
        verifications.didAppend(producer.id)
        return .none
    }

    func write(_ marker: TransactionMarker) -> ErrorCode {
        guard marker.producerEpoch >= epochs[marker.producerID] ?? -1 else {
            return .invalidProducerEpoch
        }
        epochs[marker.producerID] = marker.producerEpoch
        verifications.didEnd(
            ProducerIdentity(id: marker.producerID, epoch: marker.producerEpoch))
        for tag in open.removeValue(forKey: marker.producerID) ?? [] {
            outcomes[tag, default: []].insert(marker.end.isCommit ? .committed : .aborted)
        }
        return .none
    }
}
