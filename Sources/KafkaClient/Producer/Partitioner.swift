/// How a record without a given partition gets one.
public enum Partitioner: String, Sendable, CaseIterable {
    /// By the key's murmur2 hash as Kafka's Java client does; records without a key stay with one
    /// partition until its batch is full (KIP-480).
    case murmur2
    /// Each record at random.
    case random
    /// Keys are ignored: one partition until its batch is full.
    case sticky
    /// By the key's CRC-32 as librdkafka's `consistent` does; no key counts as an empty one.
    case consistent
}
