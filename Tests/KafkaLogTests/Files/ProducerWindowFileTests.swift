import KafkaBase
import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

@Suite("Producers' last batches over a clean stop")
struct ProducerWindowFileTests {
    private let name = TopicPartition(topic: "t", partition: 3)

    private func states(batchCount: Int) -> ProducerStates {
        var entry = ProducerEntry(producerID: 8)
        entry.epoch = 0
        entry.batches = (0..<Int32(batchCount)).map {
            ProducerEntry.Batch(
                lastSequence: $0, lastOffset: Int64($0) * 2, offsetDelta: 0, timestamp: 5)
        }
        return ProducerStates([entry])
    }

    @Test func whatWasWrittenIsRead() throws {
        let scratch = try TemporaryDirectory()
        let file = ProducerWindowFile(disk: PosixDisk(), directory: scratch.path)
        #expect(try file.read().isEmpty)
        try file.write([(name, states(batchCount: 4))])
        let found = try file.read()
        #expect(found[name]?[8] == states(batchCount: 4).entries[8]?.batches)
        // With nothing to say there is no file.
        try file.write([(name, states(batchCount: 1))])
        #expect(!Fixtures.isFile(scratch.path + "/" + ProducerWindowFile.name))
    }

    @Test func windowsCountOnlyWhereTheirLastBatchIsTheLogs() {
        let window = states(batchCount: 4).entries[8]?.batches ?? []
        var snapshot = ProducerEntry(producerID: 8)
        snapshot.batches = [window[3]]
        var states = ProducerStates([snapshot])
        states.restoreWindow(of: 8, window)
        #expect(states.entries[8]?.batches == window)
        snapshot.batches = [
            ProducerEntry.Batch(lastSequence: 9, lastOffset: 30, offsetDelta: 0, timestamp: 5)
        ]
        states = ProducerStates([snapshot])
        states.restoreWindow(of: 8, window)
        #expect(states.entries[8]?.batches == snapshot.batches)
        states.restoreWindow(of: 9, window)
        #expect(states.entries.count == 1)
    }

    @Test func damageCostsNoStart() throws {
        let scratch = try TemporaryDirectory()
        let directory = try LogDirectory.open(path: scratch.path)
        let log = try directory.createLog(name, topicID: .random())
        for sequence in Int32(0)..<3 {
            try log.append(
                TestBatch(["v"], producer: .init(id: 8, epoch: 0, baseSequence: sequence)))
        }
        try directory.close([log])
        let path = scratch.path + "/" + ProducerWindowFile.name
        #expect(Fixtures.isFile(path))
        try PosixDisk().open(path, .readWrite).write(Array("x".utf8), at: 0)
        let findings = Findings()
        let again = try LogDirectory.open(path: scratch.path, onFinding: findings.report)
        _ = try again.loadAll()
        #expect(findings.all.map(\.path) == [path])
    }
}
