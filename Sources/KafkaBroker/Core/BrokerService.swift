import KafkaBase
import KafkaTransport
import KafkaWire
import Logging
import NIOCore

/// Finds the handler of each request.
///
/// Immutable; called on the connections' event loops.
struct BrokerService: RequestService {
    let table: ApiTable
    /// By listener.
    let endpoints: [AdvertisedEndpoint]
    let quotas: QuotaManager
    let authorizer: Authorizer?
    let clock: KafkaClock
    /// By listener; nil for those without SASL.
    let sasl: [SaslListener?]
    let credentials: @Sendable () -> ScramCredentials

    func service(of scope: ConnectionScope) -> any RequestService {
        sasl[scope.listenerIndex].map {
            SaslConnection(scope, $0, credentials: credentials, broker: self)
        } ?? self
    }

    func serve(_ frame: ByteBuffer, from scope: ConnectionScope, reply: ReplyHandle) {
        var reader = WireReader(frame)
        do throws(WireError) {
            // The first four bytes tell the rest of the header, which an unknown key may not have.
            var peek = WireReader(frame)
            let key = ApiKey(rawValue: try peek.readInteger())
            let version = try peek.readInteger(as: Int16.self)
            guard let entry = table.entry(for: key) else {
                return reply.complete(.close(reason: "\(key) is not served"))
            }
            guard entry.servedVersions.contains(version) else {
                let correlationID = try peek.readInteger(as: Int32.self)
                return refuse(key, version, correlationID, reply)
            }
            let header = try RequestHeader(from: &reader)
            let quota = quota(of: header, frame, scope)
            let context = RequestContext(
                scope: scope, version: version, clientID: header.clientId,
                endpoint: endpoints[scope.listenerIndex], quota: quota,
                authorization: authorizer?.authorization(of: scope))
            try quota.timing { () throws(WireError) in
                try entry.serve(&reader, context, correlationID: header.correlationId, reply)
            }
        } catch {
            reply.complete(.close(reason: "unreadable request: \(error)"))
        }
    }

    private func quota(
        of header: RequestHeader, _ frame: ByteBuffer, _ scope: ConnectionScope
    ) -> RequestQuota? {
        guard !quotas.isEmpty else {
            scope.isSerial = false
            return nil
        }
        return RequestQuota(
            quotas, clientID: header.clientId, sizeBytes: frame.readableBytes, clock: clock,
            scope: scope)
    }

    /// ApiVersions is answered in version 0 with an error and its own versions alone, so that the
    /// client can ask again (KIP-511); any other API closes the connection, as Kafka does.
    private func refuse(
        _ key: ApiKey, _ version: Int16, _ correlationID: Int32, _ handle: ReplyHandle
    ) {
        guard key == .apiVersions, let entry = table.entry(for: key) else {
            return handle.complete(.close(reason: "\(key) v\(version) is not served"))
        }
        var response = ApiVersionsResponse()
        response.errorCode = .unsupportedVersion
        response.apiKeys = [ApiVersionsHandler.advertisement(of: entry)]
        Reply<ApiVersionsResponse>(
            version: 0, correlationID: correlationID, handle: handle
        ).send(response)
    }
}
