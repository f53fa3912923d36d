/// OAUTHBEARER (RFC 7628; KIP-255): a bearer token, with Kafka's SASL extensions (KIP-342).
public struct OAuthBearerClient: SaslClient {
    /// A name and a value that go to the broker with the token.
    public struct Extension: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    private static let separator: UInt8 = 0x01

    public let mechanism = SaslMechanism.oauthBearer
    public private(set) var complaint: String?
    private let token: Secret
    private let extensions: [Extension]

    public init(token: Secret, extensions: [Extension] = []) {
        self.token = token
        self.extensions = extensions
    }

    public func begin() throws(SaslError) -> [UInt8] {
        guard !token.value.isEmpty else { throw SaslError("the token is empty") }
        guard token.value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SaslError("the token has characters that no bearer token has")
        }
        var message = Array("n,,".utf8) + [Self.separator]
        message += Array("auth=Bearer ".utf8) + token.utf8 + [Self.separator]
        for item in extensions {
            guard Self.isValid(item) else {
                throw SaslError(
                    "extension \(item.name): names are letters, but not 'auth', values printable")
            }
            message += Array("\(item.name)=\(item.value)".utf8) + [Self.separator]
        }
        return message + [Self.separator]
    }

    /// A message that is not empty tells an error, as JSON. The client acknowledges it, and the
    /// server then fails the exchange.
    public mutating func respond(to challenge: [UInt8]) throws(SaslError) -> SaslStep {
        if let complaint { throw SaslError("the server refused the token: \(complaint)") }
        guard !challenge.isEmpty else { return .done }
        complaint = Self.printable(challenge)
        return .send([Self.separator])
    }

    private static func isValid(_ item: Extension) -> Bool {
        let isLetter = { (byte: UInt8) in (0x41...0x5A).contains(byte & 0xDF) }
        let isText = { (byte: UInt8) in (0x20...0x7E).contains(byte) || byte == 9 }
        return !item.name.isEmpty && item.name.utf8.allSatisfy(isLetter) && item.name != "auth"
            && !item.value.isEmpty && item.value.utf8.allSatisfy(isText)
    }

    /// As much of it as a message can take.
    private static func printable(_ challenge: [UInt8]) -> String {
        let text = challenge.prefix(500).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: " ") }
        return String(decoding: text, as: UTF8.self)
    }
}
