internal import ArgumentParser
internal import Platform

/// `skafka generate-docs`, which `make docs` calls: writes the files that come from the commands'
/// definition. Not shown.
struct GenerateDocsCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-docs", _superCommandName: "skafka",
        abstract: "Write completion scripts and manual pages.",
        usage: "skafka generate-docs DIR",
        discussion: Help.examples("skafka generate-docs .    completions/ and man/"),
        shouldDisplay: false)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: "Where completions/ and man/ lie.", completion: .directory)
    var directory: String

    func execute(in context: CommandContext) async throws {
        for document in GeneratedDocument.all {
            try write(document.text, to: "\(directory)/\(document.path)")
        }
    }

    private func write(_ text: String, to path: String) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .failed("cannot write \(path): \(systemErrorText(errno))")
        }
        defer { close(descriptor) }
        let output = OutputBuffer(descriptor: descriptor, capacityBytes: 64 << 10)
        output.append(text)
        do throws(OutputError) {
            try output.flush()
        } catch {
            throw .failed("cannot write \(path): \(error)")
        }
    }
}

/// A file of the repository that comes from the definition of the commands.
struct GeneratedDocument: Sendable {
    /// Under the repository's root.
    var path: String
    var text: String

    static var all: [GeneratedDocument] {
        let scripts: [(CompletionShell, String)] = [
            (.bash, "skafka.bash"), (.zsh, "_skafka"), (.fish, "skafka.fish"),
        ]
        let completions = scripts.map { shell, name in
            GeneratedDocument(
                path: "completions/\(name)", text: Skafka.completionScript(for: shell) + "\n")
        }
        return completions
            + ManualPage.all(of: .skafka).map {
                GeneratedDocument(path: "man/\($0.name).1", text: $0.rendered())
            }
    }
}
