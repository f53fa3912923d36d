internal import KafkaBroker
internal import KafkaLog
internal import KafkaTransport
internal import Logging
internal import NIOCore
internal import NIOPosix

/// One run of `broker`: starts it, says where it is, and waits for a signal or for a command.
struct BrokerRun {
    private let plan: BrokerPlan
    private let context: CommandContext

    init(_ plan: BrokerPlan, _ context: CommandContext) {
        self.plan = plan
        self.context = context
    }

    /// - Throws: `CommandFailure`, `BrokerError`.
    func run() async throws {
        let stop = StopSignal()
        if plan.command.isEmpty { context.interrupts.onInterrupt { stop.set() } }
        let directory = try openDirectory()
        let more = try plan.moreDirectories.map { paths throws(CommandFailure) in
            try paths.map { path throws(CommandFailure) in try DataDirectory.prepare(path) }
        }
        let broker = try await start(directory, more)
        let servers = bootstrapServers(broker)
        guard plan.command.isEmpty else { return try await runCommand(servers) }
        let output = context.makeOutput(capacityBytes: 4096)
        output.append("BOOTSTRAP_SERVERS=\(servers)\n")
        do {
            try output.flush()
        } catch OutputError.readerGone {
            // Nobody has to read it.
        }
        await stop.wait()
    }

    private func openDirectory() throws(CommandFailure) -> String {
        switch plan.directory {
        case .named(let path): return try DataDirectory.prepare(path)
        case .usual(let path):
            if !plan.options.quiet { context.complain("data directory \(path); -d for another") }
            return try DataDirectory.prepare(path)
        case .ephemeral:
            let path = try DataDirectory.makeTemporary(context.environment)
            context.closing.add { DataDirectory.remove(path) }
            return path
        }
    }

    private func start(_ directory: String, _ more: [String]?) async throws -> Broker {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        let progress = ProgressLine(context, isShown: !plan.options.quiet)
        defer { progress.clear() }
        let form: LogLine.Form =
            plan.options.json ? .json : plan.command.isEmpty ? .timed : .plain
        let logger = context.makeLogger(
            plan.options, usual: plan.command.isEmpty ? .info : .warning, form: form,
            above: progress)
        let socket = EmbeddedBroker.socketPath(dataDirectory: directory)
        do {
            var options = BrokerOptions(
                dataDirectory: directory, listeners: plan.listeners + [.unix(path: socket)],
                advertised: plan.advertised, settings: plan.settings, sync: plan.sync,
                autoCreateTopics: plan.autoCreateTopics, initialTopics: plan.topics,
                logger: logger)
            options.moreLogDirectories = more
            options.metrics = plan.metrics
            options.version = Version.number
            options.onLoadProgress = progress.show
            let broker = try await Broker.start(options, group: group)
            context.closing.add { await broker.shutdown() }
            return broker
        } catch BrokerError.directoryInUse(let path) {
            throw CommandFailure.failed(
                """
                data directory \(path) is in use by another process; stop it or use another -d
                """
            )
        }
    }

    /// `host:port,…` of the TCP listeners, in a form that this machine can connect to.
    private func bootstrapServers(_ broker: Broker) -> String {
        if let advertised = plan.advertised, let port = advertised.port, port > 0 {
            return "\(BrokerAddress.tcp(host: advertised.host, port: port))"
        }
        let addresses = broker.boundAddresses.compactMap { address -> BrokerAddress? in
            guard case .tcp(let host, let port) = address else { return nil }
            switch host {
            case "0.0.0.0": return .tcp(host: "127.0.0.1", port: port)
            case "::": return .tcp(host: "::1", port: port)
            default: return address
            }
        }
        return addresses.map { "\($0)" }.joined(separator: ",")
    }

    private func runCommand(_ servers: String) async throws {
        var environment = context.environment
        environment["SKAFKA_BOOTSTRAP_SERVERS"] = servers
        environment["KAFKA_BOOTSTRAP_SERVERS"] = servers
        let child = try ChildProcess(plan.command, environment: environment)
        let interrupts = context.interrupts
        let isTerminal = context.isInputTerminal
        interrupts.unwindLimitMs = ChildProcess.patienceMs
        interrupts.onInterrupt {
            // Ctrl-C on a terminal reached the child already.
            guard let signal = interrupts.signal, !(isTerminal && signal == ChildProcess.interrupt)
            else { return }
            child.send(signal)
        }
        let code = await child.wait()
        if code != 0 { throw CommandFailure.reported(.other(code)) }
    }
}

extension ProgressLine {
    /// How far the broker has come with its logs.
    fileprivate func show(_ progress: LoadProgress) {
        update {
            "loading \(progress.path): \(progress.doneCount) of \(progress.logCount) logs, "
                + "\(progress.scannedBytes >> 20) MiB checked"
        }
    }
}

/// Set once; a task waits for it.
final class StopSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func set() {
        continuation.finish()
    }

    func wait() async {
        for await _ in stream {}
    }
}
