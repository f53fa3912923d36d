/// Why bytes from the wire (or from a record written in the wire's types) could not be decoded, or
/// a message not encoded.
public enum WireError: Error, Equatable, Sendable {
    /// The bytes ended before the field did. `needed` is a number of bytes.
    case truncated(needed: Int, available: Int)
    /// A length or count below what the field allows, or null where the field may not be null.
    case invalidLength(Int)
    /// A variable-length integer of more bytes than its type has.
    case varintTooLong
    /// A string that is not UTF-8.
    case invalidUTF8
    /// A boolean or marker byte with no meaning.
    case invalidValue(Int)
    /// The message has no such version, or this field cannot be left out in it.
    case unsupportedVersion(Int16)
    /// A field holds something that this version of the message cannot carry.
    case unsupportedField(String, version: Int16)
}

extension WireError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let needed, let available):
            "truncated: \(needed) bytes needed, \(available) left"
        case .invalidLength(let length): "invalid length \(length)"
        case .varintTooLong: "variable-length integer too long"
        case .invalidUTF8: "string is not UTF-8"
        case .invalidValue(let value): "invalid value \(value)"
        case .unsupportedVersion(let version): "unsupported version \(version)"
        case .unsupportedField(let name, let version):
            "\(name) cannot be sent in version \(version)"
        }
    }
}
