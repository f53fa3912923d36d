import KafkaTransport
import NIOCore
import NIOHTTP1
import Testing

@testable import KafkaBroker

@Suite struct MetricsServerTests {
    private struct Response {
        var head: String
        var body: String

        init(_ bytes: [UInt8]) throws {
            let text = String(decoding: bytes, as: UTF8.self)
            let end = try #require(text.firstRange(of: "\r\n\r\n"))
            head = text[..<end.lowerBound].lowercased()
            body = String(text[end.upperBound...])
        }
    }

    /// A server of made-up pages, and its port.
    private func with(
        metrics: @escaping @Sendable () throws -> String = { "a 1\n" }, problem: String? = nil,
        _ body: (Int) throws -> Void
    ) async throws {
        let pages = MetricsPages(
            metrics: { ByteBuffer(string: try metrics()) }, problem: { problem })
        let server = try await MetricsServer.start(
            host: "127.0.0.1", port: 0, pages: pages, group: TestBroker.group)
        guard case .tcp(_, let port) = server.address else { throw CancellationError() }
        let result = Result { try body(port) }
        await server.shutdown()
        try result.get()
    }

    private func ask(_ port: Int, _ line: String, _ more: String = "") throws -> Response {
        let connection = try RawConnection(port: port)
        let text = "\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(more)\r\n"
        try connection.sendBytes(Array(text.utf8))
        return try Response(connection.receiveAll())
    }

    @Test func `Metrics come in the text format, and a head without its body`() async throws {
        try await with { port in
            let get = try ask(port, "GET /metrics")
            #expect(get.head.hasPrefix("http/1.1 200 "))
            #expect(get.head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
            #expect(get.head.contains("content-length: 4") && get.body == "a 1\n")
            let head = try ask(port, "HEAD /metrics?x=y")
            #expect(head.head == get.head && head.body == "")
        }
    }

    @Test func `What is not there, and what is not meant, is refused`() async throws {
        try await with { port in
            #expect(try ask(port, "GET /").head.hasPrefix("http/1.1 404 "))
            #expect(try ask(port, "GET /metrics/more").head.hasPrefix("http/1.1 404 "))
            let post = try ask(port, "POST /metrics", "Content-Length: 0\r\n")
            #expect(post.head.hasPrefix("http/1.1 405 ") && post.head.contains("allow: get, head"))
            #expect(try ask(port, "nonsense").head.hasPrefix("http/1.1 400 "))
        }
    }

    @Test func `Health is told by its status`() async throws {
        try await with { port in
            let answer = try ask(port, "GET /healthz")
            #expect(answer.head.hasPrefix("http/1.1 200 ") && answer.body == "ok\n")
        }
        try await with(problem: "no disk") { port in
            let answer = try ask(port, "GET /healthz")
            #expect(answer.head.hasPrefix("http/1.1 503 ") && answer.body == "no disk\n")
        }
    }

    @Test func `Metrics that cannot be collected are a 503`() async throws {
        try await with(metrics: { throw CancellationError() }) { port in
            let answer = try ask(port, "GET /metrics")
            #expect(answer.head.hasPrefix("http/1.1 503 "))
        }
    }

    @Test func `A connection serves one request after the other`() async throws {
        try await with { port in
            let connection = try RawConnection(port: port)
            let request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
            try connection.sendBytes(Array((request + request + request).utf8))
            let last = "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            try connection.sendBytes(Array(last.utf8))
            let all = String(decoding: try connection.receiveAll(), as: UTF8.self)
            #expect(
                all.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
                    == ["200", "200", "200", "404"])
        }
    }

    @Test func `A body that is too long ends the connection`() async throws {
        try await with { port in
            let connection = try RawConnection(port: port)
            let head = "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n"
            try connection.sendBytes(Array(head.utf8))
            _ = try? connection.sendBytes([UInt8](repeating: 0x61, count: 150_000))
            #expect(try connection.receive(1) == nil)
        }
    }

    @Test func `Connections beyond the limit are closed`() async throws {
        try await with { port in
            let held = try (0..<MetricsServer.maxConnections).map { _ in
                try RawConnection(port: port)
            }
            // The last one is there for certain once it has an answer.
            let ask = Array("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
            for connection in held {
                try connection.sendBytes(ask)
                #expect(
                    try connection.receive(12).map { String(decoding: $0, as: UTF8.self) }
                        == "HTTP/1.1 200")
            }
            #expect(try RawConnection(port: port).receiveAll() == [])
        }
    }
}
