/// A message with its length, as connections have it.
enum MessageFrame {
  static func bytes(_ message: [UInt8]) -> [UInt8] {
    [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
  }
}
