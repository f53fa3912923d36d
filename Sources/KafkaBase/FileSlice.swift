/// Whoever keeps a file descriptor open. A `FileSlice` holds it for as long as the bytes may still
/// be sent, so that a segment can be deleted while it is being read.
public protocol FileDescriptorOwner: AnyObject, Sendable {
    /// Valid for as long as the owner lives.
    var fileDescriptor: Int32 { get }
}

/// A range of bytes of an open file, to be sent with `sendfile` or read with `pread`.
public struct FileSlice: Sendable {
    public var owner: any FileDescriptorOwner
    /// Position of the first byte in the file.
    public var position: Int
    /// Number of bytes.
    public var count: Int

    public init(owner: any FileDescriptorOwner, position: Int, count: Int) {
        self.owner = owner
        self.position = position
        self.count = count
    }
}
