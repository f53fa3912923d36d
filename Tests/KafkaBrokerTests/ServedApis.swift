import KafkaBase
import KafkaWire
import NIOCore

@testable import KafkaBroker

/// The APIs that are served, with ways to make requests and to read responses.
struct ServedApi: Sendable {
    let key: ApiKey
    let versions: ClosedRange<Int16>
    /// Whether a whole response, header included, is what the version says, to its last byte.
    let isResponse: @Sendable (_ frame: [UInt8], _ version: Int16) -> Bool
    /// A request with every field at its default; nil where the version cannot say that.
    let defaultRequest: @Sendable (_ version: Int16, _ correlationID: Int32) -> [UInt8]?

    init<Handler: ApiHandler>(_: Handler.Type) {
        typealias Response = Handler.Request.Response
        key = Handler.Request.apiKey
        versions = Handler.servedVersions
        isResponse = { frame, version in
            var reader = WireReader(ByteBuffer(bytes: frame))
            let headerVersion = Response.apiKey.responseHeaderVersion(for: version)
            guard (try? ResponseHeader(from: &reader, version: headerVersion)) != nil,
                (try? Response(from: &reader, version: version)) != nil
            else { return false }
            return reader.remaining == 0
        }
        defaultRequest = { version, correlationID in
            ServedApi.encode(Handler.Request(), version, correlationID)
        }
    }

    static let all: [ServedApi] = [
        .init(ProduceHandler.self), .init(FetchHandler.self), .init(ListOffsetsHandler.self),
        .init(MetadataHandler.self), .init(FindCoordinatorHandler.self),
        .init(ApiVersionsHandler.self), .init(CreateTopicsHandler.self),
        .init(DeleteTopicsHandler.self), .init(InitProducerIdHandler.self),
        .init(OffsetForLeaderEpochHandler.self), .init(DescribeConfigsHandler.self),
        .init(DescribeLogDirsHandler.self), .init(DescribeClusterHandler.self),
        .init(DescribeTopicPartitionsHandler.self), .init(AlterConfigsHandler.self),
        .init(IncrementalAlterConfigsHandler.self), .init(CreatePartitionsHandler.self),
        .init(DeleteRecordsHandler.self), .init(SaslHandshakeHandler.self),
        .init(SaslAuthenticateHandler.self), .init(ElectLeadersHandler.self),
        .init(AlterPartitionReassignmentsHandler.self),
        .init(ListPartitionReassignmentsHandler.self), .init(DescribeQuorumHandler.self),
        .init(UpdateFeaturesHandler.self), .init(ListConfigResourcesHandler.self),
        .init(AlterClientQuotasHandler.self), .init(DescribeClientQuotasHandler.self),
        .init(JoinGroupHandler.self), .init(SyncGroupHandler.self), .init(HeartbeatHandler.self),
        .init(LeaveGroupHandler.self), .init(OffsetCommitHandler.self),
        .init(OffsetFetchHandler.self), .init(OffsetDeleteHandler.self),
        .init(DescribeGroupsHandler.self), .init(ListGroupsHandler.self),
        .init(DeleteGroupsHandler.self), .init(AddPartitionsToTxnHandler.self),
        .init(AddOffsetsToTxnHandler.self), .init(EndTxnHandler.self),
        .init(WriteTxnMarkersHandler.self), .init(DescribeTransactionsHandler.self),
        .init(ListTransactionsHandler.self), .init(DescribeProducersHandler.self),
        .init(ConsumerGroupHeartbeatHandler.self), .init(ConsumerGroupDescribeHandler.self),
        .init(TxnOffsetCommitHandler.self), .init(DescribeAclsHandler.self),
        .init(CreateAclsHandler.self), .init(DeleteAclsHandler.self),
        .init(DescribeUserScramCredentialsHandler.self), .init(AlterReplicaLogDirsHandler.self),
        .init(AlterUserScramCredentialsHandler.self),
    ]

    static func encode(
        _ request: some RequestMessage, _ version: Int16, _ correlationID: Int32
    ) -> [UInt8]? {
        var writer = WireWriter()
        let header = RequestHeader(
            apiKey: type(of: request).apiKey, apiVersion: version, correlationId: correlationID,
            clientId: "test")
        guard (try? header.encode(to: &writer)) != nil,
            (try? request.encode(to: &writer, version: version)) != nil
        else { return nil }
        return Array(writer.buffer.readableBytesView)
    }
}
