import KafkaSecurity
import Testing

@Suite struct KafkaPrincipalTests {
    @Test func `A principal is written as its type and its name`() {
        #expect("\(KafkaPrincipal(name: "alice"))" == "User:alice")
        #expect("\(KafkaPrincipal.anonymous)" == "User:ANONYMOUS")
    }

    @Test func `A name may hold what divides it from the type`() throws {
        let principal = try #require(KafkaPrincipal(parsing: "User:CN=a:b,O=c"))
        #expect(principal == KafkaPrincipal(type: "User", name: "CN=a:b,O=c"))
        #expect(KafkaPrincipal(parsing: "Group:staff")?.type == "Group")
    }

    @Test(arguments: ["", "alice", ":alice"])
    func `What names no type is no principal`(_ text: String) {
        #expect(KafkaPrincipal(parsing: text) == nil)
    }
}
