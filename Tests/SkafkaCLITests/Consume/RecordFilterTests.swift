import KafkaBase
import KafkaClient
import KafkaRecords
import NIOCore
import Testing

@testable import SkafkaCLI

@Suite struct RecordFilterTests {
    private func fits(
        _ filter: String, key: String? = "user-7", value: String? = "an ERROR\nhere",
        headers: [(String, String?)] = []
    ) throws -> Bool {
        var filter = try RecordFilter(filter)
        var result = false
        try SampleRecord(key: key, value: value, headers: headers).withConsumed {
            result = filter.fits($0)
        }
        return result
    }

    @Test(arguments: [
        ("key=user-7", true), ("key=user", false), ("key~user", true), ("key~^\\d", false),
        ("value~ERROR", true), ("value~^ERROR", false), ("value~(?i)error", true),
        ("value~^here$", false), ("value~(?m)^here$", true), ("value=an ERROR\nhere", true),
        ("value~a=b|ERR", true),
    ])
    func `Keys and values are compared or searched`(filter: String, isFit: Bool) throws {
        #expect(try fits(filter) == isFit)
    }

    @Test func `Null fits nothing, and an empty text is none`() throws {
        #expect(try !fits("key=", key: nil))
        #expect(try !fits("value~.*", value: nil))
        #expect(try fits("key=", key: ""))
        #expect(try fits("value~^$", value: ""))
    }

    @Test func `One of several headers has to fit`() throws {
        let headers: [(String, String?)] = [("h", nil), ("h", "a"), ("h", "b=c"), ("i", "d")]
        #expect(try fits("header.h=b=c", headers: headers))
        #expect(try fits("header.h~^a$", headers: headers))
        #expect(try !fits("header.h=d", headers: headers))
        #expect(try !fits("header.j~.*", headers: headers))
    }

    @Test(arguments: ["", "key", "size=3", "header.=x", "=x", "value~(", "value~[", "key~*"])
    func `What is no filter is an error`(text: String) {
        #expect(throws: CommandFailure.self) { try RecordFilter(text) }
    }
}
