internal import KafkaClient
internal import NIOConcurrencyHelpers

/// What was not delivered: the first failure, and how many records to which topics. Any thread.
final class FailedDeliveries: Sendable {
    private let first = NIOLockedValueBox<KafkaError?>(nil)
    private let counts = NIOLockedValueBox<[String: Int]>([:])

    func note(_ report: DeliveryReport) {
        guard let error = report.error else { return }
        first.withLockedValue { $0 = $0 ?? error }
        counts.withLockedValue { $0[report.topic, default: 0] += report.recordCount }
    }

    /// Records by the destinations' names.
    var byTopic: [String: Int] { counts.withLockedValue { $0 } }

    /// - Throws: the failure.
    func check() throws(KafkaError) {
        if let error = first.withLockedValue({ $0 }) { throw error }
    }
}
