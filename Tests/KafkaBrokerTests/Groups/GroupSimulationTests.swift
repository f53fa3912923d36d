import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

/// Members that come, commit, crash and leave at random, and a coordinator that starts anew from
/// what its log kept.
struct GroupSimulationTests {
    @Test func membersComeAndGo() throws {
        try Seeds.run(100) { _, generator in
            let simulation = GroupSimulation(&generator)
            for _ in 0..<300 { try simulation.step(&generator) }
            try simulation.calmDown()
        }
    }
}

/// One group with a few members that act as clients do. Each step holds it to what a group
/// promises.
private final class GroupSimulation {
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// A client with one consumer.
    final class Member {
        enum Doing {
            case nothing
            /// With the start of the coordinator that was asked.
            case joining(GroupAnswer<JoinGroupResponse>, start: Int, sinceMs: Int64)
            case syncing(GroupAnswer<SyncGroupResponse>, sinceMs: Int64)
            case consuming
            case crashed
        }

        let version: Int16
        var doing = Doing.nothing
        var id = ""
        var generation: Int32 = -1
        var subscription = 0
        /// It was not in a stored generation when the coordinator started anew.
        var mayBeForgotten = false

        init(version: Int16) { self.version = version }

        var isConsuming: Bool { if case .consuming = doing { true } else { false } }
        var isCrashed: Bool { if case .crashed = doing { true } else { false } }
    }

    private struct LeaderKey: Hashable {
        var start: Int
        var generation: Int32
    }

    private static let rebalanceMs: Int32 = 20_000
    /// Longest wait for a rebalance: its timeout, and what members are late by.
    private static let patienceMs: Int64 = 26_000
    /// Between two acts of a member; sessions are five times as long.
    private static let maxPauseMs: Int64 = 2_000

    private let world: GroupWorld
    private let members: [Member]
    /// How often the coordinator has started.
    private var start = 0
    private var leaders: [LeaderKey: String] = [:]
    private var lastGeneration: Int32 = 0
    private var nextOffset: Int64 = 0
    /// The last offset that was answered for.
    private var durableOffset: Int64 = -1
    /// Later ones that may be there or not.
    private var commits: [(offset: Int64, answer: GroupAnswer<[ErrorCode]>)] = []

    init(_ generator: inout SeededGenerator) {
        var settings = GroupSettings()
        settings.initialRebalanceDelayMs = Bool.random(using: &generator) ? 0 : 3_000
        world = GroupWorld(settings)
        members = (0..<Int.random(in: 1...5, using: &generator)).map { number in
            // The newer ones are given an id first.
            Member(version: number % 2 == 0 ? 9 : 3)
        }
    }

    // MARK: Steps

    func step(_ generator: inout SeededGenerator) throws {
        let member = members[Int.random(in: 0..<members.count, using: &generator)]
        switch Int.random(in: 0..<40, using: &generator) {
        case 0: restart(&generator)
        case 1: member.doing = .crashed
        case 2...3: if member.isCrashed { revive(member) }
        case 4: if member.isConsuming { leave(member) }
        case 5:
            guard member.isConsuming else { break }
            member.subscription += 1
            join(member)
        case 6...15: if member.isConsuming { commit(member) }
        default:
            world.advance(byMs: .random(in: 0...Self.maxPauseMs, using: &generator))
            for member in members.shuffled(using: &generator) { try act(member) }
        }
        try check()
    }

    /// Without further trouble all members end up with partitions, in one generation.
    func calmDown() throws {
        for member in members where member.isCrashed { revive(member) }
        for _ in 0..<80 {
            world.advance(byMs: 1_000)
            for member in members { try act(member) }
            try check()
        }
        guard members.allSatisfy(\.isConsuming) else { throw problem("somebody has nothing") }
        guard Set(members.map(\.generation)).count == 1 else {
            throw problem("generations are \(members.map(\.generation))")
        }
        guard Set(world.group()?.members.keys.map { $0 } ?? []) == Set(members.map(\.id)) else {
            throw problem("there are others than the clients")
        }
    }

    // MARK: Trouble

    private func restart(_ generator: inout SeededGenerator) {
        world.restart(losing: .random(in: 0...world.log.unflushedCount, using: &generator))
        start += 1
        lastGeneration = world.group()?.generation ?? 0
        durableOffset = world.fetch().offset == durableOffset ? durableOffset : keptOffset()
        commits = []
        for member in members where !member.isConsuming { member.mayBeForgotten = true }
    }

    /// One of those that were on their way when the coordinator ended.
    private func keptOffset() -> Int64 {
        let offset = world.fetch().offset
        return commits.contains { $0.offset == offset } ? offset : durableOffset
    }

    private func revive(_ member: Member) {
        member.doing = .nothing
        member.id = ""
        member.generation = -1
    }

    private func leave(_ member: Member) {
        _ = world.leave((member.id, nil))
        revive(member)
    }

    // MARK: What clients do

    private func act(_ member: Member) throws {
        switch member.doing {
        case .crashed: break
        case .nothing: join(member)
        case .joining(let answer, let start, let sinceMs):
            guard let response = answer.value else { return try wait(sinceMs, "to join") }
            try didJoin(member, response, start)
        case .syncing(let answer, let sinceMs):
            guard let response = answer.value else { return try wait(sinceMs, "for its part") }
            try didSync(member, response)
        case .consuming: try heartbeat(member)
        }
    }

    private func wait(_ sinceMs: Int64, _ what: String) throws {
        guard world.nowMs - sinceMs <= Self.patienceMs else {
            throw problem("somebody has waited \(what) for \(world.nowMs - sinceMs) ms")
        }
    }

    private func join(_ member: Member) {
        let answer = world.join(
            member.id, version: member.version,
            protocols: [("range", "\(member.subscription)")], rebalanceMs: Self.rebalanceMs)
        member.doing = .joining(answer, start: start, sinceMs: world.nowMs)
    }

    private func didJoin(
        _ member: Member, _ response: JoinGroupResponse, _ start: Int
    ) throws {
        switch response.errorCode {
        case .memberIdRequired:
            member.id = response.memberId
            join(member)
        case .unknownMemberId: try forget(member, "joins")
        case .notCoordinator: member.doing = .nothing
        case .none:
            let isOld = response.generationId < member.generation && !member.mayBeForgotten
            if isOld { throw problem("a generation goes back to \(response.generationId)") }
            member.id = response.memberId
            member.generation = response.generationId
            if start == self.start { member.mayBeForgotten = false }
            try sync(member, response, start)
        default: throw problem("a member joins: \(response.errorCode)")
        }
    }

    private func sync(_ member: Member, _ response: JoinGroupResponse, _ start: Int) throws {
        if !response.members.isEmpty {
            let key = LeaderKey(start: start, generation: response.generationId)
            let leader = leaders[key, default: member.id]
            guard leader == member.id, response.leader == member.id else {
                throw problem("\(leader) and \(member.id) lead generation \(key.generation)")
            }
            leaders[key] = leader
        }
        let assignments = response.members.map { other in
            (other.memberId, part(of: other.memberId, response.generationId))
        }
        let answer = world.sync(
            member.id, generation: member.generation,
            assignments: Dictionary(uniqueKeysWithValues: assignments))
        member.doing = .syncing(answer, sinceMs: world.nowMs)
    }

    private func part(of memberID: String, _ generation: Int32) -> String {
        "\(generation) \(memberID)"
    }

    private func didSync(_ member: Member, _ response: SyncGroupResponse) throws {
        switch response.errorCode {
        case .none:
            let assignment = String(buffer: response.assignment)
            guard assignment == part(of: member.id, member.generation) else {
                throw problem("\(member.id) of \(member.generation) is given '\(assignment)'")
            }
            member.doing = .consuming
        case .rebalanceInProgress: join(member)
        case .notCoordinator: member.doing = .nothing
        case .unknownMemberId, .illegalGeneration: try forget(member, "asks for its part")
        default: throw problem("a member syncs: \(response.errorCode)")
        }
    }

    private func heartbeat(_ member: Member) throws {
        switch world.heartbeat(member.id, generation: member.generation) {
        case .none: break
        case .rebalanceInProgress: join(member)
        case let code: throw problem("the heartbeat of a live member: \(code)")
        }
    }

    /// The coordinator knows it no more, which only a start may bring about.
    private func forget(_ member: Member, _ what: String) throws {
        guard member.mayBeForgotten else {
            throw problem("a live member \(what) and is unknown")
        }
        revive(member)
    }

    private func commit(_ member: Member) {
        nextOffset += 1
        let answer = world.commit(nextOffset, member: member.id, generation: member.generation)
        commits.append((nextOffset, answer))
    }

    // MARK: Promises

    private func check() throws {
        try checkOffsets()
        guard let group = world.group() else { return }
        guard group.generation >= lastGeneration else {
            throw problem("generation \(lastGeneration) becomes \(group.generation)")
        }
        lastGeneration = group.generation
        guard world.log.unflushedCount == 0 else { return }
        try checkReplay(group)
    }

    private func checkOffsets() throws {
        if let index = commits.lastIndex(where: { $0.answer.value != nil }) {
            if let code = commits[...index].compactMap({ $0.answer.value?.first }).first(
                where: { $0 != .none })
            {
                throw problem("a member commits: \(code)")
            }
            durableOffset = commits[index].offset
            commits.removeFirst(index + 1)
        }
        let offset = world.fetch().offset
        guard offset == durableOffset || commits.contains(where: { $0.offset == offset }) else {
            throw problem("\(durableOffset) was committed, and \(offset) is there")
        }
    }

    /// What stands in the log is what is known, where no rebalance is under way.
    private func checkReplay(_ group: ClassicGroup) throws {
        let replayed = world.replayed()
        guard replayed.offsets.topics(of: "g") == world.coordinator.offsets.topics(of: "g") else {
            throw problem("the log has other offsets")
        }
        guard let other = replayed.groups["g"] as? ClassicGroup else {
            throw problem("the log does not have the group")
        }
        guard group.state == .stable || group.state == .empty else { return }
        let isSame =
            other.state == group.state && other.generation == group.generation
            && other.leaderID == group.leaderID && other.protocolName == group.protocolName
            && other.members.mapValues(\.assignment) == group.members.mapValues(\.assignment)
        guard isSame else {
            throw problem("the log has generation \(other.generation), \(other.stateName)")
        }
    }

    private func problem(_ what: String) -> Problem {
        Problem(
            description: """
                \(what); at \(world.nowMs) ms, start \(start), \(world.group()?.stateName ?? "-") \
                in generation \(world.group()?.generation ?? -1)
                """)
    }
}
