internal import ArgumentParser

/// The groups of a command: arguments and `--group` mean the same.
struct GroupArguments: ParsableArguments {
    @Option(
        name: [.customShort("g", allowingJoined: true), .customLong("group")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A group, as the arguments are; repeatable.", valueName: "group"),
        completion: .groups)
    var options: [String] = []

    @Argument(help: ArgumentHelp("The groups.", valueName: "group"), completion: .groups)
    var arguments: [String] = []

    /// Each name once, in order.
    var names: [String] {
        var seen: Set<String> = []
        return (options + arguments).filter { seen.insert($0).inserted }
    }

    /// - Parameters:
    ///   - all: whether the command is told to take all groups.
    ///   - flag: what it is told that by; nil where it cannot be.
    /// - Throws: `CommandFailure` when there are none, or names beside all.
    func required(
        by command: String, or all: Bool = false, _ flag: String? = nil
    ) throws(CommandFailure) -> [String] {
        guard !names.contains("") else { throw .usage("a group's name is not empty") }
        if all {
            guard names.isEmpty else {
                throw .usage("\(flag ?? "all groups") and groups by name exclude each other")
            }
            return []
        }
        guard !names.isEmpty else {
            let others = flag.map { " and no \($0)" } ?? ""
            throw .usage("no group given\(others); see 'skafka \(command) --help'")
        }
        return names
    }
}
