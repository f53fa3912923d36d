#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Finds a sequence of bytes by memchr for its first one.
struct ByteFinder: Sendable {
    let bytes: [UInt8]
    private let first: UInt8

    /// - Parameter bytes: not empty.
    init(_ bytes: [UInt8]) {
        precondition(!bytes.isEmpty, "a byte at least is looked for")
        self.bytes = bytes
        first = bytes[0]
    }

    /// Where it first stands in `text`, nil when it does not.
    @inline(__always)
    func first(in text: UnsafeRawBufferPointer) -> Int? {
        guard let base = text.baseAddress, text.count >= bytes.count else { return nil }
        if bytes.count == 1 {
            guard let found = memchr(base, Int32(first), text.count) else { return nil }
            return UnsafeRawPointer(found) - base
        }
        return search(base, text.count)
    }

    private func search(_ base: UnsafeRawPointer, _ count: Int) -> Int? {
        bytes.withUnsafeBytes { needle in
            guard let needleBase = needle.baseAddress else { return nil }
            // Where the sequence can still begin.
            let end = base + (count - needle.count + 1)
            var cursor = base
            while cursor < end {
                guard let found = memchr(cursor, Int32(first), end - cursor) else { return nil }
                let candidate = UnsafeRawPointer(found)
                if memcmp(candidate, needleBase, needle.count) == 0 { return candidate - base }
                cursor = candidate + 1
            }
            return nil
        }
    }
}

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
