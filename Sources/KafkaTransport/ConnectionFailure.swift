internal import KafkaBase
internal import NIOCore
internal import NIOPosix

/// Says in one phrase why a connection broke, or why there is none: of both sides.
enum ConnectionFailure {
    static func reason(of error: any Error) -> String {
        switch error {
        case let error as IOError:
            return SystemError.text(of: error.errnoCode)
        case let error as NIOConnectionError:
            // Every address of the host was tried; the last one's reason stands for all.
            if let failure = error.connectionErrors.last { return reason(of: failure.error) }
            return "host name not found"
        case ChannelError.connectTimeout(let time):
            return "no answer within \(time.nanoseconds / 1_000_000) ms"
        case SocketAddressError.unknown, is SocketAddressError.UnknownHost:
            return "host name not found"
        case SocketAddressError.unixDomainSocketPathTooLong:
            return "socket name too long"
        default:
            return "\(error)"
        }
    }
}
