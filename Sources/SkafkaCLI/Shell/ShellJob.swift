internal import ArgumentParser
internal import NIOConcurrencyHelpers

/// A command that runs in a shell.
///
/// A signal lets it unwind as it would by itself; when it cannot, or not in time, or at a second
/// signal, the shell goes on without it. `run` has one caller, `interrupt` any thread.
final class ShellJob: @unchecked Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var waiter: CheckedContinuation<ExitStatus, Never>?
        var status: ExitStatus?
        var isInterrupted = false
    }

    /// How long a command that cannot unwind may take to notice, in ms.
    private static let cancelLimitMs = 200

    /// Not Sendable by its type; only the job's task uses it.
    private let command: any ParsableCommand
    private let context: CommandContext
    private let state = NIOLockedValueBox(State())

    init(_ command: any ParsableCommand, _ context: CommandContext) {
        self.command = command
        self.context = context
    }

    func run() async -> ExitStatus {
        let task = Task.detached(executorPreference: SkafkaMain.executor(of: command, context)) {
            let status = await SkafkaMain.run(self.command, in: self.context)
            await self.context.closing.run()
            self.end(status)
        }
        state.withLockedValue { $0.task = task }
        return await withCheckedContinuation { continuation in
            let status = state.withLockedValue { state in
                if state.status == nil { state.waiter = continuation }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    func interrupt(signal: Int32) {
        let isSecond = state.withLockedValue { state in
            defer { state.isInterrupted = true }
            return state.isInterrupted
        }
        if isSecond { return abandon(signal) }
        let limitMs =
            context.interrupts.interrupt(signal: signal)
            ? context.interrupts.unwindLimitMs : ShellJob.cancelLimitMs
        if limitMs == ShellJob.cancelLimitMs { state.withLockedValue { $0.task }?.cancel() }
        Task.detached {
            try? await Task.sleep(for: .milliseconds(limitMs))
            self.abandon(signal)
        }
    }

    /// Goes on without the command.
    private func abandon(_ signal: Int32) {
        state.withLockedValue { $0.task }?.cancel()
        end(.signal(signal))
    }

    private func end(_ status: ExitStatus) {
        let waiter = state.withLockedValue { state in
            state.status = state.status ?? status
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: status)
    }
}
