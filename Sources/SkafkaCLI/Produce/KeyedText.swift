/// Text that is a value, or a key and a value with a delimiter between them.
struct KeyedText: Sendable {
    private let keyEnd: ByteFinder?

    /// - Parameter keyDelimiter: not empty; nil where there are no keys.
    init(keyDelimiter: [UInt8]?) {
        keyEnd = keyDelimiter.map { ByteFinder($0) }
    }

    /// The record in a text, whose pointers lie there. Without a delimiter all of it is the value.
    @inline(__always)
    func record(_ text: UnsafeRawBufferPointer) -> InputRecord {
        guard let keyEnd, let end = keyEnd.first(in: text) else { return InputRecord(value: text) }
        return InputRecord(
            key: UnsafeRawBufferPointer(rebasing: text[..<end]),
            value: UnsafeRawBufferPointer(rebasing: text[(end + keyEnd.bytes.count)...]))
    }
}
