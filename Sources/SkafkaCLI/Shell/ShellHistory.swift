internal import KafkaBase
internal import Platform

/// The lines typed in shells, in a file of mode 0600. Several shells may append at a time.
///
/// Read whole at the start, cut to `maxLines` when it has grown to twice that; a line is appended
/// with one write(2) as soon as it was typed. Where the file cannot be used there is no history,
/// and nobody is bothered.
struct ShellHistory: Sendable {
    static let maxLines = 2000
    private static let maxBytes = 8 << 20
    private static let mode: mode_t = 0o600

    private let path: String?

    /// `${XDG_STATE_HOME:-~/.local/state}/skafka/history`
    init(environment: [String: String]) {
        let directory: String?
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            directory = state + "/skafka"
        } else {
            directory = environment["HOME"].flatMap { home in
                home.isEmpty ? nil : home + "/.local/state/skafka"
            }
        }
        path = directory.flatMap { try? DataDirectory.prepare($0) }.map { $0 + "/history" }
    }

    /// The last lines, the oldest first.
    func load() -> [String] {
        guard let path,
            let bytes = try? FileContents.read(path, maxBytes: ShellHistory.maxBytes)
        else { return [] }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let kept = lines.suffix(ShellHistory.maxLines)
        if lines.count > 2 * ShellHistory.maxLines { rewrite(path, kept) }
        return kept.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Notes a line, which has no line end in it.
    func append(_ line: String) {
        guard let path else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, ShellHistory.mode)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // One that was made by hand may be readable by others.
        fchmod(descriptor, ShellHistory.mode)
        ErrorStream(descriptor: descriptor).line(line)
    }

    private func rewrite(_ path: String, _ lines: ArraySlice<ArraySlice<UInt8>>) {
        let temporary = "\(path).\(getpid())"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = open(temporary, flags, ShellHistory.mode)
        guard descriptor >= 0 else { return }
        let output = OutputBuffer(descriptor: descriptor, capacityBytes: 64 << 10)
        for line in lines { line.withUnsafeBytes { output.append($0, then: UInt8(ascii: "\n")) } }
        let isWritten = (try? output.flush()) != nil
        close(descriptor)
        if !isWritten || rename(temporary, path) != 0 { unlink(temporary) }
    }

    /// Whether a line may be written down: one with a secret, or one that begins with a blank, is
    /// not. A setting whose value only says where the secret lies is none.
    static func keeps(_ line: String) -> Bool {
        guard let first = line.first, first != " ", first != "\t" else { return false }
        var isSecret = false
        for (index, character) in zip(line.indices, line) where character == "=" {
            let name = String(String(line[..<index].reversed().prefix(while: isOfName)).reversed())
            isSecret = isSecret || ClientSettings.byName[name]?.isSecret == true
        }
        if isSecret { return false }
        let text = line.lowercased()
        for word in secretWords {
            var rest = text[...]
            while let found = rest.firstRange(of: word) {
                rest = rest[found.upperBound...]
                let isPlace = places.contains { rest.hasPrefix($0) }
                if !isPlace { return false }
            }
        }
        return true
    }

    private static func isOfName(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || ".-_".contains(character))
    }

    private static let secretWords = ["password", "passphrase", "secret", "jaas", "token="]
    private static let places = [".file=", ".location="]
}
