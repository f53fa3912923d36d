import KafkaBase
import Testing

@testable import KafkaBroker

@Suite struct QuotaManagerTests {
    private let windows = QuotaWindows()

    private func manager(_ quotas: [(QuotaEntity, QuotaKey, Double)]) -> QuotaManager {
        QuotaManager(image(quotas), windows: windows, mutationWindows: windows)
    }

    private func image(_ quotas: [(QuotaEntity, QuotaKey, Double)]) -> ClientQuotas {
        var image = ClientQuotas()
        for (entity, key, value) in quotas { image.set(key, to: value, for: entity) }
        return image
    }

    private func client(_ id: String, user: String = "u") -> QuotaManager.Client {
        .init(user: user, id: id)
    }

    @Test func `Without quotas nothing is counted and nobody waits`() {
        let manager = manager([])
        #expect(manager.isEmpty)
        #expect(manager.limits(of: client("c")) == .none)
        #expect(manager.record(.producerByteRate, 1e12, by: client("c"), nowMs: 0) == 0)
        #expect(manager.recordConnection(from: "10.0.0.1", nowMs: 0) == 0)
    }

    @Test func `Clients of a default have a counter each, those of a user share one`() {
        let each = manager([(QuotaEntity(clientID: .standard), .producerByteRate, 100)])
        #expect(each.record(.producerByteRate, 2000, by: client("a"), nowMs: 0) == 10_000)
        #expect(each.record(.producerByteRate, 900, by: client("b"), nowMs: 0) == 0)
        let shared = manager([(QuotaEntity(user: .named("u")), .producerByteRate, 100)])
        #expect(shared.record(.producerByteRate, 900, by: client("a"), nowMs: 0) == 0)
        #expect(shared.record(.producerByteRate, 900, by: client("b"), nowMs: 0) == 8000)
        #expect(shared.record(.producerByteRate, 900, by: client("b", user: "v"), nowMs: 0) == 0)
    }

    @Test func `A changed quota holds for what was counted before`() {
        let entity = QuotaEntity(user: .named("u"))
        let manager = manager([(entity, .consumerByteRate, 100)])
        #expect(manager.record(.consumerByteRate, 900, by: client("c"), nowMs: 0) == 0)
        manager.update(image([(entity, .consumerByteRate, 50)]))
        #expect(manager.record(.consumerByteRate, 0, by: client("c"), nowMs: 0) == 8000)
        manager.update(ClientQuotas())
        #expect(manager.isEmpty)
        #expect(manager.record(.consumerByteRate, 1e9, by: client("c"), nowMs: 0) == 0)
    }

    @Test func `What a fetch was not given does not count`() {
        let manager = manager([(QuotaEntity(user: .standard), .consumerByteRate, 100)])
        #expect(manager.burst(.consumerByteRate, of: client("c")) == 1000)
        #expect(manager.burst(.producerByteRate, of: client("c")) == nil)
        #expect(manager.record(.consumerByteRate, 1100, by: client("c"), nowMs: 0) == 1000)
        manager.unrecord(.consumerByteRate, 1100, by: client("c"), nowMs: 0)
        #expect(manager.record(.consumerByteRate, 1000, by: client("c"), nowMs: 0) == 0)
    }

    @Test func `Time is held to a share of a thread, and waited for a window at most`() {
        let manager = manager([(QuotaEntity(user: .named("u")), .requestPercentage, 1)])
        #expect(manager.limits(of: client("c")) == .time)
        #expect(manager.limits(of: client("c", user: "v")) == .none)
        #expect(manager.recordTime(100_000_000, by: client("c"), nowMs: 0) == 0)
        // One ms above one percent of ten seconds.
        #expect(manager.recordTime(1_000_000, by: client("c"), nowMs: 0) == 100)
        #expect(manager.recordTime(1_000_000_000, by: client("c"), nowMs: 0) == 1000)
    }

    @Test func `Partitions are made from a bucket of tokens`() {
        let manager = manager([(QuotaEntity(user: .named("u")), .controllerMutationRate, 10)])
        #expect(manager.limits(of: client("c")) == .rates)
        manager.takeMutations(200, by: client("c"), nowMs: 0)
        #expect(manager.mutationThrottleMs(of: client("c"), nowMs: 0) == 9000)
        #expect(manager.mutationThrottleMs(of: client("c"), nowMs: 9000) == 0)
        #expect(manager.mutationThrottleMs(of: client("c", user: "v"), nowMs: 0) == 0)
    }

    @Test func `Connections are counted by address`() {
        let manager = manager([
            (QuotaEntity(ip: .named("::ffff:10.0.0.1")), .connectionCreationRate, 1),
            (QuotaEntity(ip: .standard), .connectionCreationRate, 2),
        ])
        for _ in 0..<10 {
            #expect(manager.recordConnection(from: "10.0.0.1", nowMs: 0) == 0)
        }
        // Those that are refused do not count: the wait stays the same.
        for _ in 0..<3 { #expect(manager.recordConnection(from: "10.0.0.1", nowMs: 0) == 1000) }
        for _ in 0..<20 {
            #expect(manager.recordConnection(from: "10.0.0.2", nowMs: 0) == 0)
        }
        #expect(manager.recordConnection(from: "10.0.0.2", nowMs: 0) > 0)
        #expect(manager.recordConnection(from: "10.0.0.3", nowMs: 0) == 0)
    }

    @Test func `Counters are bounded, and the oldest go first`() {
        let manager = manager([(QuotaEntity(clientID: .standard), .producerByteRate, 100)])
        for number in 0...QuotaManager.maxCounters {
            _ = manager.record(
                .producerByteRate, 2000, by: client("\(number)"), nowMs: Int64(number) / 1000)
        }
        #expect(manager.counterCount <= QuotaManager.maxCounters)
        let newest = client("\(QuotaManager.maxCounters)")
        #expect(manager.record(.producerByteRate, 0, by: newest, nowMs: 20) > 0)
        #expect(manager.record(.producerByteRate, 0, by: client("0"), nowMs: 20) == 0)
    }
}
