internal import KafkaBase
internal import NIOCore

/// What stands around a record of the metadata log: the frame's version, the record's type and its
/// version, each an unsigned varint (Kafka's `MetadataRecordSerde`).
enum MetadataRecordFrame {
    private static let version = 1

    static func decode(_ value: UnsafeRawBufferPointer?) -> DecodedPart {
        guard let value else { return .null }
        var reader = WireReader(ByteBuffer(bytes: value))
        do throws(WireError) {
            let frame = Int(try reader.readUnsignedVarint())
            guard frame == version else { return .malformed(.badFrame(frame)) }
            let type = Int(try reader.readUnsignedVarint())
            let recordVersion = try reader.readUnsignedVarint()
            guard let key = Int16(exactly: type), let record = DataMessages.metadataRecords[key]
            else { return .unknownType(type) }
            let part = CoordinatorRecordTypes.read(
                record, version: Int16(clamping: recordVersion), &reader)
            guard reader.remaining > 0, part.message != nil else { return part }
            return .malformed(.trailingBytes(reader.remaining, type: type))
        } catch {
            return .malformed(.noVersion)
        }
    }
}

/// The control records of the metadata log's quorum.
public enum QuorumControlRecord {
    /// - Parameter type: of the control record's key (Kafka's `ControlRecordType`); nil for one
    ///   that has no message.
    public static func decode(type: Int16, value: UnsafeRawBufferPointer?) -> DecodedPart? {
        let messages: [Int16: any DataMessage.Type] = [
            2: LeaderChangeMessage.self, 3: SnapshotHeaderRecord.self,
            4: SnapshotFooterRecord.self, 5: KRaftVersionRecord.self, 6: VotersRecord.self,
        ]
        guard let message = messages[type] else { return nil }
        guard let value else { return .null }
        var reader = WireReader(ByteBuffer(bytes: value))
        // Each begins with a field that says its version.
        guard value.count >= 2 else { return .malformed(.noVersion) }
        let version = Int16(bigEndian: value.loadUnaligned(as: Int16.self))
        let known = message.validVersions
        return CoordinatorRecordTypes.read(
            message, version: min(max(version, known.lowerBound), known.upperBound), &reader)
    }
}
