/// What stands in front of the value of a record of `bench latency`: which run it belongs to, its
/// number, and when it was due. Sender and reader are one process with one clock.
struct LatencyStamp: Equatable, Sendable {
    static let byteCount = 24

    var run: UInt64
    var number: UInt64
    var dueNs: UInt64

    init(run: UInt64, number: UInt64, dueNs: UInt64) {
        self.run = run
        self.number = number
        self.dueNs = dueNs
    }

    /// - Returns: nil for a value that is too short to have one.
    init?(_ value: UnsafeRawBufferPointer) {
        guard value.count >= LatencyStamp.byteCount else { return nil }
        run = value.loadUnaligned(as: UInt64.self)
        number = value.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        dueNs = value.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    }

    /// - Parameter value: of `byteCount` bytes at least.
    func write(to value: UnsafeMutableRawBufferPointer) {
        value.storeBytes(of: run, as: UInt64.self)
        value.storeBytes(of: number, toByteOffset: 8, as: UInt64.self)
        value.storeBytes(of: dueNs, toByteOffset: 16, as: UInt64.self)
    }
}

/// Follows the numbers of one run's records as they are read. A value; one owner.
struct LatencyArrivals {
    let run: UInt64
    /// Records that were due earlier are not counted.
    let sinceNs: UInt64
    /// All that came.
    private(set) var received = 0
    /// Those that count, and their bytes.
    private(set) var counted = 0
    private(set) var bytes = 0
    /// When the last one came; 0 when none did.
    private(set) var latestNs: UInt64 = 0
    /// Records that came a second time, or behind a later one of their partition.
    private(set) var misplaced = 0
    private(set) var latency = LatencyHistogram()
    private var highest: [Int32: UInt64] = [:]

    init(run: UInt64, sinceNs: UInt64) {
        self.run = run
        self.sinceNs = sinceNs
    }

    mutating func take(_ value: UnsafeRawBufferPointer, partition: Int32, nowNs: UInt64) {
        guard let stamp = LatencyStamp(value), stamp.run == run else { return }
        if let last = highest[partition], stamp.number <= last {
            misplaced += 1
            return
        }
        highest[partition] = stamp.number
        latestNs = nowNs
        received += 1
        guard stamp.dueNs >= sinceNs else { return }
        counted += 1
        bytes += value.count
        latency.add(nanoseconds: nowNs > stamp.dueNs ? nowNs - stamp.dueNs : 0)
    }
}
