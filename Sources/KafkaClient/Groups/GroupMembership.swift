internal import KafkaBase
internal import NIOCore

/// A member's side of one of the protocols of consumer groups. Takes answers and other events,
/// gives the next request; no clock, no socket of its own. `MembershipState` asks it, and sees to
/// it that one request at a time is under way.
protocol GroupMembership: Sendable {
    /// In whose name offsets are committed; nil while the coordinator does not know this member.
    var identity: (memberID: String, generation: Int32)? { get }
    /// Whether it has its share of the present generation.
    var isStable: Bool { get }
    /// Whether it looks after the topics of the whole group.
    var isLeader: Bool { get }

    /// What to send now; `wakeAt` is set when that is up to the time.
    mutating func next(
        now: NIODeadline, _ context: inout MembershipContext, wakeAt: inout NIODeadline?
    ) -> MembershipRequest?

    /// How long the answer may take, in ms.
    func timeoutMs(
        of request: MembershipRequest, _ configuration: GroupConfiguration, requestTimeoutMs: Int
    ) -> Int

    mutating func answered(
        _ response: MembershipResponse, now: NIODeadline, _ context: inout MembershipContext
    ) -> MembershipVerdict

    /// A request got no answer: the coordinator may know less than it was told.
    mutating func failed(now: NIODeadline)

    /// A commit was refused.
    ///
    /// - Parameter generation: in which it was made, or the member's epoch.
    mutating func commitRefused(
        _ code: ErrorCode, generation: Int32, _ context: inout MembershipContext)

    /// Ends the membership, as far as this side goes.
    ///
    /// - Returns: what tells the coordinator.
    mutating func leave(_ context: inout MembershipContext) -> MembershipRequest?
}
