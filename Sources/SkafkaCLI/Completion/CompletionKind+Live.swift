internal import ArgumentParser

// What the commands' definition says of arguments whose values live in the cluster. The closures
// run when somebody presses Tab: in the program that a shell's script calls, or in skafka's own
// shell.

extension CompletionKind {
    static var topics: CompletionKind { live(.topics) }
    static var groups: CompletionKind { live(.groups) }
    /// `NAME=` of a topic's settings.
    static var topicSettings: CompletionKind { live(.topicSettings) }
    /// Their names alone.
    static var topicSettingNames: CompletionKind { live(.topicSettingNames) }
    /// `NAME=` of the client's settings, or of the broker's for `skafka broker`.
    static var settings: CompletionKind { live(.settings) }
    /// A kind of things that have settings, then their names.
    static var configResources: CompletionKind { live(.configResources) }
    static var profiles: CompletionKind { live(.profiles) }
    /// A topic, then files.
    static var topicThenFiles: CompletionKind { live(.topicThenFiles) }

    private static func live(_ names: LiveNames) -> CompletionKind {
        .custom { words, index, prefix in
            names.candidates(words, at: index, prefix: prefix)
        }
    }
}
