/// What became of one batch. Its records have the offsets from `baseOffset` on, in the order in
/// which they were appended.
public struct DeliveryReport: Sendable {
    public var topic: String
    public var partition: Int32
    /// -1 when it is not known (acks 0, or a duplicate that the broker dropped).
    public var baseOffset: Int64
    public var recordCount: Int
    /// Nil when the batch was delivered.
    public var error: KafkaError?
}
