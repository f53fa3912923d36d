internal import Platform

/// A program run beside this one, with its streams.
final class ChildProcess: Sendable {
    static let interrupt = SIGINT
    /// How long it may take to end after a signal, in ms; it decides by itself, so that is long.
    static let patienceMs = 60_000

    private let identifier: pid_t

    /// Starts a program, looked up in PATH.
    ///
    /// - Parameter input: its standard input, in place of this process's.
    /// - Throws: `CommandFailure`.
    init(
        _ command: [String], environment: [String: String], input: Int32? = nil
    ) throws(CommandFailure) {
        let entries = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var child: pid_t = 0
        // The broker's sockets and the directory's lock must not live on in the child.
        ChildProcess.closeOnExec()
        let code = ChildProcess.withCStrings(command) { arguments in
            ChildProcess.withCStrings(entries) { environment in
                ChildProcess.withActions(input: input) { actions in
                    ChildProcess.spawn(&child, arguments, environment, actions: actions)
                }
            }
        }
        guard code == 0 else {
            // As a shell has it: not found is 127, not executable 126.
            throw CommandFailure(
                .other(code == ENOENT ? 127 : 126),
                "cannot run \(command[0]): \(systemErrorText(code))")
        }
        identifier = child
    }

    func send(_ signal: Int32) {
        kill(identifier, signal)
    }

    /// Waits for its end on a thread of its own.
    ///
    /// - Returns: its exit code, or 128 and the number of the signal that ended it.
    func wait() async -> Int32 {
        let identifier = identifier
        let status = try? await BlockingThread().run { () -> Int32 in
            var status: Int32 = 0
            while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
            return status
        }
        guard let status else { return 1 }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    private static func withActions(
        input: Int32?, _ body: (UnsafePointer<posix_spawn_file_actions_t>) -> Int32
    ) -> Int32 {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input { posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) }
        return body(&actions)
    }

    /// With no signal blocked and those as usual that this process ignores for itself.
    ///
    /// - Parameter actions: what is done to the child's streams first.
    static func spawn(
        _ child: inout pid_t, _ arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>,
        _ environment: UnsafePointer<UnsafeMutablePointer<CChar>?>,
        actions: UnsafePointer<posix_spawn_file_actions_t>? = nil
    ) -> Int32 {
        #if canImport(Darwin)
            var attributes: posix_spawnattr_t?
        #else
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for number in [SIGPIPE, SIGXFSZ, SIGTSTP] { sigaddset(&usual, number) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        let flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, flags)
        guard let program = arguments[0] else { return ENOENT }
        return posix_spawnp(&child, program, actions, &attributes, arguments, environment)
    }

    /// Keeps every descriptor but the standard streams from the child.
    static func closeOnExec() {
        guard let directory = opendir("/dev/fd") else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            guard let descriptor = Int32(name), descriptor > STDERR_FILENO else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    static func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var copies = texts.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeMutableBufferPointer { room in
            // Never empty: the closing nil is always there.
            body(UnsafePointer(room.baseAddress.unsafelyUnwrapped))
        }
    }
}
