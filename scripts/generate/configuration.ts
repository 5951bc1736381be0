import { baseUrlVariable, UPSTREAMS } from '../../src/config-upstreams.ts'
import type { Variable } from '../../src/config-variables.ts'
import { code, GENERATED, page, table } from './markdown.ts'

const INTRODUCTION = `Every setting is an environment variable. A few are flags of \`afterimage serve\` too (\`--host\`, \`--port\`, \`--data-dir\`); a flag wins. A value that is not allowed stops the start with a message that names the variable and what is allowed.

A secret may also come from a file: set the name with \`_FILE\` at its end to the path of the file.`

const UPSTREAM_INTRODUCTION = `The key of a vendor or marketplace lets its engine run the models that name it. With \`_FILE\` at the end of its name, the variable names a file that holds the key. The address replaces the vendor's own.`

/** docs/reference/configuration.md */
export function configurationPage(variables: readonly Variable[]): string {
  const rows = variables.map(({ name, default: fallback, description, isSecret = false }) => [
    code(name),
    fallback === null ? '' : code(fallback),
    isSecret ? `${description} Secret: ${code(`${name}_FILE`)} works too.` : description,
  ])
  const upstreams = UPSTREAMS.map(({ id, title, key }) => [title, code(key), code(baseUrlVariable(id))])
  return page(
    '# Configuration',
    GENERATED,
    INTRODUCTION,
    table(['variable', 'default', 'meaning'], rows),
    '## Engines elsewhere',
    UPSTREAM_INTRODUCTION,
    table(['engine', 'key', 'address'], upstreams),
  )
}
