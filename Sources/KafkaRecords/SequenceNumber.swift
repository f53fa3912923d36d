/// The numbers that a producer gives its records (KIP-98): they go from 0 to the largest i32 and
/// then from 0 again (Kafka's `DefaultRecordBatch.incrementSequence`).
public enum SequenceNumber {
    public static let none: Int32 = -1

    @inlinable
    @inline(__always)
    public static func advance(_ sequence: Int32, by count: some BinaryInteger) -> Int32 {
        Int32((Int64(sequence) &+ Int64(count)) & Int64(Int32.max))
    }

    public static func back(_ sequence: Int32, by count: Int32) -> Int32 {
        Int32((Int64(sequence) - Int64(count)) & Int64(Int32.max))
    }

    /// Whether a batch that begins with `next` goes on where one ends with `last`.
    public static func follows(_ next: Int32, _ last: Int32) -> Bool {
        Int64(next) == Int64(last) + 1 || (next == 0 && last == .max)
    }
}
