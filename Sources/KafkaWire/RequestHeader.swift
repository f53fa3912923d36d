public import KafkaBase

/// What stands in front of every request's body (Kafka's RequestHeader, versions 1 and 2).
public struct RequestHeader: Sendable {
    public var apiKey: ApiKey
    public var apiVersion: Int16
    public var correlationId: Int32
    public var clientId: String?
    public var unknownTaggedFields: [TaggedField] = []

    public init(apiKey: ApiKey, apiVersion: Int16, correlationId: Int32, clientId: String?) {
        self.apiKey = apiKey
        self.apiVersion = apiVersion
        self.correlationId = correlationId
        self.clientId = clientId
    }

    /// Decodes a header of the version that its own key and API version tell.
    public init(from reader: inout WireReader) throws(WireError) {
        apiKey = ApiKey(rawValue: try reader.readInteger())
        apiVersion = try reader.readInteger()
        correlationId = try reader.readInteger()
        // The client id keeps its two-byte length in every version, so that a broker can read the
        // header of a request that is too new for it.
        clientId = try reader.readNullableString(compact: false)
        if apiKey.requestHeaderVersion(for: apiVersion) >= 2 {
            unknownTaggedFields = try reader.readTaggedFields()
        }
    }

    public func encode(to writer: inout WireWriter) throws(WireError) {
        writer.writeInteger(apiKey.rawValue)
        writer.writeInteger(apiVersion)
        writer.writeInteger(correlationId)
        try writer.writeString(clientId, compact: false)
        if apiKey.requestHeaderVersion(for: apiVersion) >= 2 {
            writer.writeTaggedFields(unknownTaggedFields)
        }
    }
}
