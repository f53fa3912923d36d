public import KafkaBase

/// A record of an internal topic, taken apart: its key and its value, each as far as they can be
/// read. Whatever the bytes are, there is a result; bytes that nobody knows are nobody's fault.
public struct DecodedRecord: Sendable {
    public var key: DecodedPart
    public var value: DecodedPart

    public init(key: DecodedPart, value: DecodedPart) {
        self.key = key
        self.value = value
    }
}

/// A key or value.
public enum DecodedPart: Sendable {
    case null
    case message(DecodedMessage)
    /// The number says of what type the record is, and no type here has it.
    case unknownType(Int)
    case malformed(RecordProblem)

    public var message: DecodedMessage? {
        if case .message(let message) = self { message } else { nil }
    }
}

/// A message with the version that it was written in.
public struct DecodedMessage: Sendable {
    public var message: any DataMessage
    public var version: Int16
    /// What the message shows; bytes in it that hold messages of their own are taken apart, too.
    public var fields: [WireField]

    public var name: String { type(of: message).name }

    public init(_ message: any DataMessage, version: Int16) {
        self.message = message
        self.version = version
        fields = message.fields(version: version)
    }
}

/// Why a key or value of a known type could not be read.
public enum RecordProblem: Error, Sendable, Equatable {
    /// Shorter than the version in front.
    case noVersion
    case unreadable(type: String, version: Int16, WireError)
    /// The metadata log's records have a frame around them.
    case badFrame(Int)
    case trailingBytes(Int, type: Int)
    case noKey
    /// Of a value: its key could not be read, so its type is not known.
    case noType
}

extension RecordProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noVersion: "too short for its version"
        case .unreadable(let type, let version, let error):
            "no \(type) of version \(version): \(error)"
        case .badFrame(let version): "unknown frame version \(version)"
        case .trailingBytes(let count, let type):
            "\(count) bytes behind the record of type \(type)"
        case .noKey: "a record without a key"
        case .noType: "a value whose key could not be read"
        }
    }
}
