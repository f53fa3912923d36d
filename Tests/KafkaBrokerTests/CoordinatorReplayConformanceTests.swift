import KafkaBase
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

/// What a real Kafka refused of groups and transactions for what the request itself says, or for a
/// group, member or transactional id that it did not know: this broker, which knows none, refuses
/// it with the same code.
@Suite struct CoordinatorReplayConformanceTests {
    /// Sends the requests whose recorded answers hold nothing but these codes.
    private func compare<Request: RequestMessage>(
        _ type: Request.Type, _ versions: ClosedRange<Int16>, refusals: Set<ErrorCode>,
        _ codes: (Request.Response) -> [ErrorCode]
    ) async throws {
        let exchanges = try ReplayedExchange.all(of: type, versions).filter { exchange in
            let recorded = codes(exchange.response)
            return !recorded.isEmpty && recorded.allSatisfy { refusals.contains($0) }
        }
        try await TestBroker.with(topics: []) { broker in
            try await prepareCoordinators(broker)
            for exchange in exchanges {
                var response = try await broker.send(exchange.request, version: exchange.version)
                // A coordinator that was just made is still reading its partition.
                while codes(response).contains(.coordinatorLoadInProgress) {
                    try await Task.sleep(for: .milliseconds(1))
                    response = try await broker.send(exchange.request, version: exchange.version)
                }
                #expect(
                    codes(response) == codes(exchange.response),
                    "\(Request.apiKey) v\(exchange.version): \(exchange.request)")
            }
        }
    }

    /// Has the topics of groups and transactions made, as those who look for a coordinator do.
    private func prepareCoordinators(_ broker: TestBroker) async throws {
        for type: Int8 in [0, 1] {
            var request = FindCoordinatorRequest()
            request.keyType = type
            request.coordinatorKeys = ["x"]
            let response = try await broker.send(request, version: 4)
            #expect(response.coordinators.map(\.errorCode) == [.none])
        }
    }

    @Test func `Members are refused as by Kafka`() async throws {
        try await compare(
            JoinGroupRequest.self, JoinGroupHandler.servedVersions,
            refusals: [
                .invalidGroupId, .unknownMemberId, .invalidSessionTimeout, .memberIdRequired,
            ]
        ) { [$0.errorCode] }
        try await compare(
            SyncGroupRequest.self, SyncGroupHandler.servedVersions, refusals: [.unknownMemberId]
        ) { [$0.errorCode] }
        try await compare(
            HeartbeatRequest.self, HeartbeatHandler.servedVersions, refusals: [.unknownMemberId]
        ) { [$0.errorCode] }
        try await compare(
            LeaveGroupRequest.self, LeaveGroupHandler.servedVersions, refusals: [.unknownMemberId]
        ) { [$0.errorCode] + $0.members.map(\.errorCode) }
        try await compare(
            ConsumerGroupHeartbeatRequest.self, ConsumerGroupHeartbeatHandler.servedVersions,
            refusals: [.unsupportedAssignor, .invalidRequest]
        ) { [$0.errorCode] }
    }

    @Test func `Groups that are not there are not described or deleted`() async throws {
        try await compare(
            ConsumerGroupDescribeRequest.self, ConsumerGroupDescribeHandler.servedVersions,
            refusals: [.groupIdNotFound]
        ) { $0.groups.map(\.errorCode) }
        try await compare(
            DeleteGroupsRequest.self, DeleteGroupsHandler.servedVersions,
            refusals: [.groupIdNotFound]
        ) { $0.results.map(\.errorCode) }
        try await compare(
            OffsetDeleteRequest.self, OffsetDeleteHandler.servedVersions,
            refusals: [.groupIdNotFound]
        ) { [$0.errorCode] }
    }

    @Test func `Coordinators that cannot be are not found`() async throws {
        try await compare(
            FindCoordinatorRequest.self, FindCoordinatorHandler.servedVersions,
            refusals: [.invalidRequest]
        ) { [$0.errorCode] + $0.coordinators.map(\.errorCode) }
    }

    @Test func `Producers are refused as by Kafka`() async throws {
        try await compare(
            InitProducerIdRequest.self, InitProducerIdHandler.servedVersions,
            refusals: [.invalidTransactionTimeout, .invalidRequest]
        ) { [$0.errorCode] }
        try await compare(
            EndTxnRequest.self, EndTxnHandler.servedVersions, refusals: [.invalidProducerIdMapping]
        ) { [$0.errorCode] }
        try await compare(
            AddOffsetsToTxnRequest.self, AddOffsetsToTxnHandler.servedVersions,
            refusals: [.invalidProducerIdMapping]
        ) { [$0.errorCode] }
        try await compare(
            DescribeTransactionsRequest.self, DescribeTransactionsHandler.servedVersions,
            refusals: [.transactionalIdNotFound]
        ) { $0.transactionStates.map(\.errorCode) }
        try await compare(
            DescribeProducersRequest.self, DescribeProducersHandler.servedVersions,
            refusals: [.unknownTopicOrPartition]
        ) { $0.topics.flatMap(\.partitions).map(\.errorCode) }
    }
}
