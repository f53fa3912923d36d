import Testing

@testable import KafkaClient

@Suite struct PartitionPickerTests {
    private func pick(_ picker: inout PartitionPicker, _ key: String) -> Int32 {
        Array(key.utf8).withUnsafeBytes { picker.pick(key: $0) }
    }

    private func make(_ partitioner: Partitioner) -> PartitionPicker {
        PartitionPicker(partitioner, partitionCount: 6, available: [0, 1, 2, 3, 4, 5])
    }

    @Test func murmur2TakesThePositivePartOfTheHash() {
        var picker = make(.murmur2)
        // (hash & 0x7fffffff) % 6, from the golden hashes.
        #expect(pick(&picker, "21") == Int32((-973_932_308 & 0x7FFF_FFFF) % 6))
        #expect(pick(&picker, "foobar") == Int32((-790_332_482 & 0x7FFF_FFFF) % 6))
        #expect(pick(&picker, "abc") == Int32(479_470_107 % 6))
    }

    @Test func anEmptyKeyIsHashedButNoKeySticks() {
        var picker = make(.murmur2)
        let empty = pick(&picker, "")
        #expect((0..<100).allSatisfy { _ in pick(&picker, "") == empty })
        let first = picker.pick(key: nil)
        #expect((0..<100).allSatisfy { _ in picker.pick(key: nil) == first })
        picker.batchClosed(first)
        #expect(picker.pick(key: nil) != first)
    }

    @Test func aBatchClosedElsewhereDoesNotMoveTheStickyOne() {
        var picker = make(.sticky)
        let first = pick(&picker, "a")
        picker.batchClosed((first + 1) % 6)
        #expect(pick(&picker, "b") == first)
    }

    @Test func recordsWithoutKeyAvoidPartitionsWithoutLeader() {
        var picker = PartitionPicker(.sticky, partitionCount: 6, available: [2, 4])
        for _ in 0..<50 {
            let picked = picker.pick(key: nil)
            #expect([2, 4].contains(picked))
            picker.batchClosed(picked)
        }
        picker.update(partitionCount: 6, available: [5])
        #expect(picker.pick(key: nil) == 5)
    }

    @Test func consistentIsTheCrcOfTheKeyAndNoKeyIsAnEmptyOne() {
        var picker = make(.consistent)
        #expect(pick(&picker, "123456789") == Int32(0xCBF4_3926 % 6))
        #expect(picker.pick(key: nil) == 0)
    }

    @Test func randomReachesAll() {
        var picker = make(.random)
        #expect(Set((0..<500).map { _ in pick(&picker, "same") }) == [0, 1, 2, 3, 4, 5])
    }
}
