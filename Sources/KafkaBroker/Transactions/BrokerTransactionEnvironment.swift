import KafkaBase
import Logging
import NIOCore

/// The broker as the transaction coordinator of one partition sees it.
///
/// Confined to the partition's event loop. What others answer comes back through the partition's
/// shard, which looks at the coordinator's deadlines afterwards.
final class BrokerTransactionEnvironment: TransactionEnvironment, @unchecked Sendable {
    private let partition: Partition
    private let producerIDs: ProducerIDAllocator
    private let markers: MarkerWriter
    private let clock: KafkaClock
    private let features: @Sendable () -> Features
    private let logger: Logger
    /// Set once, before the coordinator is loaded.
    weak var shard: CoordinatorShard<TransactionCoordinator>?

    init(
        _ partition: Partition, producerIDs: ProducerIDAllocator, markers: MarkerWriter,
        clock: KafkaClock, features: @escaping @Sendable () -> Features, logger: Logger
    ) {
        self.partition = partition
        self.producerIDs = producerIDs
        self.markers = markers
        self.clock = clock
        self.features = features
        self.logger = logger
    }

    var nowMs: Int64 { clock.nowMs }
    var transactionVersion: Int16 { features().level(of: .transactionVersion) }

    func nextProducerID(then: @escaping @Sendable (Result<Int64, ApiError>) -> Void) {
        producerIDs.next(on: partition.eventLoop).whenComplete { result in
            self.comeBack { then(result.mapError { _ in ApiError(.coordinatorNotAvailable) }) }
        }
    }

    func reserveProducerIDs(upTo id: Int64) {
        producerIDs.reserve(upTo: id, on: partition.eventLoop).whenFailure { [logger] error in
            logger.error("producer ids up to \(id) could not be reserved: \(error)")
        }
    }

    func write(
        _ marker: TransactionMarker, to partition: TopicPartition,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        markers.write(marker, to: partition) { code in
            self.comeBack { then(code) }
        }
    }

    private func comeBack(_ body: @escaping @Sendable () -> Void) {
        // A coordinator that is closed waits for nothing any more.
        shard?.perform({ _, _ in body() }, orElse: { _ in })
    }
}
