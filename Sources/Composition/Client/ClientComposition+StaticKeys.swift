import Domain
import Files
import Ports

extension ClientComposition {
    /// The credentials file that AWS's SDKs read beside the config file.
    var credentialsPath: String {
        let named = settings.environment["AWS_SHARED_CREDENTIALS_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        return settings.wholePath(named ?? "~/.aws/credentials")
    }

    /// Says where static keys in AWS's credentials file stand before what our profiles of these names give.
    package func warnOfStaticKeys(_ profiles: () throws -> [String]) rethrows {
        let path = credentialsPath
        // One that can't be read is nothing to this program.
        guard let bytes = try? SharedConfigFile.bytes(path) else { return }
        let found = StaticKeys.profiles(bytes)
        // Which profiles are ours takes longer to tell than that there are no such keys.
        guard !found.isEmpty, let warning = StaticKeys.warning(try profiles().filter(found.contains), path: path)
        else { return }
        notices.warn(warning)
    }
}
