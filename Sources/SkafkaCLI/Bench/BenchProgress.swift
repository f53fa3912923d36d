internal import NIOCore

/// Says, while a benchmark runs on a terminal, how fast it goes.
struct BenchProgress {
    private static let intervalMs = 1000

    private let line: ProgressLine
    private let ticking: Task<Void, Never>

    /// - Parameters:
    ///   - total: nil where it is not known.
    ///   - count: records up to now; called once a second.
    init(
        _ context: CommandContext, _ options: GlobalOptions, total: Int?,
        count: @escaping @Sendable () -> Int
    ) {
        let line = ProgressLine(context, isShown: !options.quiet)
        self.line = line
        guard context.isErrorTerminal, !options.quiet else {
            ticking = Task {}
            return
        }
        ticking = Task {
            var last = (count: 0, atNs: NIODeadline.now().uptimeNanoseconds)
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(BenchProgress.intervalMs))
                let now = (count: count(), atNs: NIODeadline.now().uptimeNanoseconds)
                let seconds = Double(now.atNs - last.atNs) / 1e9
                let rate = Double(now.count - last.count) / max(seconds, 0.001)
                let share = total.map { ", \(now.count * 100 / max($0, 1)) %" } ?? ""
                last = now
                line.update { "\(now.count) records, \(ScaledText.count(rate)) records/s\(share)" }
            }
        }
    }

    /// Takes the line away.
    func end() async {
        ticking.cancel()
        await ticking.value
        line.clear()
    }
}
