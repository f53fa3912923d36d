/// How time is cut for the use of quotas (`quota.window.num` and `quota.window.size.seconds`, and
/// those of the controller's mutations).
struct QuotaWindows: Sendable, Equatable {
    var count = 11
    var sizeMs: Int64 = 1000

    /// Seconds of value that can be used at once without being held up for sure.
    var burstSeconds: Double { Double(count - 1) * Double(sizeMs) / 1000 }
}

extension QuotaWindows {
    /// - Parameter prefix: of the names of the two settings.
    init(_ settings: BrokerSettings, _ prefix: String) {
        let number = { (name: String) in
            settings.value(of: prefix + name).flatMap { Int64($0) }
        }
        count = number(".window.num").map { Int($0) } ?? count
        sizeMs = number(".window.size.seconds").map { $0 * 1000 } ?? sizeMs
    }
}

/// How long a client is held up.
enum ThrottleTime {
    /// The longest, in ms: an hour. Who used that much is held up again afterwards.
    static let maxMs: Int64 = 3_600_000

    static func ms(_ exact: Double) -> Int64 {
        exact < Double(maxMs) ? Int64(exact.rounded()) : maxMs
    }
}
