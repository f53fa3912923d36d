/// `top --once`: two samples, an interval apart, as a table or for scripts.
struct TopOnce {
    private let command: TopCommand
    private var state: TopState
    private let sampler: ClusterSampler
    private let context: CommandContext

    init(
        _ command: TopCommand, _ state: TopState, _ sampler: ClusterSampler,
        _ context: CommandContext
    ) {
        self.command = command
        self.state = state
        self.sampler = sampler
        self.context = context
    }

    /// - Throws: `CommandFailure`, `KafkaError`, `OutputError`.
    mutating func run() async throws {
        state.take(try await sampler.sample().sample)
        try await Task.sleep(for: .milliseconds(command.interval.milliseconds))
        let (sample, failures) = try await sampler.sample()
        state.take(sample)
        let output = context.makeOutput()
        TopReport(state: state, intervalMs: command.interval.milliseconds)
            .append(to: output, command.global.style, width: context.outputWidth)
        try output.flush()
        for failure in failures { context.complain(failure.message) }
        if let failure = failures.first { throw CommandFailure.reported(failure.status) }
    }
}
