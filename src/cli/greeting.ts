import type { Config } from '../config.ts'
import type { Access } from '../app/first-start.ts'

export type GreetingFacts = {
  url: string
  access: Access
  /** Opens the Studio without a key; absent where there is none. */
  signInUrl?: string | null
  config: Pick<Config, 'host' | 'publicUrl'>
}

/** What a started server prints: its address, and on the first start a key with two lines that work when pasted. */
export function greet({ url, access, signInUrl, config }: GreetingFacts): string {
  const lines = [
    `Afterimage is listening on ${url}`,
    ...hintsForRemote(config),
    ...studioLine(signInUrl ?? null),
  ]
  if (access.kind === 'given') return [...lines, 'The API key is the one in AFTERIMAGE_API_KEY.'].join('\n')
  if (access.kind === 'existing')
    return [...lines, 'For another API key: npx afterimage keys create'].join('\n')
  return [...lines, ...firstSteps(url, access)].join('\n')
}

function studioLine(signInUrl: string | null): string[] {
  return signInUrl === null ? [] : [`Open the Studio (good once, for ten minutes): ${signInUrl}`]
}

function hintsForRemote({ host, publicUrl }: GreetingFacts['config']): string[] {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  return isEverywhere && publicUrl === null
    ? ['Set AFTERIMAGE_PUBLIC_URL to the address that callers use, so that result URLs lead back here.']
    : []
}

function firstSteps(url: string, { token, sampleFileId }: Extract<Access, { kind: 'created' }>): string[] {
  const body = {
    prompt: 'make it a watercolour painting',
    image_urls: [`${url}/files/${sampleFileId}.jpg`],
  }
  return [
    '',
    `API key (shown only now): ${token}`,
    '',
    'Turn the sample photograph into something else:',
    '',
    `curl -s ${url}/generate/image/google/nano-banana-pro \\`,
    `  -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(body)}'`,
    '',
    'Then ask with the job_id of the answer, until it is completed and result.urls is there:',
    '',
    `curl -s ${url}/jobs/JOB_ID -H 'Authorization: Bearer ${token}'`,
    '',
  ]
}
