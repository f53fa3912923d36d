import ArgumentParser
import KafkaClient
import KafkaTransport
import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct ProfileFileTests {
    private let text = """
        # mine
        [default]
        client.id = everyday

        [prod]   # the real one
        bootstrap.servers = a:1,\\
            b:2
        linger.ms=7
        [ test ]
        """

    @Test func hasSections() throws {
        let file = try ProfileFile(text, path: "config")
        let prod = try file.entries(of: "prod")
        #expect(prod.map(\.key) == ["bootstrap.servers", "linger.ms"])
        #expect(prod.map(\.value) == ["a:1,b:2", "7"])
        #expect(prod.map(\.line) == [6, 8])
        #expect(try file.entries(of: " test ").isEmpty)
        #expect(file.hasDefault)
        #expect(try !ProfileFile("", path: "config").hasDefault)
    }

    @Test(arguments: [
        ("a=b\n[x]", "config:1: settings begin"), ("[x\n", "config:1: a section"),
        ("[]", "a section is written [NAME]"), ("[a]\n[b] c", "config:2:"),
        ("[a]\n[a]", "config:2: profile a is there twice"), ("[a]\nx=\\u12", "config:2: malformed"),
    ])
    func saysWhereItIsWrong(text: String, expected: String) {
        #expect {
            _ = try ProfileFile(text, path: "config")
        } throws: { "\($0)".contains(expected) && ($0 as? CommandFailure)?.status == .usage }
    }

    @Test func suggestsAName() throws {
        let file = try ProfileFile(text, path: "config")
        #expect { _ = try file.entries(of: "prodd") } throws: { error in
            "\(error)" == "no profile prodd in config; did you mean prod?"
        }
        #expect { _ = try file.entries(of: "zzzzzzz") } throws: { error in
            "\(error)".contains("there are default, prod")
        }
    }

    @Test func standsWhereXDGHasIt() {
        let path = { (variables: [String: String]) in ProfileFile.usualPath { variables[$0] } }
        #expect(path(["HOME": "/h"]) == "/h/.config/skafka/config")
        #expect(path(["HOME": "/h", "XDG_CONFIG_HOME": "/x"]) == "/x/skafka/config")
        #expect(path(["HOME": "/h", "XDG_CONFIG_HOME": "x"]) == "/h/.config/skafka/config")
        #expect(path([:]) == nil)
    }

    private func load(_ words: [String], home: String) throws -> ClientSettings {
        try ClientSettings.load(GlobalOptions.parse(words)) { $0 == "HOME" ? home : nil }
    }

    @Test func goesBeforeDefaultsAndBehindAllElse() throws {
        let home = try TemporaryDirectory()
        let config = home.path + "/.config/skafka/config"
        try TestFile.write(
            """
            [default]
            linger.ms = 1
            bootstrap.servers = profile:1
            [other]
            linger.ms = 2
            fetch.min.bytes = 2
            batch.size = 2
            """, to: config)
        let file = home.path + "/client.properties"
        try TestFile.write("fetch.min.bytes=3\nbatch.size=3\n", to: file)

        let plain = try load([], home: home.path)
        #expect(plain.producer.lingerMs == 1)
        #expect(plain.bootstrapServers == nil && plain.profileServers == "profile:1")
        #expect(plain.notes.isEmpty)

        let words = ["--profile", "other", "-F", file, "-X", "batch.size=4"]
        let all = try load(words, home: home.path)
        #expect(all.producer.lingerMs == 2)
        #expect(all.consumer.minBytes == 3)
        #expect(all.producer.batchBytes == 4)
        #expect(all.profileServers == nil, "profiles do not add up")

        let target = { (settings: ClientSettings, environment: [String: String]) in
            try BrokerTarget(GlobalOptions.parse([]), settings, environment: environment)
        }
        #expect(try target(plain, ["HOME": "/h"]) == .cluster([.tcp(host: "profile", port: 1)]))
        #expect(
            try target(plain, ["KAFKA_BOOTSTRAP_SERVERS": "env:2"])
                == .cluster([.tcp(host: "env", port: 2)]))
        #expect(
            try target(plain, ["SKAFKA_DATA_DIR": "d"])
                == .embedded(directory: "d", isDefault: false))
    }

    @Test func anUnknownProfileIsAnError() throws {
        let home = try TemporaryDirectory()
        #expect { _ = try load(["--profile", "x"], home: home.path) } throws: { error in
            "\(error)".contains("there is no \(home.path)/.config/skafka/config")
                && (error as? CommandFailure)?.status == .usage
        }
        #expect(throws: Never.self) { _ = try load([], home: home.path) }
    }

    @Test func aSecretThatOthersCanReadIsToldOfOnce() throws {
        let home = try TemporaryDirectory()
        let file = home.path + "/client.properties"
        try TestFile.write("sasl.password=p\nssl.key.password=q\nlinger.ms=1\n", to: file)
        for (mode, count) in [(0o644, 1), (0o640, 1), (0o600, 0)] {
            try TestFile.setMode(UInt32(mode), of: file)
            let notes = try load(["-F", file], home: home.path).notes
            #expect(notes.filter { $0.isWarning && $0.text.contains("chmod 600") }.count == count)
        }
        try TestFile.write("linger.ms=1\nsasl.password.file=p\n", to: file)
        try TestFile.setMode(0o644, of: file)
        #expect(try load(["-F", file], home: home.path).notes.isEmpty)
    }

    @Test func settingsOfOtherClientsAreTaken() throws {
        let home = try TemporaryDirectory()
        let file = home.path + "/client.properties"
        try TestFile.write("key.deserializer=x\nssl.protocol=TLSv1.3\nlog_level=7\n", to: file)
        let notes = try load(["-F", file], home: home.path).notes
        #expect(notes.count == 3 && notes.allSatisfy { !$0.isWarning })
        #expect(notes[1].text.contains("client.properties:2: setting ssl.protocol has no effect"))
        let typed = try load(["-X", "debug=all"], home: home.path).notes
        #expect(typed.map(\.isWarning) == [true])
        try TestFile.write("key.deserialiser=x\n", to: file)
        #expect { _ = try load(["-F", file], home: home.path) } throws: { error in
            "\(error)".contains("client.properties:1: unknown setting key.deserialiser")
        }
    }
}
