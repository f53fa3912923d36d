internal import Platform

/// A small file, or what comes out of a pipe, as a whole in memory. Blocks: not for an event loop.
public enum FileContents {
    /// Why it cannot be read: what stands behind `cannot read PATH: `.
    public struct Failure: Error, Equatable, Sendable {
        public var reason: String
    }

    private static let blockBytes = 16 << 10

    /// - Throws: `Failure` when it cannot be read or is larger than `maxBytes`.
    public static func read(_ path: String, maxBytes: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(reason: SystemError.text(of: errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: blockBytes)
        while true {
            let count = Platform.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(reason: SystemError.text(of: errno)) }
            if count == 0 { return bytes }
            guard bytes.count + count <= maxBytes else {
                throw Failure(reason: "larger than \(maxBytes) bytes")
            }
            bytes += block[..<count]
        }
    }
}
