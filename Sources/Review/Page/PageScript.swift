/// The script of a page. Plain, without a framework and without a network.
enum PageScript {
  static let text =
    "\"use strict\";\n(() => {\n" + [tables, matrix, input, panel, list].joined(separator: "\n") + "\n})();\n"

  /// What the page's Content-Security-Policy lets run, and nothing else: the SHA-256 of ``text``. A test compares them.
  static let hash = "sha256-sLQgZVBJVmdrqmRl45QZUOmkoeKKDFfrK/i+HFh5Myg="
}
