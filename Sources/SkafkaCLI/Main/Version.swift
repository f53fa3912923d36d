internal import KafkaBase

/// The version that `--version` prints and clients tell the broker.
enum Version {
    static var number: String { Software.version }
}
