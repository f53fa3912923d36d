import ArgumentParser
import KafkaClient
import Testing

@testable import SkafkaCLI

@Suite struct ConsumePlanTests {
    private func plan(_ words: String...) throws -> ConsumePlan {
        let command = try ConsumeCommand.parseAsRoot(words)
        return try ConsumePlan(try #require(command as? ConsumeCommand), isTerminal: false)
    }

    /// A record with headers `h=x` and the null `n`, as it is shown.
    private func shown(
        _ words: [String], key: String? = "k", value: String? = "v",
        headers: [(String, String?)] = []
    ) throws -> String {
        let command = try ConsumeCommand.parseAsRoot(["t"] + words)
        let plan = try ConsumePlan(try #require(command as? ConsumeCommand), isTerminal: false)
        return try Captured.text { output in
            try? SampleRecord(key: key, value: value, headers: headers).withFields { record in
                switch plan.rendering {
                case .row(let row): row.append(record, to: output)
                case .valueLine:
                    output.append(record.value, as: .utf8)
                    output.append(0x0A)
                case .template(let template): template.append(record, to: output)
                case .json(let json): json.append(record, to: output)
                }
            }
        }
    }

    @Test(
        arguments: [
            ([], "v\n"), (["-K", ":"], "k:v\n"), (["-K", "\\t", "-D", ";"], "k\tv;"),
            (["-D", "\\x00"], "v\0"), (["-D", ""], "v"),
            (["-f", "%k=%s ", "-K", ":", "-D", ";"], "k=v "),
            (["-K", ":", "--value-encoding", "hex", "--key-encoding", "base64"], "aw==:76\n"),
            (["-K", ":", "--value-encoding", "json"], "k:\"v\"\n"),
        ] as [([String], String)])
    func `kcat's delimiters are those of the output`(words: [String], text: String) throws {
        #expect(try shown(words) == text)
    }

    @Test func `Null is NULL with -Z alone`() throws {
        #expect(try shown(["-K", ":"], key: nil, value: nil) == ":\n")
        #expect(try shown(["-K", ":", "-Z"], key: nil, value: nil) == "NULL:NULL\n")
        #expect(try shown(["-Z"], value: nil) == "NULL\n")
        #expect(try shown(["-Z", "-f", "%k %s %S"], key: nil, value: "") == "NULL  0")
        #expect(try shown(["-Z", "-J"], value: nil).contains("\"value\":null"))
    }

    @Test func `The console consumer's properties show what they show there`() throws {
        func properties(_ names: String...) -> [String] { names.flatMap { ["--property", $0] } }
        #expect(try shown(properties("print.key=true")) == "k\tv\n")
        #expect(try shown(properties("print.key=true"), key: nil, value: nil) == "null\tnull\n")
        #expect(
            try shown(
                properties(
                    "print.key=true", "print.timestamp=true", "print.partition=true",
                    "print.offset=true", "print.headers=true", "print.epoch=true",
                    "key.separator=|", "line.separator=;", "null.literal=-"),
                headers: [("h", "x"), ("n", nil)])
                == "CreateTime:1700000000123|Partition:3|Offset:42|Epoch:7|h:x,n:-|k|v;")
        #expect(try shown(properties("print.headers=true")) == "NO_HEADERS\tv\n")
        #expect(
            try shown(properties("print.key=true", "print.value=false", "key.separator=:"))
                == "k\n")
        #expect(
            try shown(["--formatter-property", "print.key=TRUE", "--property", "key.separator=\\t"])
                == "k\tv\n")
        #expect(throws: CommandFailure.self) { try shown(properties("print.size=true")) }
        #expect(throws: CommandFailure.self) {
            try shown(properties("value.deserializer=org.apache.kafka.LongDeserializer"))
        }
    }

    @Test func `Offsets have their defaults`() throws {
        #expect(try plan("t").from == .end)
        #expect(try plan("t", "-e").from == .beginning)
        #expect(try plan("t", "-e").to == .end)
        #expect(try plan("t", "--from-beginning").from == .beginning)
        #expect(try plan("t", "-o", "s@5", "-o", "e@6").to == .time(.absolute(6)))
        let group = try plan("t", "-g", "g", "-o", "stored:end")
        #expect(group.from == .stored && group.to == .end && group.isFromExplicit)
        #expect(try !plan("t", "-g", "g").isFromExplicit)
        #expect(throws: CommandFailure.self) { try plan("t", "--from-beginning", "-o", "5") }
        #expect(throws: CommandFailure.self) { try plan("t", "-o", "5:stored", "-g", "g") }
    }

    @Test func `The flags of others mean what they mean there`() throws {
        let console = try plan(
            "--include", "a.*", "--group", "g", "--max-messages", "3", "--timeout-ms", "1500",
            "--consumer-property", "isolation.level=read_uncommitted", "--consumer-property",
            "session.timeout.ms=9000")
        #expect(console.isRegex && console.topics == ["a.*"] && console.maxMessages == 3)
        #expect(console.idleTimeoutMs == 1500 && console.group?.groupID == "g")
        #expect(console.group?.sessionTimeoutMs == 9000)
        #expect(console.settings.consumer.isolationLevel == .readUncommitted)
        let kcat = try plan("-C", "-t", "t", "-c5", "-e", "-u", "-q", "-z", "lz4", "-H", "a=b")
        #expect(kcat.topics == ["t"] && kcat.maxMessages == 5 && kcat.isUnbuffered)
        #expect(kcat.meaningless == ["-z", "-H"])
        #expect(throws: CommandFailure.self) {
            try plan("t", "--timeout-ms", "5", "--idle-timeout", "1s")
        }
    }

    @Test func `A group is joined with -g alone, and its id goes before group.id`() throws {
        #expect(try plan("t", "-X", "group.id=a").group == nil)
        #expect(try plan("t", "-X", "group.id=a", "-g", "b").group?.groupID == "b")
        let group = try plan(
            "t", "-g", "g", "-X", "group.protocol=CONSUMER", "-X", "group.instance.id=i", "-X",
            "group.remote.assignor=uniform", "-X", "client.rack=r", "-X",
            "partition.assignment.strategy="
                + "org.apache.kafka.clients.consumer.CooperativeStickyAssignor,range"
        ).group
        #expect(group?.groupProtocol == .consumer && group?.instanceID == "i")
        #expect(group?.remoteAssignor == "uniform" && group?.rackID == "r")
        #expect(group?.assignors == [.cooperativeSticky, .range])
    }
}
