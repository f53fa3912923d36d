/// The lines of a small text file with where each begins, for findings to point there.
struct TextLines {
    struct Line {
        /// Of its first byte, in the file.
        var position: Int
        var text: String

        /// What stands between blanks.
        var fields: [Substring] { text.split(separator: " ") }
    }

    let fileBytes: Int
    /// Without empty ones.
    private(set) var lines: [Line] = []
    private static let maxBytes = 256 << 20

    init(path: String, on disk: any Disk) throws(LogError) {
        let bytes = try disk.requiredContent(of: path, maxBytes: TextLines.maxBytes)
        fileBytes = bytes.count
        var start = 0
        for end in bytes.indices where bytes[end] == 0x0A {
            append(bytes[start..<end])
            start = end + 1
        }
        append(bytes[start...])
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        let content = bytes.last == 0x0D ? bytes.dropLast() : bytes
        guard !content.isEmpty else { return }
        lines.append(
            Line(position: bytes.startIndex, text: String(decoding: content, as: UTF8.self)))
    }
}
