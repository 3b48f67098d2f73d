#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A command line that means nothing.
struct UsageError: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}

enum Usage {
    static let text = """
        An OpenID Connect provider, AWS STS, a config service and a person with a browser, made up, on this machine only.

          aws-oidc-stand-ins serve [--idp-port N] [--sts-port N] [--config-port N] [--set NAME=VALUE]... [--until-stdin-closes]
              Serves all until SIGTERM or SIGINT, and prints KEY=VALUE lines once they listen.
              NAME is a setting of the provider, as GET on its CONTROL address shows them, or of STS where it begins
              with "sts."; a dot goes into an object; VALUE is JSON, or else a text.
          aws-oidc-stand-ins browser ADDRESS
              Signs in at the provider's page, as a person would. STAND_IN_BROWSER says how: allow (default), deny,
              abandon, foreign-state. STAND_IN_BROWSER_DELAY: seconds to think first. STAND_IN_BROWSER_LOG: a file
              that gets a line for each visit.
          aws-oidc-stand-ins requests [--reset] CONTROL...
              Prints the requests that came to a stand-in, and forgets them if asked.
          aws-oidc-stand-ins control CONTROL [JSON]
              Prints the settings of a stand-in, after laying the JSON over them: {"rotation": "onWithReuseDetection"},
              {"faults": {"token": [{"status": {"code": 503, "times": 2}}]}}.
        """
}

/// Prints a line at once, to stdout (1) or stderr (2), without the C library's buffers.
func printLine(_ line: String, to file: Int32 = STDOUT_FILENO) {
    var rest = Array((line + "\n").utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        if count <= 0 && errno != EINTR { return }
        rest = rest.dropFirst(max(0, count))
    }
}
