import KafkaWire
import TestSupport
import WireSchema

/// The definition files, and the generated types that belong to them.
enum Definitions {
    struct Entry {
        var versions: ClosedRange<Int>
        var firstFlexibleVersion: Int?
        var definition: MessageDefinition
        var type: any WireMessage.Type
    }

    /// Every request, response, and message of a record.
    static func all() throws -> [Entry] {
        let directory = Fixtures.packageRoot + "/Sources/KafkaWire/Definitions"
        return try Fixtures.files(under: directory, suffix: ".wire").flatMap {
            entries(try SchemaParser.parse(try Fixtures.text($0)))
        }
    }

    private static func entries(_ definition: Definition) -> [Entry] {
        switch definition {
        case .api(let api):
            let types = ApiKey(rawValue: Int16(api.key)).messageTypes.map(\.type)
            return zip([api.request, api.response], types).map {
                Entry(
                    versions: api.versions, firstFlexibleVersion: api.firstFlexibleVersion,
                    definition: $0, type: $1)
            }
        case .data(let data):
            let type = DataMessages.defined.first { $0.name == data.name }
            return type.map {
                [
                    Entry(
                        versions: data.versions, firstFlexibleVersion: data.firstFlexibleVersion,
                        definition: data.message, type: $0)
                ]
            } ?? []
        }
    }
}
