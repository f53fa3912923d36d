internal import KafkaClient
internal import NIOConcurrencyHelpers
internal import NIOCore

/// Counts what became of one producer's records, and how long each took.
///
/// The sending thread tells what it sends, the producer's event loop what was delivered; one short
/// lock for each record. Bounded as `InFlightTimes` is.
final class LoadTally: Sendable {
    struct Counts: Sendable {
        var delivered = 0
        var failed = 0
        var latency = LatencyHistogram()
        /// Of the first record that was not delivered.
        var failure: CommandFailure?
    }

    private struct State {
        var counts = Counts()
        var times = InFlightTimes()
        var latestNs: UInt64 = 0
        var sinceNs: UInt64 = 0
    }

    private let state = NIOLockedValueBox(State())

    /// Latencies of records that were due earlier are not counted.
    func count(sinceNs: UInt64) {
        state.withLockedValue { $0.sinceNs = sinceNs }
    }

    /// - Parameter atNs: when the record was due, or first tried.
    func sending(to partition: Int, atNs: UInt64) {
        state.withLockedValue { $0.times.sent(to: partition, atNs: atNs) }
    }

    /// The record was not taken after all.
    func notSent(to partition: Int) {
        state.withLockedValue { $0.times.unsend(to: partition) }
    }

    func add(_ report: DeliveryReport) {
        let nowNs = NIODeadline.now().uptimeNanoseconds
        let failure = report.error.map { CommandFailure($0) }
        state.withLockedValue { state in
            state.times.done(
                report.recordCount, of: Int(report.partition), atNs: nowNs, sinceNs: state.sinceNs,
                countIn: &state.counts.latency, isDelivered: failure == nil)
            state.latestNs = nowNs
            if let failure {
                state.counts.failed += report.recordCount
                state.counts.failure = state.counts.failure ?? failure
            } else {
                state.counts.delivered += report.recordCount
            }
        }
    }

    var hasFailed: Bool { state.withLockedValue { $0.counts.failure != nil } }
    var delivered: Int { state.withLockedValue { $0.counts.delivered } }
    var counts: Counts { state.withLockedValue { $0.counts } }
    /// When the last report came; 0 when none did.
    var latestNs: UInt64 { state.withLockedValue { $0.latestNs } }
}
