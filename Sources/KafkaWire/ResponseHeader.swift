public import KafkaBase

/// What stands in front of every response's body (Kafka's ResponseHeader, versions 0 and 1).
public struct ResponseHeader: Sendable {
    public var correlationId: Int32
    public var unknownTaggedFields: [TaggedField] = []

    public init(correlationId: Int32) {
        self.correlationId = correlationId
    }

    /// - Parameter version: `ApiKey.responseHeaderVersion(for:)` of the request.
    public init(from reader: inout WireReader, version: Int16) throws(WireError) {
        correlationId = try reader.readInteger()
        if version >= 1 { unknownTaggedFields = try reader.readTaggedFields() }
    }

    /// - Parameter version: `ApiKey.responseHeaderVersion(for:)` of the request.
    public func encode(to writer: inout WireWriter, version: Int16) {
        writer.writeInteger(correlationId)
        if version >= 1 { writer.writeTaggedFields(unknownTaggedFields) }
    }
}
