/// A timestamp as people read it: RFC 3339 in UTC with milliseconds.
enum TimestampText {
    private static let dayMs: Int64 = 86_400_000

    /// - Parameter timestamp: ms since the epoch; -1 shows as `-`, and so does what lies outside of
    ///   the years 1 to 9999 as its number.
    static func text(_ timestamp: Int64) -> String {
        guard timestamp != -1 else { return "-" }
        // The years 0001 to 9999.
        guard (-62_135_596_800_000...253_402_300_799_999).contains(timestamp) else {
            return String(timestamp)
        }
        let day = timestamp >= 0 ? timestamp / dayMs : (timestamp - dayMs + 1) / dayMs
        let ms = timestamp - day * dayMs
        let (year, month, dayOfMonth) = civil(day)
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(dayOfMonth, 2))"
            + "T\(digits(ms / 3_600_000, 2)):\(digits(ms / 60_000 % 60, 2))"
            + ":\(digits(ms / 1000 % 60, 2)).\(digits(ms % 1000, 3))Z"
    }

    /// The Gregorian date of a day since the epoch; eras of 400 years begin on a 1 March.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, ofYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
