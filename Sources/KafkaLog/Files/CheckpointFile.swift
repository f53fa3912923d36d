/// The text form of Kafka's checkpoint files: the version `0`, the number of rows, the rows.
///
/// Whoever writes one owns it; a write replaces the whole file and blocks for two syncs.
struct CheckpointFile {
    /// Rows are short; a larger file is none of ours.
    private static let maxBytes = 256 << 20

    let disk: any Disk
    let path: String

    /// The fields of each row; nil where there is no file.
    ///
    /// - Throws: `LogError.corrupt` for a file that is none of version 0 or has another number of
    ///   rows than it says.
    func read(fieldCount: Int) throws(LogError) -> [[Substring]]? {
        guard let bytes = try disk.content(of: path, maxBytes: CheckpointFile.maxBytes) else {
            return nil
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.first == "0" else { throw corrupt("unknown version") }
        guard lines.count >= 2, let count = Int(lines[1]), count == lines.count - 2 else {
            throw corrupt("wrong number of rows")
        }
        var rows: [[Substring]] = []
        rows.reserveCapacity(count)
        for line in lines.dropFirst(2) {
            let fields = line.split(separator: " ")
            guard fields.count == fieldCount else { throw corrupt("malformed row") }
            rows.append(fields)
        }
        return rows
    }

    func write(rows: some Collection<String>) throws(LogError) {
        try disk.replace(path, with: CheckpointFile.content(rows: rows))
    }

    static func content(rows: some Collection<String>) -> [UInt8] {
        var text = "0\n\(rows.count)\n"
        for row in rows { text += row + "\n" }
        return Array(text.utf8)
    }

    func corrupt(_ reason: String) -> LogError {
        .corrupt(path: path, position: 0, reason: reason)
    }
}
