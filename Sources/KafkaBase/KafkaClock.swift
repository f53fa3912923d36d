internal import Platform

/// Wall-clock time as the protocol has it: milliseconds since 1970. Whatever decides by time takes
/// one of these, so that a test can set it.
public struct KafkaClock: Sendable {
    private let read: @Sendable () -> Int64

    public init(_ read: @escaping @Sendable () -> Int64) {
        self.read = read
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    public var nowMs: Int64 { read() }

    /// The system's clock.
    public static let system = KafkaClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
