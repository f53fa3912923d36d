import TestSupport
import Testing
import WireSchema

/// The committed generated code is what the committed definitions render to.
@Suite struct GeneratedFreshnessTests {
    private let wire = Fixtures.packageRoot + "/Sources/KafkaWire"

    private func definitions() throws -> [Definition] {
        try Fixtures.files(under: wire + "/Definitions", suffix: ".wire").map {
            try SchemaParser.parse(try Fixtures.text($0))
        }
    }

    @Test func `Every generated file is up to date`() throws {
        let definitions = try definitions()
        for definition in definitions {
            try check(definition.name, SwiftRenderer.render(definition))
        }
        let (apis, records) = (definitions.compactMap(\.api), definitions.compactMap(\.data))
        #expect(!apis.isEmpty && !records.isEmpty)
        try check("ApiKey+Definitions", SwiftRenderer.renderKeys(apis))
        try check("DataMessages+Definitions", SwiftRenderer.renderDataList(records))
    }

    private func check(_ name: String, _ rendered: String) throws {
        let isFresh = try rendered == Fixtures.text("\(wire)/Generated/\(name).swift")
        #expect(isFresh, "\(name).swift is stale: run make generate")
    }

    @Test func `Nothing else lies among the generated files`() throws {
        let expected = Set(try definitions().map { "\($0.name).swift" })
            .union(["ApiKey+Definitions.swift", "DataMessages+Definitions.swift"])
        #expect(Set(Fixtures.entries(of: wire + "/Generated")) == expected)
    }

    @Test func `Files are named after what they define and keys are given once`() throws {
        let definitions = try definitions()
        for (path, definition) in zip(
            Fixtures.files(under: wire + "/Definitions", suffix: ".wire"), definitions)
        {
            #expect(path.hasSuffix("/\(definition.name).wire"))
        }
        let keys = definitions.compactMap(\.api?.key)
        #expect(Set(keys).count == keys.count)
        let types = definitions.compactMap(\.data?.recordType)
        #expect(Set(types).count == types.count)
    }
}

extension Definition {
    var api: APIDefinition? {
        if case .api(let api) = self { api } else { nil }
    }

    var data: DataDefinition? {
        if case .data(let data) = self { data } else { nil }
    }
}
