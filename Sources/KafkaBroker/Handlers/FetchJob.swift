import KafkaBase
import KafkaTransport
import KafkaWire
import NIOCore

/// One fetch from its first read to its answer, long poll included.
///
/// Confined to its connection's event loop. `FetchWait` decides; this reads, waits and answers.
final class FetchJob: @unchecked Sendable {
    private let targets: [FetchTarget]
    private let limits: FetchTour.Limits
    private let maxWaitMs: Int64
    private let scope: ConnectionScope
    private let answer: ([Partition.FetchData]) -> Void

    private var wait: FetchWait
    private var timer: Scheduled<Void>?
    private var scopeWait: ConnectionScope.WaitID?
    /// Whether the partitions know of this waiter.
    private var isRegistered = false

    /// - Parameter answer: called once on the event loop, unless the client goes away, with the
    ///   answers by target.
    init(
        targets: [FetchTarget], limits: FetchTour.Limits, maxWaitMs: Int64, scope: ConnectionScope,
        answer: @escaping ([Partition.FetchData]) -> Void
    ) {
        self.targets = targets
        self.limits = limits
        self.maxWaitMs = maxWaitMs
        self.scope = scope
        self.answer = answer
        wait = FetchWait(
            minBytes: limits.minBytes,
            mayWait: maxWaitMs > 0 && targets.contains { $0.partition != nil }
                && !scope.isCancelled)
    }

    func start() { read() }

    private func read() {
        FetchTour(targets: targets, limits: limits).run(home: scope.eventLoop) { tour in
            self.hasRead(tour)
        }
    }

    private func hasRead(_ tour: FetchTour) {
        switch wait.hasRead(bytes: tour.foundBytes, mustAnswer: tour.hasError || tour.isCut) {
        case .answer:
            stopWaiting()
            answer(tour.answers)
        case .readAgain: read()
        case .wait: startWaiting(seen: tour.answers)
        case .dropped: break
        }
    }

    // MARK: Waiting

    private func startWaiting(seen answers: [Partition.FetchData]) {
        guard timer == nil else { return }
        timer = scope.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(maxWaitMs)) {
            self.end()
        }
        scopeWait = scope.beginWait { reason in
            switch reason {
            case .draining, .inputEnded: self.end()
            case .closed:
                self.wait.drop()
                self.stopWaiting()
            }
        }
        // Who is cancelled already has been answered, or dropped: nobody would take it off again.
        guard !scope.isCancelled, !isRegistered else { return }
        isRegistered = true
        for (target, answer) in zip(targets, answers) {
            register(
                target,
                seenEndOffset: limits.isReadCommitted
                    ? answer.lastStableOffset : answer.highWatermark)
        }
    }

    private func register(_ target: FetchTarget, seenEndOffset: Int64) {
        guard let partition = target.partition else { return }
        let home = scope.eventLoop
        let id = ObjectIdentifier(self)
        let isReadCommitted = limits.isReadCommitted
        partition.eventLoop.runOrHop {
            partition.addWaiter(
                id, isReadCommitted: isReadCommitted, seenEndOffset: seenEndOffset
            ) { event in
                home.runOrHop { self.notified(event) }
            }
        }
    }

    private func notified(_ event: FetchSignal.Event) {
        switch event {
        case .appended(let bytes): if wait.appended(bytes: bytes) { read() }
        case .changed: end()
        }
    }

    private func end() { if wait.end() { read() } }

    private func stopWaiting() {
        timer?.cancel()
        if let scopeWait { scope.endWait(scopeWait) }
        scopeWait = nil
        guard isRegistered else { return }
        isRegistered = false
        let id = ObjectIdentifier(self)
        for target in targets {
            guard let partition = target.partition else { continue }
            // The job lives until it is gone from the list: its identity is not given again.
            partition.eventLoop.runOrHop {
                withExtendedLifetime(self) { partition.removeWaiter(id) }
            }
        }
    }
}
