import COpenSSL

/// A key of the library, freed with its last owner.
final class KeyHandle: Sendable {
    /// Valid as long as this object lives; the library counts references by itself, and reads a key from any thread.
    nonisolated(unsafe) let pointer: OpaquePointer

    init?(_ pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    deinit { libcrypto.EVP_PKEY_free(pointer) }
}

/// A big number of the library.
final class BigNumber {
    let pointer: OpaquePointer

    /// The number of these big-endian bytes.
    init?(_ bytes: [UInt8]) {
        guard let pointer = libcrypto.BN_bin2bn(bytes, Int32(bytes.count), nil) else { return nil }
        self.pointer = pointer
    }

    /// Takes over a number that the library made.
    init?(taking pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    deinit { libcrypto.BN_clear_free(pointer) }

    /// Its big-endian bytes, with zeros in front up to `count`; without it, as many as it takes.
    func bytes(count: Int? = nil) -> [UInt8]? {
        let needed = (Int(libcrypto.BN_num_bits(pointer)) + 7) / 8
        let size = count ?? needed
        guard size >= needed else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        return libcrypto.BN_bn2binpad(pointer, &bytes, Int32(size)) == Int32(size) ? bytes : nil
    }
}

/// A list of named parameters, as the library takes keys apart.
///
/// The numbers and bytes that were pushed live as long as this object, as the library wants it.
final class KeyParameters {
    private let builder: OpaquePointer
    private var numbers: [BigNumber] = []
    private var texts: [UnsafeMutableBufferPointer<UInt8>] = []

    init?() {
        guard let builder = libcrypto.OSSL_PARAM_BLD_new() else { return nil }
        self.builder = builder
    }

    deinit {
        libcrypto.OSSL_PARAM_BLD_free(builder)
        for text in texts { text.deallocate() }
    }

    /// Adds a number.
    func push(_ name: UnsafePointer<CChar>, number bytes: [UInt8]) -> Bool {
        guard let number = BigNumber(bytes) else { return false }
        numbers.append(number)
        return libcrypto.OSSL_PARAM_BLD_push_BN(builder, name, number.pointer) == 1
    }

    /// Adds a text that lives for ever.
    func push(_ name: UnsafePointer<CChar>, text: UnsafePointer<CChar>) -> Bool {
        libcrypto.OSSL_PARAM_BLD_push_utf8_string(builder, name, text, 0) == 1
    }

    /// Adds bytes.
    func push(_ name: UnsafePointer<CChar>, octets: [UInt8]) -> Bool {
        let kept = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: octets.count)
        _ = kept.initialize(from: octets)
        texts.append(kept)
        return libcrypto.OSSL_PARAM_BLD_push_octet_string(builder, name, kept.baseAddress, octets.count) == 1
    }

    /// The public key of a kind (`RSA`, `EC`) that these parameters make; nil where they make none.
    func publicKey(_ kind: String) -> KeyHandle? {
        guard let list = libcrypto.OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { libcrypto.OSSL_PARAM_free(list) }
        guard let context = libcrypto.EVP_PKEY_CTX_new_from_name(nil, kind, nil) else { return nil }
        defer { libcrypto.EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard libcrypto.EVP_PKEY_fromdata_init(context) == 1,
            libcrypto.EVP_PKEY_fromdata(context, &key, aws_oidc_public_key_selection(), list) == 1
        else { return nil }
        return KeyHandle(key)
    }
}
