import TestSupport
import Testing

@Suite struct ArrowsTests {
    private let sources = Fixtures.packageRoot + "/Sources"

    @Test func `Every module imports only what its arrows reach`() throws {
        var count = 0
        for module in Fixtures.entries(of: sources) {
            #expect(Arrows.own[module] != nil, "Sources/\(module) is not in the list of arrows")
            let allowed = Arrows.allowed(module)
            for file in Fixtures.files(under: "\(sources)/\(module)", suffix: ".swift") {
                for (line, imported) in ImportLine.modules(in: try Fixtures.text(file)) {
                    count += 1
                    let place = "\(file.dropFirst(Fixtures.packageRoot.count + 1)):\(line)"
                    let isAllowed = allowed.contains(imported)
                    #expect(isAllowed, "\(place): \(module) may not import \(imported)")
                }
            }
        }
        #expect(count > 50, "no imports found: is this the package's root?")
    }

    /// It costs 51 MB and three milliseconds at every start.
    @Test func `Nothing imports Foundation`() throws {
        for file in Fixtures.files(under: sources, suffix: ".swift") {
            for (line, module) in ImportLine.modules(in: try Fixtures.text(file)) {
                #expect(!module.hasPrefix("Foundation"), "\(file):\(line)")
            }
        }
    }

    @Test func `The walls that must never fall`() {
        let log = Arrows.allowed("KafkaLog")
        #expect(log.isDisjoint(with: ["KafkaWire", "KafkaTransport", "NIOPosix"]))
        #expect(!Arrows.allowed("KafkaClient").contains("KafkaBroker"))
        #expect(!Arrows.allowed("KafkaClient").contains("KafkaLog"))
        #expect(!Arrows.allowed("KafkaBroker").contains("KafkaClient"))
        for module in Arrows.own.keys where module != "skafka" {
            #expect(!Arrows.allowed(module).contains("SkafkaCLI"))
        }
        for module in ["KafkaClient", "KafkaLog"] {
            #expect(!Arrows.allowed(module).contains("CZstd"))
        }
    }

    @Test(arguments: [
        ("import NIOCore", "NIOCore"), ("public import KafkaBase", "KafkaBase"),
        ("    import Glibc", "Glibc"), ("@preconcurrency import CReadline", "CReadline"),
        ("@testable internal import KafkaLog", "KafkaLog"),
        ("@_spi(Testing) import KafkaLog", "KafkaLog"),
        ("import struct Foundation.Data", "Foundation"),
        ("import Foundation.NSObject", "Foundation"),
    ])
    func `Imports are recognised in every form`(_ line: String, _ module: String) {
        #expect(ImportLine.modules(in: "// x\n\(line)\n").map(\.module) == [module])
    }

    @Test(arguments: ["// import NIOCore", "let text = \"import NIOCore\"", "importNIOCore()"])
    func `Other lines are no imports`(_ line: String) {
        #expect(ImportLine.modules(in: line).isEmpty)
    }
}
