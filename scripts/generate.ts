/**
 * Writes the generated pages of docs/reference: `npm run gen`. Their content comes from the code that they describe;
 * a test fails when a page is stale. docs/reference/errors.md is written by hand and compared with its table.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { workflowModels } from '../src/app/home-models.ts'
import { createCatalogue } from '../src/catalogue/index.ts'
import { VARIABLES } from '../src/config-variables.ts'
import { builtInWorkflows } from '../src/engines/comfyui/load-workflows.ts'
import { EFFECTS } from '../src/engines/local/effects/index.ts'
import { OPERATIONS } from '../src/engines/local/operations/index.ts'
import { buildOpenApi } from '../src/wire/openapi.ts'
import { apiPage } from './generate/api.ts'
import { configurationPage } from './generate/configuration.ts'
import { modelsPage } from './generate/models.ts'
import { operationsPage } from './generate/operations.ts'

/** Path from the root of the repository to the text of the page. */
export function generatePages(): Readonly<Record<string, string>> {
  const catalogue = createCatalogue()
  const atHome = workflowModels(builtInWorkflows())
  const withWorkflows = createCatalogue(() => atHome)
  const document = buildOpenApi({ catalogue, serverUrl: 'http://127.0.0.1:4500', version: '0' })
  return {
    'docs/reference/api.md': apiPage(document),
    'docs/reference/configuration.md': configurationPage(Object.values(VARIABLES)),
    'docs/reference/models.md': modelsPage(withWorkflows.list()),
    'docs/reference/operations.md': operationsPage({ operations: OPERATIONS, effects: EFFECTS }),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(generatePages())) {
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text)
    console.log(`${path}: ${text.split('\n').length} lines`)
  }
}
