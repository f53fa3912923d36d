import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

@Suite struct ScramCredentialsTests {
    private typealias Alteration = ScramCredentials.Alteration

    private func put(
        _ user: String, _ mechanism: Int8 = 1, iterations: Int = 4096, salt: [UInt8] = [1],
        bytes: [UInt8] = [2]
    ) -> Alteration {
        Alteration(
            user: user, mechanism: mechanism,
            password: SaltedPassword(salt: salt, bytes: bytes, iterations: iterations))
    }

    private func errors(_ outcomes: [(user: String, error: ApiError?)]) -> [String: ErrorCode] {
        Dictionary(uniqueKeysWithValues: outcomes.map { ($0.user, $0.error?.code ?? .none) })
    }

    @Test func `Credentials come and go`() {
        var users = ScramCredentials()
        #expect(errors(users.apply([put("a"), put("b", 2)])) == ["a": .none, "b": .none])
        #expect(users.credential(of: "a", .scramSha256)?.iterations == 4096)
        #expect(users.credential(of: "a", .scramSha512) == nil)
        #expect(errors(users.apply([put("a", 2, iterations: 16_384)])) == ["a": .none])
        #expect(users.users["a"]?.count == 2)
        #expect(errors(users.apply([.init(user: "b", mechanism: 2)])) == ["b": .none])
        #expect(users.users["b"] == nil && !users.isEmpty)
    }

    @Test func `What cannot be is refused, user by user`() {
        var users = ScramCredentials()
        let outcomes = users.apply([
            .init(user: "gone", mechanism: 1), .init(user: "odd", mechanism: 0), put("", 1),
            put("few", iterations: 4095), put("many", iterations: 16_385), put("third", 3),
            put("bare", salt: []), put("empty", bytes: []), put("good"),
            put("long", salt: [UInt8](repeating: 0, count: 1025)),
        ])
        #expect(
            errors(outcomes) == [
                "gone": .resourceNotFound, "odd": .unsupportedSaslMechanism,
                "": .unacceptableCredential, "few": .unacceptableCredential,
                "many": .unacceptableCredential, "third": .unsupportedSaslMechanism,
                "bare": .unacceptableCredential, "empty": .unacceptableCredential, "good": .none,
                "long": .unacceptableCredential,
            ])
        #expect(Array(users.users.keys) == ["good"])
    }

    @Test func `Nobody is changed twice at a time`() {
        var users = ScramCredentials()
        let outcomes = users.apply([put("a", 1), put("a", 2), put("a", 1), put("b")])
        #expect(outcomes.map(\.user) == ["a", "b"])
        #expect(errors(outcomes) == ["a": .duplicateResource, "b": .none])
        #expect(users.users["a"] == nil)
        let mixed = users.apply([.init(user: "b", mechanism: 1), put("b", 2)])
        #expect(errors(mixed) == ["b": .duplicateResource])
        #expect(users.users["b"]?.count == 1)
    }

    @Test func `Requests change what is kept and describe it`() async throws {
        try await TestBroker.with { broker in
            let salted = SaltedPassword(.sha512, password: Secret("pw"), iterations: 5000)
            var upsertion = AlterUserScramCredentialsRequest.ScramCredentialUpsertion()
            upsertion.name = "alice"
            upsertion.mechanism = 2
            upsertion.iterations = 5000
            upsertion.salt = ByteBuffer(bytes: salted.salt)
            upsertion.saltedPassword = ByteBuffer(bytes: salted.bytes)
            var deletion = AlterUserScramCredentialsRequest.ScramCredentialDeletion()
            deletion.name = "bob"
            deletion.mechanism = 1
            var request = AlterUserScramCredentialsRequest()
            request.upsertions = [upsertion]
            request.deletions = [deletion]
            let altered = try await broker.send(request).results
            #expect(
                Dictionary(uniqueKeysWithValues: altered.map { ($0.user, $0.errorCode) })
                    == ["alice": .none, "bob": .resourceNotFound])
            #expect(
                broker.broker.storage.store.image.credentials.credential(of: "alice", .scramSha512)
                    == ScramCredential(.sha512, salted))

            var asked = DescribeUserScramCredentialsRequest()
            asked.users = nil
            let all = try await broker.send(asked)
            #expect(all.errorCode == .none && all.results.map(\.user) == ["alice"])
            #expect(all.results[0].credentialInfos.map(\.mechanism) == [2])
            #expect(all.results[0].credentialInfos.map(\.iterations) == [5000])
            asked.users = ["bob", "alice", "bob", "carol"].map { name in
                var user = DescribeUserScramCredentialsRequest.UserName()
                user.name = name
                return user
            }
            let some = try await broker.send(asked).results
            #expect(
                some.map(\.errorCode) == [.none, .duplicateResource, .resourceNotFound])
            #expect(some.map(\.user) == ["alice", "bob", "carol"])
        }
    }
}
