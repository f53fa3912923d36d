/// When the records of a load at a fixed rate are due.
///
/// The times are fixed in advance and latencies are counted from them, not from when a record could
/// be sent at last: a stall shows in every record that it held up ("coordinated omission" is
/// avoided).
struct SendSchedule: Sendable {
    let startNs: UInt64
    /// Above zero.
    let perSecond: Double

    func dueNs(_ index: Int) -> UInt64 {
        startNs + UInt64(Double(index) / perSecond * 1e9)
    }

    /// How many records are due within a time.
    func count(withinMs milliseconds: Int64) -> Int {
        Int((Double(milliseconds) / 1000 * perSecond).rounded())
    }
}
