import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing
import WireSchema

/// Every message in every version, with made-up content.
@Suite struct RoundTripTests {
    @Test func `Made-up messages decode to their fields and encode to their bytes`() throws {
        let entries = try Definitions.all()
        #expect(entries.count == 2 * ApiKey.defined.count + DataMessages.defined.count)
        var count = 0
        try Seeds.run(6) { seed, random in
            for entry in entries {
                for version in entry.versions {
                    let message = SchemaMessage.random(
                        entry, version: version, using: &random)
                    let place = "SIM_SEED=\(seed) \(entry.type) v\(version)"
                    try check(entry.type, message, Int16(version), place)
                    count += 1
                }
            }
        }
        print("round trips: \(count) messages")
    }

    private func check<Message: WireMessage>(
        _: Message.Type, _ expected: SchemaMessage, _ version: Int16, _ place: String
    ) throws {
        do throws(WireError) {
            let (message, trailing) = try Message.decode(expected.bytes, version: version)
            #expect(trailing == 0, "\(place)")
            let differences = MessageComparison.differences(message, expected.json)
            #expect(differences == [], "\(place)")
            #expect(try message.encoded(version: version) == expected.bytes, "\(place)")
            if let data = message as? any DataMessage {
                let shown = JSON(WireValue.object(data.fields(version: version)))
                #expect(shown.sorted == expected.json.sorted, "\(place)")
            }
        } catch {
            Issue.record("\(place): \(error)")
        }
    }

    @Test func `A message of defaults encodes in every version`() throws {
        for entry in try Definitions.all() {
            for version in entry.versions.map(Int16.init) {
                try checkDefaults(entry.type, version)
            }
        }
    }

    private func checkDefaults<Message: WireMessage>(
        _: Message.Type, _ version: Int16
    ) throws {
        let bytes = try Message().encoded(version: version)
        let (message, trailing) = try Message.decode(bytes, version: version)
        #expect(trailing == 0)
        #expect("\(message)" == "\(Message())", "\(Message.self) v\(version)")
    }

    @Test func `A version outside the range is refused both ways`() throws {
        for entry in try Definitions.all() {
            let range = entry.type.validVersions
            #expect(entry.versions == Int(range.lowerBound)...Int(range.upperBound))
            for version in [range.lowerBound - 1, range.upperBound + 1] {
                #expect(throws: WireError.unsupportedVersion(version)) {
                    _ = try entry.type.init().encoded(version: version)
                }
                #expect(throws: WireError.unsupportedVersion(version)) {
                    _ = try entry.type.decode([UInt8](repeating: 0, count: 100), version: version)
                }
            }
        }
    }

    /// What the version cannot carry is an error, not a silent loss.
    @Test func `A field that a version lacks is refused unless it may be dropped`() throws {
        var request = MetadataRequest()
        request.allowAutoTopicCreation = false
        #expect(throws: WireError.unsupportedField("allowAutoTopicCreation", version: 3)) {
            _ = try request.encoded(version: 3)
        }
        _ = try request.encoded(version: 4)

        var response = FetchResponse()
        response.throttleTimeMs = 5
        _ = try response.encoded(version: 0)
    }
}

extension JSON {
    /// What is shown of a record, as Kafka's converter would show it.
    fileprivate init(_ value: WireValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .float64(let value): self = .number(value)
        case .string(let text): self = .string(text)
        case .uuid(let id): self = .string(id.description)
        case .bytes(let bytes): self = .string(Base64.encode(Array(bytes.readableBytesView)))
        case .array(let elements): self = .array(elements.map { JSON($0) })
        case .object(let fields):
            self = .object(fields.map { Member($0.name, JSON($0.value)) })
        }
    }

    /// With every object's members by name.
    fileprivate var sorted: JSON {
        switch self {
        case .object(let members):
            .object(
                members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
        case .array(let elements): .array(elements.map(\.sorted))
        default: self
        }
    }
}
