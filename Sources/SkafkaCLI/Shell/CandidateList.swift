@preconcurrency internal import CReadline
internal import Platform

/// Shows what Tab offers under the line: as many as fit on the screen, then how many more.
///
/// Readline itself asks before it lists many, and stops at each page; not so where it is called
/// back for each key, as here: 5,000 topics would run over the terminal. Only readline's thread
/// calls it.
enum CandidateList {
    /// Lines that stay for the prompt, for what is left out, and for what was there.
    private static let spareLines: Int32 = 4
    /// Blanks between columns.
    private static let gap: Int32 = 2

    /// Candidates that fit on a screen.
    static func capacity(rows: Int32, columns: Int32, longest: Int32) -> Int32 {
        max(1, columns / (max(1, longest) + gap)) * max(1, rows - spareLines)
    }

    /// - Parameters:
    ///   - matches: their common beginning, then the candidates in order.
    ///   - longest: of the candidates, in columns.
    static func show(
        _ matches: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int32,
        longest: Int32
    ) {
        var (rows, columns): (Int32, Int32) = (0, 0)
        rl_get_screen_size(&rows, &columns)
        let shown = min(count, capacity(rows: rows, columns: columns, longest: longest))
        rl_display_match_list(matches, shown, longest)
        if shown < count {
            fputs("and \(count - shown) more\n", rl_outstream)
        }
        rl_forced_update_display()
    }
}
