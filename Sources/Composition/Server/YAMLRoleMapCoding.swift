import Domain
import Ports
import RoleMapYAML

/// Role maps as the YAML that the Go tool reads.
struct YAMLRoleMapCoding: RoleMapCoding {
    func text(_ map: RoleMap) -> String { RoleMapDocument.text(map) }

    func map(_ text: String, place: String) throws(RoleMapStoreError) -> RoleMap {
        try RoleMapDocument.parse(text, place: place)
    }
}
