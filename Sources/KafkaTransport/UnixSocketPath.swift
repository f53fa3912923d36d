public import NIOCore
import Platform

/// The address of a Unix socket, whose path may be longer than the 108 bytes that the kernel's
/// address structure holds.
///
/// A longer path is reached through a descriptor of its directory (`/proc/self/fd/N/name`), which
/// this object owns: keep it alive until the connect or bind is done. Immutable, any thread.
public final class UnixSocketPath: Sendable {
    /// The path as it was given.
    public let path: String
    /// What to connect or bind to.
    public let address: SocketAddress
    /// -1 when the path is short enough by itself.
    private let directoryDescriptor: Int32

    /// Longest path, in bytes, that fits into `sun_path` with its closing zero.
    public static let maxDirectPathBytes = 107

    /// - Throws: `IOError` when the directory of a long path cannot be opened,
    ///   `SocketAddressError.unixDomainSocketPathTooLong` when even the name alone is too long.
    public init(_ path: String) throws {
        self.path = path
        guard path.utf8.count > UnixSocketPath.maxDirectPathBytes else {
            directoryDescriptor = -1
            address = try SocketAddress(unixDomainSocketPath: path)
            return
        }
        let (directory, name) = UnixSocketPath.split(path)
        #if os(Linux)
            let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw IOError(errnoCode: errno, reason: "open \(directory)")
            }
            directoryDescriptor = descriptor
            // A throw below would not run deinit of a half-built object, so close by hand.
            do {
                address = try SocketAddress(
                    unixDomainSocketPath: "/proc/self/fd/\(descriptor)/\(name)")
            } catch {
                close(descriptor)
                throw error
            }
        #else
            _ = (directory, name)
            throw SocketAddressError.unixDomainSocketPathTooLong
        #endif
    }

    deinit {
        if directoryDescriptor >= 0 { close(directoryDescriptor) }
    }

    /// The directory's path and the name in it.
    static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        return (directory, String(path[path.index(after: slash)...]))
    }
}
