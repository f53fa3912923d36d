/// The SASL mechanisms that are known here, by their registered names.
public enum SaslMechanism: String, Sendable, CaseIterable {
    case plain = "PLAIN"
    case scramSha256 = "SCRAM-SHA-256"
    case scramSha512 = "SCRAM-SHA-512"
    case oauthBearer = "OAUTHBEARER"

    /// SCRAM's mechanisms as Kafka's requests about credentials number them (KIP-554).
    private static let scramNumbers: [(mechanism: SaslMechanism, number: Int8)] = [
        (.scramSha256, 1), (.scramSha512, 2),
    ]

    /// Nil for other mechanisms than SCRAM's.
    public var scramNumber: Int8? {
        SaslMechanism.scramNumbers.first { $0.mechanism == self }?.number
    }

    public init?(scramNumber: Int8) {
        guard let found = SaslMechanism.scramNumbers.first(where: { $0.number == scramNumber })
        else { return nil }
        self = found.mechanism
    }

    /// Of SCRAM; nil for other mechanisms.
    public var scramHash: HashFunction? {
        switch self {
        case .scramSha256: .sha256
        case .scramSha512: .sha512
        case .plain, .oauthBearer: nil
        }
    }
}

extension SaslMechanism: CustomStringConvertible {
    public var description: String { rawValue }
}
