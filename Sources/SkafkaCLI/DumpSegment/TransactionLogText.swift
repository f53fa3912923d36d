internal import KafkaWire

/// The records of `__transaction_state` as Kafka 3.9's tool prints them, which is no JSON
/// (`TransactionLog.formatRecordKeyAndValue`).
enum TransactionLogText {
    private static let states = [
        "Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort",
        "Dead", "PrepareEpochFence",
    ]

    static func key(_ key: TransactionLogKey) -> String {
        "transaction_metadata::transactionalId=\(key.transactionalId)"
    }

    static func value(_ value: TransactionLogValue) -> String {
        let state = Int(value.transactionStatus)
        let name = states.indices.contains(state) ? states[state] : "unknown(\(state))"
        return "producerId:\(value.producerId),producerEpoch:\(value.producerEpoch),state=\(name),"
            + "partitions=[\(partitions(of: value).joined(separator: ","))],"
            + "txnLastUpdateTimestamp=\(value.transactionLastUpdateTimestampMs),"
            + "txnTimeoutMs=\(value.transactionTimeoutMs)"
    }

    /// The tool keeps them in a set, and prints them in its order.
    private static func partitions(of value: TransactionLogValue) -> [String] {
        guard value.transactionStatus != 0 else { return [] }
        var set = ScalaHashSetOrder()
        for topic in value.transactionPartitions ?? [] {
            set.add(topic.partitionIds.map { ("\(topic.topic)-\($0)", hash(topic.topic, $0)) })
        }
        return set.elements
    }

    /// `TopicPartition.hashCode`
    private static func hash(_ topic: String, _ partition: Int32) -> Int32 {
        31 &* (31 &+ partition) &+ topic.utf16.reduce(0) { 31 &* $0 &+ Int32($1) }
    }
}

/// The order in which a `mutable.HashSet` of Scala 2.13 hands out its elements: by their place in
/// its table, and there by their hash.
struct ScalaHashSetOrder {
    private struct Entry {
        var text: String
        var hash: Int32
        var number: Int
    }

    private var entries: [Entry] = []
    private var known: Set<String> = []
    private var tableSize = 16

    /// Adds the elements of a set: each with its hash.
    mutating func add(_ elements: [(text: String, hash: Int32)]) {
        let new = elements.filter { !known.contains($0.text) }
        grow(to: ScalaHashSetOrder.tableSize(for: Int(Double(elements.count + 1) / 0.75)))
        // Sets of up to four elements are classes of their own, added one by one.
        let growsOneByOne = elements.count <= 4
        for (text, hash) in new where known.insert(text).inserted {
            if growsOneByOne, entries.count + 1 >= tableSize * 3 / 4 { grow(to: tableSize * 2) }
            let improved = hash ^ Int32(bitPattern: UInt32(bitPattern: hash) >> 16)
            entries.append(Entry(text: text, hash: improved, number: entries.count))
        }
    }

    var elements: [String] {
        let mask = Int32(truncatingIfNeeded: tableSize - 1)
        return entries.sorted {
            ($0.hash & mask, $0.hash, $0.number) < ($1.hash & mask, $1.hash, $1.number)
        }.map(\.text)
    }

    private mutating func grow(to size: Int) { tableSize = max(tableSize, size) }

    private static func tableSize(for capacity: Int) -> Int {
        let highest = max(capacity - 1, 4)
        return min(1 << (Int.bitWidth - highest.leadingZeroBitCount), 1 << 30)
    }
}
