/// How a batch's records are compressed: bits 0 to 2 of its attributes (Kafka's `CompressionType`).
public enum CompressionCodec: UInt8, Sendable, CaseIterable {
    case none, gzip, snappy, lz4, zstd

    /// - Parameter name: as settings have it: `none`, `gzip`, `snappy`, `lz4`, `zstd`.
    public init?(name: some StringProtocol) {
        guard let codec = CompressionCodec.allCases.first(where: { $0.description == name }) else {
            return nil
        }
        self = codec
    }
}

extension CompressionCodec: CustomStringConvertible {
    public var description: String {
        switch self {
        case .none: "none"
        case .gzip: "gzip"
        case .snappy: "snappy"
        case .lz4: "lz4"
        case .zstd: "zstd"
        }
    }
}
