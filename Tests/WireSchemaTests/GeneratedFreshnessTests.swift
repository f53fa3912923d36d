import TestSupport
import Testing
import WireSchema

/// The committed generated code is what the committed definitions render to.
@Suite struct GeneratedFreshnessTests {
    private let wire = Fixtures.packageRoot + "/Sources/KafkaWire"

    private func definitions() throws -> [APIDefinition] {
        try Fixtures.files(under: wire + "/Definitions", suffix: ".wire").map {
            try SchemaParser.parse(try Fixtures.text($0))
        }
    }

    @Test func `Every generated file is up to date`() throws {
        let apis = try definitions()
        #expect(!apis.isEmpty)
        for api in apis {
            let committed = try Fixtures.text("\(wire)/Generated/\(api.name).swift")
            let isFresh = SwiftRenderer.render(api) == committed
            #expect(isFresh, "\(api.name).swift is stale: run make generate")
        }
        let keys = try Fixtures.text(wire + "/Generated/ApiKey+Definitions.swift")
        let isFresh = SwiftRenderer.renderKeys(apis) == keys
        #expect(isFresh, "ApiKey+Definitions.swift is stale: run make generate")
    }

    @Test func `Nothing else lies among the generated files`() throws {
        let expected = Set(try definitions().map { "\($0.name).swift" })
            .union(["ApiKey+Definitions.swift"])
        #expect(Set(Fixtures.entries(of: wire + "/Generated")) == expected)
    }

    @Test func `Files are named after their APIs and keys are given once`() throws {
        let apis = try definitions()
        for (path, api) in zip(
            Fixtures.files(under: wire + "/Definitions", suffix: ".wire"), apis)
        {
            #expect(path.hasSuffix("/\(api.name).wire"))
        }
        #expect(Set(apis.map(\.key)).count == apis.count)
    }
}
