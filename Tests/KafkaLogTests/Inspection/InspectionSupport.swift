import KafkaBase
import KafkaRecords
import NIOCore
import TestSupport

@testable import KafkaLog

/// Keeps all that an inspection hands out.
struct Collector: InspectionVisitor {
    struct Record: Equatable {
        var offset: Int64
        var timestamp: Int64
        var key: [UInt8]?
        var value: [UInt8]?
    }

    var batches: [InspectedBatch] = []
    var records: [Record] = []
    var offsetEntries: [InspectedOffsetEntry] = []
    var timeEntries: [InspectedTimeEntry] = []
    var transactionEntries: [InspectedTransactionEntry] = []
    var producerEntries: [InspectedProducerEntry] = []
    var checkpointRows: [InspectedCheckpointRow] = []
    var properties: [InspectedProperties.Property] = []
    var findings: [Finding] = []
    /// Says stop at this many batches or entries.
    var limit = Int.max

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        batches.append(batch)
        return batches.count < limit ? .continue : .stop
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        records.append(
            Record(
                offset: record.offset, timestamp: record.timestamp, key: record.key.map(Array.init),
                value: record.value.map(Array.init)))
        return .continue
    }

    mutating func visit(offsetEntry: InspectedOffsetEntry) -> RecordVisit {
        offsetEntries.append(offsetEntry)
        return offsetEntries.count < limit ? .continue : .stop
    }

    mutating func visit(timeEntry: InspectedTimeEntry) -> RecordVisit {
        timeEntries.append(timeEntry)
        return timeEntries.count < limit ? .continue : .stop
    }

    mutating func visit(transactionEntry: InspectedTransactionEntry) -> RecordVisit {
        transactionEntries.append(transactionEntry)
        return transactionEntries.count < limit ? .continue : .stop
    }

    mutating func visit(producerEntry: InspectedProducerEntry) -> RecordVisit {
        producerEntries.append(producerEntry)
        return producerEntries.count < limit ? .continue : .stop
    }

    mutating func visit(checkpointRow: InspectedCheckpointRow) -> RecordVisit {
        checkpointRows.append(checkpointRow)
        return checkpointRows.count < limit ? .continue : .stop
    }

    mutating func visit(properties: InspectedProperties) -> RecordVisit {
        self.properties += properties.properties
        return .continue
    }

    mutating func report(_ finding: Finding) { findings.append(finding) }

    var kinds: [Finding.Kind] { findings.map(\.kind) }
    var worst: Finding.Severity? { findings.map(\.severity).max() }
}

/// A disk of files in memory that can only be read.
struct BytesDisk: Disk {
    var files: [String: [UInt8]]

    struct ReadOnly: Error {}

    func open(_ path: String, _ mode: DiskOpenMode) throws(LogError) -> any DiskFile {
        guard mode == .read, let bytes = files[path] else {
            throw .io(errno: 2, operation: "open", path: path)
        }
        return BytesFile(path: path, bytes: bytes)
    }

    func fileSize(_ path: String) throws(LogError) -> Int? { files[path]?.count }
    func list(_ directory: String) throws(LogError) -> [DiskEntry] {
        files.keys.filter { $0.hasPrefix(directory + "/") }.sorted().map {
            DiskEntry(name: String($0.dropFirst(directory.count + 1)), isDirectory: false)
        }
    }
    func createDirectory(_ path: String) throws(LogError) { throw refusal(path) }
    func rename(_ path: String, to newPath: String) throws(LogError) { throw refusal(path) }
    func removeFile(_ path: String) throws(LogError) { throw refusal(path) }
    func removeDirectory(_ path: String) throws(LogError) { throw refusal(path) }
    func syncDirectory(_ path: String) throws(LogError) { throw refusal(path) }
    func lock(_ path: String) throws(LogError) -> (any DiskLock)? { throw refusal(path) }

    private func refusal(_ path: String) -> LogError {
        .io(errno: 30, operation: "change", path: path)
    }
}

private final class BytesFile: DiskFile {
    let path: String
    let bytes: [UInt8]
    let fileDescriptor: Int32 = -1

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    func size() throws(LogError) -> Int { bytes.count }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at position: Int
    ) throws(LogError) -> Int {
        guard position < bytes.count else { return 0 }
        let part = bytes[position..<min(bytes.count, position + buffer.count)]
        buffer.copyBytes(from: part)
        return part.count
    }

    func write(
        _ parts: UnsafeBufferPointer<UnsafeRawBufferPointer>, at position: Int
    ) throws(LogError) { throw .io(errno: 30, operation: "write", path: path) }
    func truncate(to sizeBytes: Int) throws(LogError) {
        throw .io(errno: 30, operation: "truncate", path: path)
    }
    func sync() throws(LogError) { throw .io(errno: 30, operation: "sync", path: path) }
}

/// The bytes of a log, batch by batch, to be damaged.
struct TestLog {
    static let path = "topic-0/00000000000000000100.log"
    static let baseOffset: Int64 = 100

    var bytes: [UInt8] = []
    /// Where each batch begins.
    var positions: [Int] = []
    var nextOffset = TestLog.baseOffset

    init() {}

    /// Batches of 1, 2, … records, the timestamps rising by 10 a record.
    init(batchCount: Int, compression: Compression = .none) throws {
        for batch in 0..<batchCount {
            let values = (0...batch).map { "value \(batch) \($0)" }
            try append(values, firstTimestamp: Int64(1000 * batch), compression: compression)
        }
    }

    mutating func append(
        _ values: [String], firstTimestamp: Int64, compression: Compression = .none
    ) throws {
        let timestamps = values.indices.map { firstTimestamp + Int64(10 * $0) }
        let batch = try TestBatch(values, timestamps: timestamps, compression: compression)
        var encoded = Array(batch.buffer.readableBytesView)
        encoded.withUnsafeMutableBytes { bytes in
            RecordBatchPatch.assign(baseOffset: nextOffset, leaderEpoch: 3, to: bytes)
        }
        positions.append(bytes.count)
        bytes += encoded
        nextOffset += Int64(values.count)
    }

    /// Writes a number over what stands in a batch, and puts its CRC right unless told not to.
    mutating func patch<Value: FixedWidthInteger>(
        batch: Int, at offset: Int, _ value: Value, fixesCrc: Bool = true
    ) {
        let start = positions[batch]
        for (index, byte) in withUnsafeBytes(of: value.bigEndian, Array.init).enumerated() {
            bytes[start + offset + index] = byte
        }
        guard fixesCrc else { return }
        let end = batch + 1 < positions.count ? positions[batch + 1] : bytes.count
        let crc = bytes[start..<end].withUnsafeBytes { RecordBatchHeader.computeCrc(of: $0) }
        for (index, byte) in withUnsafeBytes(of: crc.bigEndian, Array.init).enumerated() {
            bytes[start + 17 + index] = byte
        }
    }

    func inspect(
        limit: Int = .max, _ change: (inout LogInspection.Options) -> Void = { _ in }
    ) throws -> (found: Collector, totals: LogInspection.Totals) {
        try TestLog.inspect(bytes, limit: limit, change)
    }

    static func inspect(
        _ bytes: [UInt8], limit: Int = .max,
        _ change: (inout LogInspection.Options) -> Void = { _ in }
    ) throws -> (found: Collector, totals: LogInspection.Totals) {
        var options = LogInspection.Options(baseOffset: TestLog.baseOffset)
        change(&options)
        var inspection = try LogInspection(
            path: path, options: options, on: BytesDisk(files: [path: bytes]))
        var collector = Collector()
        collector.limit = limit
        try inspection.run(&collector)
        return (collector, inspection.totals)
    }
}
