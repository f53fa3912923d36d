import KafkaWire
import TestSupport
import Testing

/// The comparison that the conformance tests stand on notices what it should.
@Suite struct MessageComparisonTests {
    private func message() -> ListOffsetsResponse {
        var partition = ListOffsetsResponse.ListOffsetsPartitionResponse()
        partition.partitionIndex = 3
        partition.offset = 9_007_199_254_740_993
        var topic = ListOffsetsResponse.ListOffsetsTopicResponse()
        topic.name = "t"
        topic.partitions = [partition]
        var response = ListOffsetsResponse()
        response.topics = [topic]
        return response
    }

    private func differences(_ partition: String) throws -> [String] {
        let json = try JSON("{\"topics\":[{\"name\":\"t\",\"partitions\":[{\(partition)}]}]}")
        return MessageComparison.differences(message(), json)
    }

    @Test func `Equal values and defaults left out are equal`() throws {
        let same = "\"partitionIndex\":3,\"errorCode\":0,\"offset\":9007199254740993"
        #expect(try differences(same) == [])
    }

    @Test(arguments: [
        // A 64-bit integer that a double would round to the same.
        "\"partitionIndex\":3,\"errorCode\":0,\"offset\":9007199254740992",
        // A value that is not the default is missing.
        "\"errorCode\":0,\"offset\":9007199254740993",
        // A member without a property.
        "\"partitionIndex\":3,\"offset\":9007199254740993,\"leader\":1",
        // Another error code, another type, null.
        "\"partitionIndex\":3,\"errorCode\":1,\"offset\":9007199254740993",
        "\"partitionIndex\":\"3\",\"offset\":9007199254740993",
        "\"partitionIndex\":null,\"offset\":9007199254740993",
    ])
    func `One difference is found`(_ partition: String) throws {
        #expect(try differences(partition).count == 1)
    }

    @Test func `Elements missing and too many are found`() throws {
        let none = try JSON("{\"topics\":[]}")
        #expect(MessageComparison.differences(message(), none).count == 1)
        let null = try JSON("{\"topics\":null}")
        #expect(MessageComparison.differences(message(), null).count == 1)
    }
}
