import Domain
import Files
import Ports

extension ClientComposition {
    /// Says where static keys in AWS's credentials file stand before what our profiles of these names give.
    package func warnOfStaticKeys(_ profiles: () throws -> [String]) rethrows {
        let variable = settings.environment["AWS_SHARED_CREDENTIALS_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        let path = settings.wholePath(variable ?? "~/.aws/credentials")
        // One that can't be read is nothing to this program.
        guard let bytes = try? SharedConfigFile.bytes(path) else { return }
        let found = StaticKeys.profiles(bytes)
        // Which profiles are ours takes longer to tell than that there are no such keys.
        guard !found.isEmpty, let warning = StaticKeys.warning(try profiles().filter(found.contains), path: path)
        else { return }
        notices.warn(warning)
    }
}
