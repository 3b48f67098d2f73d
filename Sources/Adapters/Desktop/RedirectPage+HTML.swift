import Ports

extension RedirectPage {
    /// The page as a document that loads nothing; title and text are escaped, whoever wrote them.
    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Self.escaped(title))</title>
        <link rel="icon" href="data:,">
        <style>
        :root { color-scheme: light dark; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center;
          font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#f4f5f7, #16181c); color: light-dark(#1d2129, #e6e8eb); }
        main { max-width: 30rem; margin: 1rem; padding: 2rem 2.5rem; border-radius: .75rem;
          background: light-dark(#fff, #212429); box-shadow: 0 1px 6px rgb(0 0 0 / .18);
          border-top: .3rem solid \(succeeded ? "#2e9e5b" : "#d1483f"); overflow-wrap: anywhere; }
        h1 { margin: 0 0 .5rem; font-size: 1.4rem; }
        p { margin: 0; white-space: pre-line; }
        </style>
        </head>
        <body>
        <main>
        <h1>\(Self.escaped(title))</h1>
        <p>\(Self.escaped(text))</p>
        </main>
        </body>
        </html>

        """
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
