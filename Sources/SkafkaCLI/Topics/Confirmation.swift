/// Asks before something is deleted, or may be lost.
struct Confirmation {
    /// `--yes`
    let isGiven: Bool
    let context: CommandContext

    /// - Parameters:
    ///   - question: as `delete topic orders`.
    ///   - elsewhere: what stands against it where nobody can be asked; nil for nothing.
    /// - Throws: `CommandFailure` when it is not to be done.
    func ask(_ question: String, elsewhere: String? = nil) throws(CommandFailure) {
        if isGiven { return }
        guard context.isInputTerminal, context.isErrorTerminal else {
            if let elsewhere { throw .usage(elsewhere) }
            return
        }
        context.note("\(question)? [y/N]")
        guard ["y", "yes"].contains(try context.readTerminalLine().lowercased()) else {
            throw .failed("nothing was done")
        }
    }
}
