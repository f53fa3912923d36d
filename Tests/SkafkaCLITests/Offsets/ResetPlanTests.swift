import KafkaBase
import KafkaClient
import Testing

@testable import SkafkaCLI

@Suite struct ResetPlanTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    /// The plan of one partition whose log holds offsets 10 to 49, with the group at 20.
    private func plan(
        _ target: ResetTarget, current: Int64? = 20, time: Int64? = nil, wanted: Int64? = nil
    ) -> ResetPlan {
        var plan = ResetPlan()
        plan.add(
            partition, of: "g", to: target, wanted: wanted,
            .init(currentOffset: current, startOffset: 10, endOffset: 50, timeOffset: time))
        return plan
    }

    @Test(
        arguments: [
            (ResetTarget.earliest, 10), (.latest, 50), (.current, 20), (.offset(30), 30),
            (.shift(5), 25), (.shift(-5), 15), (.shift(0), 20),
        ] as [(ResetTarget, Int64)])
    func aGroupGoesWhereItIsSent(target: ResetTarget, expected: Int64) {
        let plan = plan(target)
        #expect(plan.rows.map(\.newOffset) == [expected])
        #expect(plan.warnings.isEmpty && plan.failures.isEmpty)
    }

    @Test(
        arguments: [
            (ResetTarget.offset(5), 10), (.offset(-1), 10), (.offset(51), 50), (.offset(.max), 50),
            (.shift(-11), 10), (.shift(31), 50), (.shift(.max), 50), (.shift(.min), 10),
        ] as [(ResetTarget, Int64)])
    func offsetsOutsideOfTheLogAreMovedWithAWarning(target: ResetTarget, expected: Int64) {
        let plan = plan(target)
        #expect(plan.rows.map(\.newOffset) == [expected])
        #expect(plan.warnings.count == 1)
        #expect(plan.warnings.first?.contains("\(expected) is taken") == true)
    }

    @Test func theEndsOfTheLogAreInside() {
        #expect(plan(.offset(10)).warnings.isEmpty)
        #expect(plan(.offset(50)).warnings.isEmpty)
    }

    @Test func byTimeItIsTheFirstRecordOrTheEnd() {
        #expect(plan(.time(1), time: 33).rows.map(\.newOffset) == [33])
        let late = plan(.time(1), time: nil)
        #expect(late.rows.map(\.newOffset) == [50])
        #expect(late.warnings.count == 1)
    }

    @Test func whereNothingIsCommittedCurrentIsTheEnd() {
        #expect(plan(.current, current: nil).rows.map(\.newOffset) == [50])
    }

    @Test func whatIsCommittedStaysEvenOutsideOfTheLog() {
        let plan = plan(.current, current: 3)
        #expect(plan.rows.map(\.newOffset) == [3])
        #expect(plan.warnings.isEmpty)
    }

    @Test func nothingCannotBeShifted() {
        let plan = plan(.shift(1), current: nil)
        #expect(plan.rows.isEmpty)
        #expect(plan.failures.map(\.message) == ["group g has no offset of t-0 to shift"])
    }

    @Test(arguments: [ResetTarget.file([]), .group("other")])
    func whatAFileOrAnotherGroupSaysIsMovedIntoTheLogToo(target: ResetTarget) {
        #expect(plan(target, wanted: 12).rows.map(\.newOffset) == [12])
        #expect(plan(target, wanted: 70).rows.map(\.newOffset) == [50])
        #expect(plan(target, wanted: 70).warnings.count == 1)
        #expect(plan(target, wanted: nil).rows.isEmpty)
    }

    @Test func anExportIsReadAgain() throws {
        let plan = plan(.latest)
        let text = try Captured.text { OffsetCSV.append(plan.csvRows(withGroup: false), to: $0) }
        #expect(text == "t,0,50\n")
        let several = try Captured.text { OffsetCSV.append(plan.csvRows(withGroup: true), to: $0) }
        #expect(several == "g,t,0,50\n")
        #expect(try OffsetCSV.parse(several) == plan.csvRows(withGroup: true))
    }
}

@Suite struct ResetTargetTests {
    private func target(_ words: ResetTarget.Words, file: String = "") throws -> ResetTarget {
        try ResetTarget(words, nowMs: 10_000_000) { _ in file }
    }

    @Test func eachFormIsItself() throws {
        #expect(try target(.init(earliest: true)) == .earliest)
        #expect(try target(.init(latest: true)) == .latest)
        #expect(try target(.init(current: true)) == .current)
        #expect(try target(.init(offset: 7)) == .offset(7))
        #expect(try target(.init(shift: -7)) == .shift(-7))
        #expect(try target(.init(dateTime: "1970-01-01T00:00:05")) == .time(5000))
        #expect(try target(.init(dateTime: "1970-01-01T02:00:05+02:00")) == .time(5000))
        #expect(try target(.init(dateTime: "-1s")) == .time(9_999_000))
        #expect(try target(.init(duration: "PT1S")) == .time(9_999_000))
        #expect(try target(.init(duration: "1s")) == .time(9_999_000))
        #expect(try target(.init(duration: "P7D")) == .time(0))
        #expect(try target(.init(group: "g")) == .group("g"))
        #expect(
            try target(.init(file: "f"), file: "t,0,1\n")
                == .file([.init(partition: .init(topic: "t", partition: 0), offset: 1)]))
    }

    @Test func exactlyOneIsTaken() {
        for words in [
            ResetTarget.Words(), .init(earliest: true, latest: true),
            .init(offset: 1, shift: 1), .init(dateTime: "x"), .init(duration: "x"),
        ] {
            #expect {
                try target(words)
            } throws: { ($0 as? CommandFailure)?.status == .usage }
        }
    }

    @Test func aBadFileIsNamedWithItsLine() {
        #expect {
            try target(.init(file: "plan.csv"), file: "t,0,1\nt,x,1\n")
        } throws: { error in
            (error as? CommandFailure) == .failed("plan.csv:2: 'x' is no partition")
        }
    }

    @Test func theScopeIsTopicsAllOrTheFile() throws {
        #expect(
            try ResetScope(topics: [TopicChoice("a:0,2")], all: false, target: .earliest)
                == .topics([TopicChoice("a:0,2")]))
        #expect(try ResetScope(topics: [], all: true, target: .earliest) == .all)
        #expect(try ResetScope(topics: [], all: false, target: .file([])) == .file)
        #expect(throws: CommandFailure.self) {
            try ResetScope(topics: [], all: false, target: .earliest)
        }
        #expect(throws: CommandFailure.self) {
            try ResetScope(topics: [TopicChoice("a")], all: true, target: .earliest)
        }
    }
}
