/** Reads what strace wrote, and holds every accepted submit against it. */

/** One system call; `begun` and `ended` count the tracer's lines, so that two calls can be put in order. */
type Syscall = { name: string; text: string; begun: number; ended: number }
type Span = Pick<Syscall, 'begun' | 'ended'>

/** What a trace says of the disk and of the answers; every list is in the order of its beginnings. */
export type Trace = {
  /** By the path that was synced. */
  syncs: ReadonlyMap<string, readonly Span[]>
  /** By the path that was written to. */
  writes: ReadonlyMap<string, readonly Span[]>
  /** By the new path: the first rename, and the old path. */
  renames: ReadonlyMap<string, Span & { from: string }>
  /** By the path of the folder. */
  folders: ReadonlyMap<string, Span>
  /** By any id in a page of the write-ahead log: the first page that holds it. */
  logged: ReadonlyMap<string, Span>
  /** By the id in the answer. */
  answers: ReadonlyMap<string, Span>
  calls: number
}

/** A job that was answered with 2xx, and the bytes that its row names. */
export type Accepted = { jobId: string; blobKeys: readonly string[] }
/** The two kinds of files that must be on the disk before an answer. */
export type Places = { log: string; blobs: string }

const WHOLE = /^(\d+)\s+(\w+)\((.*)$/u
const UNFINISHED = ' <unfinished ...>'
const RESUMED = /^(\d+)\s+<\.\.\. \w+ resumed>(.*)$/u
const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gu
const ANSWER = /HTTP\/1\.1 2\d\d .*\{\\"job_id\\":\\"([\da-f-]{36})/u

/** Calls that never came back are left out. */
function* readSyscalls(lines: readonly string[]): Generator<Syscall> {
  const open = new Map<string, Syscall>()
  for (const [at, line] of lines.entries()) {
    const [, resumed = '', rest = ''] = RESUMED.exec(line) ?? []
    const begun = open.get(resumed)
    if (begun !== undefined) {
      open.delete(resumed)
      yield { ...begun, text: begun.text + rest, ended: at }
    }
    const [, thread = '', name = '', text = ''] = WHOLE.exec(line) ?? []
    if (text.endsWith(UNFINISHED))
      open.set(thread, { name, text: text.slice(0, -UNFINISHED.length), begun: at, ended: at })
    else if (name !== '') yield { name, text, begun: at, ended: at }
  }
}

/** @param lines of `strace -f -y` with whole pages (`-s`) */
export function readTrace(lines: readonly string[], { log }: Places): Trace {
  const [syncs, writes] = [new Map<string, Span[]>(), new Map<string, Span[]>()]
  const renames = new Map<string, Span & { from: string }>()
  const [folders, logged, answers] = [
    new Map<string, Span>(),
    new Map<string, Span>(),
    new Map<string, Span>(),
  ]
  let calls = 0
  for (const { name, text, ...span } of readSyscalls(lines)) {
    calls += 1
    const path = /^\d+<([^>]*)>/u.exec(text)?.[1] ?? ''
    const [first = '', second = ''] = [...text.slice(0, 1000).matchAll(/"([^"]*)"/gu)].map(
      (match) => match[1],
    )
    if (/^f(?:data)?sync$/u.test(name)) push(syncs, path, span)
    else if (name.startsWith('rename')) setOnce(renames, second, { ...span, from: first })
    else if (name.startsWith('mkdir')) setOnce(folders, first, span)
    else if (path === log) for (const [id] of text.matchAll(UUID)) setOnce(logged, id, span)
    else if (path.startsWith('/')) push(writes, path, span)
    else setOnce(answers, ANSWER.exec(text)?.[1] ?? '', span)
  }
  return { syncs, writes, renames, folders, logged, answers, calls }
}

function push(map: Map<string, Span[]>, key: string, span: Span): void {
  const found = map.get(key)
  if (found === undefined) map.set(key, [span])
  else found.push(span)
}

function setOnce<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (!map.has(key)) map.set(key, value)
}

/**
 * What of a submit was not durable when its answer left: the row in the write-ahead log, the bytes of each input under
 * their temporary name, their new name in its folder, and that folder's own name.
 * @returns one reason per fault; nothing when all was in order
 */
export function faultsOf(trace: Trace, { log, blobs }: Places, { jobId, blobKeys }: Accepted): string[] {
  const answer = trace.answers.get(jobId)
  if (answer === undefined) return [`${jobId}: no answer in the trace`]
  const isSynced = (path: string, since: Span | undefined): boolean =>
    since !== undefined &&
    (trace.syncs.get(path) ?? []).some(({ begun, ended }) => begun > since.ended && ended < answer.begun)
  const faults: string[] = []
  if (!isSynced(log, trace.logged.get(jobId))) faults.push('its row was not synced')
  for (const key of blobKeys) {
    const folder = `${blobs}/${key.slice(0, 2)}`
    const rename = trace.renames.get(`${folder}/${key}`)
    if (!isSynced(rename?.from ?? '', trace.writes.get(rename?.from ?? '')?.at(-1)))
      faults.push('its bytes were not synced')
    if (!isSynced(folder, rename)) faults.push('the name of its bytes was not synced')
    const made = trace.folders.get(folder)
    if (made !== undefined && !isSynced(blobs, made)) faults.push('its folder was not synced')
  }
  return faults.map((fault) => `${jobId}: ${fault} before the answer`)
}
