/// The server's side of one SCRAM exchange (RFC 5802, RFC 7677), without channel binding.
///
/// Whether there is such a user is in none of its messages and errors.
public struct ScramServer: SaslServer {
    private struct Exchange {
        var username: String
        var header: Substring
        var bare: Substring
        var first: String
        var nonce: String
        var credential: ScramCredential
    }

    private enum Phase {
        case initial
        case sentFirst(Exchange)
        case over
    }

    private let functions: ScramFunctions
    private let nonce: String
    private let credential: @Sendable (_ username: String) -> ScramCredential?
    private var phase = Phase.initial

    /// - Parameter credential: of a user; nil when there is none.
    public init(
        _ hash: HashFunction,
        credential: @escaping @Sendable (_ username: String) -> ScramCredential?
    ) {
        self.init(
            hash, nonce: Base64.encode(Libcrypto.randomBytes(24)), credential: credential)
    }

    init(
        _ hash: HashFunction, nonce: String,
        credential: @escaping @Sendable (_ username: String) -> ScramCredential?
    ) {
        functions = ScramFunctions(hash: hash)
        self.nonce = nonce
        self.credential = credential
    }

    public mutating func respond(to message: [UInt8]) throws(SaslError) -> SaslServerStep {
        let phase = phase
        self.phase = .over
        switch phase {
        case .initial:
            let exchange = try begin(message)
            self.phase = .sentFirst(exchange)
            return .challenge(Array(exchange.first.utf8))
        case .sentFirst(let exchange): return try finish(exchange, message)
        case .over: throw SaslError("the exchange is over")
        }
    }

    private func begin(_ message: [UInt8]) throws(SaslError) -> Exchange {
        guard message.count <= 16 << 10,
            let text = String(validating: message, as: UTF8.self)
        else { throw Self.malformed }
        // The header is the binding's flag and an identity to act as, each with a comma behind it.
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw Self.malformed }
        guard parts[0] == "n" || parts[0] == "y" else {
            throw SaslError("channel binding is not supported")
        }
        let attributes = ScramAttributes(parts[2])
        guard let name = attributes.value("n", at: 0).flatMap(ScramName.init(escaped:)),
            let clientNonce = attributes.value("r", at: 1), !name.text.isEmpty, !clientNonce.isEmpty
        else { throw Self.malformed }
        guard parts[1].isEmpty || parts[1] == "a=\(name.escaped)" else {
            throw SaslError("nobody can act as somebody else")
        }
        let credential = credential(name.text) ?? .ofNobody(name.text, functions.hash)
        let nonce = "\(clientNonce)\(nonce)"
        let salt = Base64.encode(credential.salt)
        return Exchange(
            username: name.text, header: text[..<parts[2].startIndex], bare: parts[2],
            first: "r=\(nonce),s=\(salt),i=\(credential.iterations)", nonce: nonce,
            credential: credential)
    }

    private func finish(_ exchange: Exchange, _ message: [UInt8]) throws(SaslError)
        -> SaslServerStep
    {
        guard let attributes = ScramAttributes(message),
            let binding = attributes.value("c", at: 0), let nonce = attributes.value("r", at: 1),
            let proof = attributes.last("p").flatMap({ Base64.decode($0) })
        else { throw Self.malformed }
        // Clients on librdkafka before 2.2.0 repeat their own part in front, and Kafka lets them.
        guard Base64.decode(binding) == Array(exchange.header.utf8),
            nonce.utf8.reversed().starts(with: exchange.nonce.utf8.reversed())
        else { throw Self.malformed }
        let together = "\(exchange.bare),\(exchange.first),\(attributes.withoutLast)"
        let credential = exchange.credential
        let clientKey = functions.proof(
            clientKey: proof, storedKey: credential.storedKey, authMessage: together)
        guard proof.count == functions.hash.sizeBytes,
            Libcrypto.isEqual(functions.hash.hash(clientKey), credential.storedKey)
        else { throw SaslError("invalid credentials") }
        let signature = functions.serverSignature(
            serverKey: credential.serverKey, authMessage: together)
        return .done(Array("v=\(Base64.encode(signature))".utf8), username: exchange.username)
    }

    private static let malformed = SaslError("malformed message of the client")
}
