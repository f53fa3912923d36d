import KafkaBase
import KafkaWire
import Testing

@testable import KafkaBroker

@Suite struct HeartbeatRulesTests {
    typealias Request = ConsumerGroupHeartbeatRequest

    private static var first: Request {
        var request = Request()
        request.groupId = "g"
        request.memberId = "m"
        request.rebalanceTimeoutMs = 1000
        request.subscribedTopicNames = ["a"]
        request.topicPartitions = []
        return request
    }

    private static var later: Request {
        var request = Request()
        request.groupId = "g"
        request.memberId = "m"
        request.memberEpoch = 3
        return request
    }

    private func problem(
        _ request: Request, apiVersion: Int16 = 1, _ change: (inout Request) -> Void = { _ in }
    ) -> ApiError? {
        var request = request
        change(&request)
        do throws(ApiError) {
            try HeartbeatRules.check(
                request, apiVersion: apiVersion, assignors: ServerAssignor.allCases)
            return nil
        } catch {
            return error
        }
    }

    @Test func `What is well is let through`() {
        #expect(problem(Self.first) == nil)
        #expect(problem(Self.first, apiVersion: 0) { $0.memberId = "" } == nil)
        #expect(problem(Self.first) { $0.subscribedTopicNames = [] } == nil)
        #expect(
            problem(Self.first) {
                $0.subscribedTopicNames = nil
                $0.subscribedTopicRegex = ""
            } == nil)
        #expect(problem(Self.later) == nil)
        #expect(problem(Self.later) { $0.memberEpoch = -1 } == nil)
        #expect(
            problem(Self.later) {
                $0.memberEpoch = -2
                $0.instanceId = "i"
            } == nil)
        #expect(problem(Self.later) { $0.serverAssignor = "range" } == nil)
    }

    @Test func `What is not, is told why`() {
        func message(_ request: Request, _ change: (inout Request) -> Void) -> String? {
            let problem = problem(request, change)
            return problem?.code == .invalidRequest ? problem?.message : nil
        }
        #expect(message(Self.first) { $0.memberId = "" } == "MemberId can't be empty.")
        #expect(message(Self.first) { $0.groupId = " " } == "GroupId can't be empty.")
        #expect(message(Self.first) { $0.instanceId = "" } == "InstanceId can't be empty.")
        #expect(message(Self.first) { $0.rackId = "" } == "RackId can't be empty.")
        #expect(
            message(Self.first) { $0.rebalanceTimeoutMs = -1 }
                == "RebalanceTimeoutMs must be provided in first request.")
        #expect(
            message(Self.first) { $0.topicPartitions = nil }
                == "TopicPartitions must be empty when (re-)joining.")
        #expect(
            message(Self.first) { $0.topicPartitions = [.init()] }
                == "TopicPartitions must be empty when (re-)joining.")
        #expect(
            message(Self.first) { $0.subscribedTopicNames = nil }?
                .hasPrefix("Either SubscribedTopicNames or SubscribedTopicRegex") == true)
        #expect(message(Self.later) { $0.memberId = "" } == "MemberId can't be empty.")
        #expect(message(Self.later) { $0.memberEpoch = -2 } == "InstanceId can't be null.")
        #expect(message(Self.later) { $0.memberEpoch = -3 } == "MemberEpoch is invalid.")
        #expect(problem(Self.later) { $0.serverAssignor = "x" }?.code == .unsupportedAssignor)
    }
}
