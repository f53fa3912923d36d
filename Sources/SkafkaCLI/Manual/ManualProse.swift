/// What the manual says besides the definition of the commands.
enum ManualProse {
    /// Of the last change to what the pages say.
    static let date = "November 26, 2026"

    private static let environment = [
        (
            "SKAFKA_BOOTSTRAP_SERVERS , KAFKA_BOOTSTRAP_SERVERS",
            "Brokers to ask first where no option names one; the former goes before the latter."
        ),
        ("SKAFKA_DATA_DIR", "Directory of the embedded broker where nothing else names a broker."),
        ("XDG_DATA_HOME", "Where the default directory of the embedded broker lies."),
        ("XDG_CONFIG_HOME", "Where the file of profiles lies."),
        ("XDG_STATE_HOME", "Where the history of the shell lies."),
        ("NO_COLOR", "Nothing is coloured where it is set and not empty."),
        ("TERM", "Nothing is coloured where it is dumb."),
        ("TMPDIR", "Where the directories of ephemeral brokers are made."),
    ]

    private static let files = [
        ("~/.local/share/skafka", "Directory of the embedded broker where none is named."),
        (
            "~/.config/skafka/config",
            "Profiles: sections of settings, each behind its name in brackets. The section default "
                + "holds where no other is asked for."
        ),
        ("~/.local/state/skafka/history", "Lines typed in the shell, but those with secrets."),
        ("~/.inputrc", "Settings of readline(3), with skafka as the application's name."),
    ]

    private static let statuses = [
        ("0", "All was done."),
        (
            "1",
            "It failed, in whole or for any single item: a record not delivered, one topic of "
                + "three not deleted, a file that cannot be read."
        ),
        ("2", "The command line was not understood."),
        ("3", "No broker could be reached, or none answered in time or let this client in."),
        ("4", "Corrupt data was found."),
        ("130 , 143", "SIGINT or SIGTERM ended it."),
    ]

    /// What users of other tools write, which no command's own section says.
    private static let habits = [
        (
            "kcat",
            "Its flags for modes stand for commands, so that a link to skafka that is called kcat "
                + "does what they mean: -C and -G for consume, -P for produce, -L for topics "
                + "describe, -Q for offsets get. Its -d is left out there, -J prints skafka's JSON."
        ),
        (
            "kafka-topics , kafka-configs , kafka-consumer-groups",
            "Flags name what is to be done, as in topics --describe or groups --reset-offsets: "
                + "they stand for the command of that name, and for offsets reset and delete."
        ),
        (
            "kafka-console-producer , kafka-console-consumer , kafka-get-offsets",
            "Their options are those of produce, consume and offsets get. A time-out that is a "
                + "bare number counts ms; --timeout of produce is then linger.ms."
        ),
    ]

    static func appendHabits(to text: inout ManualText) {
        append("OTHER TOOLS", "Sy", habits, to: &text)
        text.prose("What there is not is refused, with what to write instead.")
    }

    static func appendEnvironment(to text: inout ManualText) {
        append("ENVIRONMENT", "Ev", environment, to: &text)
    }

    static func appendFiles(to text: inout ManualText) {
        append("FILES", "Pa", files, to: &text)
    }

    static func appendExitStatus(to text: inout ManualText, of command: CommandTree) {
        append("EXIT STATUS", "Li", statuses, to: &text)
        text.prose("A reader of standard output that goes away ends a command silently, with 0.")
        switch command.name {
        case "broker":
            text.prose(
                "Around a command, the status is the command's. SIGTERM ends a server with 0.")
        case "shell":
            text.prose(
                "With -c or a script, the status is that of the last command; else it is 0.")
        default: break
        }
    }

    private static func append(
        _ title: String, _ macro: String, _ entries: [(name: String, meaning: String)],
        to text: inout ManualText
    ) {
        text.macro("Sh \(title)")
        text.macro("Bl -tag -width Ds")
        for entry in entries {
            text.macro("It \(macro) \(ManualText.escaped(entry.name))")
            text.prose(entry.meaning)
        }
        text.macro("El")
    }
}
