internal import KafkaClient

extension ClientSettings {
    /// What the `-F` file and the `-X` arguments say; `timeout` too.
    ///
    /// - Throws: `CommandFailure`, for a file with its name and line.
    static func load(_ options: GlobalOptions) throws(CommandFailure) -> ClientSettings {
        var settings = ClientSettings()
        settings.client.timeoutMs = max(1, options.timeout.clampedMilliseconds)
        settings.client.clientID = "skafka"
        if let path = options.settingsFile { try settings.apply(file: path) }
        for argument in options.settings { try settings.apply(argument: argument) }
        // Connecting must not take longer than the whole may.
        settings.client.connectTimeoutMs = min(
            settings.client.connectTimeoutMs, settings.client.timeoutMs)
        return settings
    }

    /// Applies a `.properties` file.
    mutating func apply(file path: String) throws(CommandFailure) {
        for entry in try PropertiesFile.load(path) {
            do {
                try apply(entry.key, entry.value)
            } catch {
                throw CommandFailure(error.status, "\(path):\(entry.line): \(error.message)")
            }
        }
    }
}

extension PropertiesFile {
    /// The largest file that is read, in bytes.
    private static let maxBytes = 16 << 20

    /// Reads and parses a file.
    static func load(_ path: String) throws(CommandFailure) -> [Entry] {
        let bytes: [UInt8]
        do {
            bytes = try FileContents.read(path, maxBytes: maxBytes)
        } catch {
            throw .failed("cannot read \(path): \(error.reason)")
        }
        switch parse(String(decoding: bytes, as: UTF8.self)) {
        case .success(let entries): return entries
        case .failure(let error): throw .usage("\(path):\(error.line): \(error.reason)")
        }
    }
}
