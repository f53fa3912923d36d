/// Writes timestamps as `CivilTime.rfc3339` does, digits straight into the buffer: those of a log
/// follow each other closely, so the date is mostly the one before.
struct TimestampCell {
    private var day = Int64.min
    /// `2024-03-01T`, and bytes of no meaning behind.
    private var date = SIMD16<UInt8>()
    private static let dayMs: Int64 = 86_400_000
    /// Characters of the whole: `2024-03-01T12:30:00.000Z`
    static let width = 24
    private static let dateWidth = 11

    /// - Parameter ms: since the epoch, -1 when there is none.
    /// - Returns: how many characters were written.
    @discardableResult
    mutating func append(_ ms: Int64, to output: OutputBuffer) -> Int {
        let before = output.bufferedBytes
        output.write(atMost: TimestampCell.width + 8) { put(ms, to: &$0) }
        let written = output.bufferedBytes - before
        // Less than before when the buffer had to be written first.
        return written >= 0 ? written : output.bufferedBytes
    }

    /// Takes `width` bytes at most, and 5 more that have no meaning.
    mutating func put(_ ms: Int64, to line: inout TextCursor) {
        // From 1970 to 9999; the rest is rare and may take its time.
        guard (0..<253_402_300_800_000).contains(ms) else {
            return line.put(text: CivilTime.rfc3339(ms))
        }
        let today = ms / TimestampCell.dayMs
        if today != day { set(day: today) }
        line.put(date, count: TimestampCell.dateWidth)
        let time = UInt32(truncatingIfNeeded: ms - today * TimestampCell.dayMs)
        let (seconds, milliseconds) = time.quotientAndRemainder(dividingBy: 1000)
        let (minutes, second) = seconds.quotientAndRemainder(dividingBy: 60)
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        TimestampCell.put(hour, then: UInt8(ascii: ":"), to: &line)
        TimestampCell.put(minute, then: UInt8(ascii: ":"), to: &line)
        TimestampCell.put(second, then: UInt8(ascii: "."), to: &line)
        line.put(TimestampCell.digit(milliseconds / 100))
        TimestampCell.put(milliseconds % 100, then: UInt8(ascii: "Z"), to: &line)
    }

    private mutating func set(day: Int64) {
        self.day = day
        let text = CivilTime.rfc3339(day * TimestampCell.dayMs).utf8
        for (index, byte) in text.prefix(TimestampCell.dateWidth).enumerated() {
            date[index] = byte
        }
    }

    @inline(__always)
    private static func put(_ value: UInt32, then sign: UInt8, to line: inout TextCursor) {
        line.put(digit(value / 10))
        line.put(digit(value % 10))
        line.put(sign)
    }

    @inline(__always)
    private static func digit(_ value: UInt32) -> UInt8 {
        UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value)
    }
}
