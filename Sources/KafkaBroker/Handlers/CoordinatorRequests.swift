import KafkaBase
import KafkaWire

/// What the handlers share whose requests coordinators answer.
extension Coordinators {
    typealias Send<Response> = @Sendable (Response) -> Void

    /// Has the coordinator of a group, or of a transactional id, answer a request.
    ///
    /// - Parameters:
    ///   - refusal: the answer where it cannot be asked, or the broker ends before it answers.
    ///   - work: on the coordinator's event loop; the answer may be sent at any time.
    func answer<Response: ResponseMessage>(
        _ key: String, _ context: RequestContext, _ reply: Reply<Response>,
        refusal: @escaping @Sendable (ErrorCode) -> Response,
        work: @escaping @Sendable (State, @escaping Send<Response>) -> Void
    ) {
        let pending = PendingReply(reply, context, atShutdown: refusal(.notCoordinator))
        perform(key) { coordinator, _ in
            work(coordinator) { pending.send($0) }
        } orElse: { error in
            pending.send(refusal(error))
        }
    }
}
