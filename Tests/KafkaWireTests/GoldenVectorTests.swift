import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing

/// Small messages whose bytes were written down by hand from the protocol's grammar.
@Suite struct GoldenVectorTests {
    private func check<Message: WireMessage>(
        _ message: Message, version: Int16, _ hex: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let bytes = try #require(Hex.decode(hex))
        let encoded = Hex.encode(try message.encoded(version: version))
        #expect(encoded == Hex.encode(bytes), sourceLocation: sourceLocation)
        let (decoded, trailing) = try Message.decode(bytes, version: version)
        #expect(trailing == 0, sourceLocation: sourceLocation)
        #expect("\(decoded)" == "\(message)", sourceLocation: sourceLocation)
    }

    @Test func `ApiVersions request`() throws {
        var request = ApiVersionsRequest()
        try check(request, version: 0, "")
        request.clientSoftwareName = "skafka"
        request.clientSoftwareVersion = "1"
        try check(request, version: 3, "07 736b61666b61 02 31 00")
    }

    @Test func `ApiVersions response leaves out tagged fields at their defaults`() throws {
        var key = ApiVersionsResponse.ApiVersion()
        key.apiKey = 18
        key.maxVersion = 4
        var response = ApiVersionsResponse()
        response.apiKeys = [key]
        try check(response, version: 0, "0000 00000001 0012 0000 0004")
        try check(response, version: 3, "0000 02 0012 0000 0004 00 00000000 00")
    }

    @Test func `Metadata request for all topics`() throws {
        var request = MetadataRequest()
        try check(request, version: 0, "00000000")
        request.topics = nil
        try check(request, version: 1, "ffffffff")
        try check(request, version: 12, "00 01 00 00")
    }

    @Test func `Produce request`() throws {
        var partition = ProduceRequest.PartitionProduceData()
        partition.index = 1
        partition.records = .bytes(ByteBuffer(bytes: [0xAB, 0xCD]))
        var topic = ProduceRequest.TopicProduceData()
        topic.name = "t"
        topic.partitionData = [partition]
        var request = ProduceRequest()
        request.acks = -1
        request.timeoutMs = 1000
        request.topicData = [topic]
        try check(
            request, version: 3,
            "ffff ffff 000003e8 00000001 0001 74 00000001 00000001 00000002 abcd")
        try check(
            request, version: 9, "00 ffff 000003e8 02 02 74 02 00000001 03 abcd 00 00 00")
        topic.name = ""
        topic.topicId = Uuid(high: 1, low: 2)
        request.topicData = [topic]
        try check(
            request, version: 13,
            "00 ffff 000003e8 02 0000000000000001 0000000000000002 02 00000001 03 abcd 00 00 00")
    }

    @Test func `A tagged struct is written when it differs from its default`() throws {
        var partition = ProduceResponse.PartitionProduceResponse()
        partition.errorCode = .notLeaderForPartition
        partition.currentLeader.leaderId = 7
        partition.currentLeader.leaderEpoch = 2
        var topic = ProduceResponse.TopicProduceResponse()
        topic.name = "t"
        topic.partitionResponses = [partition]
        var response = ProduceResponse()
        response.responses = [topic]
        try check(
            response, version: 10,
            "02 02 74 02 00000000 0006 0000000000000000 ffffffffffffffff ffffffffffffffff 01 00"
                + " 01 00 09 00000007 00000002 00  00 00000000 00")
    }

    @Test func `A nullable struct is marked`() throws {
        var request = DescribeTopicPartitionsRequest()
        request.responsePartitionLimit = 5
        try check(request, version: 0, "01 00000005 ff 00")
        var cursor = DescribeTopicPartitionsRequest.Cursor()
        cursor.topicName = "t"
        cursor.partitionIndex = 1
        request.cursor = cursor
        try check(request, version: 0, "01 00000005 01 02 74 00000001 00 00")
    }

    @Test func `What newer versions of admin requests add`() throws {
        var resources = ListConfigResourcesRequest()
        try check(resources, version: 0, "00")
        resources.resourceTypes = [2, 16]
        try check(resources, version: 1, "03 02 10 00")
        var resource = ListConfigResourcesResponse.ConfigResource()
        resource.resourceName = "t"
        resource.resourceType = 2
        var listed = ListConfigResourcesResponse()
        listed.configResources = [resource]
        try check(listed, version: 1, "00000000 0000 02 02 74 02 00 00")
        var partition = AlterPartitionReassignmentsRequest.ReassignablePartition()
        partition.partitionIndex = 3
        partition.replicas = [1]
        var topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
        topic.name = "t"
        topic.partitions = [partition]
        var reassignment = AlterPartitionReassignmentsRequest()
        reassignment.timeoutMs = 1000
        reassignment.topics = [topic]
        let rest = "02 02 74 02 00000003 02 00000001 00 00 00"
        try check(reassignment, version: 0, "000003e8" + rest)
        try check(reassignment, version: 1, "000003e8 01" + rest)
        var features = UpdateFeaturesResponse()
        features.errorCode = .invalidUpdateVersion
        features.errorMessage = "x"
        try check(features, version: 1, "00000000 005f 02 78 01 00")
        try check(features, version: 2, "00000000 005f 02 78 00")
    }

    @Test func `Unknown tagged fields are kept`() throws {
        var request = HeartbeatRequest()
        request.groupId = "g"
        request.memberId = "m"
        request.unknownTaggedFields = [TaggedField(tag: 300, data: ByteBuffer(bytes: [1, 2]))]
        try check(request, version: 4, "02 67 00000000 02 6d 00 01 ac02 02 0102")
    }

    @Test func `A string longer than Kafka takes is refused both ways`() throws {
        var request = HeartbeatRequest()
        request.memberId = String(repeating: "m", count: 32767)
        let bytes = try request.encoded(version: 4)
        #expect(try HeartbeatRequest.decode(bytes, version: 4).message.memberId.count == 32767)
        request.memberId += "m"
        #expect(throws: WireError.invalidLength(32768)) { _ = try request.encoded(version: 4) }
        // An empty group, generation 0, and a compact length of 32768 + 1.
        let long = [1, 0, 0, 0, 0, 0x81, 0x80, 2] + [UInt8](repeating: 0x6D, count: 32770)
        #expect(throws: WireError.invalidLength(32768)) {
            _ = try HeartbeatRequest.decode(long, version: 4)
        }
    }

    @Test func `DescribeAcls request and response`() throws {
        var request = DescribeAclsRequest()
        request.resourceTypeFilter = 2
        request.resourceNameFilter = "t"
        request.principalFilter = nil
        request.hostFilter = "*"
        request.operation = 1
        request.permissionType = 1
        try check(request, version: 1, "02 0001 74 03 ffff 0001 2a 01 01")
        try check(request, version: 2, "02 02 74 03 00 02 2a 01 01 00")
        var acl = DescribeAclsResponse.AclDescription()
        acl.principal = "User:a"
        acl.host = "*"
        acl.operation = 3
        acl.permissionType = 3
        var resource = DescribeAclsResponse.DescribeAclsResource()
        resource.resourceType = 2
        resource.resourceName = "t"
        resource.patternType = 4
        resource.acls = [acl]
        var response = DescribeAclsResponse()
        response.errorMessage = nil
        response.resources = [resource]
        try check(
            response, version: 1,
            "00000000 0000 ffff 00000001 02 0001 74 04 00000001 0006 557365723a61 0001 2a 03 03")
        try check(
            response, version: 3,
            "00000000 0000 00 02 02 02 74 04 02 07 557365723a61 02 2a 03 03 00 00 00")
    }

    @Test func `CreateAcls request and response`() throws {
        var creation = CreateAclsRequest.AclCreation()
        creation.resourceType = 4
        creation.resourceName = "kafka-cluster"
        creation.principal = "User:a"
        creation.host = "::1"
        creation.operation = 12
        creation.permissionType = 2
        var request = CreateAclsRequest()
        request.creations = [creation]
        let name = "6b61666b612d636c7573746572"
        try check(
            request, version: 1,
            "00000001 04 000d \(name) 03 0006 557365723a61 0003 3a3a31 0c 02")
        try check(
            request, version: 3, "02 04 0e \(name) 03 07 557365723a61 04 3a3a31 0c 02 00 00")
        var done = CreateAclsResponse.AclCreationResult()
        done.errorMessage = nil
        var refused = CreateAclsResponse.AclCreationResult()
        refused.errorCode = .securityDisabled
        refused.errorMessage = "no"
        var response = CreateAclsResponse()
        response.results = [done, refused]
        try check(response, version: 1, "00000000 00000002 0000 ffff 0036 0002 6e6f")
        try check(response, version: 2, "00000000 03 0000 00 00 0036 03 6e6f 00 00")
    }

    @Test func `DeleteAcls request and response`() throws {
        var filter = DeleteAclsRequest.DeleteAclsFilter()
        filter.resourceTypeFilter = 1
        filter.resourceNameFilter = nil
        filter.patternTypeFilter = 1
        filter.principalFilter = "User:a"
        filter.hostFilter = nil
        filter.operation = 1
        filter.permissionType = 1
        var request = DeleteAclsRequest()
        request.filters = [filter]
        try check(
            request, version: 1, "00000001 01 ffff 01 0006 557365723a61 ffff 01 01")
        try check(request, version: 2, "02 01 00 01 07 557365723a61 00 01 01 00 00")
        var match = DeleteAclsResponse.DeleteAclsMatchingAcl()
        match.errorMessage = nil
        match.resourceType = 3
        match.resourceName = "g"
        match.principal = "User:a"
        match.host = "*"
        match.operation = 3
        match.permissionType = 3
        var result = DeleteAclsResponse.DeleteAclsFilterResult()
        result.errorMessage = nil
        result.matchingAcls = [match]
        var response = DeleteAclsResponse()
        response.filterResults = [result]
        try check(
            response, version: 1,
            "00000000 00000001 0000 ffff 00000001 0000 ffff 03 0001 67 03 0006 557365723a61"
                + " 0001 2a 03 03")
        try check(
            response, version: 2,
            "00000000 02 0000 00 02 0000 00 03 02 67 03 07 557365723a61 02 2a 03 03 00 00 00")
    }

    @Test func `Request headers`() throws {
        let golden = [0: "0012 0000 00000007 0001 63", 3: "0012 0003 00000007 0001 63 00"]
        for (version, hex) in golden {
            let header = RequestHeader(
                apiKey: .apiVersions, apiVersion: Int16(version), correlationId: 7, clientId: "c")
            var writer = WireWriter()
            try header.encode(to: &writer)
            #expect(Array(writer.buffer.readableBytesView) == Hex.decode(hex))
            var reader = WireReader(writer.buffer)
            let back = try RequestHeader(from: &reader)
            #expect("\(back)" == "\(header)")
            #expect(reader.remaining == 0)
        }
    }

    @Test func `Header versions`() {
        #expect(ApiKey.produce.requestHeaderVersion(for: 8) == 1)
        #expect(ApiKey.produce.requestHeaderVersion(for: 9) == 2)
        #expect(ApiKey.produce.responseHeaderVersion(for: 8) == 0)
        #expect(ApiKey.produce.responseHeaderVersion(for: 9) == 1)
        #expect(ApiKey.apiVersions.requestHeaderVersion(for: 3) == 2)
        #expect(ApiKey.apiVersions.responseHeaderVersion(for: 3) == 0)
        #expect(ApiKey.saslHandshake.requestHeaderVersion(for: 1) == 1)
        #expect(ApiKey.describeCluster.responseHeaderVersion(for: 0) == 1)
    }

    @Test func `DescribeUserScramCredentials`() throws {
        var request = DescribeUserScramCredentialsRequest()
        request.users = nil
        try check(request, version: 0, "00 00")
        var user = DescribeUserScramCredentialsRequest.UserName()
        user.name = "al"
        request.users = [user]
        try check(request, version: 0, "02 03 616c 00 00")
        var info = DescribeUserScramCredentialsResponse.CredentialInfo()
        info.mechanism = 2
        info.iterations = 4096
        var result = DescribeUserScramCredentialsResponse.Result()
        result.user = "al"
        result.credentialInfos = [info]
        var response = DescribeUserScramCredentialsResponse()
        response.throttleTimeMs = 1
        response.errorMessage = nil
        result.errorMessage = nil
        response.results = [result]
        try check(
            response, version: 0,
            "00000001 0000 00 02 03 616c 0000 00 02 02 00001000 00 00 00")
    }

    @Test func `AlterUserScramCredentials`() throws {
        var deletion = AlterUserScramCredentialsRequest.ScramCredentialDeletion()
        deletion.name = "b"
        deletion.mechanism = 1
        var upsertion = AlterUserScramCredentialsRequest.ScramCredentialUpsertion()
        upsertion.name = "al"
        upsertion.mechanism = 2
        upsertion.iterations = 8192
        upsertion.salt = ByteBuffer(bytes: [0xAB])
        upsertion.saltedPassword = ByteBuffer(bytes: [1, 2, 3])
        var request = AlterUserScramCredentialsRequest()
        request.deletions = [deletion]
        request.upsertions = [upsertion]
        try check(
            request, version: 0,
            "02 02 62 01 00 02 03 616c 02 00002000 02 ab 04 010203 00 00")
        var result = AlterUserScramCredentialsResponse.Result()
        result.user = "al"
        result.errorCode = .unacceptableCredential
        result.errorMessage = "no"
        var response = AlterUserScramCredentialsResponse()
        response.results = [result]
        try check(response, version: 0, "00000000 02 03 616c 005d 03 6e6f 00 00")
    }
}
