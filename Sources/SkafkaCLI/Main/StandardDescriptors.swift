internal import Platform

/// Standard input, output and error at the start of the process.
enum StandardDescriptors {
    /// Takes the places of those that the caller closed, so that no file or socket opened later
    /// gets the number and is read or written in their stead. What takes a place fails when it is
    /// used as the stream, as a closed one does (gnulib's `stdopen`).
    static func reserve() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // The lowest free number is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
