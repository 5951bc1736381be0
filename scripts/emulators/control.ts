/** Tells running emulators what to do wrong: `PUT /faults/openai`, `DELETE /faults/all`, `GET /`. */
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { Emulator, EmulatorFault } from '../../test/support/emulators/emulator.ts'
import { ANSWER_FAULTS } from '../../test/support/emulators/answer-faults.ts'
import { ADDRESS_FAULTS, TRANSPORT_FAULTS, VENDOR_FAULTS } from '../../test/support/emulators/emulator.ts'
import type { EmulatedId } from '../../test/support/emulators/index.ts'

export const FAULTS: readonly EmulatorFault[] = [
  ...VENDOR_FAULTS,
  ...TRANSPORT_FAULTS,
  ...ADDRESS_FAULTS,
  ...ANSWER_FAULTS,
]

export type Control = { url: string; close: () => Promise<void> }

type Emulators = ReadonlyMap<EmulatedId, Emulator>
type Answer = { status: number; body: object }

const ORDER = z.strictObject({
  fault: z.enum([...FAULTS] as [EmulatorFault, ...EmulatorFault[]]),
  /** The call that costs money, or a poll or download after it. */
  call: z.enum(['submit', 'follow']).default('submit'),
  /** Left out: always. */
  times: z.number().int().min(1).max(1000).optional(),
})
const PATH = /^\/faults\/([\w-]+)$/u
const MAX_BYTES = 4096

/** Listens on loopback. @throws Error when the port is taken */
export async function startControl(emulators: Emulators, port: number): Promise<Control> {
  const server = createServer((request, response) => {
    answer(emulators, request).then(
      ({ status, body }) =>
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(`${JSON.stringify(body, null, 2)}\n`),
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(emulators: Emulators, request: IncomingMessage): Promise<Answer> {
  const { method, url = '' } = request
  if (method === 'GET' && url === '/') return { status: 200, body: describe(emulators) }
  const name = PATH.exec(url)?.[1]
  if (name === undefined || (method !== 'PUT' && method !== 'DELETE'))
    return { status: 404, body: { error: 'GET /, PUT or DELETE /faults/{engine or all}' } }
  const chosen = [...emulators]
    .filter(([id]) => name === 'all' || name === id)
    .map(([, emulator]) => emulator)
  if (chosen.length === 0)
    return {
      status: 404,
      body: { error: `no emulator "${name}"; there are: ${[...emulators.keys()].join(', ')}, all` },
    }
  if (method === 'DELETE') chosen.forEach(forget)
  else {
    const order = ORDER.safeParse(await readJson(request))
    if (!order.success) return { status: 400, body: { error: z.prettifyError(order.error), faults: FAULTS } }
    for (const emulator of chosen) apply(emulator, order.data)
  }
  return { status: 200, body: describe(emulators) }
}

function apply(emulator: Emulator, { fault, call, times }: z.output<typeof ORDER>): void {
  if (times === undefined) emulator.failAlways(call, fault)
  else
    for (let count = 0; count < times; count += 1)
      if (call === 'submit') emulator.failNext(fault)
      else emulator.failNextFollow(fault)
}

function forget(emulator: Emulator): void {
  emulator.failAlways('submit', null)
  emulator.failAlways('follow', null)
  emulator.forgetNext()
}

function describe(emulators: Emulators): object {
  return {
    emulators: [...emulators].map(([id, emulator]) => ({
      engine: id,
      address: emulator.origin,
      posts: emulator.posts(),
      paid_posts: emulator.paidPosts(),
      faults: emulator.faults(),
    })),
    faults: FAULTS,
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    chunks.push(chunk as Buffer)
    if (chunks.reduce((sum, { length }) => sum + length, 0) > MAX_BYTES) return undefined
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
