internal import KafkaRecords

/// Reads records that lie in the input as an `InputFormat` says. Owns the memory that encoded
/// fields are unpacked into. One owner.
final class FormatReader {
    enum Outcome: Equatable {
        /// A record of so many bytes was handed out.
        case record(consumed: Int)
        /// The input ends within a record so far.
        case needsMore
        case failed(String)
    }

    private let format: InputFormat
    /// For each step the literal that ends it.
    private let ends: [ByteFinder?]
    private var keyBytes: [UInt8] = []
    private var valueBytes: [UInt8] = []
    private var headers = EncodedHeaders()

    init(_ format: InputFormat) {
        self.format = format
        ends = format.steps.indices.map { index in
            guard index + 1 < format.steps.count,
                case .literal(let bytes) = format.steps[index + 1]
            else { return nil }
            return ByteFinder(bytes)
        }
    }

    /// What is known of the record that is being read.
    private struct Progress {
        var record = InputRecord()
        var position = 0
        var keyLength: Int?
        var valueLength: Int?
    }

    /// Reads the record that `unread` begins with.
    ///
    /// - Parameter isAtEnd: whether nothing follows `unread`; the last literal may then be missing.
    func read(
        _ unread: UnsafeRawBufferPointer, isAtEnd: Bool, _ body: (InputRecord) -> Void
    ) -> Outcome {
        var progress = Progress()
        headers.removeAll()
        for (index, step) in format.steps.enumerated() {
            let isLast = index == format.steps.count - 1
            switch step {
            case .literal(let bytes):
                let rest = UnsafeRawBufferPointer(rebasing: unread[progress.position...])
                if rest.isEmpty, isLast, isAtEnd { break }
                guard rest.prefix(bytes.count).elementsEqual(bytes.prefix(rest.count)) else {
                    return .failed("the input does not fit --format")
                }
                guard rest.count >= bytes.count else { return .needsMore }
                progress.position += bytes.count
            case .length(let owner, let form):
                guard let length = readLength(form, index, unread, &progress.position) else {
                    return .needsMore
                }
                guard length >= -1 else { return .failed("a length of \(length)") }
                if owner == .key {
                    progress.keyLength = length
                } else {
                    progress.valueLength = length
                }
            case .field(let field):
                let isLastField = index == format.steps.count - 2
                guard let piece = cut(field, index, unread, &progress, isAtEnd && isLastField)
                else { return .needsMore }
                if let reason = take(field, piece.bytes, &progress.record) {
                    return .failed(reason)
                }
            }
        }
        guard progress.position > 0 else { return .needsMore }
        hand(progress.record, to: body)
        return .record(consumed: progress.position)
    }

    private struct Piece {
        /// Nil for a length of -1.
        var bytes: UnsafeRawBufferPointer?
    }

    private func cut(
        _ field: InputFormat.Field, _ index: Int, _ unread: UnsafeRawBufferPointer,
        _ progress: inout Progress, _ mayReachToEnd: Bool
    ) -> Piece? {
        let length: Int? =
            switch field {
            case .key: progress.keyLength
            case .value: progress.valueLength
            default: nil
            }
        let rest = UnsafeRawBufferPointer(rebasing: unread[progress.position...])
        let count: Int
        if let length {
            if length < 0 { return Piece(bytes: nil) }
            guard length <= rest.count else { return nil }
            count = length
        } else if let found = ends[index]?.first(in: rest) {
            count = found
        } else if mayReachToEnd {
            count = rest.count
        } else {
            return nil
        }
        progress.position += count
        return Piece(bytes: UnsafeRawBufferPointer(rebasing: rest[..<count]))
    }

    private func readLength(
        _ form: NumberForm, _ index: Int, _ unread: UnsafeRawBufferPointer, _ position: inout Int
    ) -> Int? {
        let rest = UnsafeRawBufferPointer(rebasing: unread[position...])
        if form.width == 0 {
            guard let end = ends[index]?.first(in: rest) else { return nil }
            position += end
            // What is no number becomes a length that is refused.
            return Int(String(decoding: rest[..<end], as: UTF8.self)) ?? -2
        }
        guard rest.count >= form.width else { return nil }
        var value: UInt64 = 0
        for offset in 0..<form.width {
            value =
                value << 8
                | UInt64(rest[form.isLittleEndian ? form.width - 1 - offset : offset])
        }
        position += form.width
        let shift = 64 - 8 * form.width
        return Int(Int64(bitPattern: value << UInt64(shift)) >> Int64(shift))
    }

    /// Puts a field into the record; gives the reason when it cannot.
    private func take(
        _ field: InputFormat.Field, _ bytes: UnsafeRawBufferPointer?, _ record: inout InputRecord
    ) -> String? {
        switch field {
        case .key(let encoding):
            record.key = bytes
            return decode(bytes, encoding, &keyBytes, "key")
        case .value(let encoding):
            record.value = bytes
            return decode(bytes, encoding, &valueBytes, "value")
        case .partition:
            record.partition = number(bytes).flatMap(Int32.init(exactly:))
            return record.partition == nil ? "a partition that is no number" : nil
        case .timestamp:
            record.timestamp = number(bytes)
            return record.timestamp == nil ? "a timestamp that is no number" : nil
        case .headers:
            readHeaders(bytes)
            return nil
        case .topic, .offset: return nil
        }
    }

    private func number(_ bytes: UnsafeRawBufferPointer?) -> Int64? {
        bytes.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }

    private func decode(
        _ bytes: UnsafeRawBufferPointer?, _ encoding: ByteEncoding, _ room: inout [UInt8],
        _ what: String
    ) -> String? {
        room.removeAll(keepingCapacity: true)
        guard let bytes else { return nil }
        switch encoding {
        case .utf8, .json: return nil
        case .hex:
            return HexText.decode(bytes, into: &room) ? nil : "a \(what) that is not hexadecimal"
        case .base64:
            return Base64.decode(bytes, into: &room) ? nil : "a \(what) that is not Base64"
        }
    }

    /// `a=b,c`, as `%h` prints them.
    private func readHeaders(_ bytes: UnsafeRawBufferPointer?) {
        guard let bytes, !bytes.isEmpty else { return }
        for part in bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            headers.append(
                name: UnsafeRawBufferPointer(rebasing: part[..<end]),
                value: end < part.endIndex
                    ? UnsafeRawBufferPointer(rebasing: part[(end + 1)...]) : nil)
        }
    }

    private func hand(_ record: InputRecord, to body: (InputRecord) -> Void) {
        keyBytes.withUnsafeBytes { keyRoom in
            valueBytes.withUnsafeBytes { valueRoom in
                var record = record
                if !keyRoom.isEmpty { record.key = keyRoom }
                if !valueRoom.isEmpty { record.value = valueRoom }
                record.headers = headers.count > 0 ? headers : nil
                body(record)
            }
        }
    }
}
