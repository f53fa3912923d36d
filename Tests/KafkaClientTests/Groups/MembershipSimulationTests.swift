import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaClient

/// Members of a group on a fake clock: requests get lost, coordinators move, applications get
/// stuck, members come and go. At no time do two that the coordinator believes in own the same
/// partition, and in the end everything has one owner.
@Suite struct MembershipSimulationTests {
    @Test func `An eager group settles`() throws {
        try run {
            $0.assignors = [.range, .cooperativeSticky]
        } group: { _, _ in
            FakeClassicGroup()
        }
    }

    @Test func `A cooperative group settles`() throws {
        try run {
            $0.assignors = [.cooperativeSticky]
        } group: { _, _ in
            FakeClassicGroup()
        }
    }

    @Test func `A group of KIP-848 settles`() throws {
        try run {
            $0.groupProtocol = .consumer
        } group: {
            FakeConsumerGroup($0, ids: $1)
        }
    }

    private func run(
        _ change: (inout GroupConfiguration) -> Void,
        group: ([String: Int], [String: Uuid]) -> any FakeGroup
    ) throws {
        var configuration = GroupConfiguration(groupID: "g")
        configuration.sessionTimeoutMs = 3000
        configuration.heartbeatIntervalMs = 500
        configuration.maxPollIntervalMs = 4000
        configuration.topicRefreshMs = 1000
        change(&configuration)
        try Seeds.run(15) { _, random in
            let counts = [
                "a": Int.random(in: 1...6, using: &random),
                "b": Int.random(in: 1...3, using: &random),
            ]
            let ids = ["a": Uuid(high: 1, low: 1), "b": Uuid(high: 1, low: 2)]
            var simulation = Simulation(
                configuration, counts, ids, group(counts, ids), random: random)
            try simulation.run()
        }
    }
}

private struct Simulation {
    private enum Event {
        case wake(Int)
        case poll(Int)
        case stepDone(Int, Int)
        case found(Int, isFound: Bool)
        case metadata(Int, isThere: Bool)
        /// A request reaches the coordinator; its answer may be lost.
        case arrive(Int, Int, MembershipRequest, isAnswered: Bool)
        case answer(Int, Int, Result<MembershipResponse, KafkaError>)
        case tick
    }

    private struct Client {
        var state: MembershipState
        var isAlive = true
        /// A number of the last step, so that late ends of earlier ones are known.
        var step = 0
        /// When it is woken next, at the latest.
        var wakeAt: Int?
    }

    private static let chaosMs = 40_000
    private static let endMs = 75_000

    private let configuration: GroupConfiguration
    private let counts: [String: Int]
    private let ids: [String: Uuid]
    private var group: any FakeGroup
    private var random: SeededGenerator
    private var clients: [Client] = []
    private var events: [(at: Int, order: Int, event: Event)] = []
    private var waiting: [Int: (client: Int, id: Int)] = [:]
    private var lastNumber = 0
    private var now = 0

    init(
        _ configuration: GroupConfiguration, _ counts: [String: Int], _ ids: [String: Uuid],
        _ group: any FakeGroup, random: SeededGenerator
    ) {
        self.configuration = configuration
        self.counts = counts
        self.ids = ids
        self.group = group
        self.random = random
    }

    private var time: NIODeadline { .uptimeNanoseconds(UInt64(now + 1000) * 1_000_000) }
    private var isChaos: Bool { now < Simulation.chaosMs }

    private mutating func schedule(_ event: Event, in ms: Int) {
        lastNumber += 1
        events.append((now + max(0, ms), lastNumber, event))
    }

    private mutating func chance(_ oneIn: Int) -> Bool {
        isChaos && Int.random(in: 0..<oneIn, using: &random) == 0
    }

    private mutating func addClient() {
        var client = ClientConfiguration(bootstrapServers: [])
        client.requestTimeoutMs = 2000
        clients.append(
            Client(
                state: MembershipState(
                    configuration, .topics(Array(counts.keys)), client,
                    memberID: "client-\(clients.count)")))
        schedule(.poll(clients.count - 1), in: 0)
    }

    mutating func run() throws {
        for _ in 0..<Int.random(in: 1...3, using: &random) { addClient() }
        schedule(.tick, in: 100)
        while let index = events.indices.min(by: {
            (events[$0].at, events[$0].order) < (events[$1].at, events[$1].order)
        }) {
            let next = events.remove(at: index)
            if next.at > Simulation.endMs { break }
            now = next.at
            handle(next.event)
            for reply in group.replies {
                guard let waiter = waiting.removeValue(forKey: reply.request) else { continue }
                schedule(
                    .answer(waiter.client, waiter.id, .success(reply.response)),
                    in: Int.random(in: 0...10, using: &random))
            }
            group.replies = []
            try checkOwners()
        }
        try checkEnd()
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .wake(let client):
            if let wakeAt = clients[client].wakeAt, wakeAt <= now { clients[client].wakeAt = nil }
            drive(client)
        case .poll(let client): poll(client)
        case .stepDone(let client, let step):
            guard clients[client].isAlive, clients[client].step == step else { return }
            clients[client].state.finishStep()
            drive(client)
            schedule(.poll(client), in: 1)
        case .found(let client, let isFound):
            let error = KafkaError(.coordinatorNotAvailable, "none")
            clients[client].state.coordinatorFound(
                isFound ? .success(0) : .failure(error), now: time)
            drive(client)
        case .metadata(let client, let isThere):
            clients[client].state.refreshed(
                isThere ? .success(metadata) : .failure(.closedConnection), now: time)
            drive(client)
        case .arrive(let client, let id, let request, let isAnswered):
            lastNumber += 1
            if isAnswered { waiting[lastNumber] = (client, id) }
            group.handle(request, number: lastNumber, now: now)
        case .answer(let client, let id, let result):
            clients[client].state.answered(id, result, now: time)
            drive(client)
        case .tick:
            group.tick(now: now)
            if chance(40), clients.filter(\.isAlive).count < 4 { addClient() }
            if chance(60), clients.filter(\.isAlive).count > 1 { removeClient() }
            schedule(.tick, in: 100)
        }
    }

    private mutating func removeClient() {
        let alive = clients.indices.filter { clients[$0].isAlive }
        guard let client = alive.randomElement(using: &random) else { return }
        clients[client].isAlive = false
        // An orderly end, or a crash.
        guard Bool.random(using: &random) else { return }
        let farewell = clients[client].state.close()
        if let farewell { schedule(.arrive(client, 0, farewell, isAnswered: false), in: 2) }
    }

    private mutating func poll(_ client: Int) {
        guard clients[client].isAlive else { return }
        clients[client].state.pollCalled(now: time)
        if clients[client].state.beginStep() != nil {
            clients[client].step += 1
            let step = clients[client].step
            schedule(.stepDone(client, step), in: Int.random(in: 0...40, using: &random))
        } else {
            _ = clients[client].state.takeError()
            // Now and then an application is stuck for longer than it may be.
            let isStuck = chance(100)
            if !isStuck { clients[client].state.pollWaits() }
            schedule(.poll(client), in: isStuck ? 6000 : Int.random(in: 10...120, using: &random))
        }
        drive(client)
    }

    private mutating func drive(_ client: Int) {
        guard clients[client].isAlive else { return }
        let actions = clients[client].state.next(now: time)
        if actions.findsCoordinator {
            schedule(.found(client, isFound: !chance(5)), in: 5)
        }
        if actions.refresh != nil {
            schedule(.metadata(client, isThere: !chance(5)), in: 5)
        }
        if let outgoing = actions.send {
            let latency = Int.random(in: 0...15, using: &random)
            if chance(12) {
                // Lost on the way there or back; the connection's end tells so.
                if Bool.random(using: &random) {
                    schedule(
                        .arrive(client, outgoing.id, outgoing.request, isAnswered: false),
                        in: latency)
                }
                schedule(
                    .answer(client, outgoing.id, .failure(.closedConnection)),
                    in: latency + Int.random(in: 1...500, using: &random))
            } else {
                schedule(
                    .arrive(client, outgoing.id, outgoing.request, isAnswered: true), in: latency)
            }
        }
        if let farewell = actions.farewell {
            schedule(.arrive(client, 0, farewell, isAnswered: false), in: 5)
        }
        if let wakeAt = actions.wakeAt {
            let ms = max(1, Int((wakeAt - time).nanoseconds / 1_000_000) + 1)
            if let known = clients[client].wakeAt, known > now, known <= now + ms { return }
            clients[client].wakeAt = now + ms
            schedule(.wake(client), in: ms)
        }
    }

    private var metadata: ClusterMetadata {
        var metadata = ClusterMetadata()
        metadata.topics = counts.map { name, count in
            var topic = ClusterMetadata.Topic(name: name)
            topic.id = ids[name]
            topic.partitions = (0..<Int32(count)).map { .init(partition: $0, leader: 0) }
            return topic
        }
        return metadata
    }

    // MARK: What must hold

    private func checkOwners() throws {
        var owners: [TopicPartition: Int] = [:]
        for (index, client) in clients.enumerated()
        where client.isAlive && group.accepts(client.state.metadata) {
            for partition in client.state.owned {
                let other = owners.updateValue(index, forKey: partition)
                guard let other else { continue }
                throw Broken("at \(now) ms both \(other) and \(index) have \(partition)")
            }
        }
    }

    private func checkEnd() throws {
        let alive = clients.filter(\.isAlive)
        for client in alive {
            if let failure = client.state.failure { throw Broken("\(failure)") }
        }
        let owned = alive.flatMap { Array($0.state.owned) }
        let all = counts.reduce(0) { $0 + $1.value }
        guard group.isStable, owned.count == all, Set(owned).count == all else {
            throw Broken("\(owned.count) of \(all) are owned by \(alive.count), \(group)")
        }
    }

    struct Broken: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

extension KafkaError {
    fileprivate static let closedConnection = KafkaError(.connectionFailed, "closed")
}
