internal import Platform

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
