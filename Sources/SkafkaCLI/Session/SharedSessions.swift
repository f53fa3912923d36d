internal import KafkaClient

/// The connections of a shell: its commands come one after the other and find what an earlier one
/// opened, the embedded broker included.
///
/// One session for each way to reach a broker that was asked for, `maxCount` at most; they close
/// when the shell ends.
actor SharedSessions {
    /// What makes a connection another one.
    private struct Key: Hashable {
        var bootstrapServers: String?
        var dataDirectory: String?
        var settings: [String]
        var settingsFile: String?
        var profile: String?
        var timeoutMs: Int64
        var isQuiet: Bool
        var isVerbose: Bool

        init(_ options: GlobalOptions) {
            bootstrapServers = options.bootstrapServers
            dataDirectory = options.dataDirectory
            settings = options.settings
            settingsFile = options.settingsFile
            profile = options.profile
            timeoutMs = options.timeout.milliseconds
            isQuiet = options.quiet
            isVerbose = options.verbose
        }
    }

    private static let maxCount = 16

    /// The shell's own, so that what is opened outlives the command that wanted it.
    private let context: CommandContext
    /// The oldest first.
    private var sessions: [(key: Key, session: Task<Session, any Error>)] = []

    init(_ context: CommandContext) {
        self.context = context
    }

    /// The session for a command, with the command's own settings.
    ///
    /// - Throws: `CommandFailure`, `KafkaError`; the next command tries again.
    func session(_ options: GlobalOptions, _ settings: ClientSettings) async throws -> Session {
        let key = Key(options)
        let opening: Task<Session, any Error>
        if let known = sessions.first(where: { $0.key == key }) {
            opening = known.session
        } else {
            let context = context
            opening = Task { try await Session.make(options, settings, in: context) }
            if sessions.count == SharedSessions.maxCount {
                let oldest = sessions.removeFirst().session
                Task { try await oldest.value.client.close() }
            }
            sessions.append((key, opening))
        }
        do {
            let session = try await opening.value
            return Session(client: session.client, settings: settings, logger: session.logger)
        } catch {
            sessions.removeAll { $0.session == opening }
            throw error
        }
    }
}
