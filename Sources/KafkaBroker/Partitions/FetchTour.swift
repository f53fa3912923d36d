import KafkaBase
import KafkaLog
import KafkaWire
import NIOCore

/// One partition of a fetch.
struct FetchTarget: Sendable {
    /// Nil when there is none to be read; `error` says why then.
    var partition: Partition?
    var error: ErrorCode = .none
    var ask: FetchAsk
}

/// One reading of all the partitions of a fetch, within its limits.
///
/// A value that goes from event loop to event loop, one after the other, so that the bytes that one
/// partition leaves are the next one's limit. Clients turn the order of their partitions from fetch
/// to fetch, and the first one's loop comes first: none is left hungry.
struct FetchTour: Sendable {
    struct Limits: Sendable {
        /// Of all records.
        var maxBytes: Int
        /// Below which the fetch waits for more.
        var minBytes: Int
        var isReadCommitted: Bool
        /// Whether another broker asks, as a replica.
        var isFromReplica = false
        var version: Int16
        /// Nil for a client without quotas.
        var quota: RequestQuota?
    }

    private struct Leg: Sendable {
        var eventLoop: any EventLoop
        /// Indexes of targets.
        var targets: [Int]
    }

    private let targets: [FetchTarget]
    private let limits: Limits
    private let legs: [Leg]
    /// By target.
    private(set) var answers: [Partition.FetchData]
    /// Bytes of records.
    private(set) var foundBytes = 0
    /// A partition cannot be read, or not from where it was asked. What is not there at all does
    /// not count, as in Kafka: a client that asks for it would ask without a pause.
    private(set) var hasError = false
    /// A partition has more than was read: its segment or a limit ended the reading, and no append
    /// makes the next one find more.
    private(set) var isCut = false

    init(targets: [FetchTarget], limits: Limits) {
        self.targets = targets
        self.limits = limits
        answers = targets.map {
            Partition.FetchData(partition: $0.ask.partition, error: $0.error)
        }
        hasError = targets.contains { $0.error == .inconsistentTopicId }
        legs = targets.indices.compactMap { index in
            targets[index].partition.map { (index: index, eventLoop: $0.eventLoop) }
        }
        .grouped(by: \.eventLoop)
        .map { Leg(eventLoop: $0.eventLoop, targets: $0.elements.map(\.index)) }
    }

    /// - Parameters:
    ///   - home: the request's event loop, on which `then` is called.
    func run(home: any EventLoop, then: @escaping @Sendable (FetchTour) -> Void) {
        run(leg: 0, home: home, then: then)
    }

    private func run(
        leg: Int, home: any EventLoop, then: @escaping @Sendable (FetchTour) -> Void
    ) {
        guard leg < legs.count else { return home.runOrHop { then(self) } }
        legs[leg].eventLoop.runOrHop {
            var tour = self
            limits.quota.timing { tour.visit(legs[leg]) }
            tour.run(leg: leg + 1, home: home, then: then)
        }
    }

    private mutating func visit(_ leg: Leg) {
        for index in leg.targets {
            guard let partition = targets[index].partition else { continue }
            let ask = targets[index].ask
            let left = max(0, limits.maxBytes - foundBytes)
            let answer = partition.read(
                ask, maxBytes: min(left, Int(max(0, ask.maxBytes))),
                atLeastOneBatch: foundBytes == 0, limits: limits)
            let count = answer.records?.count ?? 0
            foundBytes += count
            if count > 0, foundBytes < limits.minBytes {
                let available = partition.log.bytesAvailable(
                    from: ask.fetchOffset,
                    upTo: partition.readableEnd(limits.isReadCommitted))
                isCut = isCut || available > count
            }
            hasError = hasError || answer.errorCode != .none || answer.divergingEpoch.epoch >= 0
            answers[index] = answer
        }
    }
}
