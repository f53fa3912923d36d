/// Why a producer's batch may not be appended.
public enum ProducerRefusal: Error, Sendable, Equatable {
    /// A batch before it is missing, or it is an old one whose offset is forgotten.
    case outOfOrderSequence(
        producerID: Int64, epoch: Int16, sequence: Int32, lastEpoch: Int16, lastSequence: Int32)
    /// A newer instance of the producer has written, or its transaction was ended for it.
    case fencedEpoch(producerID: Int64, epoch: Int16, lastEpoch: Int16)
    /// Records outside of the producer's transaction, which is open.
    case notInTransaction(producerID: Int64)
    /// A marker of a coordinator that is none any more.
    case fencedCoordinator(producerID: Int64, epoch: Int32, lastEpoch: Int32)
}

extension ProducerRefusal: CustomStringConvertible {
    /// One line, without a full stop.
    public var description: String {
        switch self {
        case .outOfOrderSequence(let id, let epoch, let sequence, let lastEpoch, let last)
        where epoch == lastEpoch:
            "out of order sequence number for producer \(id): \(sequence) (incoming seq. number), "
                + "\(last) (current end sequence number)"
        case .outOfOrderSequence(let id, let epoch, let sequence, let lastEpoch, _):
            "invalid sequence number for new epoch of producer \(id): \(epoch) (request epoch), "
                + "\(sequence) (seq. number), \(lastEpoch) (current producer epoch)"
        case .fencedEpoch(let id, let epoch, let lastEpoch):
            "epoch of producer \(id) is \(epoch), which is smaller than the last seen epoch "
                + "\(lastEpoch)"
        case .notInTransaction(let id):
            "expected transactional write from producer \(id)"
        case .fencedCoordinator(let id, let epoch, let lastEpoch):
            "invalid coordinator epoch for producer \(id): \(epoch) (zombie), \(lastEpoch) "
                + "(current)"
        }
    }
}

/// Where an append comes from, and so what of its producer state is checked (Kafka's
/// `AppendOrigin`).
public enum AppendOrigin: Sendable {
    /// Epochs and sequences.
    case client
    /// Epochs: coordinators write without sequences.
    case coordinator
    /// Nothing: what the leader took, or what stands in the log, is so.
    case replication
}
