/** The server's side of a WebSocket, as far as emulators need it: it accepts and sends, and reads nothing. */
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'

/** A constant of RFC 6455. */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const [TEXT, BINARY] = [0x81, 0x82]
/** Lengths from here on stand in two bytes of their own. */
const LONG = 126

/** Answers the handshake. */
export function acceptSocket(socket: Socket, headers: Readonly<Record<string, string | undefined>>): void {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${MAGIC}`).digest('base64')
  socket.on('error', () => undefined)
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  )
}

/** One whole unmasked frame: text for a string, binary for bytes; less than 64 KiB. */
export function toFrame(content: string | Uint8Array): Buffer {
  const body = Buffer.from(content)
  const kind = typeof content === 'string' ? TEXT : BINARY
  if (body.length < LONG) return Buffer.concat([Buffer.of(kind, body.length), body])
  const head = Buffer.of(kind, LONG, 0, 0)
  head.writeUInt16BE(body.length, 2)
  return Buffer.concat([head, body])
}
