import KafkaBase
import KafkaLog
import KafkaTransport
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Says what happens to partitions' logs: once in a while what is wrong with the disk, for every
/// append may fail for the same reason; which producers were fenced; which segments were begun.
///
/// Any thread; one short lock, taken on errors alone.
final class StorageEvents: Sendable {
    private struct Last {
        var text = ""
        var time: ContinuousClock.Instant?
    }

    /// How long the same error is not said again.
    private static let silence = Duration.seconds(30)

    private let logger: Logger
    private let last = NIOLockedValueBox(Last())
    private let fences = LogLimiter()

    init(logger: Logger) {
        self.logger = logger
    }

    func report(_ error: LogError) {
        let text = "\(error)"
        let now = ContinuousClock.now
        let isNews = last.withLockedValue { last in
            if last.text == text, let time = last.time, now - time < StorageEvents.silence {
                return false
            }
            last = Last(text: text, time: now)
            return true
        }
        if isNews { logger.error("storage: \(text)") }
    }
    /// Why an append was not taken, where that is more than its client's business.
    func report(_ error: LogError, in partition: TopicPartition) {
        switch error {
        case .refused(let refusal):
            switch refusal {
            case .fencedEpoch, .fencedCoordinator: noteFence(refusal, in: partition)
            case .outOfOrderSequence, .notInTransaction: break
            }
        default: if error.errorCode == .kafkaStorageError { report(error) }
        }
    }

    private func noteFence(_ refusal: ProducerRefusal, in partition: TopicPartition) {
        guard let hiddenCount = fences.admit(at: .now()) else { return }
        logger.notice(
            "producer fenced: \(refusal)",
            metadata: ["partition": "\(partition)", "more": "\(hiddenCount)"])
    }

    func noteRoll(of partition: TopicPartition, at baseOffset: Int64) {
        logger.debug(
            "segment begun",
            metadata: ["partition": "\(partition)", "baseOffset": "\(baseOffset)"])
    }
}
