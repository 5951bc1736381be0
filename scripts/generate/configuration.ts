import { COMPATIBLE_BILLING, HOME_ENGINES, homeAddressVariables } from '../../src/config-home.ts'
import { baseUrlVariable, UPSTREAMS } from '../../src/config-upstreams.ts'
import { defaultLimits, limitVariable } from '../../src/config-limits.ts'
import type { Variable } from '../../src/config-variables.ts'
import { code, GENERATED, page, table } from './markdown.ts'

const INTRODUCTION = `Every setting is an environment variable. A few are flags of \`afterimage serve\` too (\`--host\`, \`--port\`, \`--data-dir\`); a flag wins. A value that is not allowed stops the start with a message that names the variable and what is allowed.

A secret may also come from a file: set the name with \`_FILE\` at its end to the path of the file.`

const UPSTREAM_INTRODUCTION = `The key of a vendor or marketplace lets its engine run the models that name it. With \`_FILE\` at the end of its name, the variable names a file that holds the key. The address replaces the vendor's own.`

const BILLING =
  '`unknown` (default): a result may cost money, so its price is unknown and a call is never repeated. `none`: your own hardware; results are free, and a job is run again after a crash.'

const HOME_INTRODUCTION = `Servers of your own. An engine is on when its address is set, or what it serves; the address is then the usual one. The secret is for a server behind a gate, and may come from a file (\`_FILE\`). The guide is [Engines at home](../guides/engines-at-home.md).`

const LIMITS_INTRODUCTION = `How many jobs run at once on the key of an engine, over all processes of one state; further ones wait. An attempt that takes too long ends as \`engine_timeout\`, and is cancelled at the engine where that is possible. Without a default it has the time of any attempt, \`AFTERIMAGE_JOB_TIMEOUT_SECONDS\`.`

function limitRow({ id, title, limits }: ReturnType<typeof defaultLimits>[number]): string[] {
  const { concurrency, timeoutSeconds } = limits
  return [
    title,
    code(limitVariable(id, 'CONCURRENCY')),
    String(concurrency),
    code(limitVariable(id, 'TIMEOUT_SECONDS')),
    timeoutSeconds === null ? '' : String(timeoutSeconds),
  ]
}

/** docs/reference/configuration.md */
export function configurationPage(variables: readonly Variable[]): string {
  const rows = variables.map(({ name, default: fallback, description, isSecret = false }) => [
    code(name),
    fallback === null ? '' : code(fallback),
    isSecret ? `${description} Secret: ${code(`${name}_FILE`)} works too.` : description,
  ])
  const upstreams = UPSTREAMS.map(({ id, title, key }) => [title, code(key), code(baseUrlVariable(id))])
  const home = HOME_ENGINES.map(({ id, title, usual, secret }) => [
    title,
    `${code(homeAddressVariables(id)[0])} or ${code(homeAddressVariables(id)[1])}`,
    usual === null ? '' : code(usual),
    code(secret),
  ])
  const served = HOME_ENGINES.map(({ models, meaning }) => [code(models), meaning])
  return page(
    '# Configuration',
    GENERATED,
    INTRODUCTION,
    table(['variable', 'default', 'meaning'], rows),
    '## Engines elsewhere',
    UPSTREAM_INTRODUCTION,
    table(['engine', 'key', 'address'], upstreams),
    '## Engines at home',
    HOME_INTRODUCTION,
    table(['engine', 'address', 'usual address', 'secret'], home),
    table(['variable', 'what the engine serves'], [...served, [code(COMPATIBLE_BILLING), BILLING]]),
    '## Limits of engines',
    LIMITS_INTRODUCTION,
    table(
      ['engine', 'jobs at once', 'default', 'seconds of one attempt', 'default'],
      defaultLimits().map(limitRow),
    ),
  )
}
