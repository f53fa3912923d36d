internal import KafkaBase
internal import KafkaSecurity
internal import KafkaWire
internal import NIOCore
internal import NIOPosix

/// An authentication as the handler carries it out.
struct AuthenticationRun {
    let options: SaslOptions
    let versions: ApiVersionRanges
    var machine: SaslAuthentication
    var client: (any SaslClient)?
    /// When the session is to be renewed.
    var timer: Scheduled<Void>?
}

/// What a thread that may block made of the mechanism.
private struct ClientTurn: Sendable {
    var client: any SaslClient
    var step: SaslStep
}

/// Carries out what `SaslAuthentication` decides; on the channel's event loop, but for the
/// mechanism itself, which may fetch secrets and compute for long.
extension ClientConnectionHandler {
    /// Authenticates the connection.
    ///
    /// - Parameter client: made already, or to be made when the broker knows the mechanism.
    func authenticate(
        _ sasl: SaslOptions, _ versions: ApiVersionRanges, client: (any SaslClient)? = nil
    ) {
        let machine = SaslAuthentication(sasl.mechanism, versions)
        authentication = AuthenticationRun(
            options: sasl, versions: versions, machine: machine, client: client)
        carryOut(machine.begin())
    }

    private func carryOut(_ action: SaslAuthentication.Action?) {
        switch action {
        case .handshake(let request, let version)?:
            ask(request, version) { self.carryOut(self.authentication?.machine.answered($0)) }
        case .authenticate(let request, let version)?:
            ask(request, version) { self.carryOut(self.authentication?.machine.answered($0)) }
        case .compute(let challenge)?: compute(challenge)
        case .done(let lifetimeMs)?: finish(sessionLifetimeMs: lifetimeMs)
        case .fail(let reason)?: fail(SaslError(reason))
        case nil: break
        }
    }

    private func ask<Request: RequestMessage>(
        _ request: Request, _ version: Int16, then: @escaping (Request.Response) -> Void
    ) {
        let id = correlationIDs.next()
        do {
            let frame = try RequestFrame(
                request, version: version, correlationID: id, clientID: options.clientID)
            let timeoutMs = options.connectTimeoutMs
            let pending = ClientConnectionState<Waiter>.Pending(
                correlationID: id, key: Request.apiKey, version: version,
                deadline: .now() + .milliseconds(Int64(timeoutMs)), timeoutMs: timeoutMs
            ) { result in
                // Where there is no answer the connection has ended, which tells everybody.
                guard case .success(var reader) = result else { return }
                do {
                    then(try Request.Response(from: &reader, version: version))
                } catch {
                    self.end(
                        .invalidResponse(self.address, reason: "\(Request.apiKey): \(error)"))
                }
            }
            let deadline = pending.deadline
            guard state.sendAuthentication(pending) == .write else { return }
            write(frame)
            schedule(for: deadline)
        } catch {
            end(.invalidRequest(Request.apiKey, error))
        }
    }

    private func compute(_ challenge: [UInt8]?) {
        guard let run = authentication, let context else { return }
        NIOThreadPool.singleton.runIfActive(eventLoop: context.eventLoop) {
            var client = try run.client ?? run.options.makeClient()
            let step =
                if let challenge { try client.respond(to: challenge) } else {
                    SaslStep.send(try client.begin())
                }
            return ClientTurn(client: client, step: step)
        }.assumeIsolated().whenComplete { result in
            switch result {
            case .success(let turn):
                self.authentication?.client = turn.client
                self.carryOut(
                    self.authentication?.machine.computed(
                        turn.step, complaint: turn.client.complaint))
            case .failure(let error): self.fail(error)
            }
        }
    }

    private func finish(sessionLifetimeMs: Int64) {
        guard let run = authentication else { return }
        authentication?.client = nil
        var generator = SystemRandomNumberGenerator()
        if let delayMs = SaslAuthentication.renewalDelayMs(
            sessionLifetimeMs: sessionLifetimeMs, using: &generator)
        {
            renew(in: delayMs, remainingMs: sessionLifetimeMs - delayMs)
        }
        authenticated(run.versions)
    }

    /// Authenticates again, as the session ends soon (KIP-368). The secret is fetched first:
    /// requests flow on meanwhile.
    ///
    /// - Parameter remainingMs: what is left of the session then.
    private func renew(in delayMs: Int64, remainingMs: Int64) {
        guard let context, let run = authentication else { return }
        let eventLoop = context.eventLoop
        authentication?.timer = eventLoop.assumeIsolated().scheduleTask(
            in: .milliseconds(delayMs)
        ) {
            NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                try run.options.makeClient()
            }.assumeIsolated().whenComplete { result in
                switch result {
                case .success(let client):
                    guard self.state.beginAuthentication() else { return }
                    self.authenticate(run.options, run.versions, client: client)
                case .failure:
                    // The session lives on for a while. When it ends the broker closes the
                    // connection, and the next one says why it cannot be made.
                    guard let delayMs = SaslAuthentication.retryDelayMs(remainingMs: remainingMs)
                    else { return }
                    self.renew(in: delayMs, remainingMs: remainingMs - delayMs)
                }
            }
        }
    }

    private func fail(_ error: any Error) {
        if let error = error as? SecretError, error.kind == .unusable {
            return end(.invalidSecurity(reason: error.reason))
        }
        let mechanism = authentication?.options.mechanism.rawValue ?? "SASL"
        end(.authenticationFailed(address, mechanism: mechanism, reason: "\(error)"))
    }
}
