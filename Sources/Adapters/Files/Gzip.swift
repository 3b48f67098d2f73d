import CZlib

/// The gzip format (RFC 1952), by zlib.
enum Gzip {
    /// The bytes, compressed.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        let stream = newStream()
        defer { stream.deallocate() }
        guard aws_oidc_gzip_deflate_init(stream) == Z_OK else { return nil }
        defer { deflateEnd(stream) }
        return run(stream, bytes, limit: .max) { deflate($0, Z_FINISH) }
    }

    /// The bytes that were compressed; nil where they are no whole gzip file, or more than `limit` come out.
    static func decompress(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        let stream = newStream()
        defer { stream.deallocate() }
        guard aws_oidc_gzip_inflate_init(stream) == Z_OK else { return nil }
        defer { inflateEnd(stream) }
        return run(stream, bytes, limit: limit) { inflate($0, Z_NO_FLUSH) }
    }

    /// The library keeps a stream's address, so that it must have one for all its life.
    private static func newStream() -> UnsafeMutablePointer<z_stream> {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        return stream
    }

    private static func run(
        _ stream: UnsafeMutablePointer<z_stream>, _ bytes: [UInt8], limit: Int,
        step: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> [UInt8]? {
        var input = bytes
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        return input.withUnsafeMutableBufferPointer { source in
            stream.pointee.next_in = source.baseAddress
            stream.pointee.avail_in = UInt32(source.count)
            while true {
                let (code, count) = chunk.withUnsafeMutableBufferPointer { target in
                    stream.pointee.next_out = target.baseAddress
                    stream.pointee.avail_out = UInt32(target.count)
                    return (step(stream), target.count - Int(stream.pointee.avail_out))
                }
                output += chunk[..<count]
                guard output.count <= limit else { return nil }
                if code == Z_STREAM_END { return output }
                // No progress, and no end: the input was cut off, or is none.
                guard code == Z_OK, count > 0 || stream.pointee.avail_in > 0 else { return nil }
            }
        }
    }
}
