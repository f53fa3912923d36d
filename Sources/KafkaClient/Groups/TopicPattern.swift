internal import NIOConcurrencyHelpers

/// A regular expression for topics' names, which the whole name must fit. Swift's own dialect,
/// which reads what Perl and Java programmers write.
///
/// Any thread. The engine goes back over its steps where an expression leaves it the choice, so an
/// expression such as `(a+)+b` may take long; names are no longer than 249 bytes.
///
/// ```swift
/// let pattern = try TopicPattern("orders-.*")
/// pattern.matches("orders-eu")
/// ```
public final class TopicPattern: Sendable {
    /// As it was given.
    public let text: String
    private let regex: Compiled

    /// - Throws: `invalidArgument`.
    public init(_ text: String) throws(KafkaError) {
        self.text = text
        do {
            regex = Compiled(try Regex(text))
        } catch {
            throw KafkaError(
                .invalidArgument, "'\(text)' is no regular expression: \(error)")
        }
    }

    public func matches(_ name: String) -> Bool { regex.matches(name) }

    /// An expression is compiled when it is first used, so it needs a lock; hence unchecked.
    private final class Compiled: @unchecked Sendable {
        private let lock = NIOLock()
        private let regex: Regex<AnyRegexOutput>

        init(_ regex: Regex<AnyRegexOutput>) {
            self.regex = regex
        }

        func matches(_ name: String) -> Bool {
            lock.withLock { (try? regex.wholeMatch(in: name)) != nil }
        }
    }
}
