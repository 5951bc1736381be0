/** HTTP as bytes, for what no client would send. */
import { connect } from 'node:net'

/** `isClosed`: the server ended the connection, and not our patience. */
export type RawAnswer = { text: string; isClosed: boolean }

/** Everything the server sends until it closes the connection or our patience ends. */
export function exchange(url: string, bytes: Uint8Array | string, patienceMs: number): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let text = ''
    let isClosed = true
    const timer = setTimeout(() => {
      isClosed = false
      socket.destroy()
    }, patienceMs)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ text, isClosed })
    })
    // A string here stands for its bytes, one each.
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}

/** The status of each answer in what was read. */
export function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/gu)].map(([, status]) => Number(status))
}

/** The header fields of the first answer, as they came. */
export function headOf(text: string): string {
  return text.slice(0, text.indexOf('\r\n\r\n'))
}
