import Testing

@testable import KafkaBroker

@Suite struct ConnectionLimitsTests {
    @Test func `An address has its own limit, or that of all`() throws {
        let settings = try BrokerSettings([
            "max.connections.per.ip": "7",
            "max.connections.per.ip.overrides": "127.0.0.1:3, 0:0:0:0:0:0:0:1:5",
        ])
        #expect(settings.connectionLimits.limit(of: "127.0.0.1") == 3)
        #expect(settings.connectionLimits.limit(of: "::1") == 5)
        #expect(settings.connectionLimits.limit(of: "10.0.0.1") == 7)
        let changed = settings.changed(
            dynamic: ["max.connections.per.ip": "1"],
            dynamicDefaults: ["max.connections.per.ip.overrides": ""])
        #expect(changed.connectionLimits.limit(of: "127.0.0.1") == 1)
        #expect(try BrokerSettings().connectionLimits.limit(of: "::1") == Int(Int32.max))
    }

    @Test(arguments: ["127.0.0.1", "localhost:5", "127.0.0.1:-1", "127.0.0.1:x", ":5", "1.2.3:4"])
    func `What is no list of addresses is refused`(_ text: String) {
        #expect(throws: SettingError.self) {
            try BrokerSettings(["max.connections.per.ip.overrides": text])
        }
    }
}
