internal import KafkaBase
internal import NIOCore

extension DecodedRecord {
    /// Of a classic group's members, shows what consumers put into the bytes that the coordinator
    /// passes on: the subscription and the assignment (Kafka's `DumpLogSegments` does so, too).
    /// Bytes that are none stay bytes.
    func readingMemberProtocols() -> DecodedRecord {
        guard case .message(var decoded) = value,
            let group = decoded.message as? GroupMetadataValue, group.protocolType == "consumer",
            let index = decoded.fields.firstIndex(where: { $0.name == "members" }),
            case .array(let members) = decoded.fields[index].value
        else { return self }
        decoded.fields[index].value = .array(members.map(DecodedRecord.readingProtocol(of:)))
        return DecodedRecord(key: key, value: .message(decoded))
    }

    private static func readingProtocol(of member: WireValue) -> WireValue {
        guard case .object(let fields) = member else { return member }
        return .object(
            fields.map { field in
                guard case .bytes(let bytes) = field.value else { return field }
                switch field.name {
                case "subscription": return read(field, bytes, ConsumerProtocolSubscription.self)
                case "assignment": return read(field, bytes, ConsumerProtocolAssignment.self)
                default: return field
                }
            })
    }

    private static func read(
        _ field: WireField, _ bytes: ByteBuffer, _ type: any DataMessage.Type
    ) -> WireField {
        var reader = WireReader(bytes)
        guard let version = try? reader.readInteger(as: Int16.self), version >= 0 else {
            return field
        }
        // Newer versions only add fields behind those that are known.
        let known = min(version, type.validVersions.upperBound)
        guard let message = CoordinatorRecordTypes.read(type, version: known, &reader).message
        else {
            return field
        }
        return WireField(field.name, .object(message.fields))
    }
}
