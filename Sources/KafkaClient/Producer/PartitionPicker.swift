/// Picks the partitions of one topic's records. A plain value; its owner locks it.
struct PartitionPicker: Sendable {
    let partitioner: Partitioner
    private(set) var partitionCount: Int
    /// Partitions with a leader; records without a key go only there.
    private var available: [Int32]
    /// Where records without a key go until its batch is full.
    private var sticky: Int32?

    init(_ partitioner: Partitioner, partitionCount: Int, available: [Int32]) {
        self.partitioner = partitioner
        self.partitionCount = partitionCount
        self.available = available
    }

    /// Takes the topic's state as it is now.
    mutating func update(partitionCount: Int, available: [Int32]) {
        self.partitionCount = partitionCount
        self.available = available
        if let sticky, !available.contains(sticky) { self.sticky = nil }
    }

    /// The partition of a record. There must be one at least.
    mutating func pick(key: UnsafeRawBufferPointer?) -> Int32 {
        switch partitioner {
        case .murmur2:
            guard let key else { return stick() }
            return Int32(Int(KeyHash.murmur2(key) & 0x7FFF_FFFF) % partitionCount)
        case .consistent:
            let key = key ?? UnsafeRawBufferPointer(start: nil, count: 0)
            return Int32(Int(KeyHash.crc32(key)) % partitionCount)
        case .random:
            return available.randomElement() ?? Int32.random(in: 0..<Int32(partitionCount))
        case .sticky:
            return stick()
        }
    }

    private mutating func stick() -> Int32 {
        if let sticky { return sticky }
        let picked = available.randomElement() ?? Int32.random(in: 0..<Int32(partitionCount))
        sticky = picked
        return picked
    }

    /// A partition's batch was closed: the next record without a key goes to another one.
    mutating func batchClosed(_ partition: Int32) {
        guard sticky == partition, partitionCount > 1 else { return }
        let others = available.filter { $0 != partition }
        sticky = others.randomElement() ?? partition
    }
}
