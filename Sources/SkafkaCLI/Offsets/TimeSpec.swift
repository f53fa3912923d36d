/// A point in time as the command line has it.
enum TimeSpec: Equatable, Sendable {
    /// Ms since the epoch.
    case absolute(Int64)
    /// Ms before now.
    case ago(Int64)

    /// - Parameter text: epoch ms, RFC 3339, a date, or a duration back from now (`-90m`).
    init?(_ text: some StringProtocol) {
        if text.hasPrefix("-"), let duration = DurationText(text.dropFirst()) {
            self = .ago(duration.milliseconds)
        } else if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }),
            let ms = Int64(text)
        {
            self = .absolute(ms)
        } else if let ms = CivilTime.milliseconds(of: text) {
            self = .absolute(ms)
        } else {
            return nil
        }
    }

    func milliseconds(nowMs: Int64) -> Int64 {
        switch self {
        case .absolute(let ms): ms
        case .ago(let ms): nowMs - ms
        }
    }
}
