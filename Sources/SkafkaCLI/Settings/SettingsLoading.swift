internal import KafkaBase
internal import KafkaClient
internal import Platform

/// Where a setting was read, which decides what is said about it.
enum SettingSource: Equatable, Sendable {
    case argument
    case file(String)
}

extension ClientSettings {
    /// What the profile, the `-F` file and the `-X` arguments say; `timeout` too.
    ///
    /// - Parameter variable: of the environment: where the profiles are.
    /// - Throws: `CommandFailure`, for a file with its name and line.
    static func load(
        _ options: GlobalOptions, variable: (String) -> String? = ClientSettings.variable
    ) throws(CommandFailure) -> ClientSettings {
        var settings = ClientSettings()
        settings.client.timeoutMs = max(1, options.timeout.clampedMilliseconds)
        settings.client.clientID = "skafka"
        try settings.applyProfile(options.profile, variable)
        if let path = options.settingsFile {
            try settings.apply(try PropertiesFile.load(path), of: path)
        }
        for argument in options.settings { try settings.apply(argument: argument) }
        settings.client.security = try settings.security.clientSecurity()
        if let contradiction = settings.security.contradiction {
            settings.notes.append(SettingNote(isWarning: true, text: contradiction))
        }
        // Connecting must not take longer than the whole may.
        settings.client.connectTimeoutMs = min(
            settings.client.connectTimeoutMs, settings.client.timeoutMs)
        return settings
    }

    /// Applies a profile. Its brokers are kept apart: the environment's go before them.
    private mutating func applyProfile(
        _ name: String?, _ variable: (String) -> String?
    ) throws(CommandFailure) {
        guard let path = ProfileFile.usualPath(variable) else {
            guard let name else { return }
            throw .usage("no profile \(name): neither XDG_CONFIG_HOME nor HOME is set")
        }
        guard access(path, F_OK) == 0 else {
            guard let name else { return }
            throw .usage("no profile \(name): there is no \(path); write [\(name)] and settings")
        }
        let profiles = try ProfileFile(try PropertiesFile.text(of: path), path: path)
        guard name != nil || profiles.hasDefault else { return }
        try apply(try profiles.entries(of: name ?? ProfileFile.defaultName), of: path)
        profileServers = bootstrapServers
        bootstrapServers = nil
    }

    /// Applies what a file says.
    private mutating func apply(
        _ entries: [PropertiesFile.Entry], of path: String
    ) throws(CommandFailure) {
        var hasSecret = false
        for entry in entries {
            do {
                try apply(entry.key, entry.value, from: .file("\(path):\(entry.line)"))
            } catch {
                throw CommandFailure(error.status, "\(path):\(entry.line): \(error.message)")
            }
            hasSecret = hasSecret || ClientSettings.byName[entry.key]?.isSecret == true
        }
        if hasSecret, ClientSettings.isReadableByOthers(path) {
            notes.append(
                SettingNote(
                    isWarning: true,
                    text: "\(path) holds a secret and others can read it; chmod 600 \(path)"))
        }
    }

    private static func isReadableByOthers(_ path: String) -> Bool {
        var status = stat()
        // A pipe or the like (`-F <(pass show kafka)`) is nobody else's.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return status.st_mode & (S_IRGRP | S_IROTH) != 0
    }

    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

extension PropertiesFile {
    /// The largest file that is read, in bytes.
    private static let maxBytes = 16 << 20

    static func text(of path: String) throws(CommandFailure) -> String {
        do {
            return String(
                decoding: try FileContents.read(path, maxBytes: maxBytes), as: UTF8.self)
        } catch {
            throw .failed("cannot read \(path): \(error.reason)")
        }
    }

    /// Reads and parses a file.
    static func load(_ path: String) throws(CommandFailure) -> [Entry] {
        switch parse(try text(of: path)) {
        case .success(let entries): return entries
        case .failure(let error): throw .usage("\(path):\(error.line): \(error.reason)")
        }
    }
}
