// Measures what the hardware and the kernel allow, and the hot loops of KafkaRecords beside it, so
// that a benchmark's result can be given as a share of the limit that binds it. One JSON object on
// standard output; all figures are medians of a few short runs.

import Glibc
import KafkaRecords
import NIOCore

let mebibyte = 1 << 20

func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The median duration of five runs.
func median(_ body: () -> Void) -> Double {
    let times = (0..<5).map { _ in
        let start = seconds()
        body()
        return seconds() - start
    }
    return times.sorted()[2]
}

func check(_ result: Int, _ what: String) -> Int {
    if result < 0 {
        perror(what)
        exit(1)
    }
    return result
}

/// GB/s of memcpy and of CRC-32C over 1 MiB blocks.
func memory() -> [(String, Double)] {
    let from = UnsafeMutableRawBufferPointer.allocate(byteCount: mebibyte, alignment: 64)
    let to = UnsafeMutableRawBufferPointer.allocate(byteCount: mebibyte, alignment: 64)
    defer {
        from.deallocate()
        to.deallocate()
    }
    from.initializeMemory(as: UInt8.self, repeating: 7)
    to.initializeMemory(as: UInt8.self, repeating: 0)
    let blocks = 2000
    let copy = median {
        for index in 0..<blocks {
            from[index] = UInt8(truncatingIfNeeded: index)
            to.copyMemory(from: UnsafeRawBufferPointer(from))
        }
    }
    var crc: UInt32 = 0
    let sum = median {
        for _ in 0..<blocks { crc = Crc32c.extend(crc, with: UnsafeRawBufferPointer(from)) }
    }
    let size = Double(blocks * mebibyte) / 1e9
    return [("memcpy_gb_s", size / copy), ("crc32c_gb_s", size / sum)]
}

/// Nanoseconds that a record of 100 bytes takes to be encoded and to be visited.
func records() -> [(String, Double)] {
    let count = 1_000_000
    let value = [UInt8](repeating: 120, count: 100)
    var builder = RecordBatchBuilder(capacityBytes: mebibyte)
    var batches: [ByteBuffer] = []
    let write = median {
        batches.removeAll(keepingCapacity: true)
        value.withUnsafeBytes { bytes in
            for index in 0..<count {
                builder.append(timestamp: 1_700_000_000_000 + Int64(index), key: nil, value: bytes)
                if builder.sizeBytes > 900_000 || index == count - 1 {
                    guard let batch = try? builder.finish() else { exit(1) }
                    batches.append(batch)
                }
            }
        }
    }
    var reader = RecordBatchReader()
    var total = 0
    let read = median {
        for batch in batches {
            batch.withUnsafeReadableBytes { bytes in
                try? reader.forEachRecord(in: bytes) { record in
                    total += record.value?.count ?? 0
                    return .continue
                }
            }
        }
    }
    guard total == 5 * count * 100 else { exit(1) }
    return [
        ("record_append_ns", write / Double(count) * 1e9),
        ("record_visit_ns", read / Double(count) * 1e9),
    ]
}

/// A connected pair of loopback sockets with reno, which does not throttle sendfile as bbr does.
func loopbackPair() -> (Int32, Int32) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let server = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            _ = check(Int(bind(listener, generic, size)), "bind")
            _ = check(Int(listen(listener, 1)), "listen")
            _ = check(Int(getsockname(listener, generic, &size)), "getsockname")
            _ = check(Int(connect(client, generic, size)), "connect")
            return Int32(check(Int(accept(listener, nil, nil)), "accept"))
        }
    }
    close(listener)
    // Not every kernel has it; the default does then.
    _ = setsockopt(client, Int32(IPPROTO_TCP), TCP_CONGESTION, "reno", 4)
    return (client, server)
}

/// Runs `send` against a thread that reads everything; GB/s.
func throughput(_ byteCount: Int, _ send: (Int32) -> Void) -> Double {
    let (client, server) = loopbackPair()
    var thread = pthread_t()
    let argument = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    argument.pointee = server
    pthread_create(
        &thread, nil,
        { pointer in
            guard let pointer else { return nil }
            let descriptor = pointer.load(as: Int32.self)
            let room = UnsafeMutableRawPointer.allocate(byteCount: mebibyte, alignment: 64)
            while read(descriptor, room, mebibyte) > 0 {}
            room.deallocate()
            close(descriptor)
            return nil
        }, argument)
    let start = seconds()
    send(client)
    close(client)
    pthread_join(thread, nil)
    argument.deallocate()
    return Double(byteCount) / 1e9 / (seconds() - start)
}

/// GB/s over loopback, by write and by sendfile from the page cache.
func network(_ path: String) -> [(String, Double)] {
    let blocks = 1500
    let block = UnsafeMutableRawPointer.allocate(byteCount: mebibyte, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 1, count: mebibyte)
    defer { block.deallocate() }
    let file = Int32(check(Int(open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)), "open"))
    for _ in 0..<64 { _ = check(write(file, block, mebibyte), "write") }
    let plain = throughput(blocks * mebibyte) { client in
        for _ in 0..<blocks {
            var sent = 0
            while sent < mebibyte {
                sent += check(write(client, block + sent, mebibyte - sent), "send")
            }
        }
    }
    let zeroCopy = throughput(blocks * mebibyte) { client in
        for index in 0..<blocks {
            var offset = off_t(index % 64 * mebibyte)
            let end = offset + off_t(mebibyte)
            while offset < end {
                _ = check(sendfile(client, file, &offset, Int(end - offset)), "sendfile")
            }
        }
    }
    close(file)
    return [("loopback_gb_s", plain), ("sendfile_gb_s", zeroCopy)]
}

/// GB/s into the page cache and out of it, and fdatasyncs a second behind appends of some sizes.
func disk(_ path: String) -> [(String, Double)] {
    let block = UnsafeMutableRawPointer.allocate(byteCount: mebibyte, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 1, count: mebibyte)
    defer { block.deallocate() }
    let file = Int32(check(Int(open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)), "open"))
    let cached = median {
        _ = lseek(file, 0, SEEK_SET)
        for _ in 0..<256 { _ = check(write(file, block, mebibyte), "write") }
    }
    let read = median {
        for index in 0..<256 {
            _ = check(pread(file, block, mebibyte, off_t(index * mebibyte)), "read")
        }
    }
    let size = Double(256 * mebibyte) / 1e9
    var results = [
        ("page_cache_write_gb_s", size / cached), ("page_cache_read_gb_s", size / read),
    ]
    _ = fsync(file)
    for size in [4 << 10, 64 << 10, mebibyte] {
        let count = 100
        let time = median {
            for _ in 0..<count {
                _ = check(write(file, block, size), "write")
                _ = check(Int(fdatasync(file)), "fdatasync")
            }
        }
        results.append(("fdatasync_\(size >> 10)k_per_s", Double(count) / time))
    }
    close(file)
    return results
}

let scratch = (CommandLine.arguments.dropFirst().first ?? ".") + "/limits.scratch"
let results = memory() + records() + network(scratch) + disk(scratch)
unlink(scratch)
let lines = results.map { name, value in "  \"\(name)\": \((value * 100).rounded() / 100)" }
print("{\n" + lines.joined(separator: ",\n") + "\n}")
