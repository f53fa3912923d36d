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
    private lazy var json = RecordJSONReader()

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
                do throws(JSONScanner.Failure) {
                    guard let piece = try cut(field, index, unread, &progress, isAtEnd)
                    else { return .needsMore }
                    if let reason = try take(field, piece.bytes, &progress.record) {
                        return .failed(reason)
                    }
                } catch {
                    return .failed("\(FormatReader.name(of: field)): \(error.reason)")
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

    /// - Returns: nil when not all of the field is there.
    private func cut(
        _ field: InputFormat.Field, _ index: Int, _ unread: UnsafeRawBufferPointer,
        _ progress: inout Progress, _ isAtEnd: Bool
    ) throws(JSONScanner.Failure) -> Piece? {
        let length: Int? =
            switch field {
            case .key: progress.keyLength
            case .value: progress.valueLength
            case .number(_, let form) where form != .decimal: form.width
            default: nil
            }
        let rest = UnsafeRawBufferPointer(rebasing: unread[progress.position...])
        let count: Int
        if let length {
            if length < 0 { return Piece(bytes: nil) }
            guard length <= rest.count else { return nil }
            count = length
        } else if FormatReader.isJSON(field) {
            guard let end = try jsonEnd(rest, isAtEnd) else { return nil }
            count = end
        } else if let found = ends[index]?.first(in: rest) {
            count = found
        } else if isAtEnd, index == format.steps.count - 2 {
            count = rest.count
        } else {
            return nil
        }
        progress.position += count
        return Piece(bytes: UnsafeRawBufferPointer(rebasing: rest[..<count]))
    }

    private static func isJSON(_ field: InputFormat.Field) -> Bool {
        switch field {
        case .key(.text(.json)), .value(.text(.json)), .headers(.json): true
        default: false
        }
    }

    /// What is longer than any word and any escape of JSON.
    private static let jsonTokenBytes = 8

    /// Where a JSON value ends; nil when it may go on behind `rest`.
    private func jsonEnd(
        _ rest: UnsafeRawBufferPointer, _ isAtEnd: Bool
    ) throws(JSONScanner.Failure) -> Int? {
        var scanner = JSONScanner(rest)
        do throws(JSONScanner.Failure) {
            try scanner.skipValue()
            return scanner.position < rest.count || isAtEnd ? scanner.position : nil
        } catch {
            let isCut = rest.count - error.position < FormatReader.jsonTokenBytes
            if isCut, !isAtEnd { return nil }
            throw error
        }
    }

    private func readLength(
        _ form: NumberForm, _ index: Int, _ unread: UnsafeRawBufferPointer, _ position: inout Int
    ) -> Int? {
        let rest = UnsafeRawBufferPointer(rebasing: unread[position...])
        if form == .decimal {
            guard let end = ends[index]?.first(in: rest) else { return nil }
            position += end
            // What is no number becomes a length that is refused.
            return Int(String(decoding: rest[..<end], as: UTF8.self)) ?? -2
        }
        guard rest.count >= form.width else { return nil }
        position += form.width
        return Int(form.value(of: UnsafeRawBufferPointer(rebasing: rest[..<form.width])))
    }

    private static func name(of field: InputFormat.Field) -> String {
        switch field {
        case .key: "a key"
        case .value: "a value"
        case .topic: "a topic"
        case .number(.partition, _): "a partition"
        case .number, .date: "a timestamp"
        case .headers: "headers"
        }
    }

    /// Puts a field into the record; gives the reason when it cannot.
    private func take(
        _ field: InputFormat.Field, _ bytes: UnsafeRawBufferPointer?, _ record: inout InputRecord
    ) throws(JSONScanner.Failure) -> String? {
        switch field {
        case .key(let coding):
            return try decode(bytes, coding, &keyBytes, &record.key, "key")
        case .value(let coding):
            return try decode(bytes, coding, &valueBytes, &record.value, "value")
        case .number(.partition, let form):
            record.partition = number(bytes, form).flatMap(Int32.init(exactly:))
            return record.partition == nil ? "a partition that is no number" : nil
        case .number(.timestamp, let form):
            record.timestamp = number(bytes, form)
            return record.timestamp == nil ? "a timestamp that is no number" : nil
        case .date:
            record.timestamp = bytes.flatMap(time)
            return record.timestamp == nil ? "a timestamp that is no such date" : nil
        case .headers(let encoding): return try readHeaders(bytes, encoding)
        case .topic, .number(.ofNoUse, _): return nil
        }
    }

    private func number(_ bytes: UnsafeRawBufferPointer?, _ form: NumberForm) -> Int64? {
        guard let bytes else { return nil }
        return form == .decimal
            ? Int64(String(decoding: bytes, as: UTF8.self)) : form.value(of: bytes)
    }

    /// What `%d` shows: a date, ms where no year has room for it, or `-` for none.
    private func time(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        let text = String(decoding: bytes, as: UTF8.self)
        return text == "-" ? -1 : Int64(text) ?? CivilTime.milliseconds(of: text)
    }

    /// - Parameter field: gets what lies in the input as it is; what is unpacked goes to `room`.
    private func decode(
        _ bytes: UnsafeRawBufferPointer?, _ coding: InputFormat.Coding, _ room: inout [UInt8],
        _ field: inout UnsafeRawBufferPointer?, _ what: String
    ) throws(JSONScanner.Failure) -> String? {
        room.removeAll(keepingCapacity: true)
        field = bytes
        guard let bytes else { return nil }
        switch coding {
        case .text(.utf8): return nil
        case .text(.hex):
            return HexText.decode(bytes, into: &room) ? nil : "a \(what) that is not hexadecimal"
        case .text(.base64):
            return Base64.decode(bytes, into: &room) ? nil : "a \(what) that is not Base64"
        case .number(let number):
            return number.append(String(decoding: bytes, as: UTF8.self), to: &room)
                ? nil : "a \(what) that is no \(number.rawValue)"
        case .text(.json):
            var scanner = JSONScanner(bytes)
            field = nil
            if scanner.takeNull() { return nil }
            guard scanner.peek() == UInt8(ascii: "\"") else {
                field = bytes
                return nil
            }
            let text = try scanner.string()
            field = text.bytes
            return !text.hasEscapes || text.append(to: &room)
                ? nil : "half a surrogate pair in a \(what)"
        }
    }

    /// As `%h` prints them: `a=b,c`, or an array of JSON.
    private func readHeaders(
        _ bytes: UnsafeRawBufferPointer?, _ encoding: ByteEncoding
    ) throws(JSONScanner.Failure) -> String? {
        guard let bytes, !bytes.isEmpty else { return nil }
        if encoding == .json {
            headers = try json.readHeaders(bytes)
            return nil
        }
        var room: [UInt8] = []
        for part in bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let name = UnsafeRawBufferPointer(rebasing: part[..<end])
            guard end < part.endIndex else {
                headers.append(name: name, value: nil)
                continue
            }
            var value: UnsafeRawBufferPointer?
            let text = UnsafeRawBufferPointer(rebasing: part[(end + 1)...])
            if let reason = try decode(text, .text(encoding), &room, &value, "header") {
                return reason
            }
            room.withUnsafeBytes { headers.append(name: name, value: $0.isEmpty ? value : $0) }
        }
        return nil
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
