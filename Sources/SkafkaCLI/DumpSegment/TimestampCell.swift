/// Writes timestamps as `CivilTime.rfc3339` does, digits straight into the buffer: those of a log
/// follow each other closely, so the date is mostly the one before.
struct TimestampCell {
    private var day = Int64.min
    /// `2024-03-01T`
    private var date = ""
    private static let dayMs: Int64 = 86_400_000
    /// Characters of the whole: `2024-03-01T12:30:00.000Z`
    static let width = 24

    /// - Parameter ms: since the epoch, -1 when there is none.
    /// - Returns: how many characters were written.
    @discardableResult
    mutating func append(_ ms: Int64, to output: OutputBuffer) -> Int {
        // From 1970 to 9999; the rest is rare and may take its time.
        guard (0..<253_402_300_800_000).contains(ms) else {
            let text = CivilTime.rfc3339(ms)
            output.append(text)
            return text.utf8.count
        }
        let today = ms / TimestampCell.dayMs
        if today != day {
            day = today
            date = String(CivilTime.rfc3339(today * TimestampCell.dayMs).prefix(11))
        }
        output.append(date)
        let time = ms % TimestampCell.dayMs
        append(time / 3_600_000, then: UInt8(ascii: ":"), to: output)
        append(time / 60_000 % 60, then: UInt8(ascii: ":"), to: output)
        append(time / 1000 % 60, then: UInt8(ascii: "."), to: output)
        output.append(digit(time / 100 % 10))
        append(time % 100, then: UInt8(ascii: "Z"), to: output)
        return TimestampCell.width
    }

    private func append(_ value: Int64, then sign: UInt8, to output: OutputBuffer) {
        output.append(digit(value / 10))
        output.append(digit(value % 10))
        output.append(sign)
    }

    private func digit(_ value: Int64) -> UInt8 {
        UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value)
    }
}
