internal import ArgumentParser
internal import KafkaLog
internal import KafkaWire

/// How keys and values are read, as the command line wants it.
enum RecordDecoder: Equatable {
    /// By the name of the directory that a file lies in.
    case byDirectory
    /// Of this topic, whatever the name.
    case topic(InternalTopic)
    /// Not at all.
    case none

    /// The topic whose records a file holds, as far as they are to be decoded.
    func topic(of file: DumpFile) -> InternalTopic? {
        switch self {
        case .topic(let topic): topic
        case .none: nil
        case .byDirectory:
            // Snapshots are of the metadata log, wherever they lie.
            file.name.kind == .checkpoint
                ? .clusterMetadata : file.topic.flatMap { InternalTopic(rawValue: $0) }
        }
    }
}

/// The classes that Kafka's `--key-decoder-class` and `--value-decoder-class` name.
enum DecoderClass: String, CaseIterable, ExpressibleByArgument {
    case string = "StringDecoder"
    case integer = "IntegerDecoder"
    case long = "LongDecoder"

    static let package = "org.apache.kafka.tools.api."
    static let oldPackage = "kafka.serializer."

    /// - Parameter name: with its package, or without.
    init?(argument name: String) {
        let simple = name.split(separator: ".").last.map(String.init) ?? name
        let prefix = String(name.dropLast(simple.count))
        guard ["", DecoderClass.package, DecoderClass.oldPackage].contains(prefix) else {
            return nil
        }
        self.init(rawValue: simple)
    }
}

extension OutputBuffer {
    /// Bytes as Kafka's decoder of that class prints them; text where they are too few.
    func append(_ bytes: UnsafeRawBufferPointer, as decoder: DecoderClass) {
        switch decoder {
        case .integer where bytes.count >= 4:
            append(decimal: Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
        case .long where bytes.count >= 8:
            append(decimal: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        default: JavaText.append(bytes, to: self)
        }
    }
}
