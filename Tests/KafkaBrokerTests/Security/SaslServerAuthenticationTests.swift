import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

/// What the state machine says of requests, without a connection.
private struct Visit {
    static let users: ScramCredentials = {
        var users = ScramCredentials()
        for mechanism in [SaslMechanism.scramSha256, .scramSha512] {
            let hash = mechanism.scramHash ?? .sha256
            users.set(ScramCredential(hash, password: Secret("pw")), of: "alice", mechanism)
        }
        return users
    }()

    var machine: SaslServerAuthentication
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    init(maxSessionMs: Int64? = nil) {
        let mechanisms: [SaslMechanism] = [.plain, .scramSha256, .scramSha512]
        machine = SaslServerAuthentication(
            SaslListener(
                mechanisms: mechanisms,
                maxSessionMs: maxSessionMs.map { ms in
                    Dictionary(uniqueKeysWithValues: mechanisms.map { ($0, ms) })
                } ?? [:],
                plainUsers: .init(["alice": Secret("pw"), "bob": Secret("b")]),
                maxReceiveBytes: 1000, failureDelayMs: 0),
            credentials: { Visit.users })
    }

    enum Outcome: Equatable {
        case passed
        case replied
        case succeeded(String)
        case failed(answered: Bool)
    }

    private(set) var last: WireWriter?
    private(set) var reason = ""

    mutating func take(_ frame: [UInt8]) -> Outcome {
        last = nil
        switch machine.receive(ByteBuffer(bytes: frame), now: now) {
        case .pass: return .passed
        case .reply(let writer):
            last = writer
            return .replied
        case .succeed(let principal, let writer):
            last = writer
            return .succeeded(principal.name)
        case .fail(let writer, let reason):
            last = writer
            self.reason = reason
            return .failed(answered: writer != nil)
        }
    }

    mutating func send(_ request: some RequestMessage, _ version: Int16) -> Outcome {
        take(ServedApi.encode(request, version, 7) ?? [])
    }

    mutating func handshake(_ mechanism: String, _ version: Int16 = 1) -> Outcome {
        var request = SaslHandshakeRequest()
        request.mechanism = mechanism
        return send(request, version)
    }

    mutating func authenticate(_ token: [UInt8], _ version: Int16 = 2) -> Outcome {
        var request = SaslAuthenticateRequest()
        request.authBytes = ByteBuffer(bytes: token)
        return send(request, version)
    }

    func answer<Response: ResponseMessage>(
        _: Response.Type = Response.self, _ version: Int16
    ) throws -> Response {
        var reader = WireReader(try #require(last).buffer)
        _ = try reader.readInteger(as: Int32.self)
        let headerVersion = Response.apiKey.responseHeaderVersion(for: version)
        _ = try ResponseHeader(from: &reader, version: headerVersion)
        return try Response(from: &reader, version: version)
    }
}

@Suite struct SaslServerAuthenticationTests {
    private let alice = Array("\0alice\0pw".utf8)

    @Test func `Versions, handshake, password, and all else`() throws {
        var visit = Visit()
        #expect(visit.send(ApiVersionsRequest(), 0) == .passed)
        #expect(visit.handshake("PLAIN") == .replied)
        let offered = try visit.answer(SaslHandshakeResponse.self, 1)
        #expect(offered.errorCode == .none)
        #expect(offered.mechanisms == ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
        #expect(!visit.machine.isAuthenticated)
        #expect(visit.authenticate(alice) == .succeeded("alice"))
        let last = try visit.answer(SaslAuthenticateResponse.self, 2)
        #expect(last.errorCode == .none && last.sessionLifetimeMs == 0)
        #expect(visit.machine.isAuthenticated)
        #expect(visit.send(MetadataRequest(), 9) == .passed)
        // Without an end of the session there is nothing to renew: the broker says so.
        #expect(visit.handshake("PLAIN") == .passed)
    }

    @Test(arguments: [SaslMechanism.scramSha256, .scramSha512], [Int16(0), 1])
    func `SCRAM takes two rounds`(mechanism: SaslMechanism, version: Int16) throws {
        let hash = try #require(mechanism.scramHash)
        for password in ["pw", "wrong"] {
            var visit = Visit()
            var client = ScramClient(hash, username: "alice", password: Secret(password))
            #expect(visit.handshake(mechanism.rawValue, version) == .replied)
            func round(_ token: [UInt8]) throws -> (Visit.Outcome, [UInt8]) {
                guard version == 0 else {
                    let outcome = visit.authenticate(token)
                    let answer = try visit.answer(SaslAuthenticateResponse.self, 2)
                    return (outcome, Array(answer.authBytes.readableBytesView))
                }
                let outcome = visit.take(token)
                return (outcome, Array(visit.last?.buffer.readableBytesView.dropFirst(4) ?? []))
            }
            let (first, challenge) = try round(try client.begin())
            #expect(first == .replied)
            guard case .send(let proof) = try client.respond(to: challenge) else { return }
            let (second, end) = try round(proof)
            if password == "pw" {
                #expect(second == .succeeded("alice"))
                #expect(try client.respond(to: end) == .done)
            } else {
                #expect(second == .failed(answered: version == 1))
                #expect(visit.reason.contains("invalid credentials"))
            }
        }
    }

    @Test func `A raw password is answered with an empty token`() throws {
        var visit = Visit()
        #expect(visit.handshake("PLAIN", 0) == .replied)
        #expect(visit.take(alice) == .succeeded("alice"))
        #expect(visit.last?.buffer.readableBytes == 4)
    }

    @Test func `A failure says why, and is the end`() throws {
        var visit = Visit()
        _ = visit.handshake("PLAIN")
        #expect(visit.authenticate(Array("\0alice\0no".utf8)) == .failed(answered: true))
        let answer = try visit.answer(SaslAuthenticateResponse.self, 2)
        #expect(answer.errorCode == .saslAuthenticationFailed)
        #expect(answer.errorMessage == "Authentication failed: Invalid username or password")
        #expect(visit.handshake("PLAIN") == .failed(answered: false))

        var scram = Visit()
        _ = scram.handshake("SCRAM-SHA-256")
        #expect(scram.authenticate(Array("nonsense".utf8)) == .failed(answered: true))
        #expect(
            try scram.answer(SaslAuthenticateResponse.self, 2).errorMessage
                == "Authentication failed during authentication due to invalid credentials with "
                + "SASL mechanism SCRAM-SHA-256")
    }

    @Test func `An unknown mechanism is told which there are`() throws {
        var visit = Visit()
        #expect(visit.handshake("GSSAPI") == .failed(answered: true))
        let answer = try visit.answer(SaslHandshakeResponse.self, 1)
        #expect(answer.errorCode == .unsupportedSaslMechanism && answer.mechanisms.count == 3)
    }

    @Test func `Versions are told once, unless they were asked for badly`() {
        var visit = Visit()
        #expect(visit.take([0, 18, 0, 99, 0, 0, 0, 7, 0xFF, 0xFF]) == .passed)
        var nameless = ApiVersionsRequest()
        nameless.clientSoftwareName = "-"
        nameless.clientSoftwareVersion = "1"
        #expect(visit.send(nameless, 3) == .passed)
        #expect(visit.send(ApiVersionsRequest(), 0) == .passed)
        #expect(visit.send(ApiVersionsRequest(), 0) == .failed(answered: false))
    }

    @Test func `Nothing else is served before`() {
        for api in ServedApi.all where api.key != .apiVersions && api.key != .saslHandshake {
            for version in api.versions {
                guard let request = api.defaultRequest(version, 7) else { continue }
                var early = Visit()
                #expect(early.take(request) == .failed(answered: false), "\(api.key) v\(version)")
                var within = Visit()
                _ = within.handshake("SCRAM-SHA-256")
                guard api.key != .saslAuthenticate else { continue }
                #expect(within.take(request) == .failed(answered: false), "\(api.key) v\(version)")
            }
        }
        for frame: [UInt8] in [[], [0], [0, 17], [0, 17, 0, 1], [0, 17, 0, 9, 0, 0, 0, 1, 0, 0]] {
            var visit = Visit()
            #expect(visit.take(frame) == .failed(answered: false))
        }
    }

    @Test func `A session is renewed before its end, by the same user`() throws {
        var visit = Visit(maxSessionMs: 60_000)
        _ = visit.handshake("PLAIN")
        #expect(visit.authenticate(alice) == .succeeded("alice"))
        #expect(try visit.answer(SaslAuthenticateResponse.self, 2).sessionLifetimeMs == 60_000)
        visit.now = visit.now + .milliseconds(59_000)
        #expect(visit.send(MetadataRequest(), 9) == .passed)
        #expect(visit.handshake("PLAIN") == .replied)
        #expect(visit.authenticate(alice) == .succeeded("alice"))
        // Within a second the broker refuses by itself.
        #expect(visit.handshake("PLAIN") == .passed)
        visit.now = visit.now + .milliseconds(59_000)
        #expect(visit.send(MetadataRequest(), 9) == .passed)
        var other = visit
        #expect(other.handshake("PLAIN") == .replied)
        #expect(other.authenticate(Array("\0bob\0b".utf8)) == .failed(answered: true))
        #expect(
            try other.answer(SaslAuthenticateResponse.self, 2).errorMessage
                == "Cannot change principals during re-authentication from User.alice: User.bob")
        var changed = visit
        #expect(changed.handshake("SCRAM-SHA-256") == .failed(answered: true))
        visit.now = visit.now + .milliseconds(1000)
        #expect(visit.send(MetadataRequest(), 9) == .failed(answered: false))
        #expect(visit.reason.contains("session has ended"))
    }

    @Test func `A session that has ended can still be renewed`() {
        var visit = Visit(maxSessionMs: 1000)
        _ = visit.handshake("PLAIN")
        _ = visit.authenticate(alice)
        visit.now = visit.now + .seconds(5)
        #expect(visit.handshake("PLAIN") == .replied)
        #expect(visit.authenticate(alice) == .succeeded("alice"))
        #expect(visit.send(MetadataRequest(), 9) == .passed)
    }
}
