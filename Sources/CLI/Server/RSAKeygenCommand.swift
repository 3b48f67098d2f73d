import ArgumentParser
import CommandLineBasics
import ServerComposition

/// `aws-oidc rsa-keygen`: makes the key by which the config service proves to Okta who it is.
struct RSAKeygenCommand: ServerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "rsa-keygen",
        abstract: "Makes a private key for the config service, and prints its public half, a JWK, for Okta.")

    @Option(help: ArgumentHelp("The file that gets the private key; it must not be there yet.", valueName: "path"))
    var out = "rsa"

    @Option(help: ArgumentHelp("How long the key is: 2048 to 16384 bits.", valueName: "count"))
    var bits = 4096

    @Flag(help: "Write the private key as PKCS#8, not as PKCS#1.")
    var pkcs8 = false

    func validate() throws {
        guard (2048...16_384).contains(bits) else {
            throw ValidationError("--bits is a number from 2048 to 16384, not \(bits)")
        }
        if out == "-" {
            throw ValidationError("--out is a file for the private key: standard output gets the public half")
        }
    }

    func perform() async throws -> Int32 {
        let composition = ServerComposition(environment: Environment.variables, version: Version.text)
        let isMade = try composition.generateKey(bits: bits, path: out, isPKCS8: pkcs8) { Output.print($0 + "\n") }
        guard !isMade else { return 0 }
        Output.complain("aws-oidc rsa-keygen failed: nothing was made, since the public half could not be printed.")
        return 1
    }
}
