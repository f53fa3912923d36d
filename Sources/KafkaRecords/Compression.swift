/// A codec and how hard it tries.
public struct Compression: Sendable, Equatable {
    public var codec: CompressionCodec
    /// Nil is the codec's own default. Always nil for codecs without levels.
    public var level: Int?

    // Each codec at its own default level.
    public static let none = Compression(codec: .none)
    public static let gzip = Compression(codec: .gzip)
    public static let snappy = Compression(codec: .snappy)
    public static let lz4 = Compression(codec: .lz4)
    public static let zstd = Compression(codec: .zstd)

    private init(codec: CompressionCodec) {
        self.codec = codec
    }

    /// - Returns: nil when the codec has no such level.
    public init?(codec: CompressionCodec, level: Int? = nil) {
        if let level {
            guard let levels = Compression.levels(of: codec), levels.contains(level) else {
                return nil
            }
        }
        self.codec = codec
        self.level = level
    }

    /// - Parameter text: `CODEC` or `CODEC:LEVEL`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let codec = CompressionCodec(name: parts[0]) else { return nil }
        guard parts.count == 2 else {
            self.init(codec: codec)
            return
        }
        guard let level = Int(parts[1]) else { return nil }
        self.init(codec: codec, level: level)
    }

    /// The levels that a codec knows, nil when it has none (Kafka's `CompressionType`, KIP-390).
    public static func levels(of codec: CompressionCodec) -> ClosedRange<Int>? {
        switch codec {
        case .none, .snappy: nil
        case .gzip: 1...9
        case .lz4: 1...17
        case .zstd: -131_072...22
        }
    }
}
