/// The version that `--version` prints and clients tell the broker.
enum Version {
    static let number = "0.1.0"
}
