internal import NIOCore

/// Spaces records out for `--rate`. A value of the reading thread; takes the time as it is told.
///
/// After a pause of the input there is no rush to catch up; what a thread that slept for too long
/// is late, it makes up for.
struct RecordPacer {
    private let perSecond: Double
    private var start = NIODeadline.uptimeNanoseconds(0)
    private var count = 0

    /// More than this late is a pause, not a thread that slept for too long.
    private static let patience = TimeAmount.milliseconds(100)

    /// - Parameter perSecond: above 0.
    init(perSecond: Double) {
        self.perSecond = perSecond
    }

    /// How long the next record has to wait, in ms; 0 when it may go now.
    mutating func delayMs(now: NIODeadline) -> Int32 {
        let due = self.due
        if count == 0 || now - due > RecordPacer.patience {
            start = now
            count = 0
            return 0
        }
        // Rounded up, but for what is less than a tenth: poll(2) knows no less than a ms.
        let nanoseconds = (due - now).nanoseconds
        return nanoseconds <= 100_000 ? 0 : Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
    }

    /// A record went.
    mutating func sent() {
        count += 1
    }

    private var due: NIODeadline {
        start + .nanoseconds(Int64(Double(count) / perSecond * 1e9))
    }
}
