internal import KafkaTransport
internal import KafkaWire

/// In which versions the classic protocol is spoken. Brokers whose JoinGroup ends at version 6 are
/// spoken to without the flexible versions, which add nothing there: librdkafka's mock cluster
/// offers them but reads them as if they were not flexible.
struct GroupForms: Sendable {
    private var isPlain = false

    init() {}

    init(_ versions: ApiVersionRanges) {
        isPlain = versions.highestCommonVersion(of: JoinGroupRequest.self) == 6
    }

    func limit(of key: ApiKey) -> Int16 {
        guard isPlain else { return .max }
        return switch key {
        case .joinGroup: 5
        case .syncGroup, .heartbeat: 3
        // It expects one member, as before version 3.
        case .leaveGroup: 2
        default: .max
        }
    }
}
