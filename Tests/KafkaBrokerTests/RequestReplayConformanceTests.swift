import KafkaBase
import KafkaTransport
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

/// What real clients sent to a real Kafka, sent to this broker: each request is answered, in the
/// form of its version. The answers' content depends on what else the broker holds.
@Suite struct RequestReplayConformanceTests {
    private struct Exchange {
        var version: Int16
        var request: [UInt8]
        /// Kafka answered.
        var isAnswered: Bool
    }

    /// All of them, by their keys; read once.
    private static let exchanges = Result {
        var found: [ApiKey: [Exchange]] = [:]
        for directory in try Fixtures.directories() {
            let wire = "\(directory)/wire"
            for name in Fixtures.entries(of: wire) where name.hasSuffix(".jsonl") {
                for line in try Fixtures.lines("\(wire)/\(name)") {
                    let json = try JSON(line)
                    guard let key = json["key"]?.integer, let version = json["version"]?.integer,
                        let request = json["request"]?.text.flatMap({ Hex.decode($0) })
                    else { continue }
                    found[ApiKey(rawValue: Int16(key)), default: []].append(
                        Exchange(
                            version: Int16(version), request: request,
                            isAnswered: json["response"]?.text?.isEmpty == false))
                }
            }
        }
        return found
    }

    @Test func `Some request is there to be sent`() throws {
        let exchanges = try RequestReplayConformanceTests.exchanges.get()
        let count = ServedApi.all.compactMap { exchanges[$0.key]?.count }.reduce(0, +)
        #expect(try count > 0 || Fixtures.directories().isEmpty)
    }

    @Test(arguments: ServedApi.all.map(\.key))
    func `Every request that Kafka answered is answered`(_ key: ApiKey) async throws {
        let api = try #require(ServedApi.all.first { $0.key == key })
        // A set of frames need not have every API.
        let exchanges = try RequestReplayConformanceTests.exchanges.get()[key] ?? []
        try await TestBroker.with { broker in
            guard case .unix(path: let path) = broker.broker.boundAddresses[0] else { return }
            for exchange in exchanges
            where exchange.isAnswered && api.versions.contains(exchange.version) {
                // One each: fetches of some wait half a second, and their clients do not mind.
                let connection = try RawConnection(path: path)
                try connection.send(exchange.request)
                let answer = try connection.receive() ?? []
                #expect(answer.prefix(4) == exchange.request[4..<8])
                #expect(
                    api.isResponse(answer, exchange.version),
                    "\(api.key) v\(exchange.version): \(exchange.request)")
            }
        }
    }
}
