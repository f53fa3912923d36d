internal import KafkaBase
internal import KafkaClient

/// A member of a group: a row of `groups describe --members`.
struct GroupMemberRow {
    var group: String
    var member: GroupDescription.Member

    static func rows(_ group: GroupDescription) -> [GroupMemberRow] {
        group.members.map { GroupMemberRow(group: group.groupID, member: $0) }
    }

    /// `orders(0,1),users(2)`, as Kafka's tool has it.
    var assignment: String {
        var text = ""
        var topic: String?
        for partition in member.assignment {
            if partition.topic == topic {
                text += ",\(partition.partition)"
            } else {
                text += "\(topic == nil ? "" : "),")\(partition.topic)(\(partition.partition)"
                topic = partition.topic
            }
        }
        return topic == nil ? "" : text + ")"
    }

    static var layout: RowLayout<GroupMemberRow> {
        RowLayout(columns: [
            .text("GROUP", "group") { .text($0.group) },
            .text("CONSUMER-ID", "consumerId") { .text($0.member.memberID) },
            .text("INSTANCE-ID", "instanceId") { .optional($0.member.instanceID) },
            .text("HOST", "host") { .text($0.member.host) },
            .text("CLIENT-ID", "clientId") { .text($0.member.clientID) },
            .number("#PARTITIONS", "partitions") { .int($0.member.assignment.count) },
            .text("ASSIGNMENT", nil) { .text($0.assignment) },
            .text(nil, "assignment") { .list($0.member.assignment.map { .text("\($0)") }) },
            .text(nil, "targetAssignment") {
                $0.member.targetAssignment.map { .list($0.map { .text("\($0)") }) } ?? .missing
            },
            .number(nil, "memberEpoch") { .optional($0.member.memberEpoch) },
            .text(nil, "rackId") { .optional($0.member.rackID) },
        ])
    }
}
