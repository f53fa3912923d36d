public import KafkaBase
public import NIOCore

/// The key or value of a record of an internal topic, or of a control record. The conforming types
/// are generated from `Definitions`; the version stands in front of the message, in the record.
public protocol DataMessage: WireMessage {
    /// Kafka's own.
    static var name: String { get }

    /// The fields with Kafka's names, as its JSON converters show them: in their order, those that
    /// the version has, and of the tagged ones those that do not hold their default.
    func fields(version: Int16) -> [WireField]
}

/// A record of the metadata log (`__cluster_metadata`).
public protocol MetadataRecord: DataMessage {
    /// Number in front of the record's version.
    static var recordType: Int16 { get }
}

/// Lists of the generated messages that records hold.
public enum DataMessages {}

/// A field of a decoded message.
public struct WireField: Sendable, Equatable {
    public var name: String
    public var value: WireValue

    public init(_ name: String, _ value: WireValue) {
        self.name = name
        self.value = value
    }
}

/// A decoded value without its type, to be shown.
public indirect enum WireValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case float64(Double)
    case string(String)
    case uuid(Uuid)
    case bytes(ByteBuffer)
    case array([WireValue])
    case object([WireField])

    init(_ value: Bool) { self = .bool(value) }
    init(_ value: some FixedWidthInteger) { self = .integer(Int64(value)) }
    init(_ value: Double) { self = .float64(value) }
    init(_ value: Uuid) { self = .uuid(value) }
    init(_ value: String?) { self = value.map { .string($0) } ?? .null }
    init(_ value: ByteBuffer?) { self = value.map { .bytes($0) } ?? .null }
    init(_ value: [WireField]?) { self = value.map { .object($0) } ?? .null }

    init<Element>(_ elements: [Element]?, _ show: (Element) -> WireValue) {
        self = elements.map { .array($0.map(show)) } ?? .null
    }
}
