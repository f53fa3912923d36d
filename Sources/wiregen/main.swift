import Platform
import WireSchema

// Renders the message definitions as Swift.
//
//     wiregen DEFINITIONS-DIRECTORY OUTPUT-DIRECTORY

func fail(_ message: String) -> Never {
    perror("wiregen: \(message)")
    exit(1)
}

func names(in directory: String) -> [String] {
    guard let handle = opendir(directory) else { fail("cannot open \(directory)") }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
        names.append(
            withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            })
    }
    return names.filter { $0.hasSuffix(".wire") }.sorted()
}

func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { fail("cannot read \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, file), count > 0 {
        bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w"), fputs(text, file) >= 0, fclose(file) == 0 else {
        fail("cannot write \(path)")
    }
}

guard CommandLine.arguments.count == 3 else { fail("usage: wiregen DEFINITIONS OUTPUT") }
let (definitions, output) = (CommandLine.arguments[1], CommandLine.arguments[2])
var apis: [APIDefinition] = []
var records: [DataDefinition] = []
for name in names(in: definitions) {
    do throws(SchemaError) {
        let definition = try SchemaParser.parse(read("\(definitions)/\(name)"))
        write(SwiftRenderer.render(definition), to: "\(output)/\(definition.name).swift")
        switch definition {
        case .api(let api): apis.append(api)
        case .data(let data): records.append(data)
        }
    } catch {
        fail("\(name): \(error)")
    }
}
write(SwiftRenderer.renderKeys(apis), to: "\(output)/ApiKey+Definitions.swift")
write(SwiftRenderer.renderDataList(records), to: "\(output)/DataMessages+Definitions.swift")
