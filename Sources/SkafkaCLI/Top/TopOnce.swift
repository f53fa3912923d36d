/// `top --once`: two samples, an interval apart, as a table or for scripts.
struct TopOnce {
    let command: TopCommand
    var state: TopState
    let sampler: ClusterSampler
    let context: CommandContext

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
