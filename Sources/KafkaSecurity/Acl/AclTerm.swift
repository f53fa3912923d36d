/// A word of an ACL: a number on the wire, and Kafka's name for it.
public protocol AclTerm: RawRepresentable<Int8>, CaseIterable, Hashable, Sendable {
    /// As Kafka's tools print it, such as `DESCRIBE_CONFIGS`.
    var name: String { get }
}

extension AclTerm {
    /// The term of a name that is written in capitals or not, with `_`, with `-` or without, as
    /// Kafka's tools read it: `DescribeConfigs`.
    public init?(name: some StringProtocol) {
        let letters = Self.letters(name)
        guard let term = Self.allCases.first(where: { Self.letters($0.name) == letters }) else {
            return nil
        }
        self = term
    }

    private static func letters(_ name: some StringProtocol) -> String {
        String(name).lowercased().filter { $0 != "_" && $0 != "-" }
    }
}
