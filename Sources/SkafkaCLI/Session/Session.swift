internal import KafkaClient
internal import KafkaTransport
internal import Logging

/// A command's connection to its broker: the client, and the embedded broker where that is used.
///
/// An embedded broker closes by itself when the command ends (`CommandContext.closing`), after the
/// client that talks to it. A client of other brokers ends with the process.
struct Session: Sendable {
    let client: KafkaClient
    let settings: ClientSettings
    let logger: Logger

    /// Finds the broker, or becomes it, and makes the client. A cluster is not asked yet. A shell's
    /// commands share what the first of them opened.
    ///
    /// - Throws: `CommandFailure`.
    static func open(
        _ options: GlobalOptions, _ settings: ClientSettings, in context: CommandContext
    ) async throws -> Session {
        if let shared = context.sessions { return try await shared.session(options, settings) }
        return try await make(options, settings, in: context)
    }

    static func make(
        _ options: GlobalOptions, _ settings: ClientSettings, in context: CommandContext
    ) async throws -> Session {
        let target = try BrokerTarget(options, settings, environment: context.environment)
        let logger = context.makeLogger(options)
        for note in settings.notes {
            logger.log(level: note.isWarning ? .warning : .debug, "\(note.text)")
        }
        var configuration = settings.client
        switch target {
        case .cluster(let addresses): configuration.bootstrapServers = addresses
        case .embedded(let directory, let isDefault):
            if isDefault, !options.quiet {
                context.complain("using the embedded broker on \(directory); -b or -d for another")
            }
            let host = try await openHost(directory, settings, logger, context)
            configuration.bootstrapServers = [.unix(path: host.socketPath)]
            configuration.beforeConnect = { try await host.ensure() }
        }
        let client = KafkaClient(
            configuration: configuration, group: context.clientLoop.eventLoop, logger: logger)
        if case .embedded = target { context.closing.add { await client.close() } }
        return Session(client: client, settings: settings, logger: logger)
    }

    private static func openHost(
        _ directory: String, _ settings: ClientSettings, _ logger: Logger,
        _ context: CommandContext
    ) async throws -> EmbeddedHost {
        let absolute = try DataDirectory.prepare(directory)
        let host = EmbeddedHost(directory: absolute, logger: logger)
        context.closing.add { await host.close() }
        do {
            try await host.ensure(timeoutMs: settings.client.timeoutMs)
        } catch let busy as EmbeddedHost.DirectoryBusy {
            throw CommandFailure(.unreachable, "\(busy)")
        }
        return host
    }
}
