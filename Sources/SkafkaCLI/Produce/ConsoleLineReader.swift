internal import KafkaRecords

/// Reads lines as Kafka's console producer does: `headers TAB key TAB value`, as far as
/// `ConsoleProperties` says. Owns the memory of the headers and uses it again. One owner.
final class ConsoleLineReader {
    struct Failure: Error, Equatable {
        var reason: String
    }

    private let properties: ConsoleProperties
    private let keyEnd: ByteFinder
    private let headersEnd: ByteFinder
    private let headerEnd: ByteFinder
    private let headerKeyEnd: ByteFinder
    private var headers = EncodedHeaders()

    init(_ properties: ConsoleProperties) {
        self.properties = properties
        keyEnd = ByteFinder(properties.keySeparator)
        headersEnd = ByteFinder(properties.headersDelimiter)
        headerEnd = ByteFinder(properties.headersSeparator)
        headerKeyEnd = ByteFinder(properties.headerKeySeparator)
    }

    /// The record of a line; its pointers lie in the line.
    ///
    /// - Throws: `Failure` when a separator is missing, unless `ignore.error` is on.
    func read(_ line: UnsafeRawBufferPointer) throws(Failure) -> InputRecord {
        var record = InputRecord()
        var rest = line
        headers.removeAll()
        if properties.parsesHeaders,
            let text = try cut(headersEnd, from: &rest, "headers delimiter")
        {
            if !isNull(text) { try readHeaders(text) }
            record.headers = headers.count > 0 ? headers : nil
        }
        if properties.parsesKey, let key = try cut(keyEnd, from: &rest, "key separator") {
            record.key = isNull(key) ? nil : key
        }
        record.value = isNull(rest) ? nil : rest
        return record
    }

    private func readHeaders(_ text: UnsafeRawBufferPointer) throws(Failure) {
        var rest = text
        var isLast = false
        while !isLast {
            let entry: UnsafeRawBufferPointer
            if let end = headerEnd.first(in: rest) {
                entry = UnsafeRawBufferPointer(rebasing: rest[..<end])
                rest = UnsafeRawBufferPointer(rebasing: rest[(end + headerEnd.bytes.count)...])
            } else {
                entry = rest
                isLast = true
            }
            var value = entry
            let name = try cut(headerKeyEnd, from: &value, "header key separator")
            if let name {
                headers.append(name: name, value: isNull(value) ? nil : value)
            } else {
                // Without its separator all of it is a name (`ignore.error`).
                headers.append(name: entry, value: nil)
            }
        }
    }

    /// Takes off what stands before a separator, and the separator; nil when there is none.
    private func cut(
        _ separator: ByteFinder, from rest: inout UnsafeRawBufferPointer, _ what: String
    ) throws(Failure) -> UnsafeRawBufferPointer? {
        guard let end = separator.first(in: rest) else {
            if properties.ignoresErrors { return nil }
            throw Failure(reason: "no \(what) found")
        }
        defer {
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + separator.bytes.count)...])
        }
        return UnsafeRawBufferPointer(rebasing: rest[..<end])
    }

    private func isNull(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let marker = properties.nullMarker else { return false }
        return text.elementsEqual(marker)
    }
}
