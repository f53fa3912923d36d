#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A whole file in memory.
enum FileContents {
    struct Failure: Error, Equatable, Sendable {
        var reason: String
    }

    /// - Throws: `Failure` when it cannot be read or is larger than `maxBytes`.
    static func read(_ path: String, maxBytes: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(reason: systemErrorText(errno)) }
        defer { close(descriptor) }
        let input = BlockReader(descriptor: descriptor, maxBytes: maxBytes)
        while true {
            switch input.fill() {
            case .read: continue
            case .ended: return Array(input.unread)
            case .full: throw Failure(reason: "larger than \(maxBytes) bytes")
            case .failed(let code): throw Failure(reason: systemErrorText(code))
            }
        }
    }
}
