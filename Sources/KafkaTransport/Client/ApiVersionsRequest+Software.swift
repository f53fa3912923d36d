internal import KafkaBase
public import KafkaWire

extension ApiVersionsRequest {
    /// What a client asks with. It says what software it is, which brokers count and log (KIP-511;
    /// versions below 3 leave that out).
    public static var ofThisSoftware: ApiVersionsRequest {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = Software.name
        request.clientSoftwareVersion = Software.version
        return request
    }
}
