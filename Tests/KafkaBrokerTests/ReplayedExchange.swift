import KafkaBase
import KafkaWire
import NIOCore
import TestSupport

@testable import KafkaBroker

/// What a real client asked a real Kafka, and what that answered.
struct ReplayedExchange<Request: RequestMessage> {
    var request: Request
    var response: Request.Response
    var version: Int16

    /// All that were recorded of an API in versions that are served here.
    static func all(
        of _: Request.Type, _ versions: ClosedRange<Int16>
    ) throws -> [ReplayedExchange<Request>] {
        var found: [ReplayedExchange<Request>] = []
        for directory in try Fixtures.directories() {
            let wire = "\(directory)/wire"
            for name in Fixtures.entries(of: wire) where name.hasSuffix(".jsonl") {
                for line in try Fixtures.lines("\(wire)/\(name)") {
                    let json = try JSON(line)
                    guard json["key"]?.integer == Int64(Request.apiKey.rawValue),
                        let version = json["version"]?.integer.map({ Int16($0) }),
                        versions.contains(version),
                        let request = json["request"]?.text.flatMap({ Hex.decode($0) }),
                        let response = json["response"]?.text.flatMap({ Hex.decode($0) })
                    else { continue }
                    found.append(try .init(request: request, response: response, version))
                }
            }
        }
        return found
    }

    private init(request: [UInt8], response: [UInt8], _ version: Int16) throws {
        var asked = WireReader(ByteBuffer(bytes: request))
        _ = try RequestHeader(from: &asked)
        var answered = WireReader(ByteBuffer(bytes: response))
        let headerVersion = Request.apiKey.responseHeaderVersion(for: version)
        _ = try ResponseHeader(from: &answered, version: headerVersion)
        self.request = try Request(from: &asked, version: version)
        self.response = try Request.Response(from: &answered, version: version)
        self.version = version
    }
}
