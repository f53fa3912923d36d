import KafkaBase
import Testing

@testable import KafkaBroker

@Suite struct ClientQuotasTests {
    private func alteration(
        _ entity: ClientQuotas.Asked, _ operations: [(String, Double?)]
    ) -> ClientQuotas.Alteration {
        .init(entity: entity, operations: operations.map { ($0.0, $0.1) })
    }

    /// The error of one change to quotas that are none yet.
    private func code(
        _ entity: ClientQuotas.Asked, _ operations: [(String, Double?)] = []
    ) -> ErrorCode? {
        var quotas = ClientQuotas()
        let outcome = quotas.apply([alteration(entity, operations)])[0]
        #expect(outcome.entity == entity)
        #expect(outcome.error == nil || quotas == ClientQuotas())
        return outcome.error?.code
    }

    // MARK: Whose quota holds

    @Test func `The most special quota holds`() throws {
        let entities: [(QuotaEntity, owner: String)] = [
            (QuotaEntity(user: .named("u"), clientID: .named("c")), "u c"),
            (QuotaEntity(user: .named("u"), clientID: .standard), "u *"),
            (QuotaEntity(user: .named("u")), "u"),
            (QuotaEntity(user: .standard, clientID: .named("c")), "* c"),
            (QuotaEntity(user: .standard, clientID: .standard), "* *"),
            (QuotaEntity(user: .standard), "*"),
            (QuotaEntity(clientID: .named("c")), "c"),
            (QuotaEntity(clientID: .standard), "any c"),
        ]
        // From the most general on: each new one takes over.
        var quotas = ClientQuotas()
        for (index, (entity, owner)) in entities.enumerated().reversed() {
            quotas.set(.producerByteRate, to: Double(index + 1), for: entity)
            let found = try #require(quotas.find(.producerByteRate, user: "u", clientID: "c"))
            #expect(found.value == Double(index + 1), "\(owner)")
            #expect(found.entity == entity)
        }
        #expect(quotas.find(.producerByteRate, user: "u", clientID: "d")?.value == 2)
        #expect(quotas.find(.producerByteRate, user: "v", clientID: "c")?.value == 4)
        #expect(quotas.find(.producerByteRate, user: "v", clientID: "d")?.value == 5)
        #expect(quotas.find(.consumerByteRate, user: "u", clientID: "c") == nil)
    }

    @Test func `A client without a name has no client's quota`() {
        var quotas = ClientQuotas()
        quotas.set(.producerByteRate, to: 1, for: QuotaEntity(clientID: .standard))
        #expect(quotas.find(.producerByteRate, user: "u", clientID: "") == nil)
        quotas.set(.producerByteRate, to: 2, for: QuotaEntity(user: .standard))
        #expect(quotas.find(.producerByteRate, user: "u", clientID: "")?.value == 2)
    }

    // MARK: Changes

    @Test func `Quotas are set and removed`() {
        var quotas = ClientQuotas()
        let entity = QuotaEntity(user: .named("u"), clientID: .standard)
        let asked: ClientQuotas.Asked = ["user": "u", "client-id": nil]
        let set = quotas.apply([
            alteration(asked, [("producer_byte_rate", 10), ("request_percentage", 0.5)])
        ])
        #expect(set.map(\.error) == [nil])
        #expect(
            quotas.entities == [entity: [.producerByteRate: 10, .requestPercentage: 0.5]])
        _ = quotas.apply([alteration(asked, [("producer_byte_rate", nil), ("other", nil)])])
        #expect(quotas.entities == [entity: [.requestPercentage: 0.5]])
        _ = quotas.apply([alteration(asked, [("request_percentage", nil)])])
        #expect(quotas == ClientQuotas())
    }

    @Test func `Each entity is changed by itself, and once`() {
        var quotas = ClientQuotas()
        let outcomes = quotas.apply([
            alteration(["user": "a"], [("producer_byte_rate", 1)]),
            alteration(["user": "b"], [("producer_byte_rate", 0)]),
            alteration(["user": "a"], [("producer_byte_rate", 2)]),
            alteration(["user": "c"], [("producer_byte_rate", 3)]),
        ])
        #expect(outcomes.map(\.entity) == [["user": "a"], ["user": "b"], ["user": "c"]])
        #expect(outcomes.map(\.error?.code) == [.invalidRequest, .invalidRequest, nil])
        #expect(quotas.find(.producerByteRate, user: "a", clientID: "")?.value == 1)
        #expect(quotas.find(.producerByteRate, user: "b", clientID: "") == nil)
        #expect(quotas.find(.producerByteRate, user: "c", clientID: "")?.value == 3)
    }

    @Test func `A key that is named twice changes nothing`() {
        let twice: [(String, Double?)] = [("producer_byte_rate", 1), ("producer_byte_rate", 2)]
        #expect(code(["user": "u"], twice) == .invalidRequest)
    }

    @Test(arguments: [
        ("producer_byte_rate", 1.0, true), ("producer_byte_rate", 0, false),
        ("producer_byte_rate", -1, false), ("producer_byte_rate", 1.5, false),
        ("consumer_byte_rate", 1e19, false), ("consumer_byte_rate", .nan, false),
        ("request_percentage", 0.01, true), ("request_percentage", 0, false),
        ("controller_mutation_rate", 1.5, true), ("connection_creation_rate", 5, false),
        ("unknown", 1, false),
    ])
    func `A client's quota has values of its kind`(_ key: String, _ value: Double, _ isOne: Bool) {
        #expect(code(["client-id": "c"], [(key, value)]) == (isOne ? nil : .invalidRequest))
    }

    @Test(arguments: [
        ("connection_creation_rate", 5.0, true), ("connection_creation_rate", 3e9, false),
        ("connection_creation_rate", 0.5, false), ("producer_byte_rate", 5, false),
    ])
    func `An address has quotas of its own`(_ key: String, _ value: Double, _ isOne: Bool) {
        #expect(code(["ip": "10.0.0.1"], [(key, value)]) == (isOne ? nil : .invalidRequest))
    }

    @Test(
        arguments: [
            [:], ["user": ""], ["group": "g"], ["ip": "no address"],
            ["ip": "1.2.3.4", "user": "u"],
            ["ip": "1.2.3.4", "client-id": nil],
        ] as [ClientQuotas.Asked])
    func `What is no entity is refused`(_ entity: ClientQuotas.Asked) {
        #expect(code(entity) == .invalidRequest)
    }

    @Test func `There is a bound on the entities`() {
        var quotas = ClientQuotas()
        for number in 0..<ClientQuotas.maxEntities {
            quotas.set(.producerByteRate, to: 1, for: QuotaEntity(user: .named("\(number)")))
        }
        let outcomes = quotas.apply([
            alteration(["user": "one more"], [("producer_byte_rate", 1)]),
            alteration(["user": "0"], [("producer_byte_rate", 2)]),
        ])
        #expect(outcomes.map(\.error?.code) == [.policyViolation, nil])
    }

    // MARK: Filters

    private func found(
        _ components: [(String, Int8, String?)], isStrict: Bool = false
    ) throws -> Set<String> {
        let filter = try QuotaFilter(
            components.map { ($0.0, $0.1, $0.2) }, isStrict: isStrict)
        let all = [
            QuotaEntity(user: .named("u")), QuotaEntity(user: .standard),
            QuotaEntity(user: .named("u"), clientID: .named("c")),
            QuotaEntity(clientID: .standard), QuotaEntity(ip: .standard),
        ]
        return Set(all.filter(filter.matches).map(\.description))
    }

    @Test func `A filter finds entities by what they have`() throws {
        #expect(try found([]).count == 5)
        #expect(try found([], isStrict: true).isEmpty)
        #expect(try found([("user", 0, "u")]) == ["user u", "client-id c, user u"])
        #expect(try found([("user", 0, "u")], isStrict: true) == ["user u"])
        #expect(try found([("user", 1, nil)]) == ["user <default>"])
        #expect(try found([("user", 2, nil)], isStrict: true) == ["user u", "user <default>"])
        #expect(try found([("user", 2, nil), ("client-id", 2, nil)]) == ["client-id c, user u"])
        #expect(try found([("ip", 2, nil)]) == ["ip <default>"])
    }

    @Test(
        arguments: [
            ([("user", 0, nil)], ErrorCode.invalidRequest), ([("user", 1, "u")], .invalidRequest),
            ([("user", 2, "u")], .invalidRequest), ([("user", 3, nil)], .invalidRequest),
            ([("", 2, nil)], .invalidRequest), ([("group", 2, nil)], .unsupportedVersion),
            ([("user", 2, nil), ("user", 1, nil)], .invalidRequest),
            ([("ip", 2, nil), ("user", 2, nil)], .invalidRequest),
        ] as [([(String, Int8, String?)], ErrorCode)])
    func `A filter that makes no sense is refused`(
        _ components: [(String, Int8, String?)], _ code: ErrorCode
    ) {
        #expect {
            try found(components)
        } throws: { error in
            (error as? ApiError)?.code == code
        }
    }
}
