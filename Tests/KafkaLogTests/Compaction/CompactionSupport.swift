import KafkaBase
import KafkaRecords
import NIOCore

@testable import KafkaLog

/// A record as the tests of compaction compare it.
struct KeyedRecord: Equatable, Hashable, Sendable {
    var offset: Int64
    var timestamp: Int64
    var key: String?
    var value: String?
}

/// A batch that lies in a log, with its records.
struct LoggedBatch: Equatable {
    var header: RecordBatchHeader
    var records: [KeyedRecord]
    var bytes: [UInt8]
}

extension TestBatch {
    /// Records of keys and values, at timestamps that rise from `timestamp` on.
    init(
        keyed records: [(key: String?, value: String?)], timestamp: Int64 = 1_000,
        codec: String = "none", producer: RecordBatchBuilder.ProducerState = .none
    ) throws {
        var builder = RecordBatchBuilder(compression: Compression(codec) ?? .none)
        for (index, record) in records.enumerated() {
            Self.withBytes(record.key) { key in
                Self.withBytes(record.value) { value in
                    builder.append(timestamp: timestamp + Int64(index), key: key, value: value)
                }
            }
        }
        try self.init(builder.finish(producer: producer))
    }

    private static func withBytes(_ text: String?, _ body: (UnsafeRawBufferPointer?) -> Void) {
        guard let text else { return body(nil) }
        Array(text.utf8).withUnsafeBytes { body($0) }
    }
}

extension LoggedBatch {
    /// Every batch of a file, with its CRC checked.
    static func all(in bytes: [UInt8]) throws -> [LoggedBatch] {
        var batches: [LoggedBatch] = []
        var reader = RecordBatchReader()
        try bytes.withUnsafeBytes { bytes in
            var cursor = RecordSetCursor()
            while let entry = try cursor.next(in: bytes) {
                let batch = UnsafeRawBufferPointer(
                    rebasing: bytes[entry.position..<entry.position + entry.sizeBytes])
                try BatchSummary.verifyCrc(of: batch)
                var found = LoggedBatch(
                    header: try RecordBatchHeader(batch), records: [], bytes: Array(batch))
                try reader.forEachRecord(in: batch) { record in
                    let isControl = found.header.attributes.isControl
                    let text = { (bytes: UnsafeRawBufferPointer?) in
                        bytes.map {
                            isControl ? Hex.text($0) : String(decoding: $0, as: UTF8.self)
                        }
                    }
                    found.records.append(
                        KeyedRecord(
                            offset: record.offset, timestamp: record.timestamp,
                            key: text(record.key), value: text(record.value)))
                    return .continue
                }
                batches.append(found)
            }
        }
        return batches
    }

    private enum Hex {
        static func text(_ bytes: UnsafeRawBufferPointer) -> String {
            bytes.map { String($0, radix: 16) }.joined(separator: ".")
        }
    }
}

extension PartitionLog {
    /// Everything that lies in the segments' files.
    func batches() throws -> [LoggedBatch] {
        try segments.flatMap { segment in
            let file = try segment.logFile()
            return try LoggedBatch.all(in: file.read(at: 0, count: segment.sizeBytes))
        }
    }

    /// All records but the markers.
    func keyedRecords() throws -> [KeyedRecord] {
        try batches().flatMap { $0.header.attributes.isControl ? [] : $0.records }
    }

    /// The value that each key has at the end.
    func latestValues() throws -> [String: String] {
        var latest: [String: String] = [:]
        for record in try keyedRecords() {
            if let key = record.key { latest[key] = record.value }
        }
        return latest
    }
}

/// Logs that are compacted on the test's own thread.
struct TestLogs: CompactedLogs {
    var logs: [PartitionLog]
    var nowMs: Int64 = 1_000
    /// Changes what is known of a log, as its owner would.
    var change: @Sendable (inout CompactionView) -> Void = { _ in }
    /// Called before a segment is put in place.
    var onReplace: @Sendable (PartitionLog) -> Void = { _ in }

    func views() -> [CompactionView] {
        logs.compactMap { log in
            var view = log.compactionView()
            if view != nil { change(&view!) }
            return view
        }
    }

    func replace(
        with cleaned: CleanedSegment, in partition: TopicPartition
    ) throws(LogError) -> Bool {
        guard let log = logs.first(where: { $0.topicPartition == partition }) else { return false }
        onReplace(log)
        return try log.replace(with: cleaned, nowMs: nowMs)
    }
}

/// Compacts one log at a fixed time, as often as it is due.
struct TestCleaner {
    let directory: LogDirectory
    let cleaner: LogCleaner
    private let time: TestTime

    final class TestTime: @unchecked Sendable {
        private let value = Monitor<Int64>(1_000_000)
        var nowMs: Int64 {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }

    init(
        _ directory: LogDirectory, _ logs: [PartitionLog],
        _ change: (inout LogCleaner.Options) -> Void = { _ in }
    ) throws {
        var options = LogCleaner.Options()
        change(&options)
        let time = TestTime()
        self.time = time
        self.directory = directory
        cleaner = try LogCleaner(
            directory, partitions: Set(logs.map(\.topicPartition)), options: options,
            clock: KafkaClock { time.nowMs })
    }

    var nowMs: Int64 {
        get { time.nowMs }
        nonmutating set { time.nowMs = newValue }
    }
}

extension LogSettings {
    /// For a log that is compacted whenever there is anything new.
    static func compacted(
        segmentBytes: Int = 1_000, deleteRetentionMs: Int64 = 10_000
    ) -> LogSettings {
        var settings = LogSettings(
            segmentBytes: segmentBytes, indexIntervalBytes: 100, indexSizeMaxBytes: 2_000,
            isCompacted: true)
        settings.minCleanableDirtyRatio = 0
        settings.deleteRetentionMs = deleteRetentionMs
        return settings
    }
}
