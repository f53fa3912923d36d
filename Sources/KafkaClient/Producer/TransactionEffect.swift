internal import KafkaBase

/// What an error means to the transaction in which it came up, as `TransactionManager` of Kafka's
/// Java client tells them apart.
public enum TransactionEffect: Sendable, Equatable {
    /// The transaction cannot be committed any more: abort it, then begin another one.
    case mustAbort
    /// Another producer has taken the transactional id, or this one may not use it: close it.
    case fatal

    /// The calls that a transaction is made of.
    enum Call: Sendable {
        case initProducerID
        case produce
        case addPartitions
        case addOffsets
        case commitOffsets
        case end
    }

    /// What an error of a call means; nil where the call may be made again as it is.
    static func of(_ error: KafkaError, in call: Call) -> TransactionEffect? {
        if error.kind == .unsupported || error.kind == .authentication { return .fatal }
        guard let code = error.errorCode else {
            switch call {
            // Whether it was done is not known; the same call finds out.
            case .initProducerID, .end: return nil
            case .produce, .addPartitions, .addOffsets, .commitOffsets: return .mustAbort
            }
        }
        switch (call, code) {
        case (_, .producerFenced), (_, .transactionalIdAuthorizationFailed): return .fatal
        case (.produce, .clusterAuthorizationFailed): return .fatal
        // An abort finds out whether this producer was fenced (KIP-588).
        case (.produce, _): return .mustAbort
        case (_, .invalidProducerEpoch), (_, .invalidTxnState): return .fatal
        case (_, .transactionAbortable), (_, .unknownProducerId), (_, .invalidProducerIdMapping):
            return .mustAbort
        case (.initProducerID, _), (.end, _): return code.isRetriable ? nil : .fatal
        case (.commitOffsets, .unsupportedForMessageFormat): return .fatal
        default: return .mustAbort
        }
    }
}
