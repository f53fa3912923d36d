import KafkaBase
import KafkaTransport
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct RawRequestTests {
    private func connect(_ broker: TestBroker) throws -> RawConnection {
        guard case .unix(path: let path) = broker.broker.boundAddresses[0] else {
            throw RawConnection.Failure(what: "no socket")
        }
        return try RawConnection(path: path)
    }

    /// ApiVersions of version 0 and correlation id 9.
    private let question: [UInt8] = [0, 18, 0, 0, 0, 0, 0, 9, 0xFF, 0xFF]

    private func expectAnswers(_ connection: RawConnection) throws {
        try connection.send(question)
        let answer = try connection.receive()
        #expect(answer?.prefix(6) == [0, 0, 0, 9, 0, 0])
    }

    @Test func `The list of APIs here is the broker's`() async throws {
        try await TestBroker.with { broker in
            let response = try await broker.send(ApiVersionsRequest(), version: 0)
            #expect(
                Set(response.apiKeys.map(\.apiKey)) == Set(ServedApi.all.map(\.key.rawValue)))
        }
    }

    @Test(arguments: [Int16(5), 99, -1])
    func `An unknown version of ApiVersions is told the known ones in version 0`(
        _ version: Int16
    ) async throws {
        try await TestBroker.with { broker in
            let connection = try connect(broker)
            var writer = WireWriter()
            for value: Int16 in [18, version, 0, 7, 1] { writer.writeInteger(value) }
            writer.writeInteger(UInt8(ascii: "x"))
            try connection.send(Array(writer.buffer.readableBytesView) + [0, 1, 2])
            // Correlation id 7, error 35, one key: 18, from 0 to 4.
            #expect(
                try connection.receive()
                    == [0, 0, 0, 7, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 4])
            try expectAnswers(connection)
        }
    }

    private static let unreadable: [[UInt8]] = [
        [], [0], [0, 18], [0, 18, 0, 0, 0, 0], [0x7F, 0xFF, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF],
        [0xFF, 0xFF, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF], [0, 1, 0, 3, 0, 0, 0, 1, 0xFF, 0xFF],
        // Metadata that announces more topics than there are bytes, a client id likewise.
        [0, 3, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF],
        [0, 3, 0, 1, 0, 0, 0, 1, 0x7F, 0xFF],
    ]

    @Test(arguments: unreadable)
    func `What cannot be read closes its connection and no other`(
        _ frame: [UInt8]
    ) async throws {
        try await TestBroker.with { broker in
            let good = try connect(broker)
            let bad = try connect(broker)
            try bad.send(frame)
            #expect(try bad.receive() == nil)
            try expectAnswers(good)
        }
    }

    @Test(arguments: [
        [UInt8]([0x7F, 0xFF, 0xFF, 0xFF]), [0xFF, 0xFF, 0xFF, 0xFE], [6, 64, 0, 1],
    ])
    func `A frame of an impossible length closes its connection`(
        _ bytes: [UInt8]
    ) async throws {
        try await TestBroker.with { broker in
            let bad = try connect(broker)
            try bad.sendBytes(bytes)
            #expect(try bad.receive() == nil)
            try expectAnswers(try connect(broker))
        }
    }

    @Test func `Bytes behind a request's body are ignored`() async throws {
        try await TestBroker.with { broker in
            let connection = try connect(broker)
            for api in ServedApi.all where api.key != .produce {
                for version in api.versions {
                    guard let request = api.defaultRequest(version, 5) else { continue }
                    try connection.send(request + [0, 0, 0])
                    let answer = try connection.receive() ?? []
                    #expect(api.isResponse(answer, version), "\(api.key) v\(version)")
                }
            }
        }
    }

    @Test func `Answers come in the order of the requests, behind a fetch that waits`() async throws
    {
        try await TestBroker.with { broker in
            let connection = try connect(broker)
            let fetch = try #require(
                ServedApi.encode(TestBroker.fetchRequest(maxWaitMs: 10_000), 11, 1))
            try connection.send(fetch)
            for id: UInt8 in 2...5 {
                try connection.send([0, 18, 0, 0, 0, 0, 0, id, 0xFF, 0xFF])
            }
            try await broker.untilWaiting("t", 0)
            _ = try await broker.produce(TestBatch.bytes("a"))
            for id: UInt8 in 1...5 {
                #expect(try connection.receive()?.prefix(4) == [0, 0, 0, id])
            }
        }
    }

    @Test func `Damaged requests never end the broker`() async throws {
        try await TestBroker.with { broker in
            let originals = try self.originals()
            try Seeds.run(40) { _, generator in
                var connection = try connect(broker)
                for _ in 0..<25 {
                    let original = originals.randomElement(using: &generator)!
                    let frame = damaged(original, using: &generator)
                    if try !isStillOpen(connection, after: frame) {
                        connection = try connect(broker)
                    }
                }
            }
            try expectAnswers(try connect(broker))
        }
    }

    /// Sends a request, and one behind it that is always answered unless the first was unreadable.
    private func isStillOpen(_ connection: RawConnection, after frame: [UInt8]) throws -> Bool {
        do {
            try connection.send(frame)
            try connection.send(question)
        } catch {
            // Closed before all was sent.
            return false
        }
        while let answer = try connection.receive() {
            if answer.prefix(4) == [0, 0, 0, 9] { return true }
        }
        return false
    }

    /// Requests of every API and version, some with content.
    private func originals() throws -> [[UInt8]] {
        var frames = ServedApi.all.flatMap { api in
            api.versions.compactMap { api.defaultRequest($0, 1) }
        }
        for version in ProduceHandler.servedVersions where version <= 12 {
            frames += [
                ServedApi.encode(
                    TestBroker.produceRequest(TestBatch.bytes("a", "b")), version, 1)
            ].compactMap { $0 }
        }
        for version in FetchHandler.servedVersions where version <= 12 {
            frames += [ServedApi.encode(TestBroker.fetchRequest(), version, 1)].compactMap { $0 }
        }
        return frames
    }

    /// Some bytes changed, or the end cut off. Key and version stay what they are, and so does the
    /// time that a fetch may wait, which is 0.
    private func damaged(_ frame: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var frame = frame
        let first = frame[1] == 1 ? 30 : 10
        for _ in 0..<Int.random(in: 1...4, using: &generator) where frame.count > first {
            let index = Int.random(in: first..<frame.count, using: &generator)
            frame[index] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &generator)]
                .randomElement(using: &generator)!
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            frame = Array(frame.prefix(Int.random(in: 0...frame.count, using: &generator)))
        }
        return frame
    }
}
