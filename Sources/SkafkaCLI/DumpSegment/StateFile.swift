internal import KafkaLog

/// A small file of JSON: `quorum-state` of the metadata log, `.kafka_cleanshutdown`.
struct StateFile {
    let path: String
    private let bytes: [UInt8]
    /// They hold a few fields.
    private static let maxBytes = 1 << 20

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// - Throws: `LogError`; `.corrupt` for one that is too large to be a state.
    init(path: String, on disk: any Disk) throws(LogError) {
        self.init(
            path: path,
            bytes: try disk.requiredContent(of: path, maxBytes: StateFile.maxBytes))
    }

    /// What the file says; nil where it is no JSON.
    var row: DumpRow? {
        guard problem == nil else { return nil }
        // On one line, whatever its own layout.
        let line = bytes.filter { $0 >= 0x20 }
        return DumpRow(
            kind: "state", number: nil, fields: [DumpRow.Field(name: "data", value: .json(line))])
    }

    /// What is wrong with it, and where.
    var problem: Finding? {
        bytes.withUnsafeBytes { bytes in
            if bytes.isEmpty { return finding(.truncatedFile, at: 0, "the file is empty") }
            var scanner = JSONScanner(bytes)
            do throws(JSONScanner.Failure) {
                guard scanner.peek() == UInt8(ascii: "{") else {
                    return finding(.badLine, at: 0, "no JSON object begins here")
                }
                try scanner.skipValue()
            } catch {
                let isCut = error.position >= bytes.count
                return finding(
                    isCut ? .truncatedFile : .badLine, at: min(error.position, bytes.count),
                    "no JSON: \(error.reason)")
            }
            scanner.skipBlanks()
            guard scanner.position == bytes.count else {
                return finding(.trailingBytes, at: scanner.position, "more than one JSON value")
            }
            return UTF8Check.isValid(bytes) ? nil : finding(.badLine, at: 0, "no UTF-8")
        }
    }

    private func finding(_ kind: Finding.Kind, at position: Int, _ message: String) -> Finding {
        Finding(kind, .corruption, path: path, position: position, message)
    }
}
