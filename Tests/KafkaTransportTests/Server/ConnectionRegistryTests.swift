import Testing

@testable import KafkaTransport

@Suite struct ConnectionRegistryTests {
    @Test func `No address has more connections than it may`() throws {
        let registry = ConnectionRegistry(maxConnections: 5)
        let first = try #require(registry.admit(from: "10.0.0.1", maxOfHost: 2))
        #expect(registry.admit(from: "10.0.0.1", maxOfHost: 2) != nil)
        #expect(registry.admit(from: "10.0.0.1", maxOfHost: 2) == nil)
        #expect(registry.admit(from: "10.0.0.2", maxOfHost: 0) == nil)
        #expect(registry.admit() != nil, "a local process")
        #expect(registry.count == 3)
        registry.remove(id: first, from: "10.0.0.1")
        #expect(registry.count(of: "10.0.0.1") == 1)
        #expect(registry.admit(from: "10.0.0.1", maxOfHost: 2) != nil)
    }

    @Test func `All addresses together have no more than there is room for`() {
        let registry = ConnectionRegistry(maxConnections: 1)
        #expect(registry.admit(from: "10.0.0.1") != nil)
        #expect(registry.admit(from: "10.0.0.2") == nil)
        #expect(registry.count(of: "10.0.0.2") == 0)
    }
}
