internal import Platform

/// Addresses as text.
public enum IPAddress {
    /// What a socket that takes both kinds of addresses has in front of one of the older kind.
    private static let mappedPrefix = "::ffff:"

    /// The one form of an address that all its forms have in common; nil for what is none. Names
    /// are none: to look one up could take long.
    public static func canonical(_ text: String) -> String? {
        if let address = canonical(text, AF_INET, INET_ADDRSTRLEN) { return address }
        guard let address = canonical(text, AF_INET6, INET6_ADDRSTRLEN) else { return nil }
        let isMapped = address.hasPrefix(mappedPrefix) && address.contains(".")
        return isMapped ? String(address.dropFirst(mappedPrefix.count)) : address
    }

    private static func canonical(_ text: String, _ family: Int32, _ length: Int32) -> String? {
        var address = in6_addr()
        guard inet_pton(family, text, &address) == 1 else { return nil }
        var result = [CChar](repeating: 0, count: Int(length))
        guard inet_ntop(family, &address, &result, socklen_t(length)) != nil else { return nil }
        let end = result.firstIndex(of: 0) ?? result.count
        return String(decoding: result[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
