/// The SASL mechanisms that this client knows, by their registered names.
public enum SaslMechanism: String, Sendable, CaseIterable {
    case plain = "PLAIN"
    case scramSha256 = "SCRAM-SHA-256"
    case scramSha512 = "SCRAM-SHA-512"
    case oauthBearer = "OAUTHBEARER"
}

extension SaslMechanism: CustomStringConvertible {
    public var description: String { rawValue }
}
