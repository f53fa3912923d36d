/// SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802, RFC 7677; KIP-84), without channel binding: the
/// password never leaves this side, and the server proves that it knows it too.
public struct ScramClient: SaslClient {
    /// RFC 7677 asks for 4096 at least, as Kafka's client does; the upper bound is what a server
    /// may make this client compute (about a second).
    static let iterationLimits = 4096...1_000_000

    private enum Phase {
        case initial
        case sentFirst(bare: String)
        case sentFinal(serverSignature: [UInt8])
        case done
    }

    public let mechanism: SaslMechanism
    private let functions: ScramFunctions
    private let username: String
    private let password: Secret
    private let nonce: String
    private var phase = Phase.initial

    public init(_ hash: HashFunction, username: String, password: Secret) {
        self.init(
            hash, username: username, password: password,
            nonce: Base64.encode(Libcrypto.randomBytes(24)))
    }

    /// - Parameter nonce: printable characters but the comma.
    init(_ hash: HashFunction, username: String, password: Secret, nonce: String) {
        mechanism = hash == .sha256 ? .scramSha256 : .scramSha512
        functions = ScramFunctions(hash: hash)
        self.username = username
        self.password = password
        self.nonce = nonce
    }

    public mutating func begin() throws(SaslError) -> [UInt8] {
        let bare = "n=\(ScramName(username).escaped),r=\(nonce)"
        phase = .sentFirst(bare: bare)
        return Array("n,,\(bare)".utf8)
    }

    public mutating func respond(to challenge: [UInt8]) throws(SaslError) -> SaslStep {
        switch phase {
        case .initial, .done: throw SaslError("unexpected message of the server")
        case .sentFirst(let bare): return .send(try final(bare, challenge))
        case .sentFinal(let signature):
            try verify(challenge, signature)
            phase = .done
            return .done
        }
    }

    /// Answers the server's first message: proves to know the password.
    private mutating func final(_ bare: String, _ challenge: [UInt8]) throws(SaslError) -> [UInt8] {
        guard let first = ScramAttributes(challenge) else { throw ScramClient.malformed }
        if first.value("m", at: 0) != nil {
            throw SaslError("the server demands an extension of SCRAM that is not known")
        }
        guard let nonce = first.value("r", at: 0), let salt = first.value("s", at: 1),
            let salt = Base64.decode(salt), !salt.isEmpty,
            let iterations = first.value("i", at: 2).flatMap({ Int($0) })
        else { throw ScramClient.malformed }
        guard nonce.hasPrefix(self.nonce), nonce.utf8.count > self.nonce.utf8.count else {
            throw SaslError("the server's nonce does not go on from the client's")
        }
        guard ScramClient.iterationLimits.contains(iterations) else {
            throw SaslError(
                "the server asks for \(iterations) iterations; taken are "
                    + "\(ScramClient.iterationLimits.lowerBound) to "
                    + "\(ScramClient.iterationLimits.upperBound)")
        }
        // "biws" is the header "n,," in base64: no channel binding.
        let withoutProof = "c=biws,r=\(nonce)"
        let message = "\(bare),\(String(decoding: challenge, as: UTF8.self)),\(withoutProof)"
        let salted = functions.saltedPassword(password, salt: salt, iterations: iterations)
        let clientKey = functions.clientKey(salted)
        let proof = functions.proof(
            clientKey: clientKey, storedKey: functions.hash.hash(clientKey), authMessage: message)
        phase = .sentFinal(
            serverSignature: functions.serverSignature(
                serverKey: functions.serverKey(salted), authMessage: message))
        return Array("\(withoutProof),p=\(Base64.encode(proof))".utf8)
    }

    /// Holds the server to the proof that it knows the password.
    private func verify(_ challenge: [UInt8], _ signature: [UInt8]) throws(SaslError) {
        guard let last = ScramAttributes(challenge) else { throw ScramClient.malformed }
        if let error = last.value("e", at: 0) { throw SaslError("the server says: \(error)") }
        guard let verifier = last.value("v", at: 0).flatMap({ Base64.decode($0) }) else {
            throw ScramClient.malformed
        }
        guard Libcrypto.isEqual(verifier, signature) else {
            throw SaslError(
                "the server did not prove that it knows the password: it may be another than it "
                    + "claims to be")
        }
    }

    private static let malformed = SaslError("malformed message of the server")
}
