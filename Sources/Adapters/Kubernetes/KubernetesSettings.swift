import Domain

/// The API server of a cluster, and the place in it where the role map lies.
package struct KubernetesSettings: Sendable, Hashable {
    /// The API server's address, without a slash at the end.
    package let server: String
    /// The namespace.
    package let namespace: String
    /// The ConfigMap's name.
    package let name: String
    /// The key in its `data` that holds the role map.
    package let key: String
    /// The file of the token, read again for each request since the kubelet renews it; nil where none is sent.
    package let tokenFile: String?

    /// A place in the cluster at that address.
    ///
    /// - Throws: `InvalidKubernetesName` where a name is none, so that it can't be put into an address.
    package init(server: String, namespace: String, name: String, key: String, tokenFile: String?)
        throws(InvalidKubernetesName)
    {
        if let problem = Self.problems(namespace: namespace, name: name, key: key).first { throw problem }
        self.server = server
        self.namespace = namespace
        self.name = name
        self.key = key
        self.tokenFile = tokenFile
    }

    /// All of these that are no names; a namespace that is nil is not looked at.
    package static func problems(namespace: String?, name: String, key: String) -> [InvalidKubernetesName] {
        let names = [("the namespace", namespace), ("--configmap-name", name)]
        var problems = names.compactMap { kind, text in
            text.flatMap {
                isName($0, of: isNameByte)
                    ? nil : InvalidKubernetesName(what: kind, text: $0, characters: "small letters, digits, - and .")
            }
        }
        if !isName(key, of: isKeyByte) {
            problems.append(
                InvalidKubernetesName(what: "--configmap-key", text: key, characters: "letters, digits, -, _ and ."))
        }
        return problems
    }

    private static func isName(_ text: String, of isByte: (UInt8) -> Bool) -> Bool {
        (1...253).contains(text.utf8.count) && text.utf8.allSatisfy(isByte)
    }

    /// How messages name it.
    package var place: String { "the ConfigMap \(namespace)/\(name), key \(key)" }

    /// A DNS subdomain (RFC 1123), as names of objects are.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
    }
}

/// A text that names nothing in Kubernetes.
package struct InvalidKubernetesName: Error, Sendable, Hashable, CustomStringConvertible {
    /// What it should name.
    package let what: String
    /// The text.
    package let text: String
    /// What it may be made of.
    package let characters: String

    package var description: String {
        "\(what) \"\(PrintableText.line(text))\" is no name that Kubernetes has: 1 to 253 \(characters) only."
    }
}
