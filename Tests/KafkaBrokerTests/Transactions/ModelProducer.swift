import KafkaBase

@testable import KafkaBroker

/// An instance of a transactional producer in the simulation: what it does next follows from the
/// answers that it gets. Answers may be lost; it asks again then.
final class ModelProducer {
    enum Phase: Equatable {
        case initialising
        case idle
        /// Records are on their way to so many partitions.
        case writing(unanswered: Int)
        case ending(commit: Bool)
        /// Another instance has its id, or it was told something that it cannot go on from.
        case dead
    }

    let id: String
    let instance: Int
    /// 2 where the epoch rises with each transaction.
    let version: Int16
    var phase = Phase.initialising
    var producer = ProducerIdentity.none
    var transactionNumber = 0
    /// Counts requests: what is answered late belongs to an earlier one.
    var serial = 0
    /// Set when something has gone wrong that an abort mends.
    var mustAbort = false
    /// Whether the transaction may have begun.
    var hasAsked = false

    init(id: String, instance: Int, version: Int16) {
        self.id = id
        self.instance = instance
        self.version = version
    }

    var tag: ModelPartition.Tag {
        ModelPartition.Tag(id: id, instance: instance, number: transactionNumber)
    }
}
