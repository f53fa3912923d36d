/// One login module with its options, as Java's `sasl.jaas.config` has it:
/// `org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";`
public struct JaasConfig: Equatable, Sendable {
    public enum Module: String, Sendable {
        case plain = "PlainLoginModule"
        case scram = "ScramLoginModule"
        case oauthBearer = "OAuthBearerLoginModule"
    }

    public let module: Module
    public let options: [String: String]

    /// - Returns: nil for what is no such line, has more than one module, or an unknown one.
    public init?(_ text: String) {
        var scanner = Scanner(text)
        // Products that hide Kafka's client in their own package put its name in front.
        guard case .word(let className)? = scanner.next(),
            let module = className.split(separator: ".").last.flatMap({ Module(rawValue: "\($0)") }
            ),
            case .word(let flag)? = scanner.next(),
            ["required", "requisite", "sufficient", "optional"].contains(flag.lowercased())
        else { return nil }
        var options: [String: String] = [:]
        while true {
            switch scanner.next() {
            case .word(let name)?:
                guard scanner.next() == .equals, case .word(let value)? = scanner.next() else {
                    return nil
                }
                options[name] = value
            case .semicolon?:
                guard scanner.next() == nil, scanner.isAtEnd else { return nil }
                self.module = module
                self.options = options
                return
            case .equals?, nil: return nil
            }
        }
    }

    private enum Token: Equatable {
        case word(String)
        case equals, semicolon
    }

    /// Reads words, bare or in quotes, as Java's `StreamTokenizer` does there.
    private struct Scanner {
        private var rest: Substring.UnicodeScalarView

        init(_ text: String) {
            rest = text[...].unicodeScalars
        }

        var isAtEnd: Bool { rest.isEmpty }

        /// - Returns: nil at the end, or at a quote that does not close.
        mutating func next() -> Token? {
            rest = rest.drop { $0.properties.isWhitespace }
            guard let first = rest.first else { return nil }
            switch first {
            case "=":
                rest.removeFirst()
                return .equals
            case ";":
                rest.removeFirst()
                return .semicolon
            case "\"", "'": return quoted(by: first)
            default:
                let word = rest.prefix {
                    !$0.properties.isWhitespace && $0 != "=" && $0 != ";" && $0 != "\""
                }
                rest = rest[word.endIndex...]
                return .word(String(word))
            }
        }

        private mutating func quoted(by quote: Unicode.Scalar) -> Token? {
            let start = rest
            rest.removeFirst()
            var word = String.UnicodeScalarView()
            while let scalar = rest.popFirst() {
                if scalar == quote { return .word(String(word)) }
                guard scalar == "\\", let escaped = rest.popFirst() else {
                    word.append(scalar)
                    continue
                }
                let control: [Unicode.Scalar: Unicode.Scalar] = ["n": "\n", "t": "\t", "r": "\r"]
                word.append(control[escaped] ?? escaped)
            }
            rest = start
            return nil
        }
    }
}
