import KafkaBase
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct FeatureHandlersTests {
    private let feature = Feature.metadataVersion

    private func update(
        _ broker: TestBroker, _ levels: [(String, Int16)], type: Int8 = 1, version: Int16 = 2,
        validateOnly: Bool = false
    ) async throws -> UpdateFeaturesResponse {
        var request = UpdateFeaturesRequest()
        request.featureUpdates = levels.map { name, level in
            var update = UpdateFeaturesRequest.FeatureUpdateKey()
            update.feature = name
            update.maxVersionLevel = level
            if version == 0 { update.allowDowngrade = type != 1 } else { update.upgradeType = type }
            return update
        }
        request.validateOnly = validateOnly
        return try await broker.send(request, version: version)
    }

    private func level(_ broker: TestBroker) async throws -> Int16? {
        try await broker.send(ApiVersionsRequest.named, version: 4)
            .finalizedFeatures.first { $0.name == feature.rawValue }?.maxVersionLevel
    }

    @Test func `ApiVersions tells what is supported and what is in force`() async throws {
        try await TestBroker.with { broker in
            for version: Int16 in 3...4 {
                let response = try await broker.send(ApiVersionsRequest.named, version: version)
                let told = Set(response.supportedFeatures.map(\.name))
                for feature in Feature.allCases {
                    let isTold =
                        feature.supported.upperBound > 0
                        && (version >= 4 || feature.supported.lowerBound > 0)
                    #expect(told.contains(feature.rawValue) == isTold, "\(feature) v\(version)")
                }
                #expect(response.finalizedFeaturesEpoch >= 0)
                #expect(
                    response.finalizedFeatures.map(\.maxVersionLevel)
                        == Features().finalized.map(\.level))
            }
        }
    }

    @Test(arguments: UpdateFeaturesHandler.servedVersions)
    func `A level is changed for good`(_ version: Int16) async throws {
        let directory = try TemporaryDirectory()
        var broker = try await TestBroker.start(directory.path)
        let lower = feature.supported.lowerBound
        let refused = try await update(broker, [(feature.rawValue, lower)], version: version)
        #expect((refused.results.first?.errorCode ?? refused.errorCode) == .invalidUpdateVersion)
        let done = try await update(broker, [(feature.rawValue, lower)], type: 2, version: version)
        #expect(done.errorCode == .none)
        #expect(done.results.map(\.errorCode) == (version < 2 ? [.none] : []))
        let epoch = try await broker.send(ApiVersionsRequest.named).finalizedFeaturesEpoch
        await broker.stop()
        broker = try await TestBroker.start(directory.path)
        #expect(try await level(broker) == lower)
        #expect(
            try await broker.send(ApiVersionsRequest.named).finalizedFeaturesEpoch == epoch)
        await broker.stop()
    }

    @Test func `Version 2 changes all or none, those below each by itself`() async throws {
        try await TestBroker.with { broker in
            let (top, lower) = (feature.supported.upperBound, feature.supported.lowerBound)
            let levels = [(feature.rawValue, lower), ("bogus.feature", Int16(3))]
            let all = try await update(broker, levels, type: 2)
            #expect(all.errorCode == .invalidUpdateVersion && all.results.isEmpty)
            #expect(all.errorMessage?.hasPrefix("The update failed for all features") == true)
            #expect(try await level(broker) == top)
            let each = try await update(broker, levels, type: 2, version: 1)
            #expect(each.errorCode == .none)
            #expect(each.results.map(\.errorCode) == [.none, .invalidUpdateVersion])
            #expect(try await level(broker) == lower)
        }
    }

    @Test func `What is only validated changes nothing`() async throws {
        try await TestBroker.with { broker in
            let before = try await level(broker)
            let levels = [(feature.rawValue, feature.supported.lowerBound)]
            let response = try await update(broker, levels, type: 2, validateOnly: true)
            #expect(response.errorCode == .none)
            #expect(try await level(broker) == before)
        }
    }

    // MARK: What else is asked of a controller

    @Test(arguments: DescribeQuorumHandler.servedVersions)
    func `This node alone keeps the metadata`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            var partition = DescribeQuorumRequest.PartitionData()
            var topic = DescribeQuorumRequest.TopicData()
            topic.topicName = "__cluster_metadata"
            topic.partitions = [partition]
            var request = DescribeQuorumRequest()
            request.topics = [topic]
            let response = try await broker.send(request, version: version)
            let answer = response.topics[0].partitions[0]
            #expect(answer.errorCode == .none && answer.leaderId == 0)
            #expect(answer.currentVoters.map(\.replicaId) == [0] && answer.observers.isEmpty)
            #expect((answer.currentVoters[0].lastCaughtUpTimestamp > 0) == (version >= 1))
            #expect(response.nodes.map(\.nodeId) == (version >= 2 ? [0] : []))
            partition.partitionIndex = 1
            request.topics[0].partitions.append(partition)
            let other = try await broker.send(request, version: version)
            #expect(
                other.topics[0].partitions.map(\.errorCode)
                    == [.unknownTopicOrPartition, .unknownTopicOrPartition])
            #expect(other.nodes.isEmpty)
        }
    }

    @Test(arguments: [
        ([Int8](), ["2 t", "4 0", "8 0"]), ([2], ["2 t"]), ([4, 16], ["4 0"]), ([32], []),
    ])
    func `What has settings is listed by its kind`(
        _ types: [Int8], _ listed: [String]
    ) async throws {
        try await TestBroker.with { broker in
            var request = ListConfigResourcesRequest()
            request.resourceTypes = types
            let response = try await broker.send(request, version: 1)
            #expect(response.errorCode == .none)
            #expect(
                response.configResources.map { "\($0.resourceType) \($0.resourceName)" } == listed)
        }
    }

    @Test func `Version 0 lists no kind but one, of which there is none`() async throws {
        try await TestBroker.with { broker in
            let old = try await broker.send(ListConfigResourcesRequest(), version: 0)
            #expect(old.errorCode == .none && old.configResources.isEmpty)
            var request = ListConfigResourcesRequest()
            request.resourceTypes = [2, 5]
            #expect(try await broker.send(request, version: 1).errorCode == .unsupportedVersion)
        }
    }

    @Test func `There is no SASL to be agreed on`() async throws {
        try await TestBroker.with { broker in
            var request = SaslHandshakeRequest()
            request.mechanism = "PLAIN"
            for version in SaslHandshakeHandler.servedVersions {
                let response = try await broker.send(request, version: version)
                #expect(response.errorCode == .illegalSaslState && response.mechanisms.isEmpty)
            }
            for version in SaslAuthenticateHandler.servedVersions {
                let response = try await broker.send(
                    SaslAuthenticateRequest(), version: version)
                #expect(response.errorCode == .illegalSaslState)
            }
        }
    }
}

extension ApiVersionsRequest {
    /// From a client that tells its name, as version 3 and above must.
    fileprivate static var named: ApiVersionsRequest {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "test"
        request.clientSoftwareVersion = "1"
        return request
    }
}
