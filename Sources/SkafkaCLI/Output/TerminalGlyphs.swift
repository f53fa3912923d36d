/// Bars and curves out of characters: Unicode's blocks, or ASCII where the locale is no UTF-8 one.
struct TerminalGlyphs: Equatable, Sendable {
    let isUnicode: Bool

    static let unicode = TerminalGlyphs(isUnicode: true)
    static let ascii = TerminalGlyphs(isUnicode: false)

    private init(isUnicode: Bool) {
        self.isUnicode = isUnicode
    }

    /// As the locale's variables say, the first of them that is set.
    init(environment: [String: String]) {
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let name = locale.lowercased()
        isUnicode = name.hasSuffix("utf-8") || name.hasSuffix("utf8")
    }

    /// A horizontal bar.
    ///
    /// - Parameter share: of the width, from 0 to 1. What is not zero shows.
    func bar(_ share: Double, width: Int) -> String {
        let share = min(max(share, 0), 1)
        guard share > 0, width > 0 else { return "" }
        guard isUnicode else {
            return String(repeating: "#", count: max(1, Int((share * Double(width)).rounded())))
        }
        let eighths = max(1, Int((share * Double(width) * 8).rounded()))
        let partial = eighths % 8
        return String(repeating: "█", count: eighths / 8)
            + (partial > 0 ? String(TerminalGlyphs.partialBlocks[partial - 1]) : "")
    }

    /// A curve of values from zero on, the last ones to the right; a blank where nothing is known.
    func sparkline(_ values: [Double?], width: Int) -> String {
        let shown = values.suffix(max(0, width))
        let highest = shown.lazy.compactMap { $0 }.max() ?? 0
        let levels = isUnicode ? TerminalGlyphs.levels : TerminalGlyphs.asciiLevels
        var text = String(repeating: " ", count: max(0, width) - shown.count)
        for value in shown {
            guard let value else {
                text.append(" ")
                continue
            }
            let share = highest > 0 ? max(0, value) / highest : 0
            text.append(levels[Int((share * Double(levels.count - 1)).rounded(.up))])
        }
        return text
    }

    /// What stands for the rest of a text that is cut.
    var ellipsis: String { isUnicode ? "…" : "~" }

    private static let partialBlocks: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let asciiLevels: [Character] = ["_", ".", ":", "-", "=", "+", "*", "#"]
}
