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

    private func exchanges(_ api: ServedApi) throws -> [Exchange] {
        try Fixtures.directories().flatMap { directory in
            let path = "\(directory)/wire/\(api.key).jsonl"
            guard Fixtures.isFile(path) else { return [Exchange]() }
            return try Fixtures.lines(path).compactMap { line in
                let json = try JSON(line)
                guard let version = json["version"]?.integer,
                    let request = json["request"]?.text.flatMap({ Hex.decode($0) })
                else { return nil }
                return Exchange(
                    version: Int16(version), request: request,
                    isAnswered: json["response"]?.text?.isEmpty == false)
            }
        }
    }

    @Test(arguments: ServedApi.all.map(\.key))
    func `Every request that Kafka answered is answered`(_ key: ApiKey) async throws {
        let api = try #require(ServedApi.all.first { $0.key == key })
        let exchanges = try exchanges(api)
        #expect(try !exchanges.isEmpty || Fixtures.directories().isEmpty)
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
