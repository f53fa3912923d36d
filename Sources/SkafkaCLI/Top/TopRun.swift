/// The live view: samples, keys and changes of the terminal's size go in, frames come out.
struct TopRun {
    private enum Event: Sendable {
        case input(TerminalScreen.Input)
        case sample(ClusterSample)
        case failed(CommandFailure)
    }

    private let command: TopCommand
    private var state: TopState
    private let sampler: ClusterSampler
    private let context: CommandContext
    private let output: OutputBuffer
    private let colours: Bool
    private let glyphs: TerminalGlyphs

    init(
        _ command: TopCommand, _ state: TopState, _ sampler: ClusterSampler,
        _ context: CommandContext
    ) {
        self.command = command
        self.state = state
        self.sampler = sampler
        self.context = context
        output = context.makeOutput()
        colours =
            switch command.global.color {
            case .always: true
            case .never: false
            case .auto: context.environment["NO_COLOR"]?.isEmpty ?? true
            }
        glyphs = TerminalGlyphs(environment: context.environment)
    }

    /// - Throws: `CommandFailure`, `KafkaError`, `OutputError`.
    mutating func run() async throws {
        // What cannot be asked at all is told on the ordinary screen.
        let (first, failures) = try await sampler.sample()
        if let failure = failures.first { throw failure }
        state.take(first)
        let screen = try TerminalScreen(
            input: context.inputDescriptor, output: context.outputDescriptor)
        context.closing.add { screen.leave() }
        context.interrupts.onInterrupt { screen.leave() }
        try screen.enter()
        defer { screen.leave() }
        try await loop(screen)
    }

    private mutating func loop(_ screen: TerminalScreen) async throws {
        // A terminal makes less than what is held here, and what it makes beyond is forgotten.
        let (events, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingNewest(256))
        let keys = Task {
            let thread = BlockingThread()
            while let input = try? await thread.run({ screen.read() }) {
                continuation.yield(.input(input))
                if case .ended = input { break }
            }
            continuation.finish()
        }
        let (sampler, intervalMs) = (sampler, command.interval.milliseconds)
        let sampling = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(intervalMs))
                do {
                    continuation.yield(.sample(try await sampler.sample().sample))
                } catch {
                    continuation.yield(.failed(CommandFailure(error)))
                }
            }
        }
        defer {
            sampling.cancel()
            keys.cancel()
        }
        try draw(screen)
        for await event in events {
            if context.interrupts.isInterrupted { return }
            switch event {
            case .input(.ended): return
            case .input(.resized): break
            case .input(.keys(let keys)):
                for key in keys where state.handle(key) == .quit { return }
            case .sample(let sample): if !state.isPaused { state.take(sample) }
            case .failed(let failure): state.problem = failure.message
            }
            try draw(screen)
        }
    }

    private mutating func draw(_ screen: TerminalScreen) throws {
        let layout = TopLayout(size: screen.size, glyphs: glyphs, interval: command.interval)
        state.fit(rows: layout.tableRows)
        let lines = layout.lines(state)
        try screen.draw {
            for (index, line) in lines.enumerated() {
                output.append("\u{1B}[\(index + 1);1H")
                append(line)
                output.append("\u{1B}[K" as StaticString)
            }
            output.append("\u{1B}[J" as StaticString)
            try output.flush()
        }
    }

    private func append(_ line: TopLine) {
        let start: StaticString
        switch line.emphasis {
        case _ where !colours: return output.append(line.text)
        case .none: return output.append(line.text)
        case .header: start = "\u{1B}[7m"
        case .alarm: start = "\u{1B}[31m"
        case .faint: start = "\u{1B}[2m"
        }
        output.append(start)
        output.append(line.text)
        output.append("\u{1B}[0m" as StaticString)
    }
}
