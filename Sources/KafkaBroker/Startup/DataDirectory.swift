import KafkaBase
import KafkaLog
import Platform

/// What is done to the data directory as a whole. Every call blocks.
enum DataDirectory {
    /// Makes the directory and those above it that are missing, with mode 0700: the broker's
    /// socket lies in it.
    static func create(_ path: String) throws(BrokerError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return try check(path) }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure("cannot create", path)
        }
        try create(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw failure("cannot create", path)
        }
        try check(path)
    }

    private static func check(_ path: String) throws(BrokerError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure("cannot read", path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .storage(reason: "\(path) is not a directory")
        }
    }

    /// - Throws: `storage` where two paths are one directory.
    static func checkDistinct(_ paths: [String]) throws(BrokerError) {
        var seen: [String: String] = [:]
        for path in paths {
            var status = stat()
            guard stat(path, &status) == 0 else { throw failure("cannot read", path) }
            let identity = "\(status.st_dev) \(status.st_ino)"
            if let other = seen.updateValue(path, forKey: identity) {
                throw .storage(reason: "log.dirs has one directory twice: \(other) and \(path)")
            }
        }
    }

    /// The node that the directory belongs to already, as text; nil for a new one, and where the
    /// file is not what it should be (who opens the directory finds that out).
    static func nodeID(_ path: String) -> String? {
        let bytes = try? PosixDisk().content(of: path + "/meta.properties")
        guard let bytes else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("node.id=") }
            .map { String($0.dropFirst("node.id=".count)).trimmingBlanks() }
    }

    private static func failure(_ operation: String, _ path: String) -> BrokerError {
        .storage(reason: "\(operation) \(path): \(SystemError.text(of: errno))")
    }
}
