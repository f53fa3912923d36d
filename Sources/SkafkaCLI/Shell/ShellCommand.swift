internal import ArgumentParser

/// `skafka shell`
struct ShellCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", _superCommandName: "skafka",
        abstract: "The same commands, interactively, over one warm connection.",
        usage: "skafka shell [options] [-c 'COMMAND']",
        discussion: Help.examples(
            """
            skafka shell -b host:9092
            skafka shell -c 'topics create a; produce a f.txt'   two commands, then end
            skafka shell < commands.txt                          no prompt, ends at an error
            skafka> topics list | grep orders
            skafka> use orders
            skafka orders> consume -e > orders.txt
            """,
            """
            Commands stand without skafka. '…', "…" and \\ quote, ; separates, # begins a comment. \
            Behind a | stands what /bin/sh runs; > and >> write to a file, < reads one. Besides: \
            use TOPIC for produce, consume, offsets get and topics describe (use alone ends that), \
            help [COMMAND], exit or quit. Tab completes commands, options, topics, groups, \
            settings and files. Ctrl-C ends the command, Ctrl-D the shell. The options given here \
            hold for all commands.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        name: [.customShort("c", allowingJoined: true), .customLong("command")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Run this, ; or lines between commands, then end; repeatable.", valueName: "command"))
    var commands: [String] = []

    @Flag(help: "Go on after a command that failed.")
    var keepGoing = false

    func execute(in context: CommandContext) async throws {
        guard context.sessions == nil else { throw CommandFailure.usage("this is the shell") }
        try await ShellRun(self, context).run()
    }
}
