import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing

/// Frames that a real broker and real clients exchanged, against what Kafka's own classes read in
/// them: the same fields when decoded, the same bytes when encoded again.
@Suite struct WireConformanceTests {
    @Test func `Every frame decodes to Kafka's fields and encodes to its bytes`() throws {
        for directory in try Fixtures.directories() {
            let wire = directory + "/wire"
            guard Fixtures.isDirectory(wire) else { continue }
            var run = ConformanceRun()
            for name in Fixtures.entries(of: wire) where name.hasSuffix(".jsonl") {
                let pairs = try Fixtures.lines("\(wire)/\(name)")
                let decoded = try Fixtures.lines("\(wire)/decoded/\(name)")
                #expect(pairs.count == decoded.count, "\(name): pairs without their JSON")
                for (index, (pair, json)) in zip(pairs, decoded).enumerated() {
                    run.check(
                        try WirePair(try JSON(pair), try JSON(json), at: "\(name):\(index + 1)"))
                }
            }
            print("\(directory): \(run.summary)")
            #expect(run.compared > 0, "\(directory) has no frame to compare")
            for failure in run.failures.prefix(50) { Issue.record("\(failure)") }
            #expect(run.failures.isEmpty, "\(run.failures.count) failures")
        }
    }
}

/// A line of `wire/API.jsonl` with the same line of `wire/decoded/API.jsonl`.
struct WirePair {
    var place: String
    var key: ApiKey
    var version: Int16
    var request: [UInt8]
    /// nil where no response came.
    var response: [UInt8]?
    var decoded: JSON

    init(_ pair: JSON, _ decoded: JSON, at place: String) throws {
        guard let key = pair["key"]?.integer, let version = pair["version"]?.integer,
            let request = pair["request"]?.text.flatMap({ Hex.decode($0) }),
            let response = pair["response"]
        else { throw JSON.Malformed(description: "\(place): no pair of frames") }
        self.place = place
        self.key = ApiKey(rawValue: Int16(key))
        self.version = Int16(version)
        self.request = request
        self.response = response.text.flatMap { Hex.decode($0) }
        self.decoded = decoded
    }
}

/// Goes through a fixture set's pairs and counts.
struct ConformanceRun {
    private(set) var failures: [String] = []
    private(set) var compared = 0
    private var requests = 0
    private var responses = 0
    private var withTrailingBytes = 0
    private var refused = 0
    private var headers = 0
    private var apis: Set<ApiKey> = []
    private var withoutMessages: Set<String> = []

    var summary: String {
        "compared \(requests) requests and \(responses) responses of \(apis.count) APIs"
            + " (\(withTrailingBytes) with ignored bytes behind the body), \(headers) headers;"
            + " \(refused) frames refused as they should be;"
            + " no messages here for \(withoutMessages.sorted().joined(separator: " "))"
    }

    mutating func check(_ pair: WirePair) {
        do {
            try checkRequest(pair)
            try checkResponse(pair)
        } catch {
            failures.append("\(pair.place): \(error)")
        }
    }

    // MARK: Requests

    private mutating func checkRequest(_ pair: WirePair) throws {
        var reader = WireReader(ByteBuffer(bytes: pair.request))
        let expected = pair.decoded["requestHeader"] ?? .null
        guard let header = try? RequestHeader(from: &reader) else {
            if expected != .null { failures.append("\(pair.place): request header not read") }
            refused += 1
            return
        }
        if expected != .null { try compare(header, with: expected, pair, upTo: reader.remaining) }
        let body = Array(reader.buffer.readableBytesView)
        guard let type = header.apiKey.requestType else {
            withoutMessages.insert(pair.place.prefix { $0 != "." }.description)
            return
        }
        let json = pair.decoded["request"] ?? .null
        guard json != .null, type.validVersions.contains(header.apiVersion) else {
            return expectRefusal(type, body, header.apiVersion, pair)
        }
        requests += 1
        try compareBody(type, body, version: header.apiVersion, json, pair, kind: "request")
    }

    private mutating func compare(
        _ header: RequestHeader, with json: JSON, _ pair: WirePair, upTo remaining: Int
    ) throws {
        headers += 1
        let mine = JSON.object([
            .init("requestApiKey", .integer(Int64(header.apiKey.rawValue))),
            .init("requestApiVersion", .integer(Int64(header.apiVersion))),
            .init("correlationId", .integer(Int64(header.correlationId))),
            .init("clientId", header.clientId.map { .string($0) } ?? .null),
        ])
        if mine != json { failures.append("\(pair.place): header \(mine), but Kafka has \(json)") }
        var writer = WireWriter()
        try header.encode(to: &writer)
        if !pair.request.dropLast(remaining).elementsEqual(writer.buffer.readableBytesView) {
            failures.append("\(pair.place): request header encodes differently")
        }
    }

    /// A frame that Kafka could not read must not pass as something else.
    private mutating func expectRefusal(
        _ type: any WireMessage.Type, _ body: [UInt8], _ version: Int16, _ pair: WirePair
    ) {
        refused += 1
        do throws(WireError) {
            _ = try decode(type, body, version)
            failures.append("\(pair.place): decoded what Kafka refuses")
        } catch {
            let isVersionError = error == .unsupportedVersion(version)
            if !type.validVersions.contains(version), !isVersionError {
                failures.append("\(pair.place): \(error) where the version is unknown")
            }
        }
    }

    private func decode(
        _ type: any WireMessage.Type, _ body: [UInt8], _ version: Int16
    ) throws(WireError) -> any WireMessage {
        try type.decode(body, version: version).message
    }

    // MARK: Responses

    private mutating func checkResponse(_ pair: WirePair) throws {
        guard let frame = pair.response else { return }
        guard let type = pair.key.messageTypes.last?.type else { return }
        // KIP-511: an ApiVersions request of an unknown version is answered in version 0.
        let isFallback = pair.key == .apiVersions && pair.decoded["request"] == .null
        let version = isFallback ? 0 : pair.version
        var reader = WireReader(ByteBuffer(bytes: frame))
        let headerVersion = pair.key.responseHeaderVersion(for: version)
        let header = try ResponseHeader(from: &reader, version: headerVersion)
        if let json = pair.decoded["responseHeader"], json != .null {
            headers += 1
            let correlationId = json["correlationId"]
            if correlationId != .integer(Int64(header.correlationId)) {
                failures.append("\(pair.place): response header \(header), but Kafka has \(json)")
            }
        }
        var writer = WireWriter()
        header.encode(to: &writer, version: headerVersion)
        if !frame.dropLast(reader.remaining).elementsEqual(writer.buffer.readableBytesView) {
            failures.append("\(pair.place): response header encodes differently")
        }
        let body = Array(reader.buffer.readableBytesView)
        guard let json = pair.decoded["response"], json != .null,
            type.validVersions.contains(version)
        else { return expectRefusal(type, body, version, pair) }
        responses += 1
        try compareBody(type, body, version: version, json, pair, kind: "response")
    }

    // MARK: Bodies

    private mutating func compareBody(
        _ type: any ApiMessage.Type, _ body: [UInt8], version: Int16, _ json: JSON,
        _ pair: WirePair, kind: String
    ) throws {
        compared += 1
        apis.insert(type.apiKey)
        func run<Message: WireMessage>(_: Message.Type) throws -> ([String], [UInt8], Int) {
            let (message, trailing) = try Message.decode(body, version: version)
            let differences = MessageComparison.differences(message, json)
            return (differences, try message.encoded(version: version), trailing)
        }
        let (differences, encoded, trailing) = try run(type)
        let place = "\(pair.place) \(type) v\(version)"
        failures += differences.map { "\(place)\($0)" }
        let allowed = Int(pair.decoded[kind + "TrailingBytes"]?.integer ?? 0)
        if trailing != allowed {
            failures.append("\(place): \(trailing) bytes behind the body, Kafka has \(allowed)")
        }
        if trailing > 0 { withTrailingBytes += 1 }
        if encoded != body.dropLast(trailing) {
            failures.append(
                "\(place): encodes to \(Hex.encode(encoded)), came as \(Hex.encode(body))")
        }
    }
}
