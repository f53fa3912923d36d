import Glibc

/// A connection that sends and receives bytes as they are. Its calls block, each a few seconds at
/// most.
final class RawConnection {
    private let descriptor: Int32
    private static let timeoutSeconds = 10

    struct Failure: Error {
        var what: String
    }

    /// - Parameter path: of a Unix socket.
    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try connect(to: address)
    }

    /// - Parameter port: on this machine.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        try connect(to: address)
    }

    private func connect(to address: some Any) throws {
        var timeout = timeval(tv_sec: RawConnection.timeoutSeconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafeBytes(of: address) { bytes in
            Glibc.connect(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count))
        }
        guard result == 0 else { throw Failure(what: "connect: \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends a request with its length in front.
    func send(_ frame: [UInt8]) throws {
        try sendBytes(length(frame.count) + frame)
    }

    func sendBytes(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(what: "send: \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// The next response without its length; nil when the broker has closed the connection.
    func receive() throws -> [UInt8]? {
        guard let prefix = try receive(4) else { return nil }
        return try receive(prefix.reduce(0) { $0 << 8 | Int($1) })
    }

    /// All that comes until the other end closes the connection.
    func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while let byte = try receive(1) { all += byte }
        return all
    }

    /// As many bytes; nil when the connection is closed before.
    func receive(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress! + filled, count - filled, 0)
            }
            if read == 0 || (read < 0 && errno == ECONNRESET) { return nil }
            guard read > 0 else { throw Failure(what: "no answer: errno \(errno)") }
            filled += read
        }
        return bytes
    }

    private func length(_ count: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
    }
}
