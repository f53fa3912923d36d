import KafkaBase
import KafkaLog

extension LogError {
    /// What a client is told.
    var errorCode: ErrorCode {
        switch self {
        case .offsetOutOfRange: .offsetOutOfRange
        case .invalidAppend: .invalidRecord
        case .refused(.outOfOrderSequence): .outOfOrderSequenceNumber
        case .refused(.fencedEpoch): .invalidProducerEpoch
        case .refused(.notInTransaction): .invalidTxnState
        case .refused(.fencedCoordinator): .transactionCoordinatorFenced
        case .io, .noSpace, .corrupt, .failed, .locked, .notOurs, .alreadyExists, .cancelled:
            .kafkaStorageError
        }
    }
}
