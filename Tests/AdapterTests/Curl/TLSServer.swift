import Foundation

/// `openssl s_server` with one of the certificates below, for as long as the object lives.
final class TLSServer {
    /// What its certificate is like.
    enum Certificate: String, CaseIterable {
        case good, expired, otherName
    }

    let port: Int
    private let process = Process()
    private let output = Pipe()

    init(_ certificate: Certificate) throws {
        let folder = try TestAuthority.folder.get()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", "\(folder)/\(certificate).pem", "-key",
            "\(folder)/\(certificate).key",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains(/ACCEPT [^\n]*\n/) {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw POSIXError(.ECHILD) }
            text += String(decoding: piece, as: UTF8.self)
        }
        guard let port = text.firstMatch(of: /ACCEPT [^\n]*:([0-9]+)\n/).flatMap({ Int($0.1) }) else {
            kill(process.processIdentifier, SIGKILL)
            throw POSIXError(.EPROTO)
        }
        self.port = port
    }

    deinit {
        // No other signal would do: the child was started on a thread that has them blocked, and inherited that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The server's address; its good certificates are for that name.
    var address: String { "https://localhost:\(port)/" }
}

/// A certificate authority of the tests' own, made once a run.
enum TestAuthority {
    /// The folder of keys and certificates.
    static let folder = Result { try make() }

    /// The authority's certificate, to be trusted.
    static func bundle() throws -> String { try folder.get() + "/ca.pem" }

    private static func make() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("aws-oidc-tests-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        atexit {
            guard let folder = try? TestAuthority.folder.get() else { return }
            try? FileManager.default.removeItem(atPath: folder)
        }
        try configuration.write(toFile: "\(folder)/ca.cnf", atomically: false, encoding: .utf8)
        try "".write(toFile: "\(folder)/index.txt", atomically: false, encoding: .utf8)
        try "01\n".write(toFile: "\(folder)/serial", atomically: false, encoding: .utf8)
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "ca.cnf"]
        try openssl(folder, ["req", "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA"] + newKey)
        for certificate in TLSServer.Certificate.allCases {
            let name = certificate == .otherName ? "elsewhere.example" : "localhost"
            let alternative = ["-addext", "subjectAltName=DNS:\(name)"]
            try openssl(
                folder,
                ["req", "-keyout", "\(certificate).key", "-out", "\(certificate).csr", "-subj", "/CN=\(certificate)"]
                    + alternative + newKey)
            let end = certificate == .expired ? "20200102000000Z" : "20491231235959Z"
            try openssl(
                folder,
                ["ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key"]
                    + ["-in", "\(certificate).csr", "-out", "\(certificate).pem"]
                    + ["-startdate", "20200101000000Z", "-enddate", end])
        }
        return folder
    }

    private static func openssl(_ folder: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw POSIXError(.ECHILD) }
    }

    private static let configuration = """
        [req]
        distinguished_name = name
        x509_extensions = authority
        [name]
        [authority]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        [ca]
        default_ca = tests
        [tests]
        database = index.txt
        new_certs_dir = .
        serial = serial
        default_md = sha256
        policy = names
        copy_extensions = copy
        [names]
        commonName = supplied
        """
}
