import type { Variable } from '../../src/config-variables.ts'
import { code, GENERATED, page, table } from './markdown.ts'

const INTRODUCTION = `Every setting is an environment variable. A few are flags of \`afterimage serve\` too (\`--host\`, \`--port\`, \`--data-dir\`); a flag wins. A value that is not allowed stops the start with a message that names the variable and what is allowed.

A secret may also come from a file: set the name with \`_FILE\` at its end to the path of the file.`

/** docs/reference/configuration.md */
export function configurationPage(variables: readonly Variable[]): string {
  const rows = variables.map(({ name, default: fallback, description, isSecret = false }) => [
    code(name),
    fallback === null ? '' : code(fallback),
    isSecret ? `${description} Secret: ${code(`${name}_FILE`)} works too.` : description,
  ])
  return page('# Configuration', GENERATED, INTRODUCTION, table(['variable', 'default', 'meaning'], rows))
}
