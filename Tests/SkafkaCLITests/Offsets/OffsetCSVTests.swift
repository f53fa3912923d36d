import KafkaBase
import Testing

@testable import SkafkaCLI

@Suite struct OffsetCSVTests {
    private func row(_ group: String?, _ topic: String, _ partition: Int32, _ offset: Int64)
        -> OffsetCSV.Row
    {
        .init(group: group, partition: .init(topic: topic, partition: partition), offset: offset)
    }

    @Test func readsBothOfKafkasForms() throws {
        #expect(
            try OffsetCSV.parse("t,0,5\nt,1,6\n") == [row(nil, "t", 0, 5), row(nil, "t", 1, 6)])
        #expect(try OffsetCSV.parse("g,t,0,5") == [row("g", "t", 0, 5)])
    }

    @Test func passesOverTitlesAndBlankLines() throws {
        #expect(
            try OffsetCSV.parse("TOPIC,PARTITION,OFFSET\r\n\r\nt,0,5\r\n") == [row(nil, "t", 0, 5)])
        #expect(try OffsetCSV.parse("\u{FEFF}t,0,5\r\n") == [row(nil, "t", 0, 5)])
        #expect(
            try OffsetCSV.parse("group,topic,partition,offset\ng,t,0,5\n") == [row("g", "t", 0, 5)])
    }

    @Test func quotesHoldCommasAndQuotes() throws {
        #expect(try OffsetCSV.parse("\"a,\"\"b\",\"t\", 0 ,5\n") == [row("a,\"b", "t", 0, 5)])
        let rows = [row("a,\"b", "t", 0, 5), row("c d", "t", 1, 6)]
        let text = try Captured.text { OffsetCSV.append(rows, to: $0) }
        #expect(text == "\"a,\"\"b\",t,0,5\n\"c d\",t,1,6\n")
        #expect(try OffsetCSV.parse(text) == rows)
    }

    @Test(arguments: [
        ("t,0\n", 1), ("t,0,1\ng,t,0,1\n", 2), ("t,-1,1\n", 1), ("t,0,1\nt,0,x\n", 2),
        ("\"t,0,1\n", 1), (",0,1\n", 1), ("t,0,99999999999999999999\n", 1),
    ])
    func refusesTheRestByLine(text: String, line: Int) {
        #expect {
            try OffsetCSV.parse(text)
        } throws: { ($0 as? OffsetCSV.LineError)?.line == line }
    }
}

@Suite struct TopicChoiceTests {
    @Test func takesPartitionsBehindAColon() throws {
        #expect(try TopicChoice("t").partitions == nil)
        #expect(try TopicChoice("t:0,2-3").partitions?.partitions == [0, 2, 3])
        #expect(try TopicChoice("t:1").holds(.init(topic: "t", partition: 1)))
        #expect(try !TopicChoice("t:1").holds(.init(topic: "t", partition: 2)))
        #expect(try TopicChoice("t").holds(.init(topic: "t", partition: 2)))
        #expect(try !TopicChoice("t").holds(.init(topic: "u", partition: 2)))
    }

    @Test(arguments: ["", ":0", "t:", "t:x", "t:1-0"])
    func refusesTheRest(text: String) {
        #expect(throws: CommandFailure.self) { try TopicChoice(text) }
    }
}

@Suite struct OffsetsDeleteChoiceTests {
    @Test func takesWhatIsCommittedAndNamesTheRest() throws {
        let committed: [TopicPartition: Int64] = [
            .init(topic: "orders", partition: 0): 1, .init(topic: "orders", partition: 1): 2,
        ]
        let choose = { (text: String) in
            OffsetsDeleteCommand.choose([try TopicChoice(text)], "g", committed)
        }
        #expect(try choose("orders").partitions.map(\.partition) == [0, 1])
        #expect(try choose("orders:1").partitions.map(\.partition) == [1])
        #expect(
            try choose("orders:1,7").failures.map(\.message) == [
                "group g has no offset of orders-7"
            ])
        #expect(
            try choose("order").failures.map(\.message)
                == ["group g has no offset of topic order; did you mean orders?"])
    }
}
