import KafkaBase
import Testing

@testable import KafkaClient
@testable import SkafkaCLI

@Suite struct GroupOffsetRowTests {
    private func member(_ id: String, _ partitions: [Int32]) -> GroupDescription.Member {
        GroupDescription.Member(
            memberID: id, instanceID: nil, clientID: "c-\(id)", host: "/h",
            assignment: partitions.map { TopicPartition(topic: "t", partition: $0) })
    }

    private func rows() -> [GroupOffsetRow] {
        GroupOffsetRow.rows(
            group: "g", members: [member("a", [1, 2]), member("idle", [])],
            offsets: [
                .init(topic: "t", partition: 0): .init(offset: 5),
                .init(topic: "t", partition: 1): .init(offset: 7),
                .init(topic: "gone", partition: 0): .init(offset: 1),
            ],
            ends: [
                .init(topic: "t", partition: 0): 9, .init(topic: "t", partition: 1): 7,
                .init(topic: "t", partition: 2): 3,
            ])
    }

    @Test func offsetsAndReadersComeTogether() throws {
        let text = try Captured.text { output in
            GroupOffsetRow.layout.append(rows(), to: output, .plain, width: nil)
        }
        #expect(
            text == """
                g\tgone\t0\t1\t-\t-\t-\t-\t-
                g\tt\t0\t5\t9\t4\t-\t-\t-
                g\tt\t1\t7\t7\t0\ta\t/h\tc-a
                g\tt\t2\t-\t3\t-\ta\t/h\tc-a
                g\t-\t-\t-\t-\t-\tidle\t/h\tc-idle

                """)
    }

    @Test func whatIsMissingIsNullInJSON() throws {
        let text = try Captured.text { output in
            GroupOffsetRow.layout.append(Array(rows().prefix(1)), to: output, .json, width: nil)
        }
        #expect(
            text == #"[{"group":"g","topic":"gone","partition":0,"currentOffset":1,"#
                + #""logEndOffset":null,"lag":null,"consumerId":null,"host":null,"clientId":null}]"#
                + "\n")
    }

    @Test func assignmentsAreWrittenAsKafkasToolDoes() {
        var row = GroupMemberRow(group: "g", member: member("a", [0, 1]))
        #expect(row.assignment == "t(0,1)")
        row.member.assignment.append(.init(topic: "u", partition: 3))
        #expect(row.assignment == "t(0,1),u(3)")
        row.member.assignment = []
        #expect(row.assignment == "")
    }

    @Test func statesAndTypesAreFoundInAnyCase() throws {
        let filter = try GroupFilter(states: ["stable,EMPTY", "Dead"], types: ["Consumer"])
        #expect(filter.states == [.stable, .empty, .dead])
        #expect(filter.types == [.consumer])
        #expect(throws: CommandFailure.self) { try GroupFilter(states: ["stabl"], types: []) }
        #expect(throws: CommandFailure.self) { try GroupFilter(states: [""], types: []) }
    }

    @Test func liveMembersAreNamedAndCounted() {
        var group = GroupDescription(
            groupID: "g", type: .classic, state: .stable, protocolType: "consumer",
            assignor: "range", coordinator: 0)
        #expect(group.hasMembers && LiveMembers.text(group) == "its state is Stable")
        group.members = (0..<7).map { member("m\($0)", []) }
        #expect(
            LiveMembers.text(group)
                == "7 members (m0 at /h, m1 at /h, m2 at /h, m3 at /h, m4 at /h, and 2 more)")
        group.members = []
        group.state = .empty
        #expect(!group.hasMembers)
    }
}
