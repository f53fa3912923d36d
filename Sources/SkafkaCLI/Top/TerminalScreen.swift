internal import NIOConcurrencyHelpers
internal import Synchronization
internal import Platform

/// A whole terminal for one command: the alternate screen, keys one by one, changes of its size.
///
/// `enter` takes it and `leave` gives it back as it was; any thread may call `leave`, more than
/// once, and it must be called however the command ends. `readKeys` blocks and belongs to a thread
/// of its own. One at a time in a process.
final class TerminalScreen: Sendable {
    enum Input: Sendable {
        case keys([TopKey])
        case resized
        /// Somebody called `leave`, or the terminal is gone.
        case ended
    }

    private let input: Int32
    private let output: Int32
    /// What the terminal was set to; nil while it is not taken.
    private let saved = NIOLockedValueBox<termios?>(nil)
    private let pipeEnds: (read: Int32, write: Int32)

    /// - Throws: `CommandFailure` when no descriptors are left.
    init(input: Int32, output: Int32) throws(CommandFailure) {
        self.input = input
        self.output = output
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .failed("cannot make a pipe: \(systemErrorText(errno))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        pipeEnds = (ends[0], ends[1])
    }

    deinit {
        close(pipeEnds.read)
        close(pipeEnds.write)
    }

    // MARK: Taking and giving back

    /// - Throws: `CommandFailure` when it is no terminal.
    func enter() throws(CommandFailure) {
        var settings = termios()
        guard tcgetattr(input, &settings) == 0 else {
            throw .failed("cannot set up the terminal: \(systemErrorText(errno))")
        }
        let before = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
        settings.c_iflag &= ~tcflag_t(IXON | ICRNL)
        // Interrupts stay signals; the keys that would leave a half-drawn screen behind do nothing.
        withUnsafeMutableBytes(of: &settings.c_cc) { keys in
            keys[Int(VSUSP)] = 0
            keys[Int(VQUIT)] = 0
            keys[Int(VMIN)] = 1
            keys[Int(VTIME)] = 0
        }
        saved.withLockedValue { $0 = before }
        guard tcsetattr(input, TCSADRAIN, &settings) == 0 else {
            throw .failed("cannot set up the terminal: \(systemErrorText(errno))")
        }
        resizeEnd.store(pipeEnds.write, ordering: .relaxed)
        signal(SIGWINCH) { _ in
            let error = errno
            var byte = Wake.resized.rawValue
            _ = write(resizeEnd.load(ordering: .relaxed), &byte, 1)
            errno = error
        }
        put("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    }

    func leave() {
        saved.withLockedValue { saved in
            guard var settings = saved else { return }
            saved = nil
            signal(SIGWINCH, SIG_DFL)
            put("\u{1B}[?25h\u{1B}[?1049l")
            tcsetattr(input, TCSADRAIN, &settings)
            var byte = Wake.ended.rawValue
            _ = write(pipeEnds.write, &byte, 1)
        }
    }

    /// Runs the body, which draws, unless the terminal was given back.
    func draw(_ body: () throws -> Void) rethrows {
        try saved.withLockedValue { saved in
            if saved != nil { try body() }
        }
    }

    /// Where it cannot be written, the terminal is gone.
    private func put(_ text: String) {
        ErrorStream(descriptor: output).put(text)
    }

    // MARK: Using it

    /// As the terminal tells; 80 by 24 where it does not.
    var size: TopLayout.Size {
        let (columns, rows) = TerminalSize.of(output) ?? (columns: 80, rows: 24)
        return TopLayout.Size(columns: columns, rows: rows)
    }

    private enum Wake: UInt8 {
        case resized, ended
    }

    /// Waits for the next input.
    func read() -> Input {
        while true {
            var entries = [
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: pipeEnds.read, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 2, -1) > 0 else {
                if errno == EINTR { continue }
                return .ended
            }
            if entries[1].revents != 0 {
                let bytes = read(pipeEnds.read)
                return bytes.contains(Wake.ended.rawValue) ? .ended : .resized
            }
            let bytes = read(input)
            return bytes.isEmpty ? .ended : .keys(TopKey.decode(bytes))
        }
    }

    private func read(_ descriptor: Int32) -> [UInt8] {
        var room = [UInt8](repeating: 0, count: 256)
        let count = Platform.read(descriptor, &room, room.count)
        return Array(room.prefix(max(0, count)))
    }
}

/// Where the handler of SIGWINCH tells of it; a handler knows nothing but globals.
private let resizeEnd = Atomic<Int32>(-1)
