#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension CommandContext {
    /// Columns of the terminal that standard output goes to; nil when it goes elsewhere, or the
    /// terminal does not tell.
    var outputWidth: Int? {
        guard isOutputTerminal else { return nil }
        var size = winsize()
        guard ioctl(outputDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }
}
