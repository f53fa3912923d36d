import KafkaBase
import KafkaLog
import KafkaWire
import NIOCore

/// One partition of a fetch.
struct FetchTarget: Sendable {
    /// Nil when there is no such partition; `error` says why then.
    var partition: Partition?
    var error: ErrorCode
    var request: FetchRequest.FetchPartition
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
        var version: Int16
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
    private(set) var hasError = false
    /// A partition has more than was read: its segment or a limit ended the reading, and no append
    /// makes the next one find more.
    private(set) var isCut = false

    init(targets: [FetchTarget], limits: Limits) {
        self.targets = targets
        self.limits = limits
        answers = targets.map {
            Partition.FetchData(partition: $0.request.partition, error: $0.error)
        }
        hasError = targets.contains { $0.error != .none }
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
            tour.visit(legs[leg])
            tour.run(leg: leg + 1, home: home, then: then)
        }
    }

    private mutating func visit(_ leg: Leg) {
        for index in leg.targets {
            guard let partition = targets[index].partition else { continue }
            let request = targets[index].request
            let left = max(0, limits.maxBytes - foundBytes)
            let answer = partition.read(
                request, maxBytes: min(left, Int(max(0, request.partitionMaxBytes))),
                atLeastOneBatch: foundBytes == 0, isReadCommitted: limits.isReadCommitted,
                version: limits.version)
            let count = answer.records?.count ?? 0
            foundBytes += count
            if count > 0, foundBytes < limits.minBytes {
                let available = partition.log.bytesAvailable(
                    from: request.fetchOffset,
                    upTo: partition.readableEnd(limits.isReadCommitted))
                isCut = isCut || available > count
            }
            hasError = hasError || answer.errorCode != .none
            answers[index] = answer
        }
    }
}
