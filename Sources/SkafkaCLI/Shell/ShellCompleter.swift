internal import ArgumentParser

/// Tab in the shell: the completion of lines, with the shell's own connections as its source of
/// live names.
struct ShellCompleter: Sendable {
    private let options: GlobalOptions
    private let context: CommandContext

    /// - Parameter context: the shell's, with its shared sessions.
    init(_ options: GlobalOptions, _ context: CommandContext) {
        self.options = options
        self.context = context
    }

    /// Blocks the thread, for `LiveQuery.timeLimitMs` at most.
    ///
    /// - Parameter line: up to the cursor.
    func complete(_ line: [UInt8]) -> LineCompletion.Result {
        let sources = LineCompletion.Sources(
            live: { names(for: $0) },
            files: { FileNames.beginning(with: $0, directoriesOnly: $1) })
        let completion = LineCompletion(tree: .skafka, sources: sources)
        return completion.complete(line, home: context.environment["HOME"])
    }

    /// What the closure of the definition gives. The parser calls it when it is asked as a shell's
    /// script asks, and answers with an error that holds the names.
    private func names(for request: LineCompletion.LiveRequest) -> [String] {
        let own = options.words(besides: GlobalOptionHoisting.namesBroker(request.words))
        let words = ["skafka"] + own + request.path + request.words
        let question =
            ["---completion"] + request.path + ["--", request.argument, "\(words.count - 1)"]
            + ["\(request.prefix.count)"] + words
        return LiveNames.$shell.withValue(context) {
            do {
                _ = try Skafka.parseAsRoot(question)
                return []
            } catch {
                guard Skafka.exitCode(for: error).isSuccess else { return [] }
                return Skafka.message(for: error).split(separator: "\n").map(String.init)
            }
        }
    }
}
