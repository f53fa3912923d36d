/// A password, a key or a token. It shows as `***` wherever it is printed, logged or dumped.
public struct Secret: Sendable, Hashable {
    /// The secret itself: for the mechanism that needs it, not for messages.
    public let value: String

    public init(_ value: String) {
        self.value = value
    }

    var utf8: [UInt8] { Array(value.utf8) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where a secret comes from: known already, or to be fetched when it is needed (a file, the output
/// of a command), so that one that changes is fresh at each authentication.
public struct SecretSource: Sendable {
    private let fetch: @Sendable () throws(SecretError) -> Secret

    public init(_ secret: Secret) {
        fetch = { secret }
    }

    /// - Parameter fetch: called on a thread that may block.
    public init(fetch: @escaping @Sendable () throws(SecretError) -> Secret) {
        self.fetch = fetch
    }

    /// The secret. May block: not for an event loop.
    public func resolve() throws(SecretError) -> Secret { try fetch() }
}

/// Why a secret cannot be had. Nothing of the secret is in it.
public struct SecretError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// What was named is not there or cannot be used: a matter of the settings.
        case unusable
        /// What should have given the secret failed.
        case failed
    }

    public var kind: Kind
    public var reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

extension SecretError: CustomStringConvertible {
    public var description: String { reason }
}
