internal import KafkaSecurity
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// What all TLS connections of a client share: the certificates, read when the first connection is
/// made, on a thread that may block. Any thread.
public final class TLSClientContext: Sendable {
    /// Closing waits so long for the broker to close its side.
    private static let shutdownTimeout = TimeAmount.milliseconds(100)

    /// To find out whether there is TLS at all, with nothing to hide and nobody to trust.
    static let probe: TLSClientContext = {
        var options = TLSOptions()
        options.verifiesCertificate = false
        return TLSClientContext(options)
    }()

    public let options: TLSOptions
    private let made = NIOLockedValueBox<NIOSSLContext?>(nil)

    public init(_ options: TLSOptions) {
        self.options = options
    }

    /// The context; made now when there is none. Two that ask at once may both make it.
    func context(on eventLoop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        if let context = made.withLockedValue({ $0 }) {
            return eventLoop.makeSucceededFuture(context)
        }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            let context = try self.make()
            self.made.withLockedValue { $0 = context }
            return context
        }
    }

    /// A handler for one connection. An address in place of a name is no name to ask for (SNI); it
    /// is looked for in the certificate all the same.
    func handler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }

    /// Reads what the options name. Blocks.
    private func make() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.shutdownTimeout = Self.shutdownTimeout
        if !options.verifiesCertificate {
            configuration.certificateVerification = .none
            configuration.trustRoots = .certificates([])
        } else if !options.verifiesHostName {
            configuration.certificateVerification = .noHostnameVerification
        }
        if options.verifiesCertificate, let roots = try options.trustRoots() {
            configuration.trustRoots = roots
        }
        if let identity = try options.identity() {
            configuration.certificateChain = identity.chain
            configuration.privateKey = identity.key
        }
        return try options.context(configuration)
    }
}
