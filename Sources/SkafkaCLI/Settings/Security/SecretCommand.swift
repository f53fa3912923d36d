internal import KafkaBase
internal import KafkaSecurity
internal import Platform

/// Runs a command whose output is a secret: `pass show kafka`, `oc whoami -t`. Blocks.
///
/// Standard input is empty, standard error is this process's. Bounded in time and output.
struct SecretCommand: Sendable {
    private static let maxBytes = 64 << 10

    let command: String
    /// The setting that names it, for messages; the command itself may hold secrets.
    let setting: String
    var timeoutMs = 30_000

    /// - Throws: `SecretError`. Its message holds nothing of the output.
    func run() throws(SecretError) -> Secret {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw failure(systemErrorText(errno)) }
        defer { close(ends[0]) }
        let child = start(output: ends[1])
        close(ends[1])
        guard case .success(let identifier) = child else { throw failure("cannot run sh") }
        let output = output(of: ends[0])
        if output == nil { kill(identifier, SIGKILL) }
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        guard let output else {
            throw failure("did not end within \(timeoutMs) ms, or wrote more than a secret has")
        }
        guard status == 0 else {
            let signal = status & 0x7F
            throw failure(
                signal == 0
                    ? "ended with exit status \((status >> 8) & 0xFF)"
                    : "was ended by signal \(signal)")
        }
        return try SecretText.secret(output, from: setting)
    }

    private func failure(_ reason: String) -> SecretError {
        SecretError(.failed, "\(setting) \(reason)")
    }

    private func start(output: Int32) -> Result<pid_t, Errno> {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        var child: pid_t = 0
        ChildProcess.closeOnExec()
        let code = ChildProcess.withCStrings(["sh", "-c", command]) { arguments in
            ChildProcess.spawn(&child, arguments, UnsafePointer(environ), actions: &actions)
        }
        return code == 0 ? .success(child) : .failure(Errno(code: code))
    }

    private struct Errno: Error {
        var code: Int32
    }

    /// - Returns: nil when it takes too long or there is too much.
    private func output(of descriptor: Int32) -> [UInt8]? {
        let deadline = ContinuousClock.now + .milliseconds(timeoutMs)
        var output: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 4096)
        while output.count <= Self.maxBytes {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { return nil }
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, Int32(min(left + 1, 60_000))) > 0 else { continue }
            let count = read(descriptor, &room, room.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return output }
            output += room[..<count]
        }
        return nil
    }
}

/// A secret as a file or a command gives it: text, without the newline at its end.
enum SecretText {
    /// The largest file that is read for a secret, in bytes.
    private static let maxFileBytes = 64 << 10

    /// - Parameter setting: that led here, for messages.
    static func secret(_ bytes: [UInt8], from setting: String) throws(SecretError) -> Secret {
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw SecretError(.unusable, "\(setting) gave bytes that are no UTF-8 text")
        }
        if text.hasSuffix("\n") || text.hasSuffix("\r\n") { text.removeLast() }
        guard !text.isEmpty else { throw SecretError(.unusable, "\(setting) gave nothing") }
        return Secret(text)
    }

    static func read(_ path: String, for setting: String) throws(SecretError) -> Secret {
        let bytes: [UInt8]
        do {
            bytes = try FileContents.read(path, maxBytes: maxFileBytes)
        } catch {
            throw SecretError(.unusable, "\(setting): cannot read \(path): \(error.reason)")
        }
        return try secret(bytes, from: "\(setting): \(path)")
    }
}
