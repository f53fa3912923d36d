internal import ArgumentParser
internal import KafkaBroker
internal import KafkaClient
internal import KafkaTransport
internal import Logging
internal import NIOConcurrencyHelpers

/// Asks the cluster that a half-typed command line means for names.
///
/// Never becomes the host of an embedded broker: where none runs, the directory's own entries say
/// what topics there are.
struct LiveQuery {
    /// Longer nobody waits for Tab, in ms.
    static let timeLimitMs = 1000

    private let options: GlobalOptions?
    private let context: CommandContext

    /// - Parameters:
    ///   - words: of the command line; as they were typed, where another shell asks.
    ///   - index: the one that is not finished yet.
    init(_ words: [String], without index: Int) {
        var words = words
        if words.indices.contains(index) { words.remove(at: index) }
        if let shell = LiveNames.shell {
            context = shell
        } else {
            context = CommandContext(environment: CommandContext.processEnvironment())
            words = words.map(LiveQuery.unquoted)
        }
        options = try? GlobalOptions.parse(GlobalOptionHoisting.brokerWords(in: words))
    }

    func topics() -> [String] {
        if let directory = idleDirectory { return LiveQuery.topics(in: directory) }
        return ask { client in try await client.listTopics().map(\.name) }
    }

    func groups() -> [String] {
        if idleDirectory != nil { return [] }
        return ask { client in try await client.listGroups().groups.map(\.groupID) }
    }

    private static func unquoted(_ word: String) -> String {
        var lexer = ShellLexer(Array(word.utf8))
        guard case .word(let word)? = lexer.next() else { return "" }
        return word.text
    }

    /// The directory of an embedded broker that nobody hosts.
    private var idleDirectory: String? {
        guard case .embedded(let directory, _)? = target,
            !SocketProbe.isListening(path: EmbeddedBroker.socketPath(dataDirectory: directory))
        else { return nil }
        return directory
    }

    private var target: BrokerTarget? {
        guard let options, let settings = try? ClientSettings.load(options) else { return nil }
        return try? BrokerTarget(options, settings, environment: context.environment)
    }

    /// The topics whose partitions lie in a directory.
    private static func topics(in directory: String) -> [String] {
        let names = FileNames.beginning(with: directory + "/", directoriesOnly: true).compactMap {
            path -> String? in
            let name = path.dropFirst(directory.utf8.count + 1).dropLast()
            guard let dash = name.lastIndex(of: "-"), dash != name.startIndex,
                Int32(name[name.index(after: dash)...]) != nil
            else { return nil }
            return String(name[..<dash])
        }
        return Set(names).sorted()
    }

    private func ask(
        _ question: @escaping @Sendable (KafkaClient) async throws -> [String]
    ) -> [String] {
        guard let options else { return [] }
        let context = context
        return LiveQuery.wait { () -> [String] in
            guard let client = try? await LiveQuery.client(options, context) else { return [] }
            return (try? await question(client)) ?? []
        }
    }

    private static func client(
        _ options: GlobalOptions, _ context: CommandContext
    ) async throws -> KafkaClient {
        var settings = try ClientSettings.load(options)
        if let sessions = context.sessions {
            return try await sessions.session(options, settings).client
        }
        settings.client.timeoutMs = min(settings.client.timeoutMs, timeLimitMs)
        settings.client.connectTimeoutMs = min(settings.client.connectTimeoutMs, timeLimitMs)
        switch try BrokerTarget(options, settings, environment: context.environment) {
        case .cluster(let addresses): settings.client.bootstrapServers = addresses
        case .embedded(let directory, _):
            let path = EmbeddedBroker.socketPath(dataDirectory: directory)
            settings.client.bootstrapServers = [.unix(path: path)]
        }
        return KafkaClient(
            configuration: settings.client, group: context.clientLoop.eventLoop,
            logger: Logger(label: "skafka") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Blocks the thread until the names are there or the time is up.
    private static func wait(_ body: @escaping @Sendable () async -> [String]) -> [String] {
        let isDone = ConditionLock(value: false)
        let names = NIOLockedValueBox<[String]>([])
        let task = Task.detached {
            let found = await body()
            isDone.lock()
            names.withLockedValue { $0 = found }
            isDone.unlock(withValue: true)
        }
        if isDone.lock(whenValue: true, timeoutSeconds: Double(timeLimitMs) / 1000) {
            isDone.unlock()
        } else {
            task.cancel()
        }
        return names.withLockedValue { $0 }
    }
}
