/** Answers that are wrong in themselves: statuses of gateways, bodies that break off, images that are none. */
import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { createPngBomb } from '../png.ts'

/** Of a gateway, or of a vendor without words of its own for it. */
const STATUSES = {
  forbidden: 403,
  not_found: 404,
  request_timeout: 408,
  too_large: 413,
  bad_gateway: 502,
} as const
export const STATUS_FAULTS = [
  'forbidden',
  'not_found',
  'request_timeout',
  'too_large',
  'bad_gateway',
] as const
export const BODY_FAULTS = ['stalled', 'reset', 'cut_json', 'error_in_200', 'endless'] as const
/** Only where images come, inline or from an address. */
export const IMAGE_FAULTS = ['bad_image', 'empty_image', 'sizeless_image'] as const
export const ANSWER_FAULTS = [...STATUS_FAULTS, ...BODY_FAULTS, ...IMAGE_FAULTS] as const
export type AnswerFault = (typeof ANSWER_FAULTS)[number]
type StatusFault = (typeof STATUS_FAULTS)[number]
type ImageFault = (typeof IMAGE_FAULTS)[number]

type Reply = { status: number; headers?: Readonly<Record<string, string>>; body: string | Buffer }
type Scene = { outgoing: ServerResponse; succeed: () => Promise<Reply>; serverError: () => Reply }

const ENDLESS_BYTES = 1024 ** 3
const CHUNK = Buffer.alloc(256 * 1024, 'x')
/** How PNG, JPEG and WebP begin in base64. */
const IMAGE_TEXT = /^(data:image\/\w+;base64,)?(?:iVBORw0KGgo|\/9j\/|UklGR)/u
const BAD: Readonly<Record<ImageFault, Buffer | string>> = {
  bad_image: '!!!! no image, and no base64 ????',
  empty_image: '',
  sizeless_image: createPngBomb(0, 'rgb8'),
}

export function isAnswerFault(fault: string): fault is AnswerFault {
  return (ANSWER_FAULTS as readonly string[]).includes(fault)
}

export async function answerBadly(fault: AnswerFault, scene: Scene): Promise<void> {
  const { outgoing } = scene
  if (isStatus(fault)) return answer(outgoing, statusReply(STATUSES[fault]))
  if (fault === 'error_in_200') return answer(outgoing, { ...scene.serverError(), status: 200 })
  if (fault === 'endless') return pour(outgoing)
  const reply = await scene.succeed()
  const body = Buffer.from(reply.body)
  const half = body.subarray(0, body.length / 2)
  if (fault === 'cut_json') {
    const isJson = typeof reply.body === 'string'
    return answer(outgoing, isJson ? { ...reply, body: half } : { status: 200, body: '{"image": "https:' })
  }
  if (fault !== 'stalled' && fault !== 'reset') return answer(outgoing, spoil(reply, fault))
  outgoing.writeHead(reply.status, {
    'content-type': 'application/json',
    ...reply.headers,
    'content-length': body.length,
  })
  outgoing.write(half, () => {
    if (fault === 'reset') outgoing.socket?.resetAndDestroy()
  })
}

function isStatus(fault: AnswerFault): fault is StatusFault {
  return (STATUS_FAULTS as readonly string[]).includes(fault)
}

/** As gateways write it: a page, which says nothing to a program. */
function statusReply(status: number): Reply {
  const body = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`
  return { status, headers: { 'content-type': 'text/html' }, body }
}

function answer(outgoing: ServerResponse, { status, headers, body }: Reply): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

/** A gibibyte of one JSON text, as fast as it is taken; the caller has to hang up. */
async function pour(outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(200, { 'content-type': 'application/json' })
  outgoing.write('{"data":"')
  const closed = once(outgoing, 'close')
  for (let sent = 0; sent < ENDLESS_BYTES; sent += CHUNK.length) {
    if (outgoing.destroyed || outgoing.socket === null || outgoing.socket.destroyed) return
    if (!outgoing.write(CHUNK)) await Promise.race([once(outgoing, 'drain'), closed])
    await turn()
  }
  outgoing.end('"}')
}

/** The images of an answer become what they should not be; an answer without one stays as it is. */
function spoil(reply: Reply, fault: ImageFault): Reply {
  const bad = BAD[fault]
  if (reply.headers?.['content-type']?.startsWith('image/') === true) return { ...reply, body: bad }
  if (typeof reply.body !== 'string') return reply
  const text = typeof bad === 'string' ? bad : bad.toString('base64')
  const body = JSON.stringify(JSON.parse(reply.body), (_key, value: unknown) => {
    if (typeof value !== 'string') return value
    const [, head = ''] = IMAGE_TEXT.exec(value) ?? []
    return IMAGE_TEXT.test(value) ? head + text : value
  })
  return { ...reply, body }
}
