/// What is under the requests of a connection, by Kafka's names.
public enum SecurityProtocol: String, Sendable, CaseIterable {
    case plaintext = "PLAINTEXT"
    case ssl = "SSL"
    case saslPlaintext = "SASL_PLAINTEXT"
    case saslSSL = "SASL_SSL"

    public var usesTLS: Bool { self == .ssl || self == .saslSSL }
    public var usesSasl: Bool { self == .saslPlaintext || self == .saslSSL }
}

extension SecurityProtocol: CustomStringConvertible {
    public var description: String { rawValue }
}
