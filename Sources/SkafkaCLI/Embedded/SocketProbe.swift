internal import KafkaTransport
internal import NIOCore
internal import Platform

/// Whether somebody listens on a Unix socket.
enum SocketProbe {
    static func isListening(path: String) -> Bool {
        guard let socketPath = try? UnixSocketPath(path) else { return false }
        #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let result = socketPath.address.withSockAddr { address, length in
            connect(descriptor, address, socklen_t(length))
        }
        // EAGAIN: its queue of connections is full, so it is there.
        return result == 0 || errno == EAGAIN || errno == EINPROGRESS
    }
}
