import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing

/// Bytes of our own choosing, written down by hand from the schemas, for each family of records.
@Suite struct InternalTopicTests {
    private func decode(
        _ topic: InternalTopic, key: String?, value: String?
    ) throws -> DecodedRecord {
        try decode(
            topic, key: key.map { try #require(Hex.decode($0)) },
            value: value.map { try #require(Hex.decode($0)) })
    }

    private func decode(
        _ topic: InternalTopic, key: [UInt8]?, value: [UInt8]?
    ) -> DecodedRecord {
        (key ?? []).withUnsafeBytes { keyBytes in
            (value ?? []).withUnsafeBytes { valueBytes in
                topic.decode(
                    key: key == nil ? nil : keyBytes, value: value == nil ? nil : valueBytes)
            }
        }
    }

    private func fields(_ part: DecodedPart) -> String {
        part.message.map { "\($0.name) v\($0.version) \(WireValue.object($0.fields).text)" }
            ?? "\(part)"
    }

    @Test func `An offset commit, with versions before and after tagged fields`() throws {
        let key = "0001 0001 67 0002 7431 00000007"
        let old = try decode(
            .consumerOffsets, key: key,
            value: "0001 000000000000002a 0002 6d64 0000000000000005 0000000000000009")
        #expect(fields(old.key) == "OffsetCommitKey v1 {group:g,topic:t1,partition:7}")
        #expect(
            fields(old.value)
                == "OffsetCommitValue v1 {offset:42,metadata:md,commitTimestamp:5,"
                + "expireTimestamp:9}"
        )
        let new = try decode(
            .consumerOffsets, key: key,
            value: "0004 000000000000002a 00000003 03 6d64 0000000000000005 00")
        #expect(
            fields(new.value)
                == "OffsetCommitValue v4 {offset:42,leaderEpoch:3,metadata:md,commitTimestamp:5}")
        let tombstone = try decode(.consumerOffsets, key: key, value: nil)
        guard case .null = tombstone.value else {
            Issue.record("\(tombstone)")
            return
        }
    }

    @Test func `A classic group shows its members' subscriptions and assignments`() throws {
        let member =
            "0001 6d ffff 0001 63 0001 68 00000001 00000002"
            + " 00000011 0001 00000001 0001 74 ffffffff 00000000"
            + " 00000003 ffff00"
        let record = try decode(
            .consumerOffsets, key: "0002 0001 67",
            value: "0003 0008 636f6e73756d6572 00000005 ffff ffff 0000000000000001 00000001 "
                + member)
        #expect(fields(record.key) == "GroupMetadataKey v2 {group:g}")
        #expect(
            fields(record.value)
                == "GroupMetadataValue v3 {protocolType:consumer,generation:5,protocol:null,"
                + "leader:null,currentStateTimestamp:1,members:[{memberId:m,groupInstanceId:null,"
                + "clientId:c,clientHost:h,rebalanceTimeout:1,sessionTimeout:2,"
                // The assignment says version -1, which it cannot: it stays as it is.
                + "subscription:{topics:[t],userData:null,ownedPartitions:[]},"
                + "assignment:<ffff00>}]}")
    }

    @Test func `A consumer group's member, whose classic metadata is null or not`() throws {
        let head = "0000 00 00 02 63 02 68 02 02 74 00 00000001 00 "
        let null = try decode(
            .consumerOffsets, key: "0005 0001 67 0001 6d", value: head + "01 00 01 00")
        #expect(
            fields(null.value)
                == "ConsumerGroupMemberMetadataValue v0 {instanceId:null,rackId:null,clientId:c,"
                + "clientHost:h,subscribedTopicNames:[t],subscribedTopicRegex:null,"
                + "rebalanceTimeoutMs:1,serverAssignor:null,classicMemberMetadata:null}")
        let set = try decode(
            .consumerOffsets, key: "0005 0001 67 0001 6d",
            value: head + "01 00 07 01 00000009 01 00")
        #expect(
            fields(set.value).hasSuffix(
                "classicMemberMetadata:{sessionTimeoutMs:9,supportedProtocols:[]}}"))
        let absent = try decode(
            .consumerOffsets, key: "0005 0001 67 0001 6d", value: head + "00")
        #expect(fields(absent.value).hasSuffix("serverAssignor:null}"))
    }

    @Test(arguments: [
        ("0003 0001 67", "0000 00000005 00", "ConsumerGroupMetadataValue v0 {epoch:5}"),
        (
            "0003 0001 67", "0000 00000005 01 00 08 0000000000000007",
            "ConsumerGroupMetadataValue v0 {epoch:5,metadataHash:7}"
        ),
        (
            "0006 0001 67", "0000 00000005 00",
            "ConsumerGroupTargetAssignmentMetadataValue v0 {assignmentEpoch:5}"
        ),
        (
            "000b 0001 67", "0000 00000005 0000000000000001 00",
            "ShareGroupMetadataValue v0 {epoch:5,metadataHash:1}"
        ),
        (
            "0010 0001 67 0001 2e", "0000 02 02 74 0000000000000003 0000000000000004 00",
            "ConsumerGroupRegularExpressionValue v0 {topics:[t],version:3,timestamp:4}"
        ),
        (
            "0015 0001 67 0001 6d", "0000 02 02 30 02 00000001 00 01 01 00",
            "StreamsGroupTargetAssignmentMemberValue v0 {activeTasks:[{subtopologyId:0,"
                + "partitions:[1]}],standbyTasks:[],warmupTasks:[]}"
        ),
    ])
    func `Groups of the newer kinds`(key: String, value: String, text: String) throws {
        let record = try decode(.consumerOffsets, key: key, value: value)
        #expect(fields(record.value) == text)
        #expect(record.key.message?.name == record.value.message?.name.asKey)
    }

    @Test func `A transaction`() throws {
        let record = try decode(
            .transactionState, key: "0000 0002 7478",
            value: "0000 0000000000000009 0003 0000ea60 01 00000001 0001 74 00000002 00000000"
                + " 00000001 0000000000000007 0000000000000006")
        #expect(fields(record.key) == "TransactionLogKey v0 {transactionalId:tx}")
        #expect(
            fields(record.value)
                == "TransactionLogValue v0 {producerId:9,producerEpoch:3,"
                + "transactionTimeoutMs:60000,transactionStatus:1,transactionPartitions:"
                + "[{topic:t,partitionIds:[0,1]}],transactionLastUpdateTimestampMs:7,"
                + "transactionStartTimestampMs:6}")
    }

    @Test func `A share-partition's state`() throws {
        let id = "00000000000000000000000000000001"
        let record = try decode(
            .shareGroupState, key: "0001 0001 67 \(id) 00000002",
            value: "0000 00000001 00000002 0000000000000003 01 00")
        #expect(
            fields(record.key)
                == "ShareUpdateKey v1 {groupId:g,topicId:AAAAAAAAAAAAAAAAAAAAAQ,partition:2}")
        #expect(
            fields(record.value)
                == "ShareUpdateValue v0 {snapshotEpoch:1,leaderEpoch:2,startOffset:3,"
                + "stateBatches:[]}")
    }

    @Test func `Records of the metadata log`() throws {
        let id = "00000000000000000000000000000001"
        let topic = try decode(.clusterMetadata, key: nil, value: "01 02 00 02 74 \(id) 00")
        #expect(
            fields(topic.value)
                == "TopicRecord v0 {name:t,topicId:AAAAAAAAAAAAAAAAAAAAAQ}")
        let quota = try decode(
            .clusterMetadata, key: nil,
            value: "01 0e 00 02 05 75736572 00 00 02 6b 4029000000000000 01 00")
        #expect(
            fields(quota.value)
                == "ClientQuotaRecord v0 {entity:[{entityType:user,entityName:null}],key:k,"
                + "value:12.5,remove:true}")
        // Tags come in the wire's order, fields in the schema's.
        let change = try decode(
            .clusterMetadata, key: nil,
            value: "01 05 01 00000001 \(id) 02 01 04 00000002 08 01 01")
        #expect(
            fields(change.value)
                == "PartitionChangeRecord v1 {partitionId:1,topicId:AAAAAAAAAAAAAAAAAAAAAQ,"
                + "leader:2,directories:[]}")
        let nothing = try decode(.clusterMetadata, key: nil, value: "01 14 00 00")
        #expect(fields(nothing.value) == "NoOpRecord v0 {}")
    }

    @Test func `Control records of the quorum`() throws {
        func control(_ type: Int16, _ hex: String) throws -> String? {
            let bytes = try #require(Hex.decode(hex))
            return bytes.withUnsafeBytes {
                QuorumControlRecord.decode(type: type, value: $0).map(fields)
            }
        }
        #expect(
            try control(2, "0000 00000001 02 00000001 00 01 00")
                == "LeaderChangeMessage v0 {version:0,leaderId:1,voters:[{voterId:1}],"
                + "grantingVoters:[]}")
        #expect(
            try control(3, "0000 0000000000000005 00")
                == "SnapshotHeaderRecord v0 {version:0,lastContainedLogTimestamp:5}")
        #expect(try control(4, "0000 00") == "SnapshotFooterRecord v0 {version:0}")
        #expect(
            try control(5, "0000 0001 00") == "KRaftVersionRecord v0 {version:0,kRaftVersion:1}")
        #expect(
            try control(
                6,
                "0000 02 00000001 \(String(repeating: "00", count: 16)) 01"
                    + " 0000 0001 00 00 00")
                == "VotersRecord v0 {version:0,voters:[{voterId:1,"
                + "voterDirectoryId:AAAAAAAAAAAAAAAAAAAAAA,endpoints:[],kRaftVersionFeature:"
                + "{minSupportedVersion:0,maxSupportedVersion:1}}]}")
        #expect(try control(0, "0000 00000001") == nil)
    }

    @Test(arguments: [
        (InternalTopic.consumerOffsets, "004d 00", "00", "unknownType(77)"),
        (.consumerOffsets, "ffff", "00", "unknownType(-1)"),
        (.consumerOffsets, "00", "00", "malformed(too short for its version)"),
        (.transactionState, "0000 0005 74", "", "malformed(no TransactionLogKey of version 0"),
        (.transactionState, "0001 0001 74", "", "unknownType(1)"),
        (.shareGroupState, "0002", "", "unknownType(2)"),
    ])
    func `What nobody knows is said to be that`(
        topic: InternalTopic, key: String, value: String, text: String
    ) throws {
        let record = try decode(topic, key: key, value: value)
        #expect(fields(record.key).hasPrefix(text), "\(record)")
        #expect(record.value.message == nil)
    }

    @Test(arguments: [
        ("01 7f 00", "unknownType(127)"), ("02 02 00", "malformed(unknown frame version 2)"),
        ("00", "malformed(unknown frame version 0)"), ("01", "malformed(too short"),
        ("01 14 00 00 00", "malformed(1 bytes behind the record of type 20)"),
        ("01 14 05 00", "malformed(no NoOpRecord of version 5"),
        ("01 ffffffff0f 00", "unknownType(4294967295)"),
    ])
    func `Frames of the metadata log that are none`(value: String, text: String) throws {
        #expect(fields(try decode(.clusterMetadata, key: nil, value: value).value).hasPrefix(text))
    }

    @Test func `Every pair of key and value has one type and one name`() {
        for table in [
            CoordinatorRecordTypes.group, CoordinatorRecordTypes.transaction,
            CoordinatorRecordTypes.share,
        ] {
            for (type, pair) in table {
                #expect(pair.key.validVersions.contains(type))
                #expect(pair.key.name == pair.value.name.asKey)
            }
        }
        #expect(Set(CoordinatorRecordTypes.group.keys) == Set(0...23))
        #expect(Set(DataMessages.metadataRecords.keys).isSuperset(of: [0, 1, 2, 3, 4, 5, 20, 27]))
    }

    /// Whatever the bytes are, a record comes out, and none of it is more than the bytes say.
    @Test func `Damaged and random records`() throws {
        let seeds = [
            "0001 0001 67 0002 7431 00000007", "0000 0002 7478", "01 02 00 02 74",
            "0003 0008 636f6e73756d6572 00000005 ffff ffff 0000000000000001 00000001 0001 6d ffff",
            "0000 00 00 02 63 02 68 02 02 74 00 00000001 00 01 00 01 00",
        ].compactMap { Hex.decode($0) }
        var decoded = 0
        try Seeds.run(3000) { _, random in
            func bytes() -> [UInt8]? {
                var bytes = seeds.randomElement(using: &random) ?? []
                for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
                        in: 0...255, using: &random)
                }
                if bytes.count > 1, Bool.random(using: &random) { bytes[0] = 0 }
                if bytes.count > 1, Bool.random(using: &random) {
                    bytes[1] = .random(in: 0...25, using: &random)
                }
                bytes += (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    .random(in: 0...255, using: &random)
                }
                return Int.random(in: 0..<10, using: &random) == 0 ? nil : bytes
            }
            for topic in InternalTopic.allCases {
                let record = decode(topic, key: bytes(), value: bytes())
                if record.key.message != nil || record.value.message != nil { decoded += 1 }
                #expect(WireValue.object(record.value.message?.fields ?? []).text.count < 4096)
            }
            let value = bytes() ?? []
            for type in Int16(-1)...7 {
                value.withUnsafeBytes {
                    _ = QuorumControlRecord.decode(type: type, value: $0)
                }
            }
        }
        #expect(decoded > 0)
    }
}

extension String {
    fileprivate var asKey: String { hasSuffix("Value") ? dropLast("Value".count) + "Key" : self }
}

extension WireValue {
    /// For comparison by eye.
    fileprivate var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .float64(let value): "\(value)"
        case .string(let text): text
        case .uuid(let id): id.description
        case .bytes(let bytes): "<\(Hex.encode(bytes.readableBytesView))>"
        case .array(let elements): "[\(elements.map(\.text).joined(separator: ","))]"
        case .object(let fields):
            "{\(fields.map { "\($0.name):\($0.value.text)" }.joined(separator: ","))}"
        }
    }
}
