internal import KafkaBase
internal import NIOConcurrencyHelpers

/// A regular expression for topics' names, which the whole name must fit, in RE2's syntax: as
/// brokers read it (KIP-848), and without backtracking.
///
/// Any thread.
///
/// ```swift
/// let pattern = try TopicPattern("orders-.*")
/// pattern.matches("orders-eu")
/// ```
public final class TopicPattern: Sendable {
    /// As it was given.
    public let text: String
    private let matcher: NIOLockedValueBox<PatternMatcher>

    /// - Throws: `invalidArgument`.
    public init(_ text: String) throws(KafkaError) {
        self.text = text
        do {
            matcher = NIOLockedValueBox(PatternMatcher(try Pattern(text), .whole))
        } catch {
            throw KafkaError(
                .invalidArgument, "'\(text)' is no regular expression: \(error)")
        }
    }

    public func matches(_ name: String) -> Bool {
        // There is always an answer where steps are not bounded.
        matcher.withLockedValue { $0.matches(name) } ?? false
    }
}
