@preconcurrency internal import CReadline
internal import NIOConcurrencyHelpers
internal import Platform

/// GNU readline on a terminal, with a history of its own.
///
/// Readline's state is the process's: one `readLine` at a time in the whole program, on a thread
/// that may block. Nothing of readline runs before the first of them. `interrupt`, `end` and
/// `restore` may come from any thread.
final class LineEditor: @unchecked Sendable {
    enum Line: Equatable {
        case text(String)
        /// Ctrl-D.
        case ended
        /// Somebody called `interrupt` or `end`: what was typed is gone.
        case interrupted
    }

    /// What Tab offers for the line up to the cursor.
    typealias Completer = (_ line: [UInt8]) -> LineCompletion.Result

    private let inputDescriptor: Int32
    private let input: UnsafeMutablePointer<FILE>
    private let output: UnsafeMutablePointer<FILE>
    private let completer: Completer?
    private let wake: WakePipe
    private let isEditing = NIOLockedValueBox(false)
    /// Its own lines while another editor has readline.
    private var history: UnsafeMutablePointer<HISTORY_STATE>?

    /// Lines that Up brings back.
    private static let maxHistory: Int32 = 2000

    /// - Parameter completer: nil for a Tab that is a Tab.
    /// - Throws: `CommandFailure` when no descriptors are left.
    init(_ context: CommandContext, completer: Completer?) throws(CommandFailure) {
        wake = try WakePipe()
        input = try LineEditor.stream(context.inputDescriptor, "r")
        output = try LineEditor.stream(context.errorDescriptor, "w")
        self.completer = completer
        inputDescriptor = context.inputDescriptor
    }

    deinit {
        fclose(input)
        fclose(output)
    }

    private static func stream(
        _ descriptor: Int32, _ mode: String
    ) throws(CommandFailure) -> UnsafeMutablePointer<FILE> {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0, let stream = fdopen(copy, mode) else {
            throw .failed("cannot use the terminal: \(systemErrorText(errno))")
        }
        return stream
    }

    /// Adds lines to what Up brings back.
    func remember(_ lines: some Sequence<String>) {
        swapHistory()
        for line in lines { add_history(line) }
        swapHistory()
    }

    /// Reads a line; blocks the thread.
    func readLine(_ prompt: String) -> Line {
        setUp()
        swapHistory()
        // Stopped, the program would leave the terminal as readline wants it.
        let stopping = signal(SIGTSTP, SIG_IGN)
        isEditing.withLockedValue { $0 = true }
        ReadlineState.line = nil
        rl_callback_handler_install(prompt, ReadlineState.take)
        while ReadlineState.line == nil {
            switch wake.wait(for: inputDescriptor, timeoutMs: -1) {
            case .readable: rl_callback_read_char()
            case .woken: abandon()
            case .timedOut: break
            }
        }
        isEditing.withLockedValue { $0 = false }
        _ = signal(SIGTSTP, stopping)
        if ReadlineState.line == .ended { endLine() }
        swapHistory()
        ReadlineState.completer = nil
        return ReadlineState.line ?? .ended
    }

    /// Drops what is being typed, if anything is.
    func interrupt() {
        if isEditing.withLockedValue({ $0 }) { wake.wake() }
    }

    /// Likewise, but ends the next `readLine` too when none is under way: its owner is done.
    func end() {
        wake.wake()
    }

    /// Gives the terminal back as it was, for a process that ends while a line is read.
    func restore() {
        if isEditing.withLockedValue({ $0 }) { rl_deprep_terminal() }
    }

    private func setUp() {
        ReadlineState.setUp()
        rl_instream = input
        rl_outstream = output
        ReadlineState.completer = completer
        // Without names to offer, Tab is a character of the line.
        let tab = Int32(UInt8(ascii: "\t"))
        if completer == nil { rl_bind_key(tab, rl_insert) } else { rl_bind_key(tab, rl_complete) }
    }

    /// Leaves the prompt's line after Ctrl-D, as readline itself does where pastes are bracketed.
    private func endLine() {
        rl_eof_found = 0
        let setting = rl_variable_value("enable-bracketed-paste").map { String(cString: $0) }
        guard setting != "on" else { return }
        fputs("\n", output)
        fflush(output)
    }

    /// Makes readline's history this editor's, or takes it away again.
    private func swapHistory() {
        let other = history_get_history_state()
        if let history {
            history_set_history_state(history)
            free(history)
        } else {
            var empty = HISTORY_STATE()
            history_set_history_state(&empty)
            stifle_history(LineEditor.maxHistory)
        }
        history = other
    }

    private func abandon() {
        wake.reset()
        rl_point = rl_end
        rl_redisplay()
        fputs("^C\n", output)
        fflush(output)
        rl_callback_sigcleanup()
        rl_free_line_state()
        rl_callback_handler_remove()
        ReadlineState.line = .interrupted
    }
}

/// Readline's global state, and what its callbacks leave behind. Touched only from the thread in
/// `LineEditor.readLine`.
private enum ReadlineState {
    nonisolated(unsafe) static var line: LineEditor.Line?
    nonisolated(unsafe) static var completer: LineEditor.Completer?
    nonisolated(unsafe) private static var isSetUp = false

    static func setUp() {
        guard !isSetUp else { return }
        isSetUp = true
        // For `$if skafka` in an inputrc; never freed, as readline keeps it.
        rl_readline_name = UnsafePointer(strdup("skafka"))
        // Signals are the main thread's.
        rl_catch_signals = 0
        rl_completer_word_break_characters = UnsafePointer(strdup(" \t\n;|<>"))
        rl_completer_quote_characters = UnsafePointer(strdup("'\""))
        rl_char_is_quoted_p = { text, index in
            guard let text, index > 0 else { return 0 }
            var slashes: Int32 = 0
            while slashes < index, text[Int(index - 1 - slashes)] == CChar(bitPattern: 0x5C) {
                slashes += 1
            }
            return slashes % 2
        }
        rl_completion_display_matches_hook = { matches, count, longest in
            CandidateList.show(matches, count, longest: longest)
        }
        rl_attempted_completion_function = { _, start, end in
            ReadlineState.complete(start, end)
        }
    }

    /// Takes a line that was typed; null at Ctrl-D.
    static let take: @convention(c) (UnsafeMutablePointer<CChar>?) -> Void = { text in
        rl_callback_handler_remove()
        line = text.map { .text(String(cString: $0)) } ?? .ended
        free(text)
    }

    /// The candidates for readline's word, which begins at `start`: their common beginning, then
    /// each of them. Its own word may begin behind a quote, so what stands before is left out.
    private static func complete(
        _ start: Int32, _ end: Int32
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
        // Never its own file names.
        rl_attempted_completion_over = 1
        guard let completer, let buffer = rl_line_buffer else { return nil }
        let line = (0..<Int(end)).map { UInt8(bitPattern: buffer[$0]) }
        let result = completer(line)
        var words = result.insertions(behind: Int(start), of: line)
        guard !words.isEmpty else { return nil }
        if words.count > 1 { words.insert(LineCompletion.commonBeginning(of: words), at: 0) }
        let isOpenEnded = words.count == 1 && (words[0].last == 0x2F || words[0].last == 0x3D)
        rl_completion_append_character = isOpenEnded ? 0 : Int32(UInt8(ascii: " "))
        let size = (words.count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
        guard let room = malloc(size) else { return nil }
        let matches = room.bindMemory(
            to: UnsafeMutablePointer<CChar>?.self, capacity: words.count + 1)
        for (index, word) in words.enumerated() {
            matches[index] = strdup(String(decoding: word, as: UTF8.self))
        }
        matches[words.count] = nil
        return matches
    }
}
