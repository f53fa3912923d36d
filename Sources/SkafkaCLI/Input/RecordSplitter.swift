/// Cuts input into records at a delimiter.
///
/// A value beside the buffer that it looks at; remembers how far it searched, so that a record of
/// many blocks is not searched again from its start.
struct RecordSplitter {
    private let delimiter: ByteFinder
    private var searchedBytes = 0

    /// - Parameter delimiter: not empty.
    init(delimiter: [UInt8]) {
        self.delimiter = ByteFinder(delimiter)
    }

    var delimiterBytes: Int { delimiter.bytes.count }

    /// The length of the record that `unread` begins with, nil while its delimiter is missing. The
    /// caller consumes it and `delimiterBytes`, then calls `consumed`.
    @inline(__always)
    mutating func next(in unread: UnsafeRawBufferPointer) -> Int? {
        let rest = UnsafeRawBufferPointer(rebasing: unread[searchedBytes...])
        if let found = delimiter.first(in: rest) { return searchedBytes + found }
        // The delimiter may have begun in the last bytes.
        searchedBytes = max(0, unread.count - (delimiterBytes - 1))
        return nil
    }

    @inline(__always)
    mutating func consumed() {
        searchedBytes = 0
    }
}
