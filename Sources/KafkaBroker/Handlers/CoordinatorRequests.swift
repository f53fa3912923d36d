import KafkaBase
import KafkaSecurity
import KafkaWire

/// What the handlers share whose requests coordinators answer.
extension Coordinators {
    typealias Send<Response> = @Sendable (Response) -> Void

    /// Has the coordinator of a group, or of a transactional id, answer a request.
    ///
    /// - Parameters:
    ///   - operation: what the client must be allowed to do to the group or the transactional id.
    ///   - refusal: the answer where it is not, where the coordinator cannot be asked, or where the
    ///     broker ends before it answers.
    ///   - work: on the coordinator's event loop; the answer may be sent at any time.
    func answer<Response: ResponseMessage>(
        _ key: String, for operation: AclOperation, _ context: RequestContext,
        _ reply: Reply<Response>, refusal: @escaping @Sendable (ErrorCode) -> Response,
        work: @escaping @Sendable (State, @escaping Send<Response>) -> Void
    ) {
        if let error = context.refusal(of: operation, AclResource(State.resourceType, key)) {
            return reply.send(refusal(error.code))
        }
        let pending = PendingReply(reply, context, atShutdown: refusal(.notCoordinator))
        perform(key) { coordinator, _ in
            work(coordinator) { pending.send($0) }
        } orElse: { error in
            pending.send(refusal(error))
        }
    }
}
