internal import KafkaBroker
internal import KafkaLog
internal import KafkaTransport
internal import Logging
internal import NIOCore
internal import NIOPosix

/// One run of `broker`: starts it, says where it is, and waits for a signal or for a command.
struct BrokerRun {
    /// How long a broker may take to stop, in ms: what is not flushed by then is recovered at the
    /// next start, which takes longer than a busy disk does.
    private static let stopLimitMs = 30_000

    private let plan: BrokerPlan
    private let context: CommandContext

    init(_ plan: BrokerPlan, _ context: CommandContext) {
        self.plan = plan
        self.context = context
    }

    /// - Throws: `CommandFailure`, `BrokerError`.
    func run() async throws {
        let stop = StopSignal()
        if plan.command.isEmpty {
            context.interrupts.unwindLimitMs = BrokerRun.stopLimitMs
            context.interrupts.onInterrupt { stop.set() }
        }
        let directory = try openDirectory()
        let more = try plan.moreDirectories.map { paths throws(CommandFailure) in
            try paths.map { path throws(CommandFailure) in try DataDirectory.prepare(path) }
        }
        let broker = try await start(directory, more)
        let servers = bootstrapServers(broker)
        guard plan.command.isEmpty else { return try await runCommand(servers) }
        let output = context.makeOutput(capacityBytes: 4096)
        for (name, value) in BrokerRun.variables("BOOTSTRAP_SERVERS", servers) {
            output.append("\(name)=\(value)\n")
        }
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

    /// `host:port,…` of the TCP listeners of each name, in a form that this machine can connect to.
    private func bootstrapServers(_ broker: Broker) -> [(listener: String, addresses: String)] {
        var names: [String] = []
        var addresses: [String: [String]] = [:]
        for (listener, bound) in zip(plan.listeners, broker.boundAddresses) {
            let address = "\(reachable(bound, listener.advertised ?? plan.advertised))"
            if addresses[listener.name] == nil { names.append(listener.name) }
            if addresses[listener.name]?.contains(address) == true { continue }
            addresses[listener.name, default: []].append(address)
        }
        return names.map { ($0, addresses[$0, default: []].joined(separator: ",")) }
    }

    private func reachable(
        _ bound: BrokerAddress, _ advertised: BrokerOptions.AdvertisedAddress?
    ) -> BrokerAddress {
        if let advertised, let port = advertised.port, port > 0 {
            return .tcp(host: advertised.host, port: port)
        }
        switch bound {
        case .tcp("0.0.0.0", let port): return .tcp(host: "127.0.0.1", port: port)
        case .tcp("::", let port): return .tcp(host: "::1", port: port)
        default: return bound
        }
    }

    /// The first listener's are what a client without further settings takes; the others have
    /// their listener's name behind.
    private static func variables(
        _ name: String, _ servers: [(listener: String, addresses: String)]
    ) -> [(name: String, value: String)] {
        servers.enumerated().map { index, server in
            (index == 0 ? name : "\(name)_\(server.listener)", server.addresses)
        }
    }

    private func runCommand(_ servers: [(listener: String, addresses: String)]) async throws {
        var environment = context.environment
        for name in ["SKAFKA_BOOTSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS"] {
            for (name, value) in BrokerRun.variables(name, servers) { environment[name] = value }
        }
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
