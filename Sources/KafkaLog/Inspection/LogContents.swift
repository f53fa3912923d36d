internal import KafkaRecords

/// What the batches of a log come to: of one file, of a partition's directory, or of many. A value
/// of bounded size, however many batches go into it.
public struct LogContents: Sendable, Hashable {
    public var batchCount = 0
    public var recordCount = 0
    /// On the disk.
    public var batchBytes = 0
    /// The same without compression; a batch that could not be unpacked counts as it is.
    public var uncompressedBytes = 0
    /// Batches by the codec bits of their attributes.
    public private(set) var codecCounts = [Int](repeating: 0, count: 8)
    public var firstOffset: Int64?
    public var lastOffset: Int64?
    /// Of the records, in ms since the epoch; nil where none has any.
    public var minTimestamp: Int64?
    public var maxTimestamp: Int64?
    public var transactionalCount = 0
    public var controlCount = 0
    /// Places where offsets are missing.
    public var gapCount = 0
    public var producers = ProducerIDs()

    public init() {}

    /// Counts a batch that is handed out; of its records, `add(_:)` tells.
    mutating func add(_ batch: InspectedBatch) {
        batchCount += 1
        batchBytes += batch.sizeBytes
        uncompressedBytes += batch.sizeBytes
        codecCounts[Int(batch.attributes.codecID)] += 1
        firstOffset = firstOffset ?? batch.baseOffset ?? batch.lastOffset
        lastOffset = max(lastOffset ?? .min, batch.lastOffset)
        guard let header = batch.header else { return }
        if batch.attributes.isTransactional { transactionalCount += 1 }
        if batch.attributes.isControl { controlCount += 1 }
        if header.producerID >= 0 { producers.insert(header.producerID) }
    }

    mutating func add(timestamps: ClosedRange<Int64>) {
        minTimestamp = min(minTimestamp ?? .max, timestamps.lowerBound)
        maxTimestamp = max(maxTimestamp ?? .min, timestamps.upperBound)
    }

    /// Takes what comes behind it in the same log, or another log altogether.
    public mutating func add(_ other: LogContents) {
        batchCount += other.batchCount
        recordCount += other.recordCount
        batchBytes += other.batchBytes
        uncompressedBytes += other.uncompressedBytes
        for index in codecCounts.indices { codecCounts[index] += other.codecCounts[index] }
        firstOffset = firstOffset ?? other.firstOffset
        lastOffset = other.lastOffset ?? lastOffset
        if let first = other.minTimestamp, let last = other.maxTimestamp {
            add(timestamps: first...last)
        }
        transactionalCount += other.transactionalCount
        controlCount += other.controlCount
        gapCount += other.gapCount
        producers.formUnion(other.producers)
    }
}

/// Ids of producers, as many of them as are worth naming.
public struct ProducerIDs: Sendable, Hashable {
    /// So many are kept.
    public static let countMax = 1000

    /// In ascending order.
    public private(set) var ids: [Int64] = []
    /// There were others than those that are kept.
    public private(set) var isIncomplete = false
    /// Batches of one producer mostly follow each other.
    private var lastSeen: Int64 = -1

    public init() {}

    public static func == (left: ProducerIDs, right: ProducerIDs) -> Bool {
        left.ids == right.ids && left.isIncomplete == right.isIncomplete
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ids)
        hasher.combine(isIncomplete)
    }

    public mutating func insert(_ id: Int64) {
        guard id != lastSeen else { return }
        lastSeen = id
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        if low < ids.count, ids[low] == id { return }
        if ids.count < ProducerIDs.countMax {
            ids.insert(id, at: low)
        } else {
            isIncomplete = true
        }
    }

    public mutating func formUnion(_ other: ProducerIDs) {
        for id in other.ids { insert(id) }
        if other.isIncomplete { isIncomplete = true }
    }
}
