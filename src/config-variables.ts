/** Every setting as data: the parser, `--help` and the reference page all come from this one table. */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { isAllowEntry } from './net/address-rules.ts'

const ROUTES_FORM = 'expected JSON like {"google/*": ["fal", "google"]}, or the path of a file with it'

const MiB = 1024 * 1024

/** @param unit ends the sentence "expected a whole number of …" */
function wholeNumber(unit: string, { min, max }: { min: number; max: number }) {
  const message = `expected a whole number of ${unit} from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,15}$/u, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
}

function halfOfCores(): number {
  return Math.max(1, Math.floor(availableParallelism() / 2))
}

const host = z.string().regex(/^[\w.:[\]%-]{1,253}$/u, 'expected a host name or an IP address to listen on')

const publicUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain =
    url !== null && /^https?:$/u.test(url.protocol) && url.search + url.hash + url.username === ''
  if (isPlain) return (url.origin + url.pathname).replace(/\/+$/u, '')
  context.addIssue({
    code: 'custom',
    message: 'expected an http(s) URL without query, like https://images.example.com',
  })
  return z.NEVER
})

const apiKey = z.string().regex(/^[\x21-\x7e]{16,256}$/u, 'expected 16 to 256 visible ASCII characters')

const secretText = z.string().regex(/^[\x21-\x7e]{1,512}$/u, 'expected 1 to 512 visible ASCII characters')

const secretKey = z.string().regex(/^[\x21-\x7e]{32,256}$/u, 'expected 32 to 256 visible ASCII characters')

const databaseUrl = z
  .string()
  .regex(/^postgres(?:ql)?:\/\/\S+$/u, 'expected postgres://user:password@host:port/database')

const moderationUrl = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^/@]+$/u.test(text.split('/').slice(0, 3).join('/')) && URL.canParse(text),
    'expected an http(s) URL without credentials, like http://127.0.0.1:9000/decide',
  )

const command = z
  .string()
  .transform((text) => text.split(/\s+/u).filter((word) => word !== ''))
  .refine((words): words is [string, ...string[]] => words.length > 0, 'expected a program and its arguments')

const modelId = z.string().regex(/^[\w.:-]{1,128}$/u, 'expected the id of a model, like gpt-5.6-luna')

const allowList = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .refine(
    (entries) => entries.every(isAllowEntry),
    'expected host names, addresses or CIDR blocks, separated by commas',
  )

/** JSON of any kind, so that a wrong one is not taken for the name of a file. */
const JSON_TEXT = /^\s*(?:[{["]|(?:null|true|false|-?\d[\d.e+-]*)\s*$)/iu

const routes = z.string().transform((text, context) => {
  try {
    const json: unknown = JSON.parse(JSON_TEXT.test(text) ? text : readFileSync(text, 'utf8'))
    const parsed = z.record(z.string(), z.array(z.string())).safeParse(json)
    // A record leaves this name out without a word.
    const isWhole = typeof json === 'object' && json !== null && !Object.hasOwn(json, '__proto__')
    if (parsed.success && isWhole) return parsed.data
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'its JSON is not valid' : 'the file cannot be read'
    context.addIssue({ code: 'custom', message: `${reason}; ${ROUTES_FORM}` })
    return z.NEVER
  }
  context.addIssue({ code: 'custom', message: ROUTES_FORM })
  return z.NEVER
})

export const VARIABLES = {
  host: {
    name: 'AFTERIMAGE_HOST',
    default: '127.0.0.1',
    description: 'Address to listen on. Anything but loopback needs an API key first.',
    schema: host,
  },
  port: {
    name: 'AFTERIMAGE_PORT',
    default: '4500',
    description: 'Port to listen on; 0 takes a free one.',
    schema: wholeNumber('ports', { min: 0, max: 65_535 }),
  },
  dataDirectory: {
    name: 'AFTERIMAGE_DATA_DIR',
    default: './data',
    description:
      'Folder of the images, and of the database unless `DATABASE_URL` is set. On a local disk, one server each; shared by all processes of one Postgres.',
    schema: z.string().transform((path) => resolve(path)),
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    default: null,
    description:
      'Postgres 14 or newer instead of SQLite, for several processes: `postgres://user:password@host:port/database`. `?pgbouncer=true` says that PgBouncer in transaction mode stands between.',
    schema: databaseUrl,
    isSecret: true,
  },
  role: {
    name: 'AFTERIMAGE_ROLE',
    default: 'all',
    description:
      'What this process does: `api` answers requests and sends webhooks, `worker` runs jobs, `all` does both. Anything but `all` needs `DATABASE_URL`.',
    schema: z.enum(['all', 'api', 'worker']),
  },
  publicUrl: {
    name: 'AFTERIMAGE_PUBLIC_URL',
    default: null,
    description:
      'Address under which callers reach this server; result URLs begin with it. Where it is https, predictions of Replicate are made with a webhook below it, by which one whose answer was lost is found again.',
    schema: publicUrl,
  },
  apiKey: {
    name: 'AFTERIMAGE_API_KEY',
    default: null,
    description: 'Accepted as an API key of the account `default`, instead of a random first key.',
    schema: apiKey,
    isSecret: true,
  },
  secretKey: {
    name: 'AFTERIMAGE_SECRET_KEY',
    default: null,
    description:
      'Encrypts the webhook secrets and the entered keys of engines, and signs addresses of files; random text. Without it the file `secret.key` in the data folder does.',
    schema: secretKey,
    isSecret: true,
  },
  areFileUrlsSigned: {
    name: 'AFTERIMAGE_SIGNED_URLS',
    default: 'off',
    description:
      'Whether addresses of results and uploads carry a signature and an end: `on`, or `off` for addresses that are good as long as the file.',
    schema: z.enum(['on', 'off']).transform((value) => value === 'on'),
  },
  signedUrlSeconds: {
    name: 'AFTERIMAGE_SIGNED_URL_SECONDS',
    default: '86400',
    description: 'How long a signed address is good for, in seconds; up to a tenth more.',
    schema: wholeNumber('seconds', { min: 60, max: 31_536_000 }),
  },
  compat: {
    name: 'AFTERIMAGE_COMPAT',
    default: 'aliases',
    description: 'What requests may look like: `strict`, `aliases` (older field names too) or `lenient`.',
    schema: z.enum(['strict', 'aliases', 'lenient']),
  },
  isDraftEnabled: {
    name: 'AFTERIMAGE_DRAFT',
    default: 'on',
    description: 'Whether the built-in engine stands in for a model that has no other engine: `on` or `off`.',
    schema: z.enum(['on', 'off']).transform((value) => value === 'on'),
  },
  routes: {
    name: 'AFTERIMAGE_ROUTES',
    default: null,
    description:
      'Engines in order, instead of the catalogue\'s: JSON like `{"google/*": ["fal", "google"]}`, by model, `provider/*` or `*`; or the path of a file with it.',
    schema: routes,
  },
  openAiResponsesModel: {
    name: 'AFTERIMAGE_OPENAI_RESPONSES_MODEL',
    default: null,
    description:
      'Id of the OpenAI text model that draws through the Responses API in the background, so that a restart loses no picture; its tokens are paid for beside the image. Models of OpenAI then run on `openai-responses` first, and on the images API second. Off when unset.',
    schema: modelId,
  },
  isUnknownResubmitted: {
    name: 'AFTERIMAGE_RESUBMIT_UNKNOWN',
    default: 'off',
    description:
      'Whether a call to an engine whose answer was lost is made once more, and may then be paid for twice: `on` or `off`.',
    schema: z.enum(['on', 'off']).transform((value) => value === 'on'),
  },
  allowPrivateNetwork: {
    name: 'AFTERIMAGE_ALLOW_PRIVATE_NETWORK',
    default: null,
    description:
      'Private hosts, addresses and CIDR blocks that input URLs and webhooks may reach, separated by commas.',
    schema: allowList,
  },
  maxInputBytes: {
    name: 'AFTERIMAGE_MAX_INPUT_BYTES',
    default: String(75 * MiB),
    description: 'Largest input image or upload, in bytes.',
    schema: wholeNumber('bytes', { min: 1024, max: 1024 * MiB }),
  },
  maxInputPixels: {
    name: 'AFTERIMAGE_MAX_INPUT_PIXELS',
    default: '50000000',
    description: 'Largest input image, in pixels (width times height).',
    schema: wholeNumber('pixels', { min: 1, max: 1_000_000_000 }),
  },
  maxBodyBytes: {
    name: 'AFTERIMAGE_MAX_BODY_BYTES',
    default: String(110 * MiB),
    description: 'Largest JSON body, in bytes; base64 makes an image a third larger.',
    schema: wholeNumber('bytes', { min: 1024, max: 1024 * MiB }),
  },
  fetchTimeoutSeconds: {
    name: 'AFTERIMAGE_FETCH_TIMEOUT_SECONDS',
    default: '10',
    description: 'How long fetching one input URL may take, in seconds.',
    schema: wholeNumber('seconds', { min: 1, max: 300 }),
  },
  jobTimeoutSeconds: {
    name: 'AFTERIMAGE_JOB_TIMEOUT_SECONDS',
    default: '900',
    description: 'How long one attempt of a job may run, in seconds.',
    schema: wholeNumber('seconds', { min: 1, max: 86_400 }),
  },
  maxRunningPerAccount: {
    name: 'AFTERIMAGE_MAX_RUNNING_PER_ACCOUNT',
    default: '4',
    description: 'Jobs of one account that run at once; further ones wait as `backlogged`.',
    schema: wholeNumber('jobs', { min: 1, max: 1000 }),
  },
  maxPendingJobs: {
    name: 'AFTERIMAGE_MAX_PENDING_JOBS',
    default: '10000',
    description: 'Jobs that may wait or run in all; further ones are refused with 429.',
    schema: wholeNumber('jobs', { min: 1, max: 10_000_000 }),
  },
  moderationUrl: {
    name: 'AFTERIMAGE_MODERATION_URL',
    default: null,
    description:
      'Endpoint that decides on requests and results before they are used; it may lie in a private network. Nothing is checked when unset.',
    schema: moderationUrl,
    // A token may stand in it.
    isSecret: true,
  },
  moderationSecret: {
    name: 'AFTERIMAGE_MODERATION_SECRET',
    default: null,
    description: 'Sent to that endpoint as a bearer token.',
    schema: secretText,
    isSecret: true,
  },
  moderationCommand: {
    name: 'AFTERIMAGE_MODERATION_COMMAND',
    default: null,
    description:
      'Program on this machine, with its arguments separated by spaces, that decides instead of an endpoint.',
    schema: command,
  },
  moderationTimeoutSeconds: {
    name: 'AFTERIMAGE_MODERATION_TIMEOUT_SECONDS',
    default: '10',
    description: 'How long one decision may take, in seconds; it is asked for three times at most.',
    schema: wholeNumber('seconds', { min: 1, max: 300 }),
  },
  moderationOnFailure: {
    name: 'AFTERIMAGE_MODERATION_ON_FAILURE',
    default: 'refuse',
    description:
      'What becomes of a job about which no decision came: `refuse` fails it, `allow` lets it pass with a warning.',
    schema: z.enum(['refuse', 'allow']),
  },
  retentionSeconds: {
    name: 'AFTERIMAGE_RETENTION_SECONDS',
    default: null,
    description: 'How long jobs, results and uploads are kept, in seconds; for ever when unset.',
    schema: wholeNumber('seconds', { min: 60, max: 315_360_000 }),
  },
  localProcesses: {
    name: 'AFTERIMAGE_LOCAL_PROCESSES',
    default: 'auto',
    description: 'Processes of the built-in engine, one job each; `auto` takes half of the processor cores.',
    schema: z
      .string()
      .regex(
        /^(?:auto|[1-9]|[1-5]\d|6[0-4])$/u,
        'expected `auto` or a whole number of processes from 1 to 64',
      )
      .transform((text) => (text === 'auto' ? halfOfCores() : Number(text))),
  },
  minFreeDiskBytes: {
    name: 'AFTERIMAGE_MIN_FREE_DISK_BYTES',
    default: String(256 * MiB),
    description: 'Free disk space below which submits and uploads are refused with 507, in bytes.',
    schema: wholeNumber('bytes', { min: 0, max: 1024 * 1024 * MiB }),
  },
  fileCacheBytes: {
    name: 'AFTERIMAGE_FILE_CACHE_BYTES',
    default: String(64 * MiB),
    description: 'Memory for the results that are fetched again and again, in bytes.',
    schema: wholeNumber('bytes', { min: 0, max: 64 * 1024 * MiB }),
  },
  shutdownGraceSeconds: {
    name: 'AFTERIMAGE_SHUTDOWN_GRACE_SECONDS',
    default: '5',
    description:
      'How long running jobs may finish after SIGTERM before they go back to the queue, in seconds.',
    schema: wholeNumber('seconds', { min: 0, max: 3600 }),
  },
  cassettes: {
    name: 'AFTERIMAGE_CASSETTES',
    default: 'off',
    description:
      'For tests: `record` keeps what engines elsewhere answer, `replay` answers from there and never opens a connection to them. Never for real use.',
    schema: z.enum(['off', 'record', 'replay']).transform((value) => (value === 'off' ? null : value)),
  },
  cassetteDirectory: {
    name: 'AFTERIMAGE_CASSETTES_DIR',
    default: './cassettes',
    description: 'Folder of the recorded exchanges.',
    schema: z.string().transform((path) => resolve(path)),
  },
  logLevel: {
    name: 'AFTERIMAGE_LOG_LEVEL',
    default: 'warn',
    description: 'What is logged: `silent`, `error`, `warn`, `info` (each request) or `debug`.',
    schema: z.enum(['silent', 'error', 'warn', 'info', 'debug']),
  },
} as const satisfies Record<string, Variable>

/** One setting. `default: null` leaves it unset. A secret may also come from the file that `NAME_FILE` names. */
export type Variable = {
  name: `AFTERIMAGE_${string}` | 'DATABASE_URL'
  default: string | null
  description: string
  schema: z.ZodType<unknown, string>
  isSecret?: boolean
}

export type ConfigKey = keyof typeof VARIABLES
type Value<Key extends ConfigKey> = z.output<(typeof VARIABLES)[Key]['schema']>
type Unset<Key extends ConfigKey> = (typeof VARIABLES)[Key]['default'] extends null ? null : never
export type ConfigValues = { readonly [Key in ConfigKey]: Value<Key> | Unset<Key> }
