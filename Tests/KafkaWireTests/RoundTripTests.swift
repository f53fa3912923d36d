import KafkaBase
import KafkaWire
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
