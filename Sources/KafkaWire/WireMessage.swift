public import KafkaBase

/// A message, or a struct within one: every field has Kafka's default and is set from there.
public protocol WireStruct: Sendable {
    /// Every field at its default.
    init()
}

/// A message that stands for itself: a request or response body, a record's key or value. The
/// conforming types are generated from `Definitions`.
///
/// Every field has Kafka's default; a message is made with `init()` and its properties set.
public protocol WireMessage: WireStruct {
    /// Versions that can be decoded and encoded here; what a broker serves may be fewer.
    static var validVersions: ClosedRange<Int16> { get }

    /// Decodes a body. Bytes behind it are left in the reader.
    ///
    /// - Throws: `WireError` for bytes that are no such message, or a version out of range.
    init(from reader: inout WireReader, version: Int16) throws(WireError)

    /// Encodes the body behind what the writer holds.
    ///
    /// - Throws: `WireError.unsupportedField` when a field is set that the version lacks and that
    ///   may not be dropped.
    func encode(to writer: inout WireWriter, version: Int16) throws(WireError)
}

/// A request or response body.
public protocol ApiMessage: WireMessage {
    static var apiKey: ApiKey { get }
}

/// A request body, and which response answers it.
public protocol RequestMessage: ApiMessage {
    associatedtype Response: ResponseMessage
}

/// A response body.
public protocol ResponseMessage: ApiMessage {
    /// Says how long the client is held up for having used too much, in ms, where there is a field
    /// for that.
    mutating func setThrottleTime(ms: Int32)
}

extension ResponseMessage {
    public mutating func setThrottleTime(ms: Int32) {}
}

/// A response with the field `throttleTimeMs`.
public protocol ThrottledResponse: ResponseMessage {
    var throttleTimeMs: Int32 { get set }
}

extension ThrottledResponse {
    public mutating func setThrottleTime(ms: Int32) { throttleTimeMs = ms }
}
