/** A vendor's API on loopback: real HTTP, strict about requests, and ready to misbehave on demand. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { AnswerFault } from './answer-faults.ts'
import { ANSWER_FAULTS, answerBadly, isAnswerFault } from './answer-faults.ts'
import { paintPng } from './picture.ts'
import type { EmulatedRequest } from './request.ts'
import { flatHeaders, readRequest } from './request.ts'
import { acceptSocket } from './websocket.ts'

export type { EmulatedRequest, SentFile } from './request.ts'

/** What the vendor itself would answer. */
export const VENDOR_FAULTS = [
  'unauthorized',
  'no_credit',
  'quota',
  'rate_limited',
  'overloaded',
  'server_error',
  'gateway_timeout',
  'refused',
  'invalid_input',
  'empty',
] as const
/** What happens on the way. */
export const TRANSPORT_FAULTS = [
  'garbage',
  'wrong_type',
  'truncated',
  'trickle',
  'silent',
  'dropped',
  'private_redirect',
] as const
/** A success whose image lies at an address; only for vendors that may answer so. */
export const ADDRESS_FAULTS = ['result_url', 'expired_url', 'private_url', 'page_url'] as const

export type VendorFault = (typeof VENDOR_FAULTS)[number]
/** Those that every contract suite tries. */
export type BasicFault = VendorFault | (typeof TRANSPORT_FAULTS)[number] | (typeof ADDRESS_FAULTS)[number]
export type EmulatorFault = BasicFault | AnswerFault

export type Reply = {
  status: number
  headers?: Readonly<Record<string, string>>
  body: string | Buffer
  /** The connection breaks off after the body, which is then not the whole one. */
  isBroken?: boolean
  /** What is sent after the body, when it is there. */
  rest?: Promise<string>
}

export type Emulation = {
  vendor: string
  /** What the vendor's base address ends with: `/v1`. Requests are seen without it. */
  basePath: string
  isAuthorized: (request: EmulatedRequest, key: string) => boolean
  isBillable: (request: EmulatedRequest) => boolean
  /** The vendor's own complaint about a request, or null. */
  check: (request: EmulatedRequest) => Promise<Reply | null> | Reply | null
  /** Also answers polls. Nothing is remembered between requests: a job's id spells what it will end as. */
  succeed: (request: EmulatedRequest) => Promise<Reply>
  /** A vendor that only says so in a poll needs the request, to answer with a job that will end that way. */
  faults: Readonly<Record<VendorFault, Reply | ((request: EmulatedRequest) => Reply)>>
  /** A success whose image lies at this address. */
  succeedAt?: (url: string, request: EmulatedRequest) => Reply
  /** Takes a WebSocket at this path; absent: there are none. */
  openSocket?: (path: string, socket: Socket) => void | Promise<void>
  /** Uploads and the like, wherever they come; faults of polls do not meet them. */
  isPreparation?: (request: EmulatedRequest) => boolean
}

export type Emulator = {
  /** Base address for `origin`; ends without a slash. */
  origin: string
  /** The key that is accepted. */
  key: string
  /** Every request, in order. */
  requests: readonly EmulatedRequest[]
  /** The billable ones of them, taken or not. */
  submits: readonly EmulatedRequest[]
  /** Billable requests that arrived whole. */
  posts: () => number
  /** Those of them that the vendor would charge for, or might. */
  paidPosts: () => number
  /** The next billable request meets this; several calls make a queue. */
  failNext: (fault: EmulatorFault) => void
  /** The next poll, or other request that costs nothing and comes after the billable one, meets this. */
  failNextFollow: (fault: EmulatorFault) => void
  /** Every such request meets this from now on, unless it meets another; null: none. */
  failAlways: (call: EmulatedCall, fault: EmulatorFault | null) => void
  /** Nothing that was to come next comes any more. */
  forgetNext: () => void
  /** What is still to come. */
  faults: () => Readonly<
    Record<EmulatedCall, { next: readonly EmulatorFault[]; always: EmulatorFault | null }>
  >
  /** Resolves when the next billable request has arrived. */
  nextPost: () => Promise<void>
  close: () => Promise<void>
}

/** The billable call, or one that costs nothing and comes after it. */
export type EmulatedCall = 'submit' | 'follow'

export type EmulatorOptions = {
  /** 0 takes a free one. */
  port?: number
  /** Requests that are remembered; all, as tests want them, when left out. */
  keep?: number
}

const UNPAID: ReadonlySet<EmulatorFault> = new Set([
  'unauthorized',
  'no_credit',
  'quota',
  'rate_limited',
  'overloaded',
  'refused',
  'invalid_input',
  'forbidden',
  'not_found',
  'too_large',
])
/** A developer without a test at hand writes `[emulate:rate_limited]` into the prompt. */
const SPOKEN_FAULT = /\[emulate:([a-z_]+)\]/u
const TRICKLE_MS = 20
const PRIVATE_ADDRESS = 'http://169.254.169.254/latest/meta-data/'

type State = {
  requests: EmulatedRequest[]
  submits: EmulatedRequest[]
  queue: EmulatorFault[]
  followQueue: EmulatorFault[]
  always: Record<EmulatedCall, EmulatorFault | null>
  keep: number
  posts: number
  paid: number
  onPost: (() => void)[]
  results: Map<string, Reply>
  origin: string
  key: string
}

/** The key that an emulator accepts. Not shaped like one, so that only those who know it can cut it out of a text. */
export function emulatedKey(vendor: string): string {
  return `${vendor}.emulated.key`
}

/** Listens on loopback. @throws Error when the port is taken */
export async function startEmulator(
  emulation: Emulation,
  { port = 0, keep = Number.POSITIVE_INFINITY }: EmulatorOptions = {},
): Promise<Emulator> {
  const key = emulatedKey(emulation.vendor)
  const state: State = {
    requests: [],
    submits: [],
    queue: [],
    followQueue: [],
    always: { submit: null, follow: null },
    keep,
    posts: 0,
    paid: 0,
    onPost: [],
    results: new Map(),
    origin: '',
    key,
  }
  const server = createServer((incoming, outgoing) => {
    handle(emulation, state, { incoming, outgoing }).catch(() => outgoing.destroy())
  })
  const sockets = emulation.openSocket === undefined ? null : takeSockets(server, emulation, key)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  state.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}${emulation.basePath}`
  return {
    origin: state.origin,
    key,
    requests: state.requests,
    submits: state.submits,
    posts: () => state.posts,
    paidPosts: () => state.paid,
    failNext: (fault) => state.queue.push(fault),
    failNextFollow: (fault) => state.followQueue.push(fault),
    failAlways: (call, fault) => void (state.always[call] = fault),
    forgetNext: () => {
      state.queue.length = 0
      state.followQueue.length = 0
    },
    faults: () => ({
      submit: { next: state.queue, always: state.always.submit },
      follow: { next: state.followQueue, always: state.always.follow },
    }),
    nextPost: () => new Promise((resolve) => state.onPost.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of sockets ?? []) socket.destroy()
      }),
  }
}

/** The open ones. */
function takeSockets(server: Server, emulation: Emulation, key: string): ReadonlySet<Socket> {
  const open = new Set<Socket>()
  server.on('upgrade', (incoming, socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const { url = '' } = incoming
    const headers = flatHeaders(incoming)
    const request = { method: 'GET', path: url, headers, json: undefined, fields: [], files: [] }
    if (emulation.isAuthorized(request, key)) {
      acceptSocket(socket, headers)
      void emulation.openSocket?.(url, socket)
    } else socket.destroy()
  })
  return open
}

type Exchange = { incoming: IncomingMessage; outgoing: ServerResponse }

async function handle(emulation: Emulation, state: State, exchange: Exchange): Promise<void> {
  const request = await readRequest(exchange.incoming, emulation.basePath)
  const stored = state.results.get(request.path)
  if (stored !== undefined) return answer(exchange.outgoing, stored)
  const isBillable = emulation.isBillable(request)
  remember(state, request, isBillable)
  if (!emulation.isAuthorized(request, state.key))
    return misbehave('unauthorized', { emulation, state, request, outgoing: exchange.outgoing })
  const complaint = await emulation.check(request)
  if (complaint !== null) return answer(exchange.outgoing, complaint)
  const fault = isBillable
    ? (state.queue.shift() ?? spokenFault(request) ?? state.always.submit)
    : followFault(emulation, state, request)
  if (isBillable) {
    state.posts += 1
    if (fault === null || !UNPAID.has(fault)) state.paid += 1
    for (const tell of state.onPost.splice(0)) tell()
  }
  return fault === null
    ? answer(exchange.outgoing, await emulation.succeed(request))
    : misbehave(fault, { emulation, state, request, outgoing: exchange.outgoing })
}

function followFault(emulation: Emulation, state: State, request: EmulatedRequest): EmulatorFault | null {
  const isBefore = state.posts === 0 || emulation.isPreparation?.(request) === true
  return isBefore ? null : (state.followQueue.shift() ?? state.always.follow)
}

function remember({ requests, submits, keep }: State, request: EmulatedRequest, isBillable: boolean): void {
  requests.push(request)
  if (isBillable) submits.push(request)
  if (requests.length > keep) requests.shift()
  if (submits.length > keep) submits.shift()
}

function spokenFault(request: EmulatedRequest): EmulatorFault | null {
  const text = JSON.stringify([request.json ?? null, request.fields])
  const word = SPOKEN_FAULT.exec(text)?.[1]
  const all: readonly string[] = [...VENDOR_FAULTS, ...TRANSPORT_FAULTS, ...ADDRESS_FAULTS, ...ANSWER_FAULTS]
  return word !== undefined && all.includes(word) ? (word as EmulatorFault) : null
}

type Scene = { emulation: Emulation; state: State; request: EmulatedRequest; outgoing: ServerResponse }

function misbehave(fault: EmulatorFault, scene: Scene): void | Promise<void> {
  if (isVendorFault(fault)) return answer(scene.outgoing, replyOf(fault, scene))
  if (!isAnswerFault(fault)) return MISHAPS[fault](scene)
  return answerBadly(fault, {
    outgoing: scene.outgoing,
    succeed: () => scene.emulation.succeed(scene.request),
    serverError: () => replyOf('server_error', scene),
  })
}

function replyOf(fault: VendorFault, { emulation, request }: Scene): Reply {
  const reply = emulation.faults[fault]
  return typeof reply === 'function' ? reply(request) : reply
}

function isVendorFault(fault: EmulatorFault): fault is VendorFault {
  return (VENDOR_FAULTS as readonly string[]).includes(fault)
}

type Mishap = Exclude<BasicFault, VendorFault>

const MISHAPS: Readonly<Record<Mishap, (scene: Scene) => void | Promise<void>>> = {
  dropped: ({ outgoing }) => void outgoing.socket?.destroy(),
  silent: () => undefined,
  garbage: ({ outgoing }) =>
    answer(outgoing, { status: 200, body: '{"created": 17953450, "da\u0000ta": [nonsense' }),
  wrong_type: ({ outgoing }) =>
    answer(outgoing, {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html><title>Welcome to the proxy</title>',
    }),
  private_redirect: ({ outgoing }) =>
    answer(outgoing, { status: 307, headers: { location: PRIVATE_ADDRESS }, body: '' }),
  truncated: async ({ outgoing, emulation, request }) => truncate(outgoing, await emulation.succeed(request)),
  trickle: async ({ outgoing, emulation, request }) => trickle(outgoing, await emulation.succeed(request)),
  result_url: async (scene) => answer(scene.outgoing, await leaveAtAddress('result_url', scene)),
  expired_url: async (scene) => answer(scene.outgoing, await leaveAtAddress('expired_url', scene)),
  private_url: async (scene) => answer(scene.outgoing, await leaveAtAddress('private_url', scene)),
  page_url: async (scene) => answer(scene.outgoing, await leaveAtAddress('page_url', scene)),
}

async function leaveAtAddress(
  fault: (typeof ADDRESS_FAULTS)[number],
  { emulation, state, request }: Omit<Scene, 'outgoing'>,
): Promise<Reply> {
  if (emulation.succeedAt === undefined) return emulation.succeed(request)
  if (fault === 'private_url') return emulation.succeedAt(PRIVATE_ADDRESS, request)
  const path = `/results/${state.posts}.png`
  const expired: Reply = { status: 403, body: 'Request has expired' }
  const png: Reply = {
    status: 200,
    headers: { 'content-type': 'image/png' },
    body: await paintPng({ width: 640, height: 480 }),
  }
  const page: Reply = { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }
  state.results.set(path, { expired_url: expired, page_url: page, result_url: png }[fault])
  return emulation.succeedAt(`${state.origin}${path}`, request)
}

function answer(outgoing: ServerResponse, { status, headers, body, isBroken, rest }: Reply): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
  if (rest !== undefined) {
    outgoing.write(body)
    void rest.then((text) => outgoing.end(text))
  } else if (isBroken === true) outgoing.write(body, () => outgoing.socket?.destroy())
  else outgoing.end(body)
}

/** Says how long the body is, sends half of it and hangs up. */
function truncate(outgoing: ServerResponse, { status, headers, body }: Reply): void {
  const bytes = Buffer.from(body)
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    ...headers,
    'content-length': bytes.length,
  })
  outgoing.write(bytes.subarray(0, bytes.length / 2), () => outgoing.socket?.destroy())
}

/** A byte now and then, so that only a limit on the whole time helps. */
async function trickle(outgoing: ServerResponse, { status, headers, body }: Reply): Promise<void> {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
  for (const byte of Buffer.from(body)) {
    if (outgoing.destroyed || outgoing.socket === null) return
    outgoing.write(Buffer.of(byte))
    await wait(TRICKLE_MS)
  }
  outgoing.end()
}
