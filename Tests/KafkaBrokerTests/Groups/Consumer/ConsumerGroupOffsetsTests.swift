import KafkaBase
import Testing

@testable import KafkaBroker

@Suite struct ConsumerGroupOffsetsTests {
    private let harness = GroupHarness(TestTopics(["a": 4]))

    private func code(_ body: () throws(ApiError) -> Void) -> ErrorCode {
        do throws(ApiError) {
            try body()
            return .none
        } catch {
            return error.code
        }
    }

    private func commit(_ memberID: String, _ epoch: Int32, apiVersion: Int16 = 9) -> ErrorCode {
        code { () throws(ApiError) in
            try harness.group.checkCommit(
                memberID: memberID, instanceID: nil, epoch: epoch, apiVersion: apiVersion)
        }
    }

    private func transactionalCommit(_ memberID: String, _ epoch: Int32) -> ErrorCode {
        code { () throws(ApiError) in
            try harness.group.checkTransactionalCommit(
                memberID: memberID, instanceID: nil, epoch: epoch)
        }
    }

    private func fetch(_ memberID: String?, _ epoch: Int32) -> ErrorCode {
        code { () throws(ApiError) in
            try harness.group.checkFetch(memberID: memberID, epoch: epoch)
        }
    }

    @Test func `Members commit in their epoch`() throws {
        try harness.join("m1", ["a"])
        #expect(commit("m1", 1) == .none)
        #expect(commit("m1", 0) == .staleMemberEpoch)
        #expect(commit("m1", 2) == .staleMemberEpoch)
        #expect(commit("m2", 1) == .unknownMemberId)
        #expect(commit("", -1) == .unknownMemberId)
        #expect(commit("m1", 1, apiVersion: 8) == .unsupportedVersion)
    }

    @Test func `Anybody commits to a group without members`() throws {
        #expect(commit("", -1, apiVersion: 2) == .none)
        #expect(commit("m1", 1) == .unknownMemberId)
        #expect(code { () throws(ApiError) in try harness.group.checkDeletion() } == .none)
        try harness.join("m1", ["a"])
        #expect(code { () throws(ApiError) in try harness.group.checkDeletion() } == .nonEmptyGroup)
    }

    @Test func `Transactions need not say whose they are, but are held to what they say`() throws {
        try harness.join("m1", ["a"])
        #expect(transactionalCommit("", -1) == .none)
        #expect(transactionalCommit("m1", 1) == .none)
        #expect(transactionalCommit("m1", 0) == .staleMemberEpoch)
        #expect(transactionalCommit("m2", -1) == .unknownMemberId)
    }

    @Test func `Members fetch in their epoch, others without one`() throws {
        try harness.join("m1", ["a"])
        #expect(fetch(nil, -1) == .none)
        #expect(fetch("m1", 1) == .none)
        #expect(fetch("m1", 2) == .staleMemberEpoch)
        #expect(fetch("m2", 1) == .unknownMemberId)
        #expect(fetch(nil, 1) == .unknownMemberId)
    }
}
