import KafkaWire
import TestSupport
import WireSchema

/// The definition files, and the generated types that belong to them.
enum Definitions {
    struct Entry {
        var api: APIDefinition
        var definition: MessageDefinition
        var type: any WireMessage.Type
    }

    /// Every request and response.
    static func all() throws -> [Entry] {
        let directory = Fixtures.packageRoot + "/Sources/KafkaWire/Definitions"
        let apis = try Fixtures.files(under: directory, suffix: ".wire").map {
            try SchemaParser.parse(try Fixtures.text($0))
        }
        return apis.flatMap { api in
            let types = ApiKey(rawValue: Int16(api.key)).messageTypes.map(\.type)
            return zip([api.request, api.response], types).map {
                Entry(api: api, definition: $0, type: $1)
            }
        }
    }
}
