internal import KafkaBase
internal import KafkaClient

/// Where `offsets reset` sends a group.
enum ResetTarget: Equatable, Sendable {
    case earliest
    case latest
    /// Stays; the end where nothing is committed.
    case current
    case offset(Int64)
    case shift(Int64)
    /// The first record at or after it, in ms since the epoch.
    case time(Int64)
    case file([OffsetCSV.Row])
    /// Where another group stands.
    case group(String)

    /// Whether it starts out from what the group has committed.
    var needsCommitted: Bool {
        switch self {
        case .current, .shift: true
        case .earliest, .latest, .offset, .time, .file, .group: false
        }
    }
}

extension ResetTarget {
    /// What the options say, before a file is read.
    struct Words: Equatable {
        var earliest = false
        var latest = false
        var current = false
        var offset: Int64?
        var shift: Int64?
        var dateTime: String?
        var duration: String?
        var file: String?
        var group: String?
    }

    /// - Parameter readFile: gives a file's text.
    /// - Throws: `CommandFailure` of status `usage` unless exactly one is there.
    init(
        _ words: Words, nowMs: Int64, readFile: (String) throws(CommandFailure) -> String
    ) throws(CommandFailure) {
        let given = [
            words.earliest, words.latest, words.current, words.offset != nil, words.shift != nil,
            words.dateTime != nil, words.duration != nil, words.file != nil, words.group != nil,
        ].count(where: { $0 })
        guard given == 1 else {
            throw .usage(
                (given == 0 ? "where to is not said" : "where to is said \(given) times")
                    + "; give one of --to-earliest, --to-latest, --to-current, --to-offset, "
                    + "--shift-by, --to-datetime, --by-duration, --from-file, --to-group")
        }
        if let offset = words.offset {
            self = .offset(offset)
        } else if let shift = words.shift {
            self = .shift(shift)
        } else if let text = words.dateTime {
            guard let time = TimeSpec(text) else {
                throw .usage("'\(text)' is no time; write 2026-01-31T12:00:00Z, a date, ms or -90m")
            }
            self = .time(max(0, time.milliseconds(nowMs: nowMs)))
        } else if let text = words.duration {
            guard let duration = ResetTarget.duration(text) else {
                throw .usage("'\(text)' is no duration; write 90m, 1d12h or P1DT12H")
            }
            self = .time(max(0, nowMs - duration))
        } else if let path = words.file {
            do {
                self = .file(try OffsetCSV.parse(try readFile(path)))
            } catch let error as OffsetCSV.LineError {
                throw .failed("\(path):\(error.line): \(error.reason)")
            } catch let error as CommandFailure {
                throw error
            } catch {
                throw .failed("\(path): \(error)")
            }
        } else if let group = words.group {
            self = .group(group)
        } else {
            self = words.earliest ? .earliest : words.latest ? .latest : .current
        }
    }

    /// Kafka's `P1DT2H` or `1d2h`; how far back from now.
    private static func duration(_ text: String) -> Int64? {
        let plain = text.hasPrefix("-") ? text.dropFirst() : text[...]
        return DurationText(plain)?.milliseconds ?? ISODuration.milliseconds(of: text)
    }
}
