/// A record to be written.
public struct ProducerRecord: Sendable, Equatable {
    public struct Header: Sendable, Equatable {
        public var name: String
        /// Nil is a null value, which an empty one is not.
        public var value: [UInt8]?

        public init(_ name: String, _ value: [UInt8]?) {
            self.name = name
            self.value = value
        }
    }

    /// Nil is a null key, which an empty one is not; likewise `value`.
    public var key: [UInt8]?
    public var value: [UInt8]?
    /// Equal names are kept, in their order.
    public var headers: [Header]
    /// Ms since the epoch; nil is now.
    public var timestamp: Int64?
    /// Nil leaves it to the partitioner.
    public var partition: Int32?

    public init(
        key: [UInt8]? = nil, value: [UInt8]?, headers: [Header] = [], timestamp: Int64? = nil,
        partition: Int32? = nil
    ) {
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
        self.partition = partition
    }

    public init(key: String? = nil, value: String, headers: [Header] = []) {
        self.init(key: key.map { Array($0.utf8) }, value: Array(value.utf8), headers: headers)
    }
}

/// Where a record was written.
public struct RecordMetadata: Sendable, Equatable {
    public var topic: String
    public var partition: Int32
    /// -1 when it is not known (acks 0, or a duplicate that the broker dropped).
    public var offset: Int64
}
