/// A bearer token that nobody signed, for brokers under test that take those (KIP-255; librdkafka's
/// `enable.sasl.oauthbearer.unsecure.jwt`).
public struct UnsecuredToken: Equatable, Sendable {
    public var principalClaim = "sub"
    public var principal = ""
    public var scopeClaim = "scope"
    public var scopes: [String] = []
    public var lifeSeconds: Int64 = 3600

    public init() {}

    /// The token, in RFC 7519's form, valid from now on.
    public func make(nowSeconds: Int64) -> Secret {
        var claims = ["\(Self.json(principalClaim)):\(Self.json(principal))"]
        claims += ["\"iat\":\(nowSeconds)", "\"exp\":\(nowSeconds + lifeSeconds)"]
        if !scopes.isEmpty {
            let list = scopes.map(Self.json).joined(separator: ",")
            claims.append("\(Self.json(scopeClaim)):[\(list)]")
        }
        let parts = ["{\"alg\":\"none\"}", "{\(claims.joined(separator: ","))}"]
        return Secret(parts.map { Base64.encodeForURL(Array($0.utf8)) + "." }.joined())
    }

    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            // No control character belongs into a name.
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
