import Domain
import Testing

@Suite("The folder of this host") struct HostLocalFolderTests {
    struct Place: Sendable {
        let nodeLocal: String?
        let runtime: String?
        let folders: [String]
    }

    @Test(
        "Node-local first, then the session's own folder, then the one in /tmp",
        arguments: [
            Place(nodeLocal: nil, runtime: nil, folders: ["/tmp/aws-oidc-1000"]),
            Place(nodeLocal: "", runtime: "", folders: ["/tmp/aws-oidc-1000"]),
            Place(
                nodeLocal: nil, runtime: "/run/user/1000",
                folders: ["/run/user/1000/aws-oidc", "/tmp/aws-oidc-1000"]),
            Place(nodeLocal: nil, runtime: "run/user/1000", folders: ["/tmp/aws-oidc-1000"]),
            Place(nodeLocal: "/local", runtime: nil, folders: ["/local/1000/node1", "/tmp/aws-oidc-1000"]),
            Place(
                nodeLocal: "/local", runtime: "/run/user/1000",
                folders: ["/local/1000/node1", "/run/user/1000/aws-oidc", "/tmp/aws-oidc-1000"]),
        ])
    func candidates(place: Place) {
        #expect(
            HostLocalFolder.candidates(
                nodeLocal: place.nodeLocal, runtimeFolder: place.runtime, userID: 1000, hostName: "node1")
                == place.folders)
    }

    @Test("The largest user id is written as it is")
    func userID() {
        #expect(
            HostLocalFolder.candidates(nodeLocal: "/l", runtimeFolder: nil, userID: .max, hostName: "n")
                == ["/l/4294967295/n", "/tmp/aws-oidc-4294967295"])
    }

    @Test(
        "A host's name is one part of a path, wherever it would lead",
        arguments: [
            ("node1.example.com", "node1.example.com"), ("", "localhost"), (".", "localhost"), ("..", "localhost"),
            ("...", "..."), ("../../etc", "..-..-etc"), ("/", "-"), ("a/b", "a-b"), ("a\u{0}b", "a-b"),
            ("/\u{301}etc", "-\u{301}etc"), ("..\u{0}", "..-"),
        ])
    func component(name: String, component: String) {
        #expect(HostLocalFolder.hostNameComponent(name).utf8.elementsEqual(component.utf8))
        let flaw = HostLocalFolder.flaw(ofHostName: name)
        #expect((flaw == nil) == name.utf8.elementsEqual(component.utf8), "\(flaw ?? "")")
    }

    @Test("Any name gives one part of a path that stays where it is")
    func anyName() {
        var generator = SeededGenerator(seed: 18)
        for _ in 0..<2000 {
            let component = Array(HostLocalFolder.hostNameComponent(generator.text()).utf8)
            #expect(!component.contains(UInt8(ascii: "/")) && !component.contains(0))
            #expect(![[], Array(".".utf8), Array("..".utf8)].contains(component))
        }
    }

    @Test(
        "A folder is named once and for all: ~ is the home, and a relative path names none",
        arguments: [
            ("/scratch/x", "/scratch/x"), ("node", nil), ("./node", nil), ("~/node", "/home/p/node"), ("~", "/home/p"),
            ("~other/node", nil),
        ])
    func absolute(named: String, folder: String?) {
        #expect(HostLocalFolder.absolute(named, home: "/home/p") == folder)
    }

    @Test("Without a home there is no folder in it")
    func nowhere() {
        #expect(HostLocalFolder.absolute("~/node", home: nil) == nil)
    }
}
