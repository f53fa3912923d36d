internal import Platform

/// How much a terminal shows.
enum TerminalSize {
    /// - Returns: nil where the descriptor is no terminal, or one that does not tell.
    static func of(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}

extension CommandContext {
    /// Columns of the terminal that standard output goes to; nil when it goes elsewhere.
    var outputWidth: Int? {
        isOutputTerminal ? TerminalSize.of(outputDescriptor)?.columns : nil
    }
}
