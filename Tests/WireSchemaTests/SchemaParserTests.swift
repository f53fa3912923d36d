import Testing
import WireSchema

@Suite struct SchemaParserTests {
    private let head = "api Thing 7 versions 1-5 flexible 3+\n"

    private func parse(_ request: String, response: String = "") throws -> APIDefinition {
        try api("\(head)request\n\(request)\nresponse\n\(response)\n")
    }

    private func api(_ text: String) throws -> APIDefinition {
        try #require(try SchemaParser.parse(text).api)
    }

    @Test func `A definition's head`() throws {
        let api = try api("# Prose.\n# More.\n\(head)request\nresponse\n")
        #expect(api.name == "Thing")
        #expect(api.key == 7)
        #expect(api.versions == 1...5)
        #expect(api.firstFlexibleVersion == 3)
        #expect(api.comments == ["Prose.", "More."])
        let old = try self.api("api Old 8 versions 0 flexible none\nrequest\nresponse\n")
        #expect(old.versions == 0...0)
        #expect(old.firstFlexibleVersion == nil)
    }

    @Test func `The data of a record`() throws {
        let text = """
            # Prose.
            data TopicRecord type 2 versions 0-1 flexible 1+

                name string
                replicas [Replica]
                    id int32 1+

                struct Other
                    id int8
            """
        let data = try #require(try SchemaParser.parse(text).data)
        #expect(data.name == "TopicRecord" && data.recordType == 2 && data.versions == 0...1)
        #expect(data.firstFlexibleVersion == 1 && data.comments == ["Prose."])
        #expect(data.message.fields.map(\.name) == ["name", "replicas"])
        #expect(data.message.structs.map(\.name) == ["Replica", "Other"])
        let plain = try #require(try SchemaParser.parse("data K versions 3 flexible none").data)
        #expect(plain.recordType == nil && plain.versions == 3...3)
        #expect(plain.firstFlexibleVersion == nil && plain.message.fields.isEmpty)
    }

    @Test(arguments: [
        "data K", "data K versions 3", "data K type x versions 3 flexible none",
        "data K type 1 versions 3-2 flexible none", "data K versions 3 flexible never",
        "data K kind 1 versions 3 flexible none", "data K versions 3 flexible none\nrequest",
    ])
    func `A broken record is refused`(_ text: String) {
        let error = #expect(throws: SchemaError.self) { _ = try SchemaParser.parse(text) }
        #expect(error?.line ?? 0 > 0)
    }

    @Test func `A field's versions, null, tag, default and ignorability`() throws {
        let fields = try parse(
            """
                # Why.
                plain int32
                since string 2+ = null ignorable
                until [int64]?4+ 2-4
                tagged uuid? 4+ tag 3
            """.replacing("string 2+", with: "string? 2+")
        ).request.fields
        #expect(fields.map(\.name) == ["plain", "since", "until", "tagged"])
        #expect(fields[0].comments == ["Why."])
        #expect(fields[0].versions == 1...5)
        #expect(fields[0].nullableVersions == nil)
        #expect(fields[1].versions == 2...5)
        #expect(fields[1].nullableVersions == 2...5)
        #expect(fields[1].defaultValue == "null")
        #expect(fields[1].isIgnorable)
        #expect(fields[2].type == .array(.int64))
        #expect(fields[2].versions == 2...4)
        #expect(fields[2].nullableVersions == 4...4)
        #expect(fields[3].tag == 3)
        #expect(!fields[3].isIgnorable)
    }

    @Test func `Structs in place and shared ones`() throws {
        let request = try parse(
            """
                topics [Topic] 2+
                    name string
                    leader Leader 3+
                others [Topic2]
                    leader Leader

                struct Leader
                    id int32
            """
        ).request
        #expect(request.structs.map(\.name) == ["Topic", "Topic2", "Leader"])
        #expect(request.fields[0].fields.map(\.versions) == [2...5, 3...5])
    }

    /// The text at fault, and the line that the error must name (0: between lines).
    @Test(arguments: [
        ("    field", 3), ("    field int33", 3), ("    field int32 7", 3),
        ("    field int32 = ", 3), ("    field int32 tag", 3), ("    field int32 tag x", 3),
        ("    field int32 nonsense", 3), ("   field int32", 3),
        ("    a int32\n            b int8", 4),
        ("    field Unknown", 0), ("    field int32\n        inner int8", 0),
        ("    field string = null", 0), ("    a A\n        x int8\n    b A\n        y int8", 0),
        ("    a int8 3+ tag 1\n    b int8 3+ tag 1", 0),
    ])
    func `A fault is named with its line`(_ text: String, _ line: Int) {
        let error = #expect(throws: SchemaError.self) { _ = try parse(text) }
        #expect(error?.line == line)
    }

    @Test(arguments: [
        "", "api Thing", "api Thing seven versions 1-5 flexible 3+\nrequest\nresponse",
        "api Thing 7 versions 5-1 flexible 3+\nrequest\nresponse",
        "api Thing 7 versions 1-5 flexible x\nrequest\nresponse",
        "api Thing 7 versions 1-5 flexible 3+\nresponse\nrequest",
        "api Thing 7 versions 1-5 flexible 3+\nrequest",
    ])
    func `A broken frame is refused`(_ text: String) {
        #expect(throws: SchemaError.self) { _ = try SchemaParser.parse(text) }
    }

    @Test func `A tag needs tagged fields`() {
        #expect(throws: SchemaError.self) {
            _ = try SchemaParser.parse(
                "api Old 8 versions 0-1 flexible none\nrequest\n    a int8 tag 0\nresponse\n")
        }
    }
}
