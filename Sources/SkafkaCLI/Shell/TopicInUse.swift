/// The topic that `use` chose, given to commands that were called without one.
enum TopicInUse {
    /// The commands that take it. None of them takes anything away.
    private static let commands: Set<[String]> = [
        ["produce"], ["consume"], ["offsets", "get"], ["topics", "describe"],
    ]

    /// - Parameter words: a command without `skafka`.
    /// - Returns: the words with the topic where one is missing.
    static func complete(_ words: [String], with topic: String, in tree: CommandTree) -> [String] {
        let (command, rest) = tree.command(of: words[...])
        guard commands.contains(command.path) else { return words }
        let walk = ArgumentWalk(rest, of: command)
        let asksForHelp = walk.given.contains { $0 == "--help" || $0 == "-h" || $0 == "--version" }
        guard walk.positionalCount == 0, !walk.given.contains("--topic"),
            !walk.given.contains("-t"), !asksForHelp
        else { return words }
        return command.path + ["--topic", topic] + rest
    }
}
