public import KafkaBase
public import KafkaWire

/// Why a connection could not be made, or a request got no answer over it.
public enum ConnectionError: Error, Sendable, Equatable {
    /// The address could not be reached; the operating system's or the resolver's reason.
    case connectFailed(BrokerAddress, reason: String)
    /// No connection, or no answer, within that time.
    case timedOut(BrokerAddress, what: String, afterMs: Int)
    /// The connection ended while the request was under way, or before it was sent.
    case closed(BrokerAddress, reason: String)
    /// The broker sent something that is no answer: a frame out of turn or a malformed one. The
    /// connection is closed.
    case invalidResponse(BrokerAddress, reason: String)
    /// The broker serves no version of the API that this client knows (or the one asked for).
    case unsupportedVersion(BrokerAddress, ApiKey)
    /// The request cannot be encoded. Nothing was sent.
    case invalidRequest(ApiKey, WireError)
    /// More requests wait for an answer than one connection may have.
    case tooManyRequests(BrokerAddress, limit: Int)
    /// The broker answered ApiVersions with an error.
    case refused(BrokerAddress, ErrorCode)
    /// The broker did not take this client for whom it says it is, or the other way round.
    case authenticationFailed(BrokerAddress, mechanism: String, reason: String)
    /// No TLS connection: whom to trust, or what to speak, is not agreed.
    case tlsFailed(BrokerAddress, reason: String)
    /// The broker ended the connection before it sent anything: in the TLS handshake, or instead of
    /// answering the first request.
    case closedAtStart(BrokerAddress, underTLS: Bool)
    /// A certificate, key or secret that the settings name cannot be used. Nothing was sent.
    case invalidSecurity(reason: String)
}

extension ConnectionError: CustomStringConvertible {
    /// One line that names the address.
    public var description: String {
        switch self {
        case .connectFailed(let address, let reason): "cannot connect to \(address): \(reason)"
        case .timedOut(let address, let what, let ms):
            "\(address): \(what) timed out after \(ms) ms"
        case .closed(let address, let reason): "\(address): connection closed: \(reason)"
        case .invalidResponse(let address, let reason): "\(address): invalid response: \(reason)"
        case .unsupportedVersion(let address, let key):
            "\(address): the broker serves no usable version of \(key)"
        case .invalidRequest(let key, let error): "\(key) request cannot be encoded: \(error)"
        case .tooManyRequests(let address, let limit):
            "\(address): more than \(limit) requests without an answer"
        case .refused(let address, let code): "\(address): ApiVersions refused: \(code)"
        case .authenticationFailed(let address, let mechanism, let reason):
            "\(address): authentication with \(mechanism) failed: \(reason)"
        case .tlsFailed(let address, let reason): "\(address): \(reason)"
        case .closedAtStart(let address, underTLS: true):
            "\(address): connection closed during the TLS handshake; does the broker speak TLS?"
        case .closedAtStart(let address, underTLS: false):
            "\(address): connection closed by the broker before it answered; if it speaks TLS, set "
                + "security.protocol=SSL or SASL_SSL"
        case .invalidSecurity(let reason): reason
        }
    }

    /// The broker concerned; nil where none was asked yet.
    public var address: BrokerAddress? {
        switch self {
        case .connectFailed(let address, _), .timedOut(let address, _, _), .closed(let address, _),
            .invalidResponse(let address, _), .unsupportedVersion(let address, _),
            .tooManyRequests(let address, _), .refused(let address, _),
            .authenticationFailed(let address, _, _), .tlsFailed(let address, _),
            .closedAtStart(let address, _):
            address
        case .invalidRequest, .invalidSecurity: nil
        }
    }
}
