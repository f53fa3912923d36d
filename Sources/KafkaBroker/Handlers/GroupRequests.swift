import KafkaBase
import KafkaWire

/// What the handlers of groups' APIs share.
extension Coordinators where State == GroupCoordinator {
    typealias Send<Response> = @Sendable (Response) -> Void

    /// Has the coordinator of a group answer a request.
    ///
    /// - Parameters:
    ///   - refusal: the answer where it cannot be asked, or the broker ends before it answers.
    ///   - work: on the coordinator's event loop; the answer may be sent at any time.
    func answer<Response: ResponseMessage>(
        _ groupID: String, _ context: RequestContext, _ reply: Reply<Response>,
        refusal: @escaping @Sendable (ErrorCode) -> Response,
        work: @escaping @Sendable (GroupCoordinator, @escaping Send<Response>) -> Void
    ) {
        let pending = PendingReply(reply, context, atShutdown: refusal(.notCoordinator))
        perform(groupID) { coordinator, _ in
            work(coordinator) { pending.send($0) }
        } orElse: { error in
            pending.send(refusal(error))
        }
    }
}
