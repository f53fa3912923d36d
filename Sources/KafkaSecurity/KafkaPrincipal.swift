/// Who is at the other end of a connection, as the ACLs name them (Kafka's class of that name).
///
/// A value of one connection: set where it authenticates, read where its requests are authorized.
public struct KafkaPrincipal: Sendable, Hashable {
    /// The only type that authentication gives.
    public static let userType = "User"

    /// Who did not authenticate.
    public static let anonymous = KafkaPrincipal(name: "ANONYMOUS")

    public let type: String
    public let name: String

    public init(type: String = KafkaPrincipal.userType, name: String) {
        self.type = type
        self.name = name
    }

    /// The principal written as `TYPE:NAME`; nil where no type stands before a colon. The name may
    /// hold further colons.
    public init?(parsing text: String) {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return nil }
        type = String(text[..<colon])
        name = String(text[text.index(after: colon)...])
    }
}

extension KafkaPrincipal: CustomStringConvertible {
    public var description: String { "\(type):\(name)" }
}
