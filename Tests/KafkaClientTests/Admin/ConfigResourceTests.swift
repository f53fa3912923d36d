import Testing

@testable import KafkaClient

@Suite struct ConfigResourceTests {
    @Test(
        arguments: [
            (ConfigResource.topic("t"), 2, "t"), (.broker(7), 4, "7"), (.brokerDefaults, 4, ""),
            (.brokerLogger(7), 8, "7"), (.clientMetrics("m"), 16, "m"), (.group("g"), 32, "g"),
        ] as [(ConfigResource, Int8, String)])
    func comesBackFromItsNumberAndName(resource: ConfigResource, type: Int8, name: String) throws {
        #expect(resource.type == type && resource.name == name)
        let kind = try #require(ConfigResource.Kind(rawValue: type))
        #expect(ConfigResource(kind, name) == resource)
    }

    @Test func brokersAreNumbers() {
        #expect(ConfigResource(.broker, "x") == nil)
        #expect(ConfigResource(.brokerLogger, "") == nil)
        #expect(ConfigResource(.broker, "99999999999") == nil)
    }
}

@Suite struct QuotaEntityTests {
    @Test func partsAreInTheOrderOfTheirKinds() {
        let entity = QuotaEntity([.clientID: .default, .user: .named("u")])
        #expect(entity.ordered.map(\.kind) == [.user, .clientID])
        #expect(entity == QuotaEntity([.user: .named("u"), .clientID: .default]))
    }
}
