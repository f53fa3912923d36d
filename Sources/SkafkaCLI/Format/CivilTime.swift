internal import Platform

/// Dates and times of day, in the proleptic Gregorian calendar, to and from ms since the epoch.
enum CivilTime {
    private static let dayMs: Int64 = 86_400_000

    /// `2024-03-01T12:30:00.000Z`; `-` for a time that is not known.
    static func rfc3339(_ ms: Int64) -> String {
        // Years 0 to 9999; beyond them the form has no room.
        guard ms >= -62_167_219_200_000, ms < 253_402_300_800_000, ms != -1 else {
            return ms == -1 ? "-" : String(ms)
        }
        let day = ms.flooringDivide(by: dayMs)
        let time = ms - day * dayMs
        let date = civil(fromDays: day)
        let text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        let clock = "\(padded(time / 3_600_000, 2)):\(padded(time / 60_000 % 60, 2))"
        return "\(text)T\(clock):\(padded(time / 1000 % 60, 2)).\(padded(time % 1000, 3))Z"
    }

    /// By strftime(3), in the local time zone; `-` for a time that is not known.
    ///
    /// - Parameter format: with its closing zero.
    static func formatted(_ ms: Int64, _ format: [CChar]) -> String {
        if ms == -1 { return "-" }
        var seconds = time_t(ms.flooringDivide(by: 1000))
        var parts = tm()
        guard format.count > 1, localtime_r(&seconds, &parts) != nil else { return "" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { room in
            guard let base = room.baseAddress else { return "" }
            return strftime(base, room.count, format, &parts) > 0 ? String(cString: base) : ""
        }
    }

    /// RFC 3339, or a date alone; without an offset it is UTC.
    ///
    /// - Returns: nil when it is none of these, or no day of the calendar.
    static func milliseconds(of text: some StringProtocol) -> Int64? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
            reader.take("-"), let day = reader.number(2), (1...12).contains(month),
            day >= 1, day <= daysInMonth(month, year)
        else { return nil }
        let midnight = days(year: year, month: month, day: day) * dayMs
        if reader.isAtEnd { return midnight }
        guard reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(2), hour < 24, reader.take(":"),
            let minute = reader.number(2), minute < 60
        else { return nil }
        var time = hour * 3_600_000 + minute * 60_000
        if reader.take(":") {
            // 60 is a leap second, which this clock does not have.
            guard let second = reader.number(2), second <= 60 else { return nil }
            time += min(second, 59) * 1000
            if reader.take(".") {
                guard let fraction = reader.fractionMs() else { return nil }
                time += fraction
            }
        }
        guard let offset = reader.zoneOffsetMs(), reader.isAtEnd else { return nil }
        return midnight + time - offset
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func daysInMonth(_ month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01. Years begin in March here, so that a leap day is a year's last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.flooringDivide(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(
        fromDays days: Int64
    ) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.flooringDivide(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int64 {
    /// The quotient rounded down.
    fileprivate func flooringDivide(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

/// Reads a fixed form of digits and signs.
private struct DigitReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: sign) else { return false }
        index += 1
        return true
    }

    /// Exactly `count` digits.
    mutating func number(_ count: Int) -> Int64? {
        guard index + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[index..<index + count] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        index += count
        return value
    }

    /// One digit or more; what is finer than a ms is dropped.
    mutating func fractionMs() -> Int64? {
        var value: Int64 = 0
        var digits = 0
        while let digit = number(1) {
            if digits < 3 { value = value * 10 + digit }
            digits += 1
        }
        guard digits > 0 else { return nil }
        for _ in min(digits, 3)..<3 { value *= 10 }
        return value
    }

    /// `Z`, `+02:00` or nothing (UTC).
    mutating func zoneOffsetMs() -> Int64? {
        if isAtEnd || take("Z") || take("z") { return 0 }
        let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24 else { return nil }
        _ = take(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 3_600_000 + minutes * 60_000)
    }
}
